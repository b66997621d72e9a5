"""A ReplicaSet keeps so many pods of its template.

Source: pkg/controller/replicaset/replica_set.go, syncReplicaSet, manageReplicas; replica_set_utils.go, calculateStatus.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Outcome, Plan, Together, Told, UpdateStatus
from podproof.simulator.control.workloads.owners import claim
from podproof.simulator.control.workloads.pods import is_available, pod_of, ready_since
from podproof.simulator.control.workloads.removal_order import first_to_go
from podproof.simulator.control.workloads.standing import Standing, Standings, standing
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, timestamp

_BURST = 500
"""Source: pkg/controller/replicaset/replica_set.go, BurstReplicas."""
_COUNTS = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "terminatingReplicas")


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells a ReplicaSet from its older twin, the ReplicationController."""

    resource: str
    named: str
    counts: tuple[str, ...] = _COUNTS
    """What its status counts."""
    is_plain: bool = False
    """Whether its selector is a map of labels."""

    def selecting(self, item: Object) -> Object:
        """Return an object of the kind with a selector as ReplicaSets have it.

        Source: pkg/controller/replication/conversion.go.
        """
        if not self.is_plain:
            return item
        return {**item, "spec": {**item["spec"], "selector": {"matchLabels": item["spec"]["selector"]}}}


REPLICA_SETS = Kind("replicasets.apps", "ReplicaSet")
REPLICATION_CONTROLLERS = Kind("replicationcontrollers", "ReplicationController", _COUNTS[:-1], is_plain=True)


@dataclass(frozen=True, slots=True)
class View:
    """What the informers show around a ReplicaSet: pods it may claim, and those of its siblings under one owner."""

    pods: Sequence[Object]
    related: Iterable[Object]
    current: bool
    """Whether the pods are those it asked for: only then may it create and delete."""
    standings: Standings = field(default_factory=Standings)


def reconcile(item: Object, view: View, kind: Kind, now: Nanos) -> Plan:
    """Create or delete pods as the spec wants it, then say in the status what is there.

    The status counts the pods as they were before: what the plan changes is counted when it is seen.
    """
    seen = _seen(item, view)
    missing = int(item["spec"].get("replicas", 1)) - len(seen.owned)
    commands: tuple[Command, ...] = ()
    if view.current and "deletionTimestamp" not in item["metadata"]:
        commands = tuple(_managed(item, seen.owned, view.related, missing, now))
    return Plan((*seen.patches, *commands), then=partial(_told, item, seen, missing, kind, now))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The pods of a set, what is written down of who is taken in and let go, and what the status counts."""

    owned: Sequence[Object]
    ready: Sequence[Object]
    labelled: int
    going: int
    patches: tuple[Command, ...]


def _seen(item: Object, view: View) -> _Seen:
    groups = view.standings.grouped(item, view.pods)
    strangers = (pod for each, pods in groups.items() if each.active and not each.is_owned for pod in pods)
    claims, taken = claim(item, "pods", strangers), dict[Standing, list[Object]]()
    for pod in claims.owned:
        taken.setdefault(standing(item, pod), []).append(pod)
    owned = [*((each, pods) for each, pods in groups.items() if each.is_owned), *taken.items()]
    return _Seen(
        [pod for _, pods in owned for pod in pods],
        [pod for each, pods in owned if each.ready for pod in pods],
        sum(len(pods) for each, pods in owned if each.labelled),
        sum(len(pods) for each, pods in groups.items() if each.going),
        claims.patches,
    )


def _managed(
    item: Object, pods: Sequence[Object], related: Iterable[Object], missing: int, now: Nanos
) -> Iterator[Command]:
    if missing > 0:
        yield from _creations(item, min(missing, _BURST))
    elif missing < 0:
        gone = first_to_go(pods, related, min(-missing, _BURST), now)
        yield Together(tuple(_deletion(item, pod) for pod in gone))


def _creations(item: Object, count: int) -> Iterator[Together]:
    """Yield the creations in groups that double: a refusal of one ends the rest. Source: slowStartBatch."""
    told = Told(item, ("SuccessfulCreate", "Created pod: {name}"), ("FailedCreate", "Error creating: {error}"))
    create, size = Create("pods", pod_of(item["spec"]["template"], item), told), 1
    while count > 0:
        yield Together((create,) * min(size, count))
        count, size = count - size, 2 * size


def _deletion(item: Object, pod: Object) -> Delete:
    told = Told(item, ("SuccessfulDelete", "Deleted pod: {name}"), ("FailedDelete", "Error deleting: {error}"))
    meta = pod["metadata"]
    return Delete("pods", meta["namespace"], meta["name"], told)


def _told(item: Object, seen: _Seen, missing: int, kind: Kind, now: Nanos, outcome: Outcome) -> Plan:
    """Say what was seen, where it differs from what the status says; look again when ready pods become available."""
    counts = {name: n for name, n in _counts(item, seen, now).items() if name in kind.counts}
    conditions = _conditions(item, missing, outcome.refusal, now)
    old, generation = item.get("status") or {}, item["metadata"].get("generation", 0)
    new = {**counts, "observedGeneration": generation, **({"conditions": conditions} if conditions else {})}
    wake_at = _wake_at(item, counts, seen.ready, now) if outcome.refusal is None else None
    if new == {key: value for key, value in old.items() if value or key in ("replicas", "terminatingReplicas")}:
        return Plan(wake_at=wake_at)
    return Plan((UpdateStatus(kind.resource, {**item, "status": new}),), wake_at)


def _counts(item: Object, seen: _Seen, now: Nanos) -> dict[str, int]:
    """Return the counts of a status; zeros are left out but for those that are always said."""
    least = int(item["spec"].get("minReadySeconds", 0))
    numbers = (
        len(seen.owned),
        seen.labelled,
        len(seen.ready),
        sum(is_available(pod, least, now) for pod in seen.ready) if least else len(seen.ready),
        seen.going,
    )
    always = ("replicas", "terminatingReplicas")
    return {name: number for name, number in zip(_COUNTS, numbers, strict=True) if number or name in always}


def _conditions(item: Object, missing: int, refusal: ApiError | None, now: Nanos) -> list[Mapping[str, Any]]:
    """Return the conditions: one says why pods could not be made or removed, as long as they cannot."""
    known = [*((item.get("status") or {}).get("conditions") or ())]
    failure = next((each for each in known if each["type"] == "ReplicaFailure"), None)
    if refusal is None:
        return [each for each in known if each is not failure]
    if failure is not None:
        return known
    reason = "FailedCreate" if missing > 0 else "FailedDelete"
    said = {"status": "True", "lastTransitionTime": timestamp(now), "reason": reason, "message": refusal.message}
    return [*known, {"type": "ReplicaFailure", **said}]


def _wake_at(item: Object, counts: Mapping[str, int], pods: Sequence[Object], now: Nanos) -> Nanos | None:
    """Return when the next ready pod has been so for long enough."""
    least = int(item["spec"].get("minReadySeconds", 0))
    if not least or counts.get("readyReplicas", 0) == counts.get("availableReplicas", 0):
        return None
    moments = [since + least * SECOND for pod in pods if (since := ready_since(pod)) is not None]
    return Nanos(min((each for each in moments if each > now), default=now + least * SECOND))
