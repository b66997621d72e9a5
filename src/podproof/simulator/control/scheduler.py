"""The scheduler: every pod without a node is decided on, and again when something changes that may help it.

Source: pkg/scheduler/schedule_one.go, ScheduleOne, handleSchedulingFailure; pkg/scheduler/eventhandlers.go.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.deciding import Decider, Decision, message
from podproof.simulator.control.scheduling.defaults import DefaultSpread
from podproof.simulator.control.scheduling.hints import helped_by_node, helped_by_pod
from podproof.simulator.control.scheduling.nodes import Cluster
from podproof.simulator.control.scheduling.preempting import Way, preempt
from podproof.simulator.control.scheduling.profiles import DEFAULT, Profile, ProfileSpec
from podproof.simulator.control.scheduling.queue import SchedulingQueue
from podproof.simulator.control.scheduling.volume_limits import Limits, NodeVolumeLimits
from podproof.simulator.control.scheduling.volumes import Storage, VolumeBinding, VolumeRestrictions, VolumeZone
from podproof.simulator.control.storage.binder import Binder
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_conditions import DISRUPTION, with_condition
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.times import timestamp

NAME = DEFAULT
_PREEMPTED = "default-scheduler: preempting to accommodate a higher priority pod"


class _Running(NamedTuple):
    """A profile that runs."""

    decider: Decider
    events: EventSeries


class Scheduler:
    """Decides for the pods that name it; a pod of another scheduler waits for that one."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        voices: Callable[[str], EventSeries],
        pods: Informer,
        nodes: Informer,
        namespaces: Informer,
        budgets: Informer,
        binder: Binder,
        defaults: DefaultSpread,
    ) -> None:
        self._agenda, self._client, self._voices, self._defaults = agenda, client, voices, defaults
        self._pods, self._nodes, self._namespaces, self._budgets = pods, nodes, namespaces, budgets
        self._cluster = Cluster()
        self._binder = binder
        storage = Storage(binder.bar, binder.bound, binder.reaches, binder.unbound)
        limits = NodeVolumeLimits(Limits(binder.driver_volume, binder.limits))
        self._volumes = (
            VolumeRestrictions(binder.find_claim),
            limits,
            VolumeBinding(storage),
            VolumeZone(binder.bound),
        )
        self._profiles = {NAME: self._made(ProfileSpec())}
        self._binding: dict[Key, str] = {}
        self._nominated: dict[Key, tuple[str, Asking]] = {}
        self._queue = SchedulingQueue(agenda, self._decide, span("control", "schedule"))
        pods.on_change(self._pod_changed)
        nodes.on_change(self._node_changed)

    def configure(self, profiles: Iterable[ProfileSpec]) -> None:
        """Run with these profiles and no others; pods that wait are decided on anew."""
        self._profiles = {each.name: self._made(each) for each in profiles}
        for pod in self._pods.list():
            self._queue.forget(key_of(pod))
            if self._waits(pod):
                self._queue.add(key_of(pod), int(pod["spec"].get("priority") or 0))

    def _made(self, spec: ProfileSpec) -> "_Running":
        defaults = self._defaults if spec.spreads is None else self._defaults.instead(spec.spreads)
        decider = Decider(self._cluster, Profile(self._volumes, defaults, spec))
        return _Running(decider, self._voices(spec.name))

    def _of(self, pod: Object) -> "_Running":
        """Return what decides about a pod, and speaks of it; the first profile about one that names no profile."""
        named = self._profiles.get(pod["spec"].get("schedulerName", NAME))
        return named or next(iter(self._profiles.values()))

    def explain(self, pod: Object) -> Decision:
        """Return how the scheduler would decide about a pod now: every node, every reason and score, what is reserved.

        A pod that has a node is decided on as if it had none yet.
        """
        free = {key: value for key, value in pod["spec"].items() if key != "nodeName"}
        asking = self._asking({**pod, "spec": free})
        node: str = pod["spec"].get("nodeName") or self._binding.get(key_of(pod), "")
        placed = self._cluster.info(node).pods.get(asking.uid) if node else None
        if placed is None:
            return self._explained(asking)
        self._cluster.remove(placed.uid, node)
        try:
            return self._explained(asking)
        finally:
            self._cluster.add(placed, node)

    def _explained(self, asking: Asking) -> Decision:
        decision = self._of(asking.pod).decider.decide(asking, thorough=True)
        if decision.node is None:
            return decision
        return replace(decision, reserved=self._binder.reserved(asking, self._cluster.info(decision.node)))

    def retry(self, plugins: Iterable[str]) -> None:
        """Try again the pods that one of these plugins rejected; whoever changes what they look at calls this."""
        self._queue.moved(plugins, self._priority)

    def _asking(self, pod: Object) -> Asking:
        space = self._namespaces.get("", pod["metadata"].get("namespace", ""))
        return Asking(pod, (space or {"metadata": {}})["metadata"].get("labels") or {})

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        self._place(old, new)
        if new is None:
            assert old is not None
            self._queue.forget(key_of(old))
            self._nominated.pop(key_of(old), None)
        elif self._waits(new) and (old is None or old["spec"] != new["spec"]):
            self._queue.add(key_of(new), int(new["spec"].get("priority") or 0))

    def _waits(self, pod: Object) -> bool:
        spec = pod["spec"]
        blocked = spec.get("nodeName") or spec.get("schedulingGates") or pod["metadata"].get("deletionTimestamp")
        return not blocked and spec.get("schedulerName", NAME) in self._profiles

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        name = (new or old or {})["metadata"]["name"]
        helped = tuple(helped_by_node(old, new))
        if old is not None and new is not None and not helped:
            if at(old, "status", "images") != at(new, "status", "images"):
                self._cluster.images_changed(name, new)
            return
        self._cluster.node_changed(name, new)
        self.retry(helped)

    def _place(self, old: Object | None, new: Object | None) -> None:
        """Keep what is requested on each node; a pod that ends or leaves gives its room back."""
        pod = new or old
        assert pod is not None
        node = pod["spec"].get("nodeName")
        if not node:
            return
        if new is not None and (new.get("status") or {}).get("phase") not in TERMINAL:
            if old is None or old["spec"] is not new["spec"] or _has_turned(old, new):
                self._cluster.add(self._asking(new), node)
                if old is None or old["spec"] is not new["spec"] or _labels(old) != _labels(new):
                    self.retry(helped_by_pod(came=True))
        elif self._cluster.remove(pod["metadata"]["uid"], node):
            self.retry(helped_by_pod(came=False))

    def _priority(self, key: Key) -> int:
        pod = self._pods.get(*key)
        return int(pod["spec"].get("priority") or 0) if pod is not None else 0

    def _decide(self, key: Key) -> None:
        pod = self._pods.get(*key)
        if pod is None or not self._waits(pod) or key in self._binding:
            self._queue.forget(key)
            return
        asking = self._asking(pod)
        decision = self._reserving(key, asking, lambda: self._of(pod).decider.decide(asking))
        if decision.node is None:
            self._not_placed(key, asking, decision)
        else:
            self._placed(key, asking, decision.node)

    def _reserving(self, key: Key, asking: Asking, decide: Callable[[], Decision]) -> Decision:
        """Decide with the room taken that others of no lower priority were promised. Source: addGENominatedPods."""
        others = [
            (node, other)
            for each, (node, other) in self._nominated.items()
            if each != key and other.priority >= asking.priority
        ]
        for node, other in others:
            self._cluster.add(other, node)
        try:
            return decide()
        finally:
            for node, other in others:
                self._cluster.remove(other.uid, node)

    def _placed(self, key: Key, asking: Asking, node: str) -> None:
        """Count the pod on its node at once, then bind its claims, then itself."""
        self._queue.forget(key)
        self._nominated.pop(key, None)
        promises = self._binder.promise(asking, self._cluster.info(node))
        self._cluster.add(asking, node)
        if not promises:
            self._bind(key, asking, node)
            return
        self._binding[key] = node
        gone = partial(self._gone, key, asking, node)
        self._binder.bind(asking, node, promises, gone, partial(self._claims_bound, key, asking, node))

    def _claims_bound(self, key: Key, asking: Asking, node: str, reason: str) -> None:
        """Bind the pod once its claims are; where they cannot be, give the room back and try again."""
        self._binding.pop(key, None)
        pod = self._pods.get(*key)
        if pod is None or pod["metadata"]["uid"] != asking.uid:
            self._give_back(asking, node)
        elif reason:
            self._give_back(asking, node)
            self._queue.failed(key, frozenset({"VolumeBinding"}), asking.priority)
            self._of(asking.pod).events.emit(asking.pod, "Warning", "FailedScheduling", reason, "Scheduling")
        else:
            self._bind(key, asking, node)

    def _gone(self, key: Key, asking: Asking, node: str) -> str:
        """Return that a pod whose claims are being bound, or its node, is not there any more. Source: checkBindings."""
        pod = self._pods.get(*key)
        if pod is None or pod["metadata"]["uid"] != asking.uid:
            return f'pod does not exist any more: pod "{key[1]}" not found'
        return "" if self._nodes.get("", node) is not None else f'failed to get node "{node}": node "{node}" not found'

    def _give_back(self, asking: Asking, node: str) -> None:
        """Count a pod no more that was promised a node; others may have its room."""
        self._cluster.remove(asking.uid, node)
        self.retry(helped_by_pod(came=False))

    def _bind(self, key: Key, asking: Asking, node: str) -> None:
        """Bind the pod; a refused binding gives the room back."""
        try:
            self._client.bind(*key, node)
        except ApiError:
            self._give_back(asking, node)
            return
        text = f"Successfully assigned {key[0]}/{key[1]} to {node}"
        self._of(asking.pod).events.emit(asking.pod, "Normal", "Scheduled", text, "Binding")

    def _not_placed(self, key: Key, asking: Asking, decision: Decision) -> None:
        preemption = preempt(asking, decision, self._cluster, self._of(asking.pod).decider, self._budgets.list)
        self._queue.failed(key, decision.rejected_by, asking.priority)
        if preemption.way is not None:
            self._drive_away(asking, preemption.way)
            self._nominated[key] = (preemption.way.node, asking)
        told = message(decision, preemption.words)
        self._of(asking.pod).events.emit(asking.pod, "Warning", "FailedScheduling", told, "Scheduling")
        node = preemption.way.node if preemption.way else ""
        self._tell(_unschedulable(asking.pod, told, node, timestamp(self._agenda.now)))

    def _drive_away(self, asking: Asking, way: Way) -> None:
        """Mark the victims, and delete them. Source: preemption.go, prepareCandidate."""
        for victim in way.victims:
            if victim.is_going:
                continue
            seen = self._pods.get(*key_of(victim.pod)) or victim.pod
            said = (DISRUPTION, True, "PreemptionByScheduler", _PREEMPTED, timestamp(self._agenda.now))
            self._tell(with_condition(seen, *said))
            meta = seen["metadata"]
            try:
                self._client.delete("pods", meta.get("namespace", ""), meta["name"])
            except ApiError:
                continue
            text = f"Preempted by pod {asking.uid} on node {way.node}"
            self._of(asking.pod).events.emit(victim.pod, "Normal", "Preempted", text, "Preempting")

    def _tell(self, pod: Object) -> None:
        """Write a pod's status; a pod that has changed meanwhile says so when it is seen again."""
        try:
            self._client.update_status("pods", pod)
        except ApiError:
            return


def _has_turned(old: Object, new: Object) -> bool:
    """Say whether what other pods ask of a pod has changed: its labels, or that it is on its way out."""
    return _labels(old) != _labels(new) or (
        "deletionTimestamp" in new["metadata"] and "deletionTimestamp" not in old["metadata"]
    )


def _unschedulable(pod: Object, told: str, nominated: str, now: str) -> Object:
    """Return a pod that says it fits nowhere, and where it will when others are gone."""
    said = with_condition(pod, "PodScheduled", False, "Unschedulable", told, now)
    return {**said, "status": {**said["status"], "nominatedNodeName": nominated}} if nominated else said


def _labels(pod: Object) -> Object:
    return pod["metadata"].get("labels") or {}
