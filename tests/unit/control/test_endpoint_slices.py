"""How endpoints are laid into slices, and what the controllers of endpoints write in a world."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.control.endpoints.packing import Packing, identity, pack
from podproof.simulator.control.endpoints.subsets import truncated
from podproof.simulator.control.endpoints.triggers import TriggerTimes
from podproof.simulator.kernel.client import Client
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

SLICES = "endpointslices.discovery.k8s.io"
SERVICE = "kubernetes.io/service-name"


def named(*names: str, ready: bool = True) -> list[Object]:
    return [
        {"addresses": [name], "conditions": {"ready": ready}, "targetRef": {"namespace": "d", "name": name}}
        for name in names
    ]


def packed(existing: dict[str, str], desired: str, most: int = 3) -> Packing:
    return pack(
        {name: named(*each) for name, each in existing.items()}, {identity(e): e for e in named(*desired)}, (), most
    )


def letters(packing: Packing) -> tuple[dict[str, str], list[str], list[str]]:
    def text(each: Iterable[Object]) -> str:
        return "".join(row["addresses"][0] for row in each)

    update = {name: text(each) for name, each in packing.update.items()}
    return update, [text(each) for each in packing.create], packing.delete


PACKINGS = {
    "nothing changes": ({"s": "ab"}, "ab", ({}, [], [])),
    "the first slices": ({}, "abcd", ({}, ["abc", "d"], [])),
    "one that goes leaves its slice": ({"s": "ab"}, "b", ({"s": "b"}, [], [])),
    "one that comes goes where something changes anyway": ({"s": "abc", "t": "d"}, "bcde", ({"s": "bce"}, [], [])),
    "else into the slice that it fits into best": ({"s": "a", "t": "bc"}, "abcd", ({"t": "bcd"}, [], [])),
    "a full slice takes none": ({"s": "abc"}, "abcd", ({}, ["d"], [])),
    "what fits into no slice whole gets one of its own": ({"s": "ab"}, "abcd", ({}, ["cd"], [])),
    "an empty slice goes": ({"s": "a", "t": "b"}, "a", ({}, [], ["t"])),
}


@pytest.mark.parametrize(("existing", "desired", "wanted"), PACKINGS.values(), ids=PACKINGS.keys())
def test_packing(existing: dict[str, str], desired: str, wanted: tuple[dict[str, str], list[str], list[str]]) -> None:
    assert letters(packed(existing, desired)) == wanted


def test_a_changed_condition_changes_only_its_slice() -> None:
    desired = {identity(e): e for e in (*named("a", ready=False), *named("b"))}

    made = pack({"s": named("a"), "t": named("b")}, desired)

    assert (list(made.update), made.create, made.delete) == (["s"], [], [])


@settings(deadline=None)
@given(st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh")), st.integers(1, 4))
def test_each_endpoint_is_in_one_slice_and_no_slice_holds_too_many(old: set[str], new: set[str], most: int) -> None:
    """Whatever was there before: what is to be there is there once."""
    before = {f"s{n}": named(*sorted(old)[n : n + most]) for n in range(0, len(old), most)}
    desired = {identity(each): each for each in named(*sorted(new))}

    made = pack(before, desired, (), most)
    after = {**before, **made.update, **{f"n{n}": each for n, each in enumerate(made.create)}}
    slices = [each for name, each in after.items() if name not in made.delete]

    assert sorted(row["addresses"][0] for each in slices for row in each) == sorted(new)
    assert all(len(each) <= most for each in slices)


def subset(ready: int, waiting: int) -> dict[str, Any]:
    return {"addresses": ["r"] * ready, "notReadyAddresses": ["n"] * waiting, "ports": []}


TRUNCATIONS = {
    "few enough stay": ([(2, 1)], [(2, 1)]),
    "those that are ready come first": ([(8, 5)], [(8, 2)]),
    "too many that are ready leave no room for others": ([(12, 5)], [(10, 0)]),
    "each subset keeps its share, rounded up": ([(10, 0), (10, 0), (10, 0)], [(4, 0), (4, 0), (2, 0)]),
}


@pytest.mark.parametrize(("given_", "wanted"), TRUNCATIONS.values(), ids=TRUNCATIONS.keys())
def test_truncation(given_: list[tuple[int, int]], wanted: list[tuple[int, int]]) -> None:
    made = truncated([subset(*each) for each in given_], most=10)

    assert [(len(each.get("addresses", ())), len(each.get("notReadyAddresses", ()))) for each in made] == wanted


def test_the_trigger_is_the_earliest_change_since_the_last_look() -> None:
    def pod(name: str, since: str) -> Object:
        return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "lastTransitionTime": since}]}}

    times, service = TriggerTimes(), {"metadata": {"name": "web", "namespace": "d", "creationTimestamp": "T1"}}
    looks = [[pod("a", "T2")], [pod("a", "T2")], [pod("a", "T4"), pod("b", "T3")]]

    assert [times.look(service, pods) for pods in looks] == ["T1", "", "T3"]


class Bench:
    """A world and its user."""

    def __init__(self) -> None:
        self.world = World()
        self.user = Client(self.world.handle, "kubectl")

    def make(self, kind: str, name: str, more: Any, labels: Any = None) -> Object:
        kinds = {"services": "Service", "pods": "Pod", "endpoints": "Endpoints"}
        meta = {"name": name, "labels": labels or {}}
        return self.user.create(kind, {"apiVersion": "v1", "kind": kinds[kind], "metadata": meta, **more}, "default")

    def pod(self, name: str, **more: Any) -> None:
        containers = [{"name": "c", "image": "nginx:1.14", **more}]
        self.make("pods", name, {"spec": {"containers": containers}}, {"app": "web"})

    def service(self, **spec: Any) -> None:
        self.make("services", "web", {"spec": {"ports": [{"port": 80}], **spec}}, {"team": "a"})

    def settle(self, span: float = 3) -> None:
        self.world.agenda.run_until(Nanos(self.world.now + seconds(span)))

    def slices(self) -> Sequence[Object]:
        return self.user.list(SLICES, "default", f"{SERVICE}=web")[0]

    def endpoints(self) -> Object:
        return self.user.get("endpoints", "default", "web")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_slice_says_whose_it_is_and_when_it_changed(bench: Bench) -> None:
    bench.service(selector={"app": "web"}, clusterIP="None")
    bench.pod("a")
    bench.settle()
    [found], endpoints = bench.slices(), bench.endpoints()

    assert found["metadata"]["labels"] == {
        "team": "a",
        "service.kubernetes.io/headless": "",
        SERVICE: "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    assert endpoints["metadata"]["labels"] == {
        "team": "a",
        "service.kubernetes.io/headless": "",
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }
    ready = bench.user.get("pods", "default", "a")["status"]["conditions"]
    since = next(row["lastTransitionTime"] for row in ready if row["type"] == "Ready")
    for each in (found, endpoints):
        assert each["metadata"]["annotations"] == {"endpoints.kubernetes.io/last-change-trigger-time": since}


def test_labels_of_the_service_are_carried_over(bench: Bench) -> None:
    bench.service(selector={"app": "web"})
    bench.settle()
    bench.user.patch("services", "default", "web", {"metadata": {"labels": {"team": "b"}}}, "merge")
    bench.settle()

    assert [each["metadata"]["labels"]["team"] for each in (*bench.slices(), bench.endpoints())] == ["b", "b"]


def test_a_slice_that_somebody_deletes_is_made_again_a_second_later(bench: Bench) -> None:
    bench.service(selector={"app": "web"})
    bench.settle()
    [found] = bench.slices()
    bench.user.delete(SLICES, "default", found["metadata"]["name"])
    bench.settle(0.9)
    assert bench.slices() == []
    bench.settle(0.2)

    assert [each["metadata"]["uid"] != found["metadata"]["uid"] for each in bench.slices()] == [True]


def test_the_slices_of_a_service_go_with_it(bench: Bench) -> None:
    bench.service(selector={"app": "web"})
    bench.settle()
    bench.user.delete("services", "default", "web")
    bench.settle()

    assert (bench.slices(), bench.user.list("endpoints", "default")[0]) == ([], [])


def test_endpoints_of_a_service_without_a_selector_are_mirrored(bench: Bench) -> None:
    bench.service()
    rows = {"addresses": [{"ip": "192.0.2.1"}], "notReadyAddresses": [{"ip": "192.0.2.2"}], "ports": [{"port": 9}]}
    bench.make("endpoints", "web", {"subsets": [rows]})
    bench.settle()
    [found] = bench.slices()

    assert [(each["addresses"], each["conditions"]) for each in found["endpoints"]] == [
        (["192.0.2.1"], {"ready": True}),
        (["192.0.2.2"], {"ready": False}),
    ]
    assert found["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"] == (
        "endpointslicemirroring-controller.k8s.io"
    )

    bench.user.patch("endpoints", "default", "web", {"subsets": [{**rows, "ports": [{"port": 7}]}]}, "merge")
    bench.settle()
    assert [(each["metadata"]["uid"], each["ports"][0]["port"]) for each in bench.slices()] == [
        (found["metadata"]["uid"], 7)
    ]

    bench.user.delete("endpoints", "default", "web")
    bench.settle()
    assert bench.slices() == []


def test_endpoints_that_ask_not_to_be_mirrored_are_not(bench: Bench) -> None:
    bench.service()
    rows = {"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 9}]}
    bench.make("endpoints", "web", {"subsets": [rows]}, {"endpointslice.kubernetes.io/skip-mirror": "true"})
    bench.settle()

    assert bench.slices() == []
