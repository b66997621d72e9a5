"""Plugins that look at the node alone: its name, its taints, its labels, its ports.

Source: pkg/scheduler/framework/plugins/{nodename,nodeunschedulable,tainttoleration,nodeaffinity,nodeports}.
"""

from collections.abc import Sequence

from podproof.simulator.control.scheduling.asking import Asking, NodeTerm
from podproof.simulator.control.scheduling.framework import Bar, Check, Refusal, Scores, spread_out
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.host_ports import clash
from podproof.simulator.model.objects import Object
from podproof.simulator.model.taints import tolerates

_CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def tolerated(taint: Object, tolerations: Sequence[Object]) -> bool:
    """Say whether any of the tolerations tolerates a taint."""
    return any(tolerates(each, taint) for each in tolerations)


class NodeUnschedulable:
    """A cordoned node takes nobody who does not tolerate that."""

    name = "NodeUnschedulable"
    _REFUSAL = Refusal(("node(s) were unschedulable",))

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | None:
        """Return the check of one node."""
        if not cluster.has_cordoned or tolerated(_CORDONED, asking.tolerations):
            return None
        return lambda node: self._REFUSAL if node.unschedulable else None


class NodeName:
    """A pod that names its node goes there only."""

    name = "NodeName"
    _REFUSAL = Refusal(("node(s) didn't match the requested node name",))

    def prepare(self, asking: Asking, _: Cluster) -> Check | None:
        """Return the check of one node."""
        named = asking.pod["spec"].get("nodeName")
        return (lambda node: None if node.name == named else self._REFUSAL) if named else None


class TaintToleration:
    """Taints keep out who does not tolerate them; the gentle ones only count against their node."""

    name = "TaintToleration"
    _REFUSAL = Refusal(("node(s) had untolerated taint(s)",))

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | None:
        """Return the check of one node."""
        if not cluster.has_tainted:
            return None
        tolerations = asking.tolerations

        def check(node: NodeInfo) -> Refusal | None:
            if node.taints and not all(tolerated(taint, tolerations) for taint in node.taints):
                return self._REFUSAL
            return None

        return check

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores: the fewer gentle taints a pod does not tolerate, the better."""
        if not any(node.gentle_taints for node in nodes):
            return None
        gentle = [each for each in asking.tolerations if each.get("effect") in (None, "", "PreferNoSchedule")]
        raw = [sum(not tolerated(taint, gentle) for taint in node.gentle_taints) for node in nodes]
        return spread_out(raw, reverse=True)


class NodeAffinity:
    """Labels a node must have (nodeSelector, required terms), and those it had better have."""

    name = "NodeAffinity"
    _REFUSAL = Refusal(("node(s) didn't match Pod's node affinity/selector",))
    _ENFORCED = Refusal(("node(s) didn't match scheduler-enforced node affinity",))

    def __init__(self, added: tuple[NodeTerm, ...] | None = None) -> None:
        self._added = added

    def prepare(self, asking: Asking, _: Cluster) -> Check | Bar | None:
        """Return the check of one node, or the only nodes whose names every term allows."""
        selector, terms = asking.pod["spec"].get("nodeSelector") or {}, asking.node_terms
        named = self._named(asking)
        if named is not None:
            return Bar(only=named)
        if not selector and terms is None and self._added is None:
            return None

        def check(node: NodeInfo) -> Refusal | None:
            if self._added is not None and not any(term.holds(node.name, node.labels) for term in self._added):
                return self._ENFORCED
            return None if suits(asking, node) else self._REFUSAL

        return check

    def _named(self, asking: Asking) -> frozenset[str] | None:
        """Return the names the terms allow, None unless each of them names nodes.

        Source: node_affinity.go, PreFilter.
        """
        names: set[str] = set()
        for term in asking.node_terms or ():
            chosen = [set(each.values) for each in term.fields if each.operator == "In"]
            if not chosen:
                return None
            names |= set.intersection(*chosen)
        return frozenset(names) if asking.node_terms else None

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores: the weights of the preferences a node meets."""
        if not asking.preferred_nodes:
            return None
        raw = [
            sum(weight for weight, term in asking.preferred_nodes if term.holds(node.name, node.labels))
            for node in nodes
        ]
        return spread_out(raw)


def suits(asking: Asking, node: NodeInfo) -> bool:
    """Say whether a node meets a pod's selector and required node affinity. Source: GetRequiredNodeAffinity.Match."""
    selector = asking.pod["spec"].get("nodeSelector") or {}
    if any(node.labels.get(key) != value for key, value in selector.items()):
        return False
    return asking.node_terms is None or any(term.holds(node.name, node.labels) for term in asking.node_terms)


class NodePorts:
    """Two pods cannot have one port of a node."""

    name = "NodePorts"
    _REFUSAL = Refusal(("node(s) didn't have free ports for the requested pod ports",), evictable=True)

    def prepare(self, asking: Asking, _: Cluster) -> Check | None:
        """Return the check of one node."""
        if not asking.ports:
            return None

        def check(node: NodeInfo) -> Refusal | None:
            taken = (port for ports in node.usage.ports.values() for port in ports)
            return self._REFUSAL if clash(asking.ports, taken) else None

        return check
