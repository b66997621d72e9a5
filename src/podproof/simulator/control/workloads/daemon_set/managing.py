"""Which of a DaemonSet's pods are missing and which are too many.

Source: pkg/controller/daemon/daemon_controller.go, manage, podsShouldBeOnNode, getUnscheduledPodsWithoutNode.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podproof.simulator.control.plans import Command, Emit
from podproof.simulator.control.workloads.daemon_set.look import Look
from podproof.simulator.control.workloads.daemon_set.nodes import fit, is_updated
from podproof.simulator.control.workloads.pods import is_available, phase_of, ready_since
from podproof.simulator.model.objects import Object


@dataclass(frozen=True, slots=True)
class Need:
    """The nodes that lack a pod, the pods that shall go, and the events to tell first."""

    nodes: tuple[str, ...] = ()
    pods: tuple[Object, ...] = ()
    events: tuple[Command, ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether nothing is to be done."""
        return not self.nodes and not self.pods


def managed(look: Look) -> Need:
    """Return what is needed for one pod on each node that fits, and none elsewhere."""
    known = {node["metadata"]["name"] for node in look.nodes}
    needs = [_on_node(look, node) for node in look.nodes]
    lost = [pod for name, pods in look.pods.items() if name not in known for pod in pods if _waits(pod)]
    return Need(
        tuple(name for need in needs for name in need.nodes),
        (*(pod for need in needs for pod in need.pods), *lost),
        tuple(event for need in needs for event in need.events),
    )


def _waits(pod: Object) -> bool:
    """Say whether a pod has no node yet, though the one it is for is gone."""
    return not pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]


def _on_node(look: Look, node: Object) -> Need:
    name, found = node["metadata"]["name"], fit(look.owner, node)
    pods = look.pods.get(name, [])
    staying = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    if not found.stays:
        return Need(pods=tuple(staying))
    if found.runs and not pods:
        return Need((name,))
    ended = [pod for pod in staying if phase_of(pod) in ("Failed", "Succeeded")]
    replaced = [pod for pod in ended if phase_of(pod) == "Succeeded" or name not in look.held]
    running = [pod for pod in staying if pod not in ended]
    surplus = _surplus_of_surge(look, running) if look.surge else running[1:]
    return Need(pods=(*replaced, *surplus), events=tuple(_told(look.owner, name, pod) for pod in replaced))


def failed_on(look: Look) -> Iterator[str]:
    """Yield the nodes whose failed pod shall go now: the next one that fails there has to wait longer."""
    for name, pods in look.pods.items():
        if name not in look.held and any(
            phase_of(pod) == "Failed" and "deletionTimestamp" not in pod["metadata"] for pod in pods
        ):
            yield name


def _surplus_of_surge(look: Look, running: Sequence[Object]) -> list[Object]:
    """Return the pods that are too many where one of each kind may be: an old one goes once it is not needed."""
    if len(running) <= 1:
        return []
    new = [pod for pod in running if is_updated(look.owner, pod, look.word)]
    old = [pod for pod in running if pod not in new]
    gone = [*new[1:], *old[1:]]
    if new and old and (ready_since(old[0]) is None or is_available(new[0], look.least_ready, look.now)):
        gone.append(old[0])
    return gone


def _told(owner: Object, node: str, pod: Object) -> Emit:
    """Say why a pod that ended goes."""
    who = f"{pod['metadata']['namespace']}/{pod['metadata']['name']} on node {node}"
    if phase_of(pod) == "Failed":
        return Emit(owner, "Warning", "FailedDaemonPod", f"Found failed daemon pod {who}, will try to kill it", "")
    return Emit(owner, "Normal", "SucceededDaemonPod", f"Found succeeded daemon pod {who}, will try to delete it", "")
