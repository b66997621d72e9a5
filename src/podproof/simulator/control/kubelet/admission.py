"""Whether a node takes a pod that was bound to it: the kubelet checks again what the scheduler has checked.

Source: pkg/kubelet/lifecycle/predicate.go, Admit, generalFilter; pkg/scheduler/eventhandlers.go, AdmissionCheck;
pkg/kubelet/eviction/eviction_manager.go, Admit.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.allocation import Refused, with_given
from podproof.simulator.control.kubelet.eviction.rules import is_critical
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import NodeInfo, Usage
from podproof.simulator.control.scheduling.placement import suits
from podproof.simulator.model.host_ports import HostPort, clash, host_ports
from podproof.simulator.model.objects import Object
from podproof.simulator.model.qos import BEST_EFFORT, Resources, pod_requests, qos_class, resources
from podproof.simulator.model.quantities import NANO, Quantity
from podproof.simulator.model.static_pods import is_static
from podproof.simulator.model.taints import tolerates

_COMPUTED = ("cpu", "memory", "ephemeral-storage")
_MILLI = NANO // 1000
_CONDITIONS = {"memory": "MemoryPressure", "disk": "DiskPressure"}
_MEMORY_TAINT = {"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"}


def shortages(requests: Resources, room: Resources, usage: Usage) -> Iterator[Refused]:
    """Yield what a node has too little of: first room for one more pod, then each resource.

    Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest; pkg/kubelet/lifecycle/predicate.go,
    InsufficientResourceError.
    """
    pods = room["pods"].value if "pods" in room else 0
    if len(usage.requests) + 1 > pods:
        yield _short_of("pods", 1, len(usage.requests), pods)
    for name in _COMPUTED:
        asked, has = (each.get(name, Quantity(0, "")).nano for each in (requests, room))
        if asked > 0 and asked > has - usage.total[name]:
            unit = _MILLI if name == "cpu" else NANO
            yield _short_of(name, asked // unit, usage.total[name] // unit, has // unit)


def _short_of(name: str, asked: int, used: int, has: int) -> Refused:
    told = f"{name}, requested: {asked}, used: {used}, capacity: {has}"
    return Refused(f"OutOf{name}", f"Node didn't have enough resource: {told}")


def misfits(pod: Object, node: Object, taken: Collection[HostPort]) -> Iterator[Refused]:
    """Yield what about a node does not suit a pod: its labels, its ports, its NoExecute taints."""
    spec = pod["spec"]
    if (spec.get("nodeSelector") or spec.get("affinity")) and not _suits(pod, node):
        yield _predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
    if spec["nodeName"] != node["metadata"]["name"]:
        yield _predicate("NodeName", "node(s) didn't match the requested node name")
    if clash(host_ports(spec), taken):
        yield _predicate("NodePorts", "node(s) didn't have free ports for the requested pod ports")
    taints = [each for each in (node.get("spec") or {}).get("taints") or () if each["effect"] == "NoExecute"]
    if not is_static(pod) and any(not _tolerated(pod, taint) for taint in taints):
        yield _predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate")


def _suits(pod: Object, node: Object) -> bool:
    known = NodeInfo(node["metadata"]["name"])
    known.labels = node["metadata"].get("labels") or {}
    return suits(Asking(pod), known)


def _predicate(name: str, reason: str) -> Refused:
    return Refused(name, f"Predicate {name} failed: {reason}")


def _tolerated(pod: Object, taint: Object) -> bool:
    return any(tolerates(each, taint) for each in pod["spec"].get("tolerations") or ())


def refused_under_pressure(pod: Object, pressures: Collection[str]) -> Refused | None:
    """Return why a node that is short of something takes no such pod; None where it does.

    Short of memory alone, it takes whoever requests something or tolerates that.
    """
    if not pressures or is_critical(pod):
        return None
    only_memory = set(pressures) == {"memory"}
    if only_memory and (qos_class(pod["spec"]) != BEST_EFFORT or _tolerated(pod, _MEMORY_TAINT)):
        return None
    told = " ".join(kind for what, kind in _CONDITIONS.items() if what in pressures)
    return Refused("Evicted", f"The node had condition: [{told}]. ")


class Admission:
    """Admits the pods of one node. `node` gives it as the kubelet's cache has it, `pressures` what it is short of."""

    def __init__(
        self,
        room: Mapping[str, str],
        node: Callable[[], Object | None],
        pressures: Callable[[], Collection[str]],
    ) -> None:
        self._room, self._node, self._pressures = resources(room), node, pressures
        self._usage = Usage()

    def refusal(self, pod: Object) -> Refused | None:
        """Return why the node does not take a pod, the first reason of several; None where it does.

        Raises:
            NotModelledError: others would have to go for a critical pod.
        """
        found = [each for each in [refused_under_pressure(pod, self._pressures())] if each is not None]
        short = [*shortages(pod_requests(pod), self._room, self._usage)]
        node = self._node()
        taken = [port for ports in self._usage.ports.values() for port in ports]
        others = [*misfits(pod, node, taken)] if node is not None else []
        if short and not others and is_critical(pod):
            meta = pod["metadata"]
            raise NotModelledError("a kubelet that preempts", f"critical pod {meta['namespace']}/{meta['name']}")
        return next(iter((*found, *short, *others)), None)

    def count(self, local: LocalPod) -> None:
        """Count a pod with what it was given; counting it again replaces what it counted for."""
        self._usage.add(with_given(local.pod, local.allocation.given))

    def forget(self, pod: Object) -> None:
        """Count a pod no more: its containers have ended."""
        self._usage.remove(pod)
