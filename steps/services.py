"""Services, and which pods stand behind them."""

from collections.abc import Iterator
from typing import Any

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene
from podproof.timeline import Record

_OF_SERVICE = "kubernetes.io/service-name"


@says('the service "{name}" is created')
@says('the service "{name}" is created on port {port:number}')
@says('the service "{name}" is created on port {port:number} to {target:number}')
@says('the service "{name}" is created for "{selector}"')
@says('the service "{name}" is created on port {port:number} for "{selector}"')
@says('the service "{name}" is created on port {port:number} to {target:number} for "{selector}"')
def the_service_is_created(
    cluster: Cluster, scene: Scene, name: str, port: int = 80, target: int | None = None, selector: str = ""
) -> None:
    """`selector` are labels as kubectl takes them: "app=web,tier=front". Without one nobody stands behind it."""
    spec: dict[str, Any] = {"ports": [{"protocol": "TCP", "port": port, "targetPort": target or port}]}
    if selector:
        spec["selector"] = _labels(selector)
    meta = {"name": name, "namespace": cluster.namespace}
    made = cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec})
    settle(scene, f'the service "{name}" is created', [made])


@says('service "{name}" has endpoints for pod "{pod}"')
def the_service_has_endpoints_for(cluster: Cluster, name: str, pod: str, limit: Nanos) -> None:
    ref, words = kinds.ref(cluster, "service", name), f'service "{name}" has endpoints for pod "{pod}"'

    def test(record: Record) -> tuple[bool, str]:
        pods = _ready_pods(record, ref)
        return pod in pods, _told(record, ref, pods)

    prove(cluster, Becomes(words, (ref, kinds.pod(cluster, pod)), test, limit), limit)


@says('service "{name}" has no endpoints')
def the_service_has_no_endpoints(cluster: Cluster, name: str, limit: Nanos) -> None:
    ref = kinds.ref(cluster, "service", name)

    def test(record: Record) -> tuple[bool, str]:
        pods = _ready_pods(record, ref)
        return bool(len(record.timeline(ref))) and not pods, _told(record, ref, pods)

    prove(cluster, Becomes(f'service "{name}" has no endpoints', (ref,), test, limit), limit)


@says('pod "{pod}" was never in the endpoints of service "{name}"')
def the_pod_was_never_in_the_endpoints(cluster: Cluster, pod: str, name: str) -> None:
    """Over all that was recorded; of a pod or a service that was never seen nothing can be said."""
    record, service = cluster.record(), kinds.ref(cluster, "service", name)
    wanted = f'pod "{pod}" was never in the endpoints of service "{name}"'
    for ref in (kinds.pod(cluster, pod), service):
        if not len(record.timeline(ref)):
            raise NotSoError(wanted, f'{ref.kind.lower()} "{ref.name}" was never observed, so nothing can be said')
    for ref in _slices(record, service):
        for version in record.timeline(ref):
            if version.object is not None and pod in _ready_in(version.object):
                subjects = (kinds.pod(cluster, pod), ref)
                raise NotSoError(wanted, f"it was at +{version.at / 1e9:.5g} s", subjects=subjects)


def _labels(selector: str) -> dict[str, str]:
    pairs = [each.strip().partition("=") for each in selector.split(",")]
    if not all(key and sign for key, sign, _ in pairs):
        raise NotSoError(f'"{selector}" selects pods by their labels', "it is not of the form key=value,key=value")
    return {key: value for key, _, value in pairs}


def _slices(record: Record, service: Ref) -> Iterator[Ref]:
    """Yield the EndpointSlices that were ever seen of a service."""
    for ref in record.refs("EndpointSlice"):
        first = next((version.object for version in record.timeline(ref) if version.object), None)
        if ref.namespace == service.namespace and at(first, "metadata", "labels", _OF_SERVICE) == service.name:
            yield ref


def _ready_pods(record: Record, service: Ref) -> set[str]:
    latest = (record.latest(ref) for ref in _slices(record, service))
    return {pod for item in latest if item is not None for pod in _ready_in(item)}


def _ready_in(item: Object) -> Iterator[str]:
    """Yield the pods that a slice sends traffic to: an endpoint that does not say counts as ready.

    Source: staging/src/k8s.io/api/discovery/v1/types.go, EndpointConditions.Ready.
    """
    for endpoint in item.get("endpoints") or ():
        if at(endpoint, "conditions", "ready") is not False and at(endpoint, "targetRef", "kind") == "Pod":
            yield str(at(endpoint, "targetRef", "name"))


def ready_addresses(record: Record, service: Ref) -> dict[str, str]:
    """Return the addresses of the pods a service sends traffic to, each with the pod's name."""
    found: dict[str, str] = {}
    for item in (record.latest(ref) for ref in _slices(record, service)):
        for endpoint in (item or {}).get("endpoints") or ():
            if at(endpoint, "conditions", "ready") is not False and at(endpoint, "targetRef", "kind") == "Pod":
                found |= dict.fromkeys(endpoint["addresses"], str(at(endpoint, "targetRef", "name")))
    return found


def _told(record: Record, service: Ref, pods: set[str]) -> str:
    if not len(record.timeline(service)):
        return f'service "{service.name}" was never observed'
    return f"pods behind it: {', '.join(sorted(pods)) or 'none'}"
