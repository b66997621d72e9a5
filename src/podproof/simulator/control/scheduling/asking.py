"""What a pod asks of a node, worked out once for all nodes and all decisions about it.

Source: staging/src/k8s.io/kube-scheduler/framework/types.go, PodInfo; pkg/scheduler/framework/types.go.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from podproof.simulator.model.host_ports import HostPort, host_ports
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import BEST_EFFORT, pod_requests, qos_class
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.selectors import Labels, Requirement, matches
from podproof.simulator.model.times import Nanos, moment

_LEAST = {"cpu": parse("100m").nano, "memory": parse("200Mi").nano}
"""What a container that asks for nothing counts for in scores. Source: pkg/scheduler/util/pod_resources.go."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of pod affinity: pods of these namespaces that these selectors match, within one topology domain."""

    topology: str
    selector: str
    """A metav1.LabelSelector, as JSON: terms that ask the same are equal."""
    namespaces: frozenset[str]
    namespace_selector: str = ""
    weight: int = 0

    def asks_for(self, namespace: str, namespace_labels: Labels, labels: Labels) -> bool:
        """Say whether a pod of these labels is one the term speaks of."""
        chosen = self.namespace_selector and matches(json.loads(self.namespace_selector), namespace_labels)
        return (namespace in self.namespaces or bool(chosen)) and _selected(self.selector, labels)


def _selected(selector: str, labels: Labels) -> bool:
    parsed = _PARSED.get(selector)
    if parsed is None and selector not in _PARSED:
        parsed = _PARSED[selector] = json.loads(selector)
    return matches(parsed, labels)


_PARSED: dict[str, Any] = {}
_OF_A_VERSION = frozenset({"pod", "started"})
"""What another version of a pod may change although it asks for the same."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One constraint of topology spread."""

    topology: str
    selector: str
    most_skew: int
    is_hard: bool
    least_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False

    def counts(self, labels: Labels) -> bool:
        """Say whether a pod of these labels is counted."""
        return _selected(self.selector, labels)


@dataclass(frozen=True)
class Asking:
    """A pod as the plugins see it."""

    pod: Object
    namespace_labels: Mapping[str, str] = field(default_factory=dict)

    def continues(self, other: "Asking") -> bool:
        """Say whether this is a later version of a pod that asks for the same; then take over what was worked out.

        Every pod comes a second time when it has been bound.
        """
        same = (
            {**other.pod["spec"], "nodeName": None} == {**self.pod["spec"], "nodeName": None}
            and (other.uid, other.is_going, other.labels) == (self.uid, self.is_going, self.labels)
            and other.namespace_labels == self.namespace_labels
        )
        if same:
            self.__dict__.update((name, value) for name, value in other.__dict__.items() if name not in _OF_A_VERSION)
        return same

    @cached_property
    def uid(self) -> str:
        """The pod's uid."""
        return str(self.pod["metadata"]["uid"])

    @cached_property
    def namespace(self) -> str:
        """The pod's namespace."""
        return str(self.pod["metadata"].get("namespace", ""))

    @cached_property
    def labels(self) -> Labels:
        """The pod's labels."""
        labels: Labels = self.pod["metadata"].get("labels") or {}
        return labels

    @cached_property
    def is_going(self) -> bool:
        """Whether the pod is on its way out."""
        return "deletionTimestamp" in self.pod["metadata"]

    @cached_property
    def priority(self) -> int:
        """The pod's priority, 0 where it has none."""
        return int(self.pod["spec"].get("priority") or 0)

    @cached_property
    def started(self) -> Nanos:
        """Since when the pod runs, as far as anybody can say."""
        text = (self.pod.get("status") or {}).get("startTime") or self.pod["metadata"].get("creationTimestamp")
        return moment(text) if text else Nanos(0)

    @cached_property
    def amounts(self) -> Mapping[str, int]:
        """What is requested of each resource, in nanos of its unit; zeros are left out."""
        return {name: amount.nano for name, amount in pod_requests(self.pod).items() if amount.nano > 0}

    @cached_property
    def weights(self) -> Mapping[str, int]:
        """What the pod counts for in scores: a container that asks for no cpu or memory counts for a little."""
        total = {name: self.amounts.get(name, 0) for name in _LEAST}
        for container in self.pod["spec"]["containers"]:
            requests = at(container, "resources", "requests") or {}
            for name, least in _LEAST.items():
                if name not in requests:
                    total[name] += least
        return total

    @cached_property
    def size(self) -> tuple[Any, ...]:
        """What pods that request the same have in common."""
        return (*self.amounts.items(), *self.weights.items())

    @cached_property
    def kind(self) -> tuple[Any, ...]:
        """What pods have in common that no question of other pods' affinity, spread or claims can tell apart."""
        labels = tuple(sorted(self.labels.items())), tuple(sorted(self.namespace_labels.items()))
        return self.namespace, *labels, self.is_going, self.claims, self.near, self.apart, self.leanings

    @cached_property
    def claims(self) -> tuple[str, ...]:
        """The names of the pod's claims, in the order of its volumes; an ephemeral volume's is made of both names."""
        return tuple(self._claims())

    def _claims(self) -> Iterator[str]:
        for volume in self.pod["spec"].get("volumes") or ():
            if "persistentVolumeClaim" in volume:
                yield volume["persistentVolumeClaim"]["claimName"]
            elif "ephemeral" in volume:
                yield f"{self.pod['metadata']['name']}-{volume['name']}"

    @cached_property
    def is_best_effort(self) -> bool:
        """Whether the pod asks for nothing at all."""
        return qos_class(self.pod["spec"]) == BEST_EFFORT

    @cached_property
    def ports(self) -> tuple[HostPort, ...]:
        """The ports of its node the pod asks for."""
        return host_ports(self.pod["spec"])

    @cached_property
    def tolerations(self) -> tuple[Object, ...]:
        """The pod's tolerations."""
        return tuple(self.pod["spec"].get("tolerations") or ())

    @cached_property
    def node_terms(self) -> tuple["NodeTerm", ...] | None:
        """The terms of required node affinity, one of which must hold; None where there are none."""
        terms = at(
            self.pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        )  # fmt: skip
        return None if terms is None else tuple(NodeTerm.of(term) for term in terms)

    @cached_property
    def preferred_nodes(self) -> tuple[tuple[int, "NodeTerm"], ...]:
        """(weight, term) of preferred node affinity."""
        rows = at(self.pod, "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution") or ()
        return tuple((int(row["weight"]), NodeTerm.of(row["preference"])) for row in rows if row.get("weight"))

    @cached_property
    def near(self) -> tuple[Term, ...]:
        """Required pod affinity."""
        return tuple(self._terms("podAffinity"))

    @cached_property
    def apart(self) -> tuple[Term, ...]:
        """Required pod anti-affinity."""
        return tuple(self._terms("podAntiAffinity"))

    @cached_property
    def leanings(self) -> tuple[Term, ...]:
        """Preferred pod affinity, its weights below zero where it is anti-affinity."""
        return (*self._preferred("podAffinity", 1), *self._preferred("podAntiAffinity", -1))

    def _terms(self, kind: str) -> Iterator[Term]:
        rows = at(self.pod, "spec", "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution") or ()
        yield from (self._term(row, 0) for row in rows)

    def _preferred(self, kind: str, sign: int) -> Iterator[Term]:
        rows = at(self.pod, "spec", "affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution") or ()
        yield from (self._term(row["podAffinityTerm"], sign * int(row["weight"])) for row in rows)

    def _term(self, row: Object, weight: int) -> Term:
        """Read a term; without namespaces it speaks of the pod's own. Source: newAffinityTerm, GetPodFullName."""
        chosen = row.get("namespaceSelector")
        named = frozenset(row.get("namespaces") or (() if chosen is not None else (self.namespace,)))
        selector = self._with_keys(row, row.get("labelSelector"))
        return Term(row["topologyKey"], selector, named, json.dumps(chosen) if chosen is not None else "", weight)

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """The pod's own constraints of topology spread."""
        return tuple(self._spread(row) for row in self.pod["spec"].get("topologySpreadConstraints") or ())

    def _spread(self, row: Object) -> Spread:
        return Spread(
            row["topologyKey"],
            self._with_keys(row, row.get("labelSelector")),
            int(row["maxSkew"]),
            row["whenUnsatisfiable"] == "DoNotSchedule",
            int(row.get("minDomains") or 1),
            row.get("nodeAffinityPolicy", "Honor") == "Honor",
            row.get("nodeTaintsPolicy", "Ignore") == "Honor",
        )

    def _with_keys(self, row: Object, selector: Object | None) -> str:
        """Return a selector as JSON with the pod's own values of `matchLabelKeys` (and not of `mismatchLabelKeys`)."""
        if selector is None:
            return "null"
        extra = [_requires(key, "In", self.labels) for key in row.get("matchLabelKeys") or () if key in self.labels]
        extra += [
            _requires(key, "NotIn", self.labels) for key in row.get("mismatchLabelKeys") or () if key in self.labels
        ]
        if extra:
            known = [each for each in selector.get("matchExpressions") or () if each not in extra]
            selector = {**selector, "matchExpressions": [*known, *extra]}
        return json.dumps(selector, sort_keys=True)


def _requires(key: str, operator: str, labels: Labels) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": [labels[key]]}


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """One node selector term: all its demands on labels and fields hold.

    Source: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
    """

    labels: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]

    @classmethod
    def of(cls, term: Object) -> "NodeTerm":
        """Read a term."""
        return cls(*(tuple(_demands(term.get(part) or ())) for part in ("matchExpressions", "matchFields")))

    def holds(self, name: str, labels: Labels) -> bool:
        """Say whether a node fits; a term without demands fits none."""
        if not self.labels and not self.fields:
            return False
        named = {"metadata.name": name}
        return all(each.holds(labels) for each in self.labels) and all(each.holds(named) for each in self.fields)


def _demands(rows: Any) -> Iterator[Requirement]:
    for row in rows:
        yield Requirement(row["key"], row["operator"], tuple(row.get("values") or ()))
