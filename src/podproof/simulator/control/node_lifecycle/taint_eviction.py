"""The taint eviction controller: pods leave a node whose NoExecute taints they do not tolerate, or not any longer.

Source: pkg/controller/tainteviction/taint_eviction.go.
"""

from collections.abc import Sequence
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.node_lifecycle.rules import NO_EXECUTE, taints_of
from podproof.simulator.control.plans import Delete, Emit, Plan, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_conditions import DISRUPTION, with_condition
from podproof.simulator.model.taints import tolerates
from podproof.simulator.model.times import Nanos, seconds, timestamp


def stay(taints: Sequence[Object], tolerations: Sequence[Object]) -> Nanos | None:
    """Return how long (ns) a pod may stay with these taints: 0 not at all, None for ever.

    Source: taint_eviction.go, processPodOnNode, getMinTolerationTime.
    """
    if any(not any(tolerates(each, taint) for each in tolerations) for taint in taints):
        return Nanos(0)
    used = (each for each in tolerations if any(tolerates(each, taint) for taint in taints))
    limits = [max(0, each["tolerationSeconds"]) for each in used if each.get("tolerationSeconds") is not None]
    return seconds(min(limits)) if limits else None


def disrupted(pod: Object, now_text: str) -> dict[str, Any]:
    """Return a pod with the condition that says why it is about to be deleted."""
    why = "Taint manager: deleting due to NoExecute taint"
    return with_condition(pod, DISRUPTION, True, "DeletionByTaintManager", why, now_text)


class TaintEviction:
    """Evicts pods from tainted nodes; `_since` has when the waiting of each pod began."""

    def __init__(self, agenda: Agenda, client: Client, nodes: Informer, pods: Informer) -> None:
        self._agenda, self._nodes, self._pods = agenda, nodes, pods
        self._since: dict[Key, Nanos] = {}
        events = EventRecorder(client, agenda, "taint-eviction-controller")
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        nodes.on_change(self._node_changed)
        pods.on_change(self._pod_changed)

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        before, after = (taints_of(node, NO_EXECUTE) if node is not None else [] for node in (old, new))
        name = (new or old or {})["metadata"]["name"]
        if before != after:
            for pod in self._pods.list():
                if pod["spec"].get("nodeName") == name:
                    self._controller.add(pod)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        pod = new or old
        assert pod is not None
        if key_of(pod) in self._since or self._taints(pod):
            self._controller.add(pod)

    def _taints(self, pod: Object) -> list[Object]:
        node = self._nodes.get("", pod["spec"].get("nodeName") or "")
        return taints_of(node, NO_EXECUTE) if node is not None else []

    def _reconcile(self, key: Key) -> Plan:
        pod = self._pods.get(*key)
        if pod is None or pod["metadata"].get("deletionTimestamp"):
            self._since.pop(key, None)
            return Plan()
        taints, now = self._taints(pod), self._agenda.now
        allowed = stay(taints, pod["spec"].get("tolerations") or ()) if taints else None
        if allowed is None:
            return self._cancelled(key, pod)
        due = Nanos(self._since.setdefault(key, now) + allowed)
        if now < due:
            return Plan(wake_at=due)
        del self._since[key]
        told = f"Marking for deletion Pod {'/'.join(key)}"
        return Plan(
            (
                Emit(pod, "Normal", "TaintManagerEviction", told, ""),
                UpdateStatus("pods", disrupted(pod, timestamp(now))),
                Delete("pods", *key),
            )
        )

    def _cancelled(self, key: Key, pod: Object) -> Plan:
        if self._since.pop(key, None) is None:
            return Plan()
        told = f"Cancelling deletion of Pod {'/'.join(key)}"
        return Plan((Emit(pod, "Normal", "TaintManagerEviction", told, ""),))
