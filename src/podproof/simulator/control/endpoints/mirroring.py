"""The slices of Endpoints that somebody else keeps: those of a Service without a selector.

Source: pkg/controller/endpointslicemirroring/reconciler.go, utils.go, endpointslicemirroring_controller.go.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podproof.simulator.control.endpoints.labels import (
    LAST_APPLIED,
    LEADER,
    MANAGED_BY,
    MIRRORING_CONTROLLER,
    SERVICE_NAME,
    SKIP_MIRROR,
    TRIGGERED_AT,
    annotations_of,
    labels_of,
)
from podproof.simulator.control.endpoints.packing import Identity, identity
from podproof.simulator.control.endpoints.slices import SLICES, name_prefix
from podproof.simulator.control.plans import Command, Create, Delete, Emit, Plan, Update
from podproof.simulator.model.endpoints import PortRow, endpoint_port
from podproof.simulator.model.objects import Object

MOST = 1000
"""Source: pkg/controller/endpointslicemirroring/config/v1alpha1/defaults.go, MirroringMaxEndpointsPerSubset."""

Group = tuple[str, tuple[PortRow, ...]]
"""A family of addresses and the ports that its endpoints have."""


def is_mirrored(endpoints: Object | None, service: Object | None) -> bool:
    """Say whether slices are to say what Endpoints say: where no controller of Kubernetes' own makes them."""
    if endpoints is None or service is None or service["spec"].get("selector"):
        return False
    return labels_of(endpoints).get(SKIP_MIRROR) != "true" and LEADER not in annotations_of(endpoints)


def reconcile(service: Object | None, endpoints: Object | None, slices: Sequence[Object]) -> Plan:
    """Bring the mirroring slices in line with Endpoints; where they are not to be mirrored there are none."""
    if endpoints is None or not is_mirrored(endpoints, service):
        return Plan(tuple(_deletion(each) for each in slices))
    wanted, skipped = _desired(endpoints)
    commands: list[Command] = [_full(endpoints, skipped)] if skipped else []
    return Plan((*commands, *_changes(endpoints, wanted, slices)))


def _desired(endpoints: Object) -> tuple[dict[Group, dict[Identity, Object]], int]:
    """Return the endpoints by their group, and how many there were too many."""
    made: dict[Group, dict[Identity, Object]] = {}
    skipped = 0
    for subset in endpoints.get("subsets") or ():
        ports = tuple(sorted(_row(port) for port in subset.get("ports") or ()))
        rows = [
            (row, side == "addresses") for side in ("addresses", "notReadyAddresses") for row in subset.get(side) or ()
        ]
        skipped += max(len(rows) - MOST, 0)
        for row, ready in rows[:MOST]:
            found = _endpoint(row, ready)
            family = "IPv6" if ":" in row["ip"] else "IPv4"
            made.setdefault((family, ports), {})[identity(found)] = found
    return made, skipped


def _changes(
    endpoints: Object, wanted: Mapping[Group, Mapping[Identity, Object]], slices: Sequence[Object]
) -> Iterator[Command]:
    spare: list[Object] = []
    known: dict[Group, Object] = {}
    for each in slices:
        group = each["addressType"], tuple(sorted(_row(port) for port in each.get("ports") or ()))
        if group in wanted and group not in known:
            known[group] = each
        else:
            spare.append(each)
    for group, found in wanted.items():
        old = known.get(group) or next((each for each in spare if each["addressType"] == group[0]), None)
        if old is not None and old in spare:
            spare.remove(old)
        if old is None:
            yield Create(SLICES, _slice(endpoints, group, found))
        elif not _says(old, endpoints, group, found):
            made = _slice(endpoints, group, found)
            labels = {part: made["metadata"][part] for part in ("labels", "annotations")}
            yield Update(SLICES, {**made, "metadata": {**old["metadata"], **labels}})
    yield from (_deletion(each) for each in spare)


def _says(old: Object, endpoints: Object, group: Group, found: Mapping[Identity, Object]) -> bool:
    made = _slice(endpoints, group, found)
    same = {identity(each): each for each in old.get("endpoints") or ()} == found and old.get("ports") == made["ports"]
    return same and {**labels_of(old)} == made["metadata"]["labels"]


def _slice(endpoints: Object, group: Group, found: Mapping[Identity, Object]) -> dict[str, Any]:
    meta = endpoints["metadata"]
    owner = {"apiVersion": "v1", "kind": "Endpoints", "name": meta["name"], "uid": meta["uid"]}
    kept = {k: v for k, v in annotations_of(endpoints).items() if k not in (TRIGGERED_AT, LAST_APPLIED)}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": name_prefix(meta["name"]),
            "namespace": meta["namespace"],
            "labels": {**labels_of(endpoints), SERVICE_NAME: meta["name"], MANAGED_BY: MIRRORING_CONTROLLER},
            "annotations": kept,
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "addressType": group[0],
        "endpoints": list(found.values()),
        "ports": [endpoint_port(*row, with_empty_name=True) for row in group[1]],
    }


def _endpoint(row: Object, ready: bool) -> Object:
    given = {part: row[part] for part in ("hostname", "nodeName", "targetRef") if row.get(part)}
    return {"addresses": [row["ip"]], "conditions": {"ready": ready}, **given}


def _row(port: Object) -> PortRow:
    return port.get("name", ""), port["port"], port.get("protocol", "TCP"), port.get("appProtocol", "")


def _deletion(each: Object) -> Delete:
    return Delete(SLICES, each["metadata"]["namespace"], each["metadata"]["name"])


def _full(endpoints: Object, skipped: int) -> Emit:
    words = "A max of {} addresses can be mirrored to EndpointSlices per Endpoints subset. {} addresses were skipped"
    return Emit(endpoints, "Warning", "TooManyAddressesToMirror", words.format(MOST, skipped), "")
