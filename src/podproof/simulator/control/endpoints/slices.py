"""The EndpointSlices of a Service with a selector.

Source: staging/src/k8s.io/endpointslice/reconciler.go, utils.go; pkg/controller/endpointslice/
endpointslice_controller.go, syncService.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from podproof.simulator.control.endpoints.labels import (
    HEADLESS,
    MANAGED_BY,
    SERVICE_NAME,
    SLICES_CONTROLLER,
    TRIGGERED_AT,
    annotations_of,
    labels_of,
)
from podproof.simulator.control.endpoints.packing import MOST, Endpoints, Identity, identity, pack
from podproof.simulator.control.plans import Command, Create, Delete, Emit, Plan, Update
from podproof.simulator.model.endpoints import PortRow, endpoint, endpoint_port, families, is_endpoint, pod_ports
from podproof.simulator.model.names import dns_subdomain
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import has_address
from podproof.simulator.model.times import seconds

SLICES = "endpointslices.discovery.k8s.io"
CHANGE_DELAY = seconds(1)
"""How long somebody else's change of a slice waits.

Source: endpointslice_controller.go, endpointSliceChangeMinSyncDelay.
"""

NodeOf: TypeAlias = Callable[[str], Object | None]
Ports: TypeAlias = tuple[PortRow, ...]

_RESERVED = (SERVICE_NAME, MANAGED_BY, HEADLESS)
_FAILED = "FailedToUpdateEndpointSlices"


def reconcile(
    service: Object, pods: Iterable[Object], slices: Sequence[Object], node_of: NodeOf, triggered: str = ""
) -> Plan:
    """Bring a Service's slices in line with its pods.

    `pods` are those it selects, `slices` the controller's own for this Service; `triggered` is when the change was, ""
    where nobody knows. A pod on a node that is not there is left out, and an event says so.
    """
    members = [pod for pod in pods if is_endpoint(pod, terminating=True)]
    lost = [] if _is_early(service) else [pod for pod in members if node_of(_node(pod)) is None]
    members = sorted((pod for pod in members if pod not in lost), key=_by_address)
    wanted = families(service)
    commands: list[Command] = []
    for family in wanted:
        own = [each for each in slices if each["addressType"] == family]
        commands += _of_family(service, family, _desired(service, members, family, node_of), own, triggered)
    commands += [_deletion(each) for each in slices if each["addressType"] not in wanted]
    return Plan((*commands, *(_told(service, pod) for pod in lost)))


def _desired(
    service: Object, pods: Iterable[Object], family: str, node_of: NodeOf
) -> dict[Ports, dict[Identity, Object]]:
    """Return the endpoints of one family, by the ports they have."""
    made: dict[Ports, dict[Identity, Object]] = {}
    for pod in pods:
        group = made.setdefault(pod_ports(pod, service), {})
        found = endpoint(service, pod, family, node_of(_node(pod)))
        if found["addresses"]:
            group[identity(found)] = found
    return made


def _of_family(
    service: Object,
    family: str,
    desired: Mapping[Ports, Mapping[Identity, Object]],
    slices: Sequence[Object],
    triggered: str,
) -> Iterator[Command]:
    """Yield what the slices of one address family need: updates in place of deletions where something new is due."""
    labels, by_name = _labels(service), {each["metadata"]["name"]: each for each in slices if _owned(each, service)}
    updates: list[tuple[Object, Ports | None, Endpoints]] = []
    creates: list[tuple[Ports, Endpoints]] = []
    gone = [each for each in slices if each["metadata"]["name"] not in by_name]
    groups = _by_ports(by_name.values())
    relabelled = [name for name, each in by_name.items() if _plain(labels_of(each)) != _plain(labels)]
    for ports, endpoints in desired.items():
        here = {each["metadata"]["name"]: list(each.get("endpoints") or ()) for each in groups.pop(ports, ())}
        packing = pack(here, endpoints, relabelled, MOST)
        updates += [(by_name[name], None, each) for name, each in packing.update.items()]
        creates += [(ports, each) for each in packing.create]
        gone += [by_name[name] for name in packing.delete]
    gone += [each for group in groups.values() for each in group]
    if len(gone) == len(slices) and not creates:
        if len(gone) == 1 and _is_placeholder(gone[0], labels, service):
            return
        creates.append(((), []))
    yield from _finished(service, family, updates, creates, gone, triggered)


def _finished(
    service: Object,
    family: str,
    updates: list[tuple[Object, Ports | None, Endpoints]],
    creates: list[tuple[Ports, Endpoints]],
    gone: list[Object],
    triggered: str,
) -> Iterator[Command]:
    """Yield the commands; slices that would go are used for new ones first.

    Source: reconciler.go, finalize.
    """
    for old in [each for each in gone if _owned(each, service)][: len(creates)]:
        ports, endpoints = creates.pop()
        updates.append((old, ports, endpoints))
        gone.remove(old)
    if "deletionTimestamp" not in service["metadata"]:
        for ports, endpoints in creates:
            yield Create(SLICES, _new(service, family, ports, endpoints, triggered))
    for old, other, endpoints in updates:
        meta = {
            **old["metadata"], "labels": _labels(service), "annotations": _annotations(annotations_of(old), triggered)
        }  # fmt: skip
        ports_now = {} if other is None else {"ports": [endpoint_port(*row, with_empty_name=True) for row in other]}
        yield Update(SLICES, {**old, "metadata": meta, **ports_now, "endpoints": endpoints})
    yield from (_deletion(each) for each in gone)


def _new(service: Object, family: str, ports: Ports, endpoints: Endpoints, triggered: str) -> dict[str, Any]:
    meta = service["metadata"]
    owner = {"apiVersion": "v1", "kind": "Service", "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": name_prefix(meta["name"]),
            "namespace": meta["namespace"],
            "labels": _labels(service),
            "annotations": _annotations({}, triggered),
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "addressType": family,
        "endpoints": endpoints,
        "ports": [endpoint_port(*row, with_empty_name=True) for row in ports],
    }


def name_prefix(name: str) -> str:
    """Return how the generated name of a slice begins: with the dash, unless that is too long for a name.

    Source: utils.go, getEndpointSlicePrefix.
    """
    return name if dns_subdomain(f"{name}-a") else f"{name}-"


def _labels(service: Object) -> dict[str, str]:
    headless = {} if has_address(service) else {HEADLESS: ""}
    own = {SERVICE_NAME: service["metadata"]["name"], MANAGED_BY: SLICES_CONTROLLER}
    return {**_plain(labels_of(service)), **headless, **own}


def _plain(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels without those that the controller itself sets."""
    return {key: value for key, value in labels.items() if key not in _RESERVED}


def _annotations(old: Mapping[str, str], triggered: str) -> dict[str, str]:
    kept = {key: value for key, value in old.items() if key != TRIGGERED_AT}
    return {**kept, TRIGGERED_AT: triggered} if triggered else kept


def _by_ports(slices: Iterable[Object]) -> dict[Ports, list[Object]]:
    made: dict[Ports, list[Object]] = {}
    for each in slices:
        rows = (
            (p.get("name", ""), p.get("port"), p["protocol"], p.get("appProtocol", "")) for p in each["ports"] or ()
        )
        made.setdefault(tuple(rows), []).append(each)
    return made


def _is_placeholder(each: Object, labels: Mapping[str, str], service: Object) -> bool:
    same_labels = {**labels_of(each)} == {**labels}
    return same_labels and not each.get("ports") and not each.get("endpoints") and _owned(each, service)


def _owned(each: Object, service: Object) -> bool:
    owners = each["metadata"].get("ownerReferences") or ()
    return any(row["uid"] == service["metadata"]["uid"] and row["kind"] == "Service" for row in owners)


def _deletion(each: Object) -> Delete:
    return Delete(SLICES, each["metadata"]["namespace"], each["metadata"]["name"])


def _told(service: Object, pod: Object) -> Emit:
    meta = service["metadata"]
    place = f"{meta['namespace']}/{meta['name']}"
    why = f"skipping Pod {pod['metadata']['name']} for Service {place}: Node {_node(pod)} Not Found"
    return Emit(service, "Warning", _FAILED, f"Error updating Endpoint Slices for Service {place}: {why}", "")


def _is_early(service: Object) -> bool:
    return bool(service["spec"].get("publishNotReadyAddresses"))


def _node(pod: Object) -> str:
    return str(pod["spec"].get("nodeName", ""))


def _by_address(pod: Object) -> tuple[str, str]:
    return pod["status"]["podIP"], pod["metadata"]["name"]
