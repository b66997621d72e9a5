"""Binding a pod to a node: what a binding must say, and what becomes of the pod.

Source: pkg/registry/core/pod/storage/storage.go, BindingREST.Create, assignPod, setPodNodeAndMetadata;
pkg/apis/core/validation/validation.go, ValidatePodBinding.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.decoding import as_struct, posted
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, required, unsupported
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_conditions import with_condition
from podproof.simulator.model.times import Nanos, timestamp


def of_pod(request: Request) -> Request:
    """Return what a binding sent to the collection of bindings asks of its pod.

    Raises:
        ApiError: 400, it is no binding.
    Source: storage.go, LegacyBindingREST.Create.
    """
    name = at(as_struct("Binding", request.body), "metadata", "name") or ""
    return request._replace(resource="pods", name=name, subresource="binding")


def bound(request: Request, resource: Resource, pod: Object, now: Nanos) -> dict[str, Any]:
    """Return a pod as the request's binding changes it.

    Raises:
        ApiError: the binding is unfit, or the pod may not be bound (any more).
    """
    binding = request.body if request.is_component else posted("Binding", request)
    if not request.is_component:
        _check(request, resource, pod, binding)
    if why := _obstacle(pod):
        failed = statuses.conflict(resource, pod["metadata"]["name"], why)
        message = failed.message.replace(resource.name, f"{resource.name}/binding", 1)
        raise statuses.failure(409, "Conflict", message, failed.status["details"])
    meta = {**pod["metadata"]}
    for key in ("labels", "annotations"):
        if added := at(binding, "metadata", key):
            meta[key] = {**meta.get(key, {}), **added}
    spec = {**pod["spec"], "nodeName": binding["target"]["name"]}
    return {**pod, "metadata": meta, "spec": spec, "status": _scheduled(pod, now)}


def _check(request: Request, resource: Resource, pod: Object, binding: Object) -> None:
    """Hold a user's binding to the pod it names; the real server calls an unfit target an internal error."""
    meta = binding.get("metadata") or {}
    if meta.get("name", "") != request.name:
        raise statuses.bad_request("name in URL does not match name in Binding object")
    faults = [str(fault) for fault in _faults(binding)]
    if faults:
        raise statuses.failure(500, "", faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]")
    for key, word in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        seen = pod["metadata"].get(key, "")
        if meta.get(key) and meta[key] != seen:
            why = f"Precondition failed: {word} in precondition: {meta[key]}, {word} in object meta: {seen}"
            raise statuses.conflict(resource, request.name, why)


def _faults(binding: Object) -> Iterator[Fault]:
    kind = at(binding, "target", "kind") or ""
    if kind not in ("", "Node"):
        yield unsupported("target.kind", kind, ("Node", "<empty>"))
    if not at(binding, "target", "name"):
        yield required("target.name")


def _obstacle(pod: Object) -> str:
    """Return why a pod may not be bound, "" where it may."""
    meta, spec = pod["metadata"], pod["spec"]
    if "deletionTimestamp" in meta:
        return f"pod {meta['name']} is being deleted, cannot be assigned to a host"
    if spec.get("nodeName"):
        return f'pod {meta["name"]} is already assigned to node "{spec["nodeName"]}"'
    if spec.get("schedulingGates"):
        return f"pod {meta['name']} has non-empty .spec.schedulingGates"
    return ""


def _scheduled(pod: Object, now: Nanos) -> Any:
    """Return the status of a pod that has its node now: the one that was nominated is forgotten."""
    status: dict[str, Any] = {**with_condition(pod, "PodScheduled", True, "", "", timestamp(now))["status"]}
    status.pop("nominatedNodeName", None)
    return status
