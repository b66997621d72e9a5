"""The scheduler: every pod without a node is decided on once, and again when the cluster changes.

Source: pkg/scheduler/schedule_one.go, ScheduleOne, handleSchedulingFailure.
"""

from podproof.simulator.api.client import Client
from podproof.simulator.api.requests import ApiError
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.scheduling import Decision, Usage, decide
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer, key_of
from podproof.simulator.kernel.queue import WorkQueue
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.times import timestamp

NAME = "default-scheduler"


class Scheduler:
    """Decides for the pods that name it; a pod of another scheduler waits for that one."""

    def __init__(self, agenda: Agenda, client: Client, pods: Informer, nodes: Informer, chance: Chance) -> None:
        self._agenda, self._client = agenda, client
        self._pods, self._nodes = pods, nodes
        self._events = EventSeries(client, agenda, chance, NAME)
        self._placed: dict[str, Usage] = {}
        self._unschedulable: dict[str, None] = {}
        self._queue = WorkQueue(
            agenda,
            self._schedule,
            span("control", "schedule"),
            span("control", "retry_first"),
            span("control", "retry_ceiling"),
        )
        pods.on_change(self._pod_changed)
        nodes.on_change(lambda old, new: self._cluster_changed())

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        self._place(old, new)
        if new is None or new["spec"].get("nodeName") or new["spec"].get("schedulerName", NAME) != NAME:
            return
        if old is None or old["spec"] != new["spec"]:
            self._queue.add("/".join(key_of(new)))

    def _place(self, old: Object | None, new: Object | None) -> None:
        """Keep which pods count on which node; one that left gives its room back."""
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
            self._queue.add(key)

    def _schedule(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        pod = self._pods.get(namespace, name)
        if pod is None or pod["spec"].get("nodeName") or pod["metadata"].get("deletionTimestamp"):
            return
        if pod["spec"].get("schedulingGates"):
            return
        decision = decide(pod, list(self._nodes.list()), self._placed)
        try:
            self._carry_out(key, pod, decision)
        except ApiError as error:
            if error.reason != "NotFound":
                self._queue.retry(key)

    def _carry_out(self, key: str, pod: Object, decision: Decision) -> None:
        namespace, name = key_of(pod)
        if decision.node is None:
            self._unschedulable[key] = None
            self._events.emit(pod, "Warning", "FailedScheduling", decision.message, "Scheduling")
            self._mark(pod, decision.message)
            return
        self._client.bind(namespace, name, decision.node)
        self._placed.setdefault(decision.node, Usage()).add(pod)
        text = f"Successfully assigned {namespace}/{name} to {decision.node}"
        self._events.emit(pod, "Normal", "Scheduled", text, "Binding")

    def _mark(self, pod: Object, message: str) -> None:
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "observedGeneration": pod["metadata"].get("generation", 1),
            "lastProbeTime": None,
            "lastTransitionTime": timestamp(self._agenda.now),
            "reason": "Unschedulable",
            "message": message,
        }
        status = pod.get("status") or {}
        others = [each for each in status.get("conditions") or () if each["type"] != "PodScheduled"]
        self._client.update_status("pods", {**pod, "status": {**status, "conditions": [*others, condition]}})
