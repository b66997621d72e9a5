"""One look at a StatefulSet: one pod after another, each only when those before it are up.

Source: pkg/controller/statefulset/stateful_set_control.go, performUpdate, updateStatefulSet, processReplica,
processCondemned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podproof.simulator.control.plans import (
    Command,
    Create,
    Delete,
    Emit,
    Outcome,
    Patch,
    Plan,
    Together,
    Told,
    UpdateStatus,
)
from podproof.simulator.control.workloads.pods import ENDED, phase_of
from podproof.simulator.control.workloads.revisions import (
    by_number,
    revised,
    surplus,
    template_of,
)
from podproof.simulator.control.workloads.stateful_set.identity import (
    claims_of,
    name_label,
    numbered_pod,
    ordinal_of,
    revision_of,
    start_of,
)
from podproof.simulator.control.workloads.stateful_set.retention import CLAIMS, Find, corrections, is_stale
from podproof.simulator.control.workloads.stateful_set.status import completed, is_going, is_up, status_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, seconds

SETS = "statefulsets.apps"


@dataclass(frozen=True, slots=True)
class Look:
    """A StatefulSet, its pods, its revisions, and how a claim is found."""

    owner: Object
    pods: Sequence[Object]
    revisions: tuple[Object, ...]
    claim: Find
    now: Nanos

    @property
    def total(self) -> int:
        """How many pods are wanted."""
        return int(self.owner["spec"].get("replicas", 1))

    @property
    def in_order(self) -> bool:
        """Whether pods come one after another."""
        return bool(self.owner["spec"].get("podManagementPolicy", "OrderedReady") != "Parallel")


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revision the pods are at, and the one they shall be at."""

    current: Object
    update: Object

    @property
    def names(self) -> tuple[str, str]:
        """(current, update)."""
        return self.current["metadata"]["name"], self.update["metadata"]["name"]


def reconcile(look: Look) -> Plan:
    """Bring a StatefulSet one step further; its template becomes the newest revision first, where it is not."""
    revision = revised(look.owner, look.revisions)
    if revision is None:
        return _at(look)

    def then(outcome: Outcome) -> Plan:
        if outcome.refusal is not None:
            return Plan()
        made = (*outcome.created, *outcome.changed)[-1]
        others = (each for each in look.revisions if each["metadata"]["uid"] != made["metadata"]["uid"])
        return _at(replace(look, revisions=(*others, made)))

    return Plan((revision,), then=then)


def _at(look: Look) -> Plan:
    update = by_number(look.revisions)[-1]
    known = at(look.owner, "status", "currentRevision")
    current = next((each for each in by_number(look.revisions) if each["metadata"]["name"] == known), update)
    revisions = Revisions(current, update)
    pods = {ordinal_of(pod, look.owner): pod for pod in look.pods}
    commands, updated = tuple(_steps(look, revisions, pods)), 0
    blocked = look.in_order and not all(isinstance(each, Patch | Emit) for each in commands)
    if not blocked and "deletionTimestamp" not in look.owner["metadata"]:
        rolled = tuple(_rolled(look, revisions, pods))
        commands, updated = (*commands, *rolled), len(rolled)
    return Plan(commands, then=lambda outcome: _told(look, revisions, updated, outcome))


def _range(look: Look) -> range:
    return range(start_of(look.owner), start_of(look.owner) + look.total)


def _steps(look: Look, revisions: Revisions, pods: Mapping[int, Object]) -> Iterator[Command]:
    """Yield what makes the pods wanted and removes the others; in order, one pod stops all that come after it.

    What only corrects labels and owners stops nobody.
    """
    if "deletionTimestamp" in look.owner["metadata"]:
        return
    if not look.in_order:
        yield from _at_once(look, revisions, pods)
        return
    for ordinal in _range(look):
        pod = pods.get(ordinal)
        yield from _one(look, revisions, pod, ordinal)
        if pod is None or is_going(pod) or not is_up(pod, look.owner, look.now):
            yield from _WAIT
            return
        yield from _corrected(look, pod)
    for pod in _condemned(look, pods):
        yield from corrections(look.owner, _claims_there(look, pod), pod, surplus=True)
    yield from _condemned_in_order(look, pods)


_WAIT: tuple[Command, ...] = (Together(()),)
"""A step that does nothing but be one: what comes after it has to wait."""


def _at_once(look: Look, revisions: Revisions, pods: Mapping[int, Object]) -> Iterator[Command]:
    making = [tuple(_one(look, revisions, pods.get(ordinal), ordinal)) for ordinal in _range(look)]
    for commands in making:
        yield from commands
    for ordinal in _range(look):
        if ordinal in pods and phase_of(pods[ordinal]) not in ENDED:
            yield from _corrected(look, pods[ordinal])
    for pod in _condemned(look, pods):
        yield from corrections(look.owner, _claims_there(look, pod), pod, surplus=True)
    gone = [pod for pod in _condemned(look, pods) if not is_going(pod)]
    if gone:
        yield Together(tuple(_deletion(look.owner, pod) for pod in gone))


def _condemned(look: Look, pods: Mapping[int, Object]) -> list[Object]:
    """Return the pods that are too many, the highest number first."""
    return [pods[ordinal] for ordinal in sorted(pods, reverse=True) if ordinal >= 0 and ordinal not in _range(look)]


def _corrected(look: Look, pod: Object) -> Iterator[Command]:
    """Yield what gives a pod that stays its name's label and its claims their owners. Source: UpdateStatefulPod."""
    wanted, meta = name_label(pod), pod["metadata"]
    if not wanted.items() <= (meta.get("labels") or {}).items():
        yield Patch("pods", meta["namespace"], meta["name"], {"metadata": {"uid": meta["uid"], "labels": wanted}})
        said = f"Update Pod {meta['name']} in StatefulSet {look.owner['metadata']['name']} successful"
        yield Emit(look.owner, "Normal", "SuccessfulUpdate", said, "")
    yield from corrections(look.owner, _claims_there(look, pod), pod, surplus=False)


def _claims_there(look: Look, pod: Object) -> Iterator[Object]:
    for wanted in claims_of(look.owner, pod):
        found = look.claim(look.owner["metadata"]["namespace"], wanted["metadata"]["name"])
        if found is not None:
            yield found


def _one(look: Look, revisions: Revisions, pod: Object | None, ordinal: int) -> Iterator[Command]:
    """Yield what one number needs: its pod, or the removal of a pod that has ended, or claims that are missing."""
    if pod is None:
        revision = revisions.current if _stays_current(look, ordinal) else revisions.update
        body = numbered_pod(look.owner, template_of(revision), revision["metadata"]["name"], ordinal)
        if is_stale(look.owner, _claims_there(look, body), body["metadata"]["name"]):
            return
        yield from _claims(look, body)
        yield _creation(look.owner, body)
    elif phase_of(pod) in ENDED:
        if not is_going(pod):
            yield _deletion(look.owner, pod)
    elif phase_of(pod) == "Pending":
        yield from _claims(look, pod)


def _stays_current(look: Look, ordinal: int) -> bool:
    """Say whether a number's new pod is still of the old revision. Source: newVersionedStatefulSetPod."""
    strategy = look.owner["spec"].get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return False
    if strategy.get("rollingUpdate") is None:
        return ordinal < start_of(look.owner) + int(at(look.owner, "status", "currentReplicas") or 0)
    return ordinal < start_of(look.owner) + _partition(look)


def _partition(look: Look) -> int:
    return int(at(look.owner, "spec", "updateStrategy", "rollingUpdate", "partition") or 0)


def _claims(look: Look, pod: Object) -> Iterator[Command]:
    for claim in claims_of(look.owner, pod):
        name, of = (
            claim["metadata"]["name"],
            f"Pod {pod['metadata']['name']} in StatefulSet {look.owner['metadata']['name']}",
        )
        if look.claim(look.owner["metadata"]["namespace"], name) is None:
            done, failed = f"Create Claim {name} {of} success", f"Create Claim {name} {of} failed error: "
            told = Told(look.owner, ("SuccessfulCreate", done), ("FailedCreate", failed + "{error}"))
            yield Create(CLAIMS, claim, told)


def _creation(owner: Object, body: Mapping[str, Any]) -> Create:
    said = f"Create Pod {body['metadata']['name']} in StatefulSet {owner['metadata']['name']}"
    told = Told(owner, ("SuccessfulCreate", f"{said} successful"), ("FailedCreate", said + " failed error: {error}"))
    return Create("pods", body, told)


def _deletion(owner: Object, pod: Object) -> Delete:
    said = f"Delete Pod {pod['metadata']['name']} in StatefulSet {owner['metadata']['name']}"
    told = Told(owner, ("SuccessfulDelete", f"{said} successful"), ("FailedDelete", said + " failed error: {error}"))
    return Delete("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], told)


def _condemned_in_order(look: Look, pods: Mapping[int, Object]) -> Iterator[Command]:
    """Yield the removal of the highest number that is not wanted, once nobody else is on the way out or unwell."""
    condemned = _condemned(look, pods)
    if not condemned:
        return
    unwell = [pod for pod in reversed(condemned) if not is_up(pod, look.owner, look.now)]
    first = condemned[0]
    blocked = is_going(first) or (any(first is pod for pod in unwell) and first is not unwell[0])
    yield from _WAIT if blocked else (_deletion(look.owner, first),)


def _rolled(look: Look, revisions: Revisions, pods: Mapping[int, Object]) -> Iterator[Command]:
    """Yield the removal of the highest pod that is of another revision; one that is not up stops the walk."""
    if (at(look.owner, "spec", "updateStrategy", "type") or "RollingUpdate") != "RollingUpdate":
        return
    for ordinal in reversed(_range(look)):
        pod = pods.get(ordinal)
        if pod is None or ordinal - start_of(look.owner) < _partition(look):
            return
        if revision_of(pod) != revisions.names[1] and not is_going(pod):
            yield _deletion(look.owner, pod)
            return
        if is_going(pod) or not is_up(pod, look.owner, look.now):
            return


def _told(look: Look, revisions: Revisions, updated: int, outcome: Outcome) -> Plan:
    status = status_of(look.owner, (pod for pod in look.pods if phase_of(pod)), *revisions.names, look.now)
    if updated and status.get("currentReplicas"):
        status["currentReplicas"] -= updated
    status = completed(look.owner, {key: value for key, value in status.items() if value or key != "currentReplicas"})
    old = look.owner.get("status") or {}
    kept = {**status, **({"conditions": old["conditions"]} if "conditions" in old else {})}
    used = {*revisions.names, *(revision_of(pod) for pod in look.pods)}
    cuts = surplus(look.revisions, used, int(look.owner["spec"].get("revisionHistoryLimit", 10)))
    writes = (UpdateStatus(SETS, {**look.owner, "status": kept}),) if kept != old else ()
    least = int(look.owner["spec"].get("minReadySeconds", 0))
    short = status.get("readyReplicas", 0) != status.get("availableReplicas", 0)
    wake_at = Nanos(look.now + seconds(least)) if least and short and outcome.refusal is None else None
    return Plan((*writes, *cuts), wake_at)
