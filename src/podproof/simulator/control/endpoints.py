"""Endpoints and EndpointSlices that follow the pods a Service selects.

Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/controller/endpointslice/
endpointslice_controller.go; staging/src/k8s.io/endpointslice/reconciler.go.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Plan, Update
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import EndpointGroup, endpoint_groups, ready_addresses

ENDPOINTS = "endpoints"
SLICES = "endpointslices.discovery.k8s.io"
SERVICE_NAME = "kubernetes.io/service-name"


def reconcile(
    service: Object | None, pods: Iterable[Object], endpoints: Object | None, slices: Sequence[Object]
) -> Plan:
    """Bring both kinds of endpoints in line with the pods; without the Service there are none.

    `pods` are the Service's namespace's, `endpoints` and `slices` what there is for it so far.
    """
    if service is None:
        return Plan(tuple(_removal(endpoints, slices)))
    if not service["spec"].get("selector"):
        return Plan()
    pods = list(pods)
    groups = endpoint_groups(service, pods) or [EndpointGroup((), ())]
    return Plan(
        (
            *_kept(ENDPOINTS, endpoints, _endpoints(service, pods)),
            *_kept_slices(service, groups, slices),
            *(_deletion(SLICES, each) for each in slices[len(groups) :]),
        )
    )


def service_of(each: Object) -> str | None:
    """Return the name of the Service a slice is for."""
    name: str | None = (each["metadata"].get("labels") or {}).get(SERVICE_NAME)
    return name


def concern(pod: Object) -> tuple[object, ...]:
    """Return what of a pod its Services' endpoints show: most changes of a status change nothing of it."""
    meta, status = pod["metadata"], pod.get("status") or {}
    ready = next((each["status"] for each in status.get("conditions") or () if each["type"] == "Ready"), None)
    placed = pod["spec"].get("nodeName")
    return meta.get("labels"), meta.get("deletionTimestamp"), status.get("podIP"), status.get("phase"), ready, placed


def _removal(endpoints: Object | None, slices: Iterable[Object]) -> Iterator[Command]:
    if endpoints is not None:
        yield _deletion(ENDPOINTS, endpoints)
    for each in slices:
        yield _deletion(SLICES, each)


def _deletion(resource: str, item: Object) -> Delete:
    return Delete(resource, item["metadata"]["namespace"], item["metadata"]["name"])


def _kept(resource: str, old: Object | None, wanted: dict[str, Any]) -> Iterator[Command]:
    """Yield the command that makes `old` say what is wanted, none where it does."""
    if old is None:
        yield Create(resource, wanted)
        return
    said = {part: value for part, value in wanted.items() if part not in ("metadata", "kind", "apiVersion")}
    if any((old.get(part) or []) != value for part, value in said.items()):
        yield Update(resource, {**old, **said})


def _kept_slices(service: Object, groups: Sequence[EndpointGroup], slices: Sequence[Object]) -> Iterator[Command]:
    """Yield what keeps one slice for each set of ports the Service's pods resolve to.

    A slice holds any number of endpoints here; the real controller fills a second one after 100.
    """
    for index, group in enumerate(groups):
        yield from _kept(SLICES, slices[index] if index < len(slices) else None, _slice(service, group))


def _endpoints(service: Object, pods: Sequence[Object]) -> dict[str, Any]:
    meta = service["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": meta["name"], "namespace": meta["namespace"], "labels": dict(meta.get("labels") or {})},
        "subsets": ready_addresses(service, pods),
    }


def _slice(service: Object, group: EndpointGroup) -> dict[str, Any]:
    meta = service["metadata"]
    labels = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", SERVICE_NAME: meta["name"]}
    owner = {"apiVersion": "v1", "kind": "Service", "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": {**(meta.get("labels") or {}), **labels},
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "addressType": "IPv4",
        "endpoints": [dict(each) for each in group.endpoints],
        "ports": [dict(each) for each in group.ports],
    }
