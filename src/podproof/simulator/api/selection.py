"""Which objects a list or a watch is about: namespace, label selector, field selector."""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.versions import stored_field
from podproof.simulator.kernel.requests import Request
from podproof.simulator.kernel.store import IndexKeys, Store
from podproof.simulator.model import selectors
from podproof.simulator.model.objects import Object, at

Test = Callable[[Object], bool]

_ALWAYS_SELECTABLE = ("metadata.name", "metadata.namespace")
_ZERO = {"Node": {"spec.unschedulable": "false"}, "Pod": {"spec.hostNetwork": "false"}}


def _owners(item: Object) -> tuple[str, ...]:
    return tuple(owner["uid"] for owner in item["metadata"].get("ownerReferences") or ())


def _labels(item: Object) -> tuple[str, ...]:
    labels = item["metadata"].get("labels")
    return tuple(f"{key}={value}" for key, value in labels.items()) if labels else ()


def _node(item: Object) -> tuple[str, ...]:
    name = item["spec"].get("nodeName")
    return (name,) if name else ()


def _involved(item: Object) -> tuple[str, ...]:
    return (item["involvedObject"].get("name", ""),)


INDEXES: Mapping[str, Mapping[str, IndexKeys]] = {
    "pods": {"spec.nodeName": _node, "label": _labels, "owner": _owners},
    "events": {"involvedObject.name": _involved},
    "endpointslices.discovery.k8s.io": {"label": _labels},
}
"""Secondary indexes of the store, for the selectors that lists of many objects are asked with."""


def chosen(request: Request, resource: Resource, store: Store) -> list[Object]:
    """Return the objects a request selects, in the order of namespace and name.

    Raises:
        ApiError: a selector that does not parse, or a field that cannot be selected.
    """
    namespace = request.namespace or None
    if not request.params:
        return store.list(resource.storage, namespace)
    test = selection(request, resource)
    candidates = _narrowed(request, resource, store)
    if candidates is None:
        candidates = store.list(resource.storage, namespace)
    return [item for item in candidates if test(item)]


def selection(request: Request, resource: Resource) -> Test:
    """Return the test for a request's namespace and selectors.

    Raises:
        ApiError: a selector that does not parse, or a field that cannot be selected.
    Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go, ListResource.
    """
    tests: list[Test] = []
    labels, fields = request.params.get("labelSelector", ""), request.params.get("fieldSelector", "")
    try:
        if request.namespace:
            tests.append(_in(request.namespace))
        if labels:
            tests.append(_labelled(selectors.parse(labels)))
        if fields:
            tests.extend(_fields(request, resource, fields))
    except selectors.SelectorError as error:
        raise statuses.bad_request(error.reason) from None
    if len(tests) < 2:
        return tests[0] if tests else _everything
    return lambda item: all(test(item) for test in tests)


def _narrowed(request: Request, resource: Resource, store: Store) -> list[Object] | None:
    """Return the candidates that an index gives, None where none applies."""
    for demand in selectors.parse_fields(request.params.get("fieldSelector", "")):
        field = stored_field(resource, demand.field)
        if demand.operator == "=" and demand.value and store.is_indexed(resource.storage, field):
            return store.indexed(resource.storage, field, demand.value)
    if store.is_indexed(resource.storage, "label"):
        for term in selectors.requirements(request.params.get("labelSelector", "")):
            if term.operator == selectors.EQUALS:
                return store.indexed(resource.storage, "label", f"{term.key}={term.values[0]}")
    return None


def _everything(_: Object) -> bool:
    return True


def _in(namespace: str) -> Test:
    return lambda item: bool(item["metadata"].get("namespace") == namespace)


def _labelled(test: selectors.Test) -> Test:
    return lambda item: test(item["metadata"].get("labels") or {})


def _fields(request: Request, resource: Resource, text: str) -> list[Test]:
    demands = selectors.parse_fields(text)
    for demand in demands:
        if demand.field not in resource.fields and demand.field not in _ALWAYS_SELECTABLE:
            raise _unsupported(request, resource, text, demand.field)
    named = (demand._replace(field=stored_field(resource, demand.field)) for demand in demands)
    return [_field_test(resource.kind, demand) for demand in named]


def _field_test(kind: str, demand: selectors.FieldRequirement) -> Test:
    path, zero = demand.field.split("."), _ZERO.get(kind, {}).get(demand.field, "")
    return lambda item: demand.holds({demand.field: _text(_value(item, path), zero)})


def _value(item: Object, path: list[str]) -> Any:
    return item.get("source", {}).get("component") if path == ["source"] else at(item, *path)


def _text(value: Any, zero: str) -> str:
    if value is None:
        return zero
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unsupported(request: Request, resource: Resource, text: str, field: str) -> Exception:
    labels = request.params.get("labelSelector", "")
    group = f"{resource.group}/{resource.version}" if resource.group else f"/{resource.version}"
    return statuses.bad_request(
        f'Unable to find "{group}, Resource={resource.plural}" that match label selector "{labels}", '
        f'field selector "{text}": field label not supported: {field}'
    )
