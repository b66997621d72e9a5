"""Plugins that look at a pod's claims: who else uses them, which nodes their volumes reach, which can still be had.

Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go; volumebinding/volume_binding.go;
volumezone/volume_zone.go.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import Bar, Check, Refusal
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.objects import Object


@dataclass(frozen=True, slots=True)
class ClaimsOf:
    """Counts the pods of a namespace that use a claim."""

    namespace: str
    claim: str

    def counted(self, asking: Asking) -> int:
        """Return 1 for a pod that counts."""
        return int(asking.namespace == self.namespace and self.claim in asking.claims)


class VolumeRestrictions:
    """A claim for one pod only (ReadWriteOncePod) is used by one pod only."""

    name = "VolumeRestrictions"
    _REFUSAL = Refusal(
        (
            "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by "
            "another pod",
        ),
        evictable=True,
    )

    def __init__(self, find_claim: Callable[[str, str], Object | None]) -> None:
        self._find_claim = find_claim

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | None:
        """Return the check of one node."""
        alone = [name for name in asking.claims if self._is_alone(asking.namespace, name)]
        if not alone:
            return None
        counts = [cluster.counts.of(ClaimsOf(asking.namespace, name)) for name in alone]
        return lambda _: self._REFUSAL if any(sum(each.values()) for each in counts) else None

    def _is_alone(self, namespace: str, name: str) -> bool:
        claim = self._find_claim(namespace, name)
        return claim is not None and "ReadWriteOncePod" in (claim["spec"].get("accessModes") or ())


Unbound = Callable[[Asking, NodeInfo], tuple[str, ...]]
"""Why the claims of a pod that are still to be bound cannot be had on a node; nothing where they can."""


@dataclass(frozen=True, slots=True)
class Storage:
    """What the plugin asks of the volumes there are."""

    bar: Callable[[Asking], str]
    """Why a pod's claims keep it from every node, "" where they do not."""
    bound: Callable[[Asking], Sequence[Object]]
    """The volumes of the claims that are bound."""
    reaches: Callable[[Object, NodeInfo], bool]
    unbound: Unbound


class VolumeBinding:
    """A node must reach the volumes of a pod's claims, and be able to have those that are still to be bound."""

    name = "VolumeBinding"
    _CONFLICT = "node(s) didn't match PersistentVolume's node affinity"

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def prepare(self, asking: Asking, _: Cluster) -> Check | Bar | None:
        """Return the check of one node, or why no node will do."""
        if not asking.claims:
            return None
        barred = self._storage.bar(asking)
        if barred:
            return Bar(barred)
        volumes = self._storage.bound(asking)

        def check(node: NodeInfo) -> Refusal | None:
            reasons = () if all(self._storage.reaches(each, node) for each in volumes) else (self._CONFLICT,)
            found = (*reasons, *self._storage.unbound(asking, node))
            return Refusal(found) if found else None

        return check


class VolumeZone:
    """A node that stands in a zone or region takes only pods whose volumes are labelled with the same."""

    name = "VolumeZone"
    _REFUSAL = Refusal(("node(s) had no available volume zone",))

    def __init__(self, bound: Callable[[Asking], Sequence[Object]]) -> None:
        self._bound = bound

    def prepare(self, asking: Asking, _: Cluster) -> Check | None:
        """Return the check of one node."""
        labels = [each["metadata"].get("labels") or {} for each in self._bound(asking)] if asking.claims else []
        wanted = [(key, frozenset(each[key].split("__"))) for each in labels for key in _GENERAL if key in each]
        if not wanted:
            return None

        def check(node: NodeInfo) -> Refusal | None:
            if not any(key in node.labels for key in _GENERAL):
                return None
            return None if all(_stands_in(node, key, values) for key, values in wanted) else self._REFUSAL

        return check


_GENERAL = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
}
"""Labels that say where something stands, with what each is called today."""


def _stands_in(node: NodeInfo, key: str, values: frozenset[str]) -> bool:
    return node.labels.get(key, node.labels.get(_GENERAL[key])) in values
