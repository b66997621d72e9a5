"""The scheduler: every pod without a node is decided on once, and again when the cluster changes.

Source: pkg/scheduler/schedule_one.go, ScheduleOne, handleSchedulingFailure.
"""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Bind, Emit, Plan, UpdateStatus
from podproof.simulator.control.scheduling import NodeInfo, Usage, decide
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.times import Nanos, timestamp

NAME = "default-scheduler"


class Scheduler:
    """Decides for the pods that name it; a pod of another scheduler waits for that one."""

    def __init__(self, agenda: Agenda, client: Client, events: EventSeries, pods: Informer, nodes: Informer) -> None:
        self._agenda = agenda
        self._pods = pods
        self._placed: dict[str, Usage] = {}
        self._nodes: dict[str, NodeInfo] = {}
        self._unschedulable: dict[Key, None] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "schedule"))
        pods.on_change(self._pod_changed)
        nodes.on_change(self._node_changed)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        self._place(old, new)
        if new is not None and _waits(new) and (old is None or old["spec"] != new["spec"]):
            self._controller.add(new)

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        name = (new or old or {})["metadata"]["name"]
        self._nodes.pop(name, None)
        if new is not None:
            self._nodes[name] = NodeInfo.of(new, self._placed.setdefault(name, Usage()))
        self._cluster_changed()

    def _place(self, old: Object | None, new: Object | None) -> None:
        """Keep what is requested on each node; a pod that ends or leaves gives its room back."""
        pod = new or old
        assert pod is not None
        node = pod["spec"].get("nodeName")
        if not node:
            return
        usage = self._placed.setdefault(node, Usage())
        if new is not None and (new.get("status") or {}).get("phase") not in TERMINAL:
            if old is None or old["spec"] is not new["spec"]:
                usage.add(new)
        elif usage.remove(pod):
            self._cluster_changed()

    def _cluster_changed(self) -> None:
        waiting, self._unschedulable = self._unschedulable, {}
        for key in waiting:
            self._controller.add_key(key)

    def _reconcile(self, key: Key) -> Plan:
        pod = self._pods.get(*key)
        if pod is None or not _waits(pod):
            return Plan()
        decision = decide(pod, list(self._nodes.values()))
        if decision.node is None:
            self._unschedulable[key] = None
            return failure(pod, decision.message, self._agenda.now)
        self._placed.setdefault(decision.node, Usage()).add(pod)
        return binding(pod, decision.node)


def _waits(pod: Object) -> bool:
    spec = pod["spec"]
    blocked = spec.get("nodeName") or spec.get("schedulingGates") or pod["metadata"].get("deletionTimestamp")
    return not blocked and spec.get("schedulerName", NAME) == NAME


def binding(pod: Object, node: str) -> Plan:
    """Return the plan for a pod that goes to a node."""
    namespace, name = key_of(pod)
    text = f"Successfully assigned {namespace}/{name} to {node}"
    return Plan((Bind(namespace, name, node), Emit(pod, "Normal", "Scheduled", text, "Binding")))


def failure(pod: Object, message: str, now: Nanos) -> Plan:
    """Return the plan for a pod that fits nowhere."""
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "observedGeneration": pod["metadata"].get("generation", 1),
        "lastProbeTime": None,
        "lastTransitionTime": timestamp(now),
        "reason": "Unschedulable",
        "message": message,
    }
    status = pod.get("status") or {}
    others = [each for each in status.get("conditions") or () if each["type"] != "PodScheduled"]
    marked = {**pod, "status": {**status, "conditions": [*others, condition]}}
    return Plan((Emit(pod, "Warning", "FailedScheduling", message, "Scheduling"), UpdateStatus("pods", marked)))
