"""Nodes as decisions see them, and what their pods take; kept up to date pod by pod, so that a decision costs no sum.

Source: pkg/scheduler/framework/types.go, NodeInfo; pkg/scheduler/backend/cache/cache.go.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podproof.simulator.control.scheduling.asking import Asking, Term
from podproof.simulator.model.host_ports import HostPort, host_ports
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import pod_requests, resources
from podproof.simulator.model.selectors import Labels


class Usage:
    """What the pods of one node request together."""

    def __init__(self) -> None:
        self.requests: dict[str, Mapping[str, int]] = {}
        self.total: Counter[str] = Counter()
        self.ports: dict[str, tuple[HostPort, ...]] = {}

    def add(self, pod: Object) -> None:
        """Count a pod; counting it again replaces what it counted for."""
        self.count(
            pod["metadata"]["uid"],
            {name: amount.nano for name, amount in pod_requests(pod).items()},
            host_ports(pod["spec"]),
        )

    def count(self, uid: str, amounts: Mapping[str, int], ports: tuple[HostPort, ...]) -> None:
        """Count what a pod takes."""
        self.drop(uid)
        self.requests[uid] = amounts
        self.total.update(amounts)
        if ports:
            self.ports[uid] = ports

    def remove(self, pod: Object) -> bool:
        """Count a pod no more; return whether it was counted."""
        return self.drop(pod["metadata"]["uid"])

    def drop(self, uid: str) -> bool:
        """Count a pod no more; return whether it was counted."""
        amounts = self.requests.pop(uid, None)
        self.total.subtract(amounts or {})
        self.ports.pop(uid, None)
        return amounts is not None


class NodeInfo:
    """One node: what its object says, worked out once for each version of it, and the pods on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.item: Object | None = None
        """The node's object; None while only its pods are known."""
        self.labels: Labels = {}
        self.taints: Sequence[Object] = ()
        self.gentle_taints: Sequence[Object] = ()
        self.unschedulable = False
        self.allocatable: Mapping[str, int] = {}
        self.images: Mapping[str, int] = {}
        """The names of the images it has, and their bytes."""
        self.usage = Usage()
        self.weights: Counter[str] = Counter()
        self.pods: dict[str, Asking] = {}
        self.ratings: dict[Any, Any] = {}
        """What was worked out for pods that request the same, until anything here changes."""

    def become(self, node: Object) -> None:
        """Take over what a new version of the node's object says."""
        spec, taints = node.get("spec") or {}, (node.get("spec") or {}).get("taints") or ()
        self.item, self.labels = node, node["metadata"].get("labels") or {}
        self.taints = [each for each in taints if each["effect"] in ("NoSchedule", "NoExecute")]
        self.gentle_taints = [each for each in taints if each["effect"] == "PreferNoSchedule"]
        self.unschedulable = bool(spec.get("unschedulable"))
        listed = resources(at(node, "status", "allocatable"))
        self.allocatable = {name: amount.nano for name, amount in listed.items()}
        self.ratings.clear()

    def add(self, asking: Asking) -> None:
        """Count a pod on this node."""
        self.remove(asking.uid)
        self.usage.count(asking.uid, asking.amounts, asking.ports)
        self.weights.update(asking.weights)
        self.pods[asking.uid] = asking
        self.ratings.clear()

    def renew(self, asking: Asking) -> bool:
        """Hold a later version of a pod that is counted already; return whether it asks for the same.

        Source: pkg/scheduler/backend/cache/cache.go, AddPod (of a pod that was assumed).
        """
        known = self.pods.get(asking.uid)
        if known is None or not asking.continues(known):
            return False
        del self.pods[asking.uid]
        self.pods[asking.uid] = asking
        return True

    def remove(self, uid: str) -> Asking | None:
        """Count a pod no more; return it where it was counted."""
        asking = self.pods.pop(uid, None)
        if asking is not None:
            self.usage.drop(uid)
            self.weights.subtract(asking.weights)
            self.ratings.clear()
        return asking


def images_of(node: Object) -> Mapping[str, int]:
    """Return the names of the images a node says it has, with their bytes."""
    listed = at(node, "status", "images") or ()
    return {name: int(each.get("sizeBytes") or 0) for each in listed for name in each.get("names") or ()}


class Cluster:
    """All nodes, and who of the pods has something to say about others."""

    def __init__(self) -> None:
        self.infos: dict[str, NodeInfo] = {}
        self.counts = Counts(self)
        self.carried: Mapping[str, Counter[Term]] = {kind: Counter() for kind in ("near", "apart", "leanings")}
        """The terms of pod affinity that pods with a node carry, and how many carry each."""
        self._values: dict[str, frozenset[str]] = {}
        self.images: Counter[str] = Counter()
        """How many nodes have an image, by each of its names."""
        self._nodes: list[NodeInfo] = []
        self.has_cordoned = self.has_tainted = False

    def values(self, topology: str) -> frozenset[str]:
        """Return the values the nodes have of a label."""
        if topology not in self._values:
            self._values[topology] = frozenset(
                node.labels[topology] for node in self.nodes() if topology in node.labels
            )
        return self._values[topology]

    def _carry(self, asking: Asking, sign: int) -> None:
        for kind, terms in self.carried.items():
            for term in getattr(asking, kind):
                terms[term] += sign
                if not terms[term]:
                    del terms[term]

    def nodes(self) -> list[NodeInfo]:
        """Return the nodes whose objects are there, in the order they came."""
        return self._nodes

    def info(self, name: str) -> NodeInfo:
        """Return what is known of a node, also of one that is not there yet."""
        if name not in self.infos:
            self.infos[name] = NodeInfo(name)
        return self.infos[name]

    def node_changed(self, name: str, node: Object | None) -> None:
        """Take over a node's new version, or (None) that it is gone."""
        self.images_changed(name, node)
        if node is not None:
            self.info(name).become(node)
        elif name in self.infos:
            self.infos[name].item = None
        self._nodes = [info for info in self.infos.values() if info.item is not None]
        self.has_cordoned = any(info.unschedulable for info in self._nodes)
        self.has_tainted = any(info.taints for info in self._nodes)
        self._values.clear()
        self.counts.nodes_changed()

    def images_changed(self, name: str, node: Object | None) -> None:
        """Take over which images a node has; for scores alone."""
        info, new = self.info(name), images_of(node) if node is not None else {}
        self.images.subtract(info.images.keys())
        self.images.update(new.keys())
        info.images = new

    def add(self, asking: Asking, node: str) -> None:
        """Count a pod on a node."""
        if self.info(node).renew(asking):
            return
        self.remove(asking.uid, node)
        self.info(node).add(asking)
        self._carry(asking, 1)
        self.counts.add(asking, node)

    def remove(self, uid: str, node: str) -> bool:
        """Count a pod no more; return whether it was counted."""
        asking = self.info(node).remove(uid)
        if asking is not None:
            self._carry(asking, -1)
            self.counts.remove(asking, node)
        return asking is not None

    def pods(self) -> Iterator[tuple[str, Asking]]:
        """Yield (node, pod) for every pod that has a node."""
        for name, info in self.infos.items():
            for asking in info.pods.values():
                yield name, asking


class Counts:
    """How many pods there are of which kind on each node: a question is counted once, and then kept up to date.

    A question says whether it counts a pod; equal questions are one. Pods of one kind get the same answer, so each
    question is asked once about each kind.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._by_node: dict[Any, Counter[str]] = {}
        self._by_value: dict[tuple[Any, str], Counter[str]] = {}
        self._topologies: dict[Any, list[str]] = {}
        self._answers: dict[tuple[Any, ...], dict[Any, int]] = {}
        """The questions that count pods of a kind, with what they count them for."""

    def of(self, question: Any) -> Counter[str]:
        """Return the pods a question counts, by node."""
        if question not in self._by_node:
            counter = self._by_node[question] = Counter()
            answers: dict[tuple[Any, ...], int] = {}
            for node, asking in self._cluster.pods():
                if asking.kind not in answers:
                    answers[asking.kind] = question.counted(asking)
                if number := answers[asking.kind]:
                    counter[node] += number
            self._answers.clear()
        return self._by_node[question]

    def in_domains(self, question: Any, topology: str) -> Counter[str]:
        """Return the pods a question counts, by the value their nodes have of a label."""
        key = (question, topology)
        if key not in self._by_value:
            counter = self._by_value[key] = Counter()
            self._topologies.setdefault(question, []).append(topology)
            for node, number in self.of(question).items():
                value = self._cluster.info(node).labels.get(topology)
                if value is not None:
                    counter[value] += number
        return self._by_value[key]

    def add(self, asking: Asking, node: str, sign: int = 1) -> None:
        """Count a pod that came to a node."""
        labels = self._cluster.info(node).labels
        for question, number in self._counting(asking).items():
            self._by_node[question][node] += sign * number
            for topology in self._topologies.get(question, ()):
                value = labels.get(topology)
                if value is not None:
                    self._by_value[question, topology][value] += sign * number

    def remove(self, asking: Asking, node: str) -> None:
        """Count a pod no more."""
        self.add(asking, node, -1)

    def nodes_changed(self) -> None:
        """Forget what was summed up by nodes' labels."""
        self._by_value.clear()
        self._topologies.clear()

    def _counting(self, asking: Asking) -> Mapping[Any, int]:
        """Return the questions that count a pod, with what they count it for."""
        if asking.kind not in self._answers:
            if len(self._answers) >= _MOST_KINDS:
                self._answers.clear()
            found = ((question, question.counted(asking)) for question in self._by_node)
            self._answers[asking.kind] = {question: number for question, number in found if number}
        return self._answers[asking.kind]


_MOST_KINDS = 1000
"""So many kinds are remembered; where every pod is one of its own, remembering them helps nobody."""
