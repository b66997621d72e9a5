"""The node controller: a silent node becomes NotReady, its pods too, and its taints follow its conditions.

Each look does the first thing that is not yet as it should be; what that changes leads to the next look.
Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, monitorNodeHealth, doNoScheduleTaintingPass,
processTaintBaseEviction, handleDisruption.
"""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.node_lifecycle.heartbeats import Heartbeats
from podproof.simulator.control.node_lifecycle.rules import (
    NO_EXECUTE,
    Zones,
    ready_of,
    silenced,
    taints_of,
    unready,
    with_no_execute,
    with_no_schedule,
    zone_of,
)  # fmt: skip
from podproof.simulator.control.plans import Command, Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds, timestamp

NAME = "node-lifecycle-controller"
_BY_NODE = "nodeName"


class NodeLifecycle:
    """Watches over the nodes."""

    def __init__(
        self, agenda: Agenda, client: Client, nodes: Informer, pods: Informer, heartbeats: Heartbeats, chance: Chance
    ) -> None:
        self._agenda, self._nodes, self._pods, self._heartbeats = agenda, nodes, pods, heartbeats
        period = span("node_lifecycle", "monitor_period")
        self._monitor = Grid(period, chance.below(period))
        self._last_evicted: dict[str, Nanos] = {}
        self._zones = Zones()
        events = EventRecorder(client, agenda, "node-controller")
        latency = span("node_lifecycle", "work")
        self._controller = Controller(agenda, client, events, self._reconcile, latency)
        pods.add_index(_BY_NODE, lambda pod: filter(None, [pod["spec"].get("nodeName")]))
        nodes.on_change(self._node_changed)
        heartbeats.on_change = lambda node: self._controller.add_key(("", node))

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add(new)
        if self._zones.changed(old, new):
            for node in self._nodes.list():
                if ready_of(node) != "True":
                    self._controller.add(node)

    def _reconcile(self, key: Key) -> Plan:
        node = self._nodes.get(*key)
        if node is None:
            return Plan()
        wakes: list[Nanos] = []
        for rule in (self._health, self._pods_of_unready, self._no_schedule, self._no_execute):
            plan = rule(node)
            if plan.commands:
                return plan
            if plan.wake_at is not None:
                wakes.append(plan.wake_at)
        return Plan(wake_at=min(wakes, default=None))

    def _health(self, node: Object) -> Plan:
        """Nothing is known of a node whose last sign of life was noticed longer ago than the grace period."""
        name, now = node["metadata"]["name"], self._agenda.now
        last = self._heartbeats.last_of_silent(name)
        if last is None or ready_of(node) == "Unknown":
            return Plan()
        due = Nanos(self._monitor.after(last) + span("node_lifecycle", "grace"))
        if now < due:
            return Plan(wake_at=due)
        told = Emit(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", "")
        return Plan((UpdateStatus("nodes", silenced(node, timestamp(now))), told))

    def _pods_of_unready(self, node: Object) -> Plan:
        if ready_of(node) == "True":
            return Plan()
        commands: list[Command] = []
        for pod in self._pods.by_index(_BY_NODE, node["metadata"]["name"]):
            marked = unready(pod, timestamp(self._agenda.now))
            if marked is not None:
                commands.append(Emit(pod, "Warning", "NodeNotReady", "Node is not ready", ""))
                commands.append(UpdateStatus("pods", marked))
        again = Nanos(self._agenda.now + span("node_lifecycle", "work"))
        return Plan(tuple(commands), again) if commands else Plan()

    def _no_schedule(self, node: Object) -> Plan:
        changed = with_no_schedule(node, timestamp(self._agenda.now))
        return Plan((Update("nodes", changed),)) if changed is not None else Plan()

    def _no_execute(self, node: Object) -> Plan:
        """Drive pods off a node that is not ready, a few nodes at a time, and not where most nodes are down."""
        now, zone = self._agenda.now, zone_of(node)
        states = self._zones.states
        everywhere = all(state == "full" for state in states.values())
        changed = with_no_execute(node, not everywhere and states[zone] != "partial", timestamp(now))
        if changed is None:
            return Plan()
        due = self._due(node, zone)
        if now < due:
            return Plan(wake_at=due)
        if not taints_of(node, NO_EXECUTE):
            self._last_evicted[zone] = now
        return Plan((Update("nodes", changed),))

    def _due(self, node: Object, zone: str) -> Nanos:
        """Return when a node's NoExecute taint may change: it goes when the monitor next looks."""
        if taints_of(node, NO_EXECUTE):
            return self._monitor.after(Nanos(self._agenda.now - 1))
        last = self._last_evicted.get(zone)
        wait = seconds(1 / figure("node_lifecycle", "evictions_per_second"))
        return self._agenda.now if last is None else Nanos(last + wait)
