"""Whatever is sent, the API answers: it stores a valid object or says why not, and never fails in another way."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podproof.errors import NotModelledError
from podproof.simulator.api.discovery import resource_for
from podproof.simulator.api.server import Api
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.objects import at
from podproof.simulator.model.schema import fields_of
from podproof.simulator.model.times import moment

OBJECTS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "objects.json").read_text())
"""A valid object of each kind."""

_DEEPEST = 9

_TEXTS: list[Any] = [
    "", " ", "a", "A_b", "x" * 64, "y" * 254, "z" * 70_000, "\0", "\n", "é", "50%", "1Gi", "-1", "1e400", "/", "..",
    "2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "Always", "None", "10.0.0.1", "::1", "{}", "a=b", "$(A)",
]  # fmt: skip
_WHOLES: list[Any] = [0, 1, -1, 7, 80, 65_536, 2**31 - 1, -(2**31)]
_LISTS: list[Any] = [[], [None], [[]], [{}], [""], [{}, {}], ["a", "a"], [1]]
_MAPS: list[Any] = [{}, {"": ""}, {"a": "b"}, {"a": None}, {"a": 1}, {"a": "1"}, {"cpu": "1"}, {"name": "a"}]
_OTHERS: list[Any] = [None, True, False, 2**31, 2**63, -(2**63) - 1, 10**30, 1.5, float("nan"), float("inf")]

strange = st.sampled_from([*_TEXTS, *_WHOLES, *_LISTS, *_MAPS, *_OTHERS])


def fitting(notation: str) -> st.SearchStrategy[Any]:
    """Draw what the decoder takes for a type, odd as it may be."""
    if notation.startswith("[]"):
        return fitting(notation.removeprefix("[]")).map(lambda each: [each, each])
    if notation in ("int32", "int64"):
        return st.sampled_from(_WHOLES)
    if notation == "bool":
        return st.booleans()
    if notation == "intOrString":
        return st.sampled_from([*_WHOLES, *_TEXTS])
    if notation in ("quantity", "resources"):
        amounts = st.sampled_from(["0", "-1", "1m", "1e3", "7E", "0.1", "1Gi"])
        return amounts if notation == "quantity" else st.fixed_dictionaries({"cpu": amounts, "a": amounts})
    if notation.startswith("string"):
        return st.sampled_from(_TEXTS)
    return st.sampled_from([{}, {"a": "b"}]) if notation.startswith("map:") else st.just({})


Path_ = tuple[str | int, ...]


@cache
def places(kind: str) -> tuple[tuple[Path_, str], ...]:
    """Return where every field of a kind stands (in lists that of the first item) and its type, nothing in itself."""

    def found(struct: str, path: Path_, above: tuple[str, ...]) -> Iterator[tuple[Path_, str]]:
        for field, notation in fields_of(struct).items():
            inner, here = notation, (*path, field)
            yield here, inner
            while inner.startswith(("[]", "map:")):
                here = (*here, 0 if inner.startswith("[]") else "a")
                inner = inner.removeprefix("[]") if inner.startswith("[]") else inner.removeprefix("map:")
                yield here, inner
            if inner not in above and len(here) < _DEEPEST:
                yield from found(inner, here, (*above, inner))

    return tuple(found(kind, (), (kind,)))


def changed(item: Any, path: Path_, value: Any) -> Any:
    """Return a copy with a value put at a place; what is missing on the way is made."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(item) if isinstance(item, list) and item else [None]
        return [changed(items[0], rest, value), *items[1:]]
    before = dict(item) if isinstance(item, dict) else {}
    return {**before, head: changed(before.get(head), rest, value)}


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an object of some kind, one to three of its fields replaced by something strange."""
    found: Any = draw(st.sampled_from(OBJECTS))
    known = places(found["kind"])
    near = [each for each in known if at(found, *each[0][:-1]) is not None]
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        path, notation = draw(st.sampled_from(near) | st.sampled_from(known))
        well = draw(st.integers(0, 9))
        found = changed(found, path, draw(fitting(notation) if well else strange))
    return dict(found)


class Server:
    """An API server with the namespace "default" and a class that pods may name."""

    def __init__(self) -> None:
        self.store = Store(frozen=True)
        self.api = Api(self.store, lambda: moment("2026-01-01T00:00:00Z"), Chance("refusals"))
        self._ask("create", "namespaces", {"metadata": {"name": "default"}})
        self._ask("create", "serviceaccounts", {"metadata": {"name": "default", "namespace": "default"}}, "default")

    def _ask(self, verb: str, resource: str, body: Any, space: str = "") -> Response:
        return self.api.handle(Request(verb, resource, space, body=body, user="system:test"))

    def send(
        self, verb: str, kind: dict[str, Any], name: str, body: Any, below: str = "", **params: str
    ) -> Response:  # fmt: skip
        resource = resource_for(kind["apiVersion"], kind["kind"])
        space = "default" if resource.namespaced else ""
        return self.api.handle(Request(verb, resource.name, space, name, below, body=body, params=params))


def is_answered(response: Response) -> bool:
    """Say whether an answer is an object or a refusal that the client is to blame for."""
    return response.code in (200, 201) or (400 <= response.code < 500 and response.body["status"] == "Failure")


few = settings(
    max_examples=1200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("item", OBJECTS, ids=[each["kind"] for each in OBJECTS])
def test_the_objects_are_valid(item: dict[str, Any]) -> None:
    response = Server().send("create", item, "", item)

    assert response.code == 201, response.body


@few
@given(broken())
def test_a_creation_is_answered_and_what_is_stored_is_valid(item: dict[str, Any]) -> None:
    kind = {"apiVersion": item.get("apiVersion"), "kind": item.get("kind")}
    kind = next(each for each in OBJECTS if each["kind"] == item["kind"]) if _is_told(item) else OBJECTS[0]
    server = Server()
    try:
        response = server.send("create", kind, "", item)
        assert is_answered(response), response
        if response.code == 201:
            again = server.send("update", kind, response.body["metadata"]["name"], response.body)
            assert again.code == 200, again.body
    except NotModelledError:
        return


def _is_told(item: dict[str, Any]) -> bool:
    return any(each["kind"] == item.get("kind") for each in OBJECTS)


@few
@given(st.sampled_from(OBJECTS), st.data())
def test_a_patch_is_answered(item: dict[str, Any], data: st.DataObject) -> None:
    server = Server()
    path, notation = data.draw(st.sampled_from(places(item["kind"])))
    value = data.draw(fitting(notation) | strange)
    kind = data.draw(st.sampled_from(("merge", "strategic")))
    try:
        created = server.send("create", item, "", item)
        response = server.send(
            "patch", item, created.body["metadata"]["name"], changed({}, path, value), patchType=kind
        )
        assert is_answered(response), response
    except NotModelledError:
        return


@few
@given(st.sampled_from(OBJECTS), st.data())
def test_a_json_patch_is_answered(item: dict[str, Any], data: st.DataObject) -> None:
    server = Server()
    path, notation = data.draw(st.sampled_from(places(item["kind"])))
    operation = {
        "op": data.draw(st.sampled_from(("add", "remove", "replace", "test", "move", "copy")) | strange),
        "path": data.draw(st.just("/" + "/".join(map(str, path))) | strange),
        "from": data.draw(st.just("/metadata/labels") | strange),
        "value": data.draw(fitting(notation) | strange),
    }
    patch = data.draw(st.just([operation]) | strange)
    try:
        created = server.send("create", item, "", item)
        response = server.send("patch", item, created.body["metadata"]["name"], patch, patchType="json")
        assert is_answered(response), response
    except NotModelledError:
        return


BELOW = [
    (item, name) for item in OBJECTS for name in resource_for(item["apiVersion"], item["kind"]).subresources
    if name != "binding"
]  # fmt: skip
"""Objects and what is below them; a binding that is refused answers 500, as the real one."""

STRUCTS = {"scale": "Scale", "eviction": "Eviction", "token": "TokenRequest.v1.authentication.k8s.io"}


@settings(few, max_examples=400)
@given(st.sampled_from(BELOW), st.sampled_from(("get", "create", "update", "patch", "delete")), st.data())
def test_what_is_asked_below_an_object_is_answered(
    place: tuple[dict[str, Any], str], verb: str, data: st.DataObject
) -> None:
    (item, below), server = place, Server()
    path, notation = data.draw(st.sampled_from(places(STRUCTS.get(below, item["kind"]))))
    value = data.draw(fitting(notation) | strange)
    params = {"patchType": data.draw(st.sampled_from(("merge", "strategic")))} if verb == "patch" else {}
    try:
        created = server.send("create", item, "", item).body
        whole = {} if verb == "patch" or below in STRUCTS else created
        response = server.send(verb, item, created["metadata"]["name"], changed(whole, path, value), below, **params)
        assert is_answered(response), response
    except NotModelledError:
        return
