"""Endpoints and EndpointSlices that follow the pods a Service selects.

Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/controller/endpointslice/
endpointslice_controller.go; staging/src/k8s.io/endpointslice/reconciler.go.
"""

from typing import Any

from podproof.simulator.api.client import Client
from podproof.simulator.api.requests import ApiError
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.informer import Informer, key_of
from podproof.simulator.kernel.queue import WorkQueue
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches_map
from podproof.simulator.model.services import endpoint_slices, endpoints_subsets


class EndpointsController:
    """Keeps both kinds of endpoints of every Service that has a selector."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        services: Informer,
        pods: Informer,
        endpoints: Informer,
        slices: Informer,
    ) -> None:
        self._client = client
        self._services, self._pods = services, pods
        self._endpoints, self._slices = endpoints, slices
        self._queue = WorkQueue(
            agenda,
            self._reconcile,
            span("control", "work"),
            span("control", "retry_first"),
            span("control", "retry_ceiling"),
        )
        services.on_change(lambda old, new: self._add(new or old))
        pods.on_change(self._pod_changed)

    def _add(self, service: Object | None) -> None:
        if service is not None:
            self._queue.add("/".join(key_of(service)))

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Enqueue the Services that select, or selected, the pod; most changes of a status concern none."""
        if old is not None and new is not None and _concern(old) == _concern(new):
            return
        for service in self._services.list():
            if any(pod is not None and _selects(service, pod) for pod in (old, new)):
                self._add(service)

    def _reconcile(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        service = self._services.get(namespace, name)
        try:
            if service is None:
                self._remove(namespace, name)
            elif service["spec"].get("selector"):
                pods = [pod for pod in self._pods.list(namespace) if _selects(service, pod)]
                self._keep("endpoints", self._endpoints.get(namespace, name), _endpoints(service, pods))
                self._keep_slice(service, pods)
        except ApiError as error:
            if error.reason not in ("NotFound", "AlreadyExists", "Conflict"):
                raise
            self._queue.retry(key)
        else:
            self._queue.forget(key)

    def _keep(self, resource: str, old: Object | None, wanted: dict[str, Any]) -> None:
        if old is None:
            self._client.create(resource, wanted)
        elif any(old.get(part) != wanted.get(part) for part in ("subsets", "endpoints", "ports")):
            self._client.update(resource, {**old, **{part: wanted[part] for part in wanted if part != "metadata"}})

    def _keep_slice(self, service: Object, pods: list[Object]) -> None:
        wanted = endpoint_slices(service, pods)
        old = next((each for each in self._slices.list(service["metadata"]["namespace"]) if _owned(each, service)), None)
        self._keep("endpointslices.discovery.k8s.io", old, wanted)

    def _remove(self, namespace: str, name: str) -> None:
        if self._endpoints.get(namespace, name) is not None:
            self._client.delete("endpoints", namespace, name)
        for each in list(self._slices.list(namespace)):
            if each["metadata"].get("labels", {}).get("kubernetes.io/service-name") == name:
                self._client.delete("endpointslices.discovery.k8s.io", namespace, each["metadata"]["name"])


def _endpoints(service: Object, pods: list[Object]) -> dict[str, Any]:
    meta = service["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": meta["name"], "namespace": meta["namespace"], "labels": dict(meta.get("labels") or {})},
        "subsets": endpoints_subsets(service, pods),
    }


def _owned(each: Object, service: Object) -> bool:
    labels = each["metadata"].get("labels") or {}
    return bool(labels.get("kubernetes.io/service-name") == service["metadata"]["name"])


def _selects(service: Object, pod: Object) -> bool:
    meta, selector = pod["metadata"], service["spec"].get("selector")
    return (
        bool(selector)
        and service["metadata"]["namespace"] == meta["namespace"]
        and matches_map(selector, meta.get("labels") or {})
    )


def _concern(pod: Object) -> tuple[object, ...]:
    """Return what of a pod its endpoints show."""
    meta, status = pod["metadata"], pod.get("status") or {}
    ready = next((each["status"] for each in status.get("conditions") or () if each["type"] == "Ready"), None)
    return (
        meta.get("labels"),
        meta.get("deletionTimestamp"),
        status.get("podIP"),
        status.get("phase"),
        ready,
        pod["spec"].get("nodeName"),
    )
