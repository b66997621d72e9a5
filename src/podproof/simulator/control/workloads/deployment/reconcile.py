"""One look at a Deployment: its new ReplicaSet, its size, its rollout, its status.

Source: pkg/controller/deployment/deployment_controller.go, syncDeployment; sync.go; rolling.go; recreate.go.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from podproof.simulator.control.plans import Command, Create, Emit, Outcome, Plan, Update, UpdateStatus
from podproof.simulator.control.workloads.deployment.revisions import (
    REVISION,
    annotated,
    by_age,
    cleaned_up,
    new_body,
    new_set,
    next_revision,
)
from podproof.simulator.control.workloads.deployment.scaling import (
    SETS,
    active,
    annotations_of,
    counted,
    is_rolling,
    is_scaling_event,
    new_replicas,
    rescaled,
    scaled,
    wanted,
)
from podproof.simulator.control.workloads.deployment.shrinking import shrunk_sizes
from podproof.simulator.control.workloads.deployment.status import (
    PROGRESSING,
    condition,
    conditions_of,
    has_deadline,
    is_complete,
    next_check,
    plain_status,
    rollout_status,
    with_condition,
)
from podproof.simulator.control.workloads.owners import claim
from podproof.simulator.control.workloads.pods import ENDED, phase_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

DEPLOYMENTS = "deployments.apps"


@dataclass(frozen=True, slots=True)
class Look:
    """A Deployment and its ReplicaSets, as they are known at this point of the work."""

    deployment: Object
    sets: tuple[Object, ...]
    new: Object | None
    is_taken: Callable[[str], bool]
    """Whether any set of the namespace has a name."""
    now: Nanos

    @property
    def old(self) -> tuple[Object, ...]:
        """All sets but the new one."""
        return tuple(each for each in self.sets if self.new is None or _uid(each) != _uid(self.new))

    @property
    def all(self) -> tuple[Object, ...]:
        """The old sets, and the new one as it is now."""
        return (*self.old, *([self.new] if self.new else ()))


Go = Callable[[Look], Plan]


def _uid(item: Object) -> str:
    uid: str = item["metadata"]["uid"]
    return uid


def reconcile(
    deployment: Object,
    sets: Iterable[Object],
    pods: Callable[[Object], Iterable[Object]],
    is_taken: Callable[[str], bool],
    now: Nanos,
) -> Plan:
    """Bring a Deployment one step nearer to its spec.

    `sets` it may claim; `pods` gives a set's own; `is_taken` says whether a set of its namespace has a name.
    """
    claims = claim(deployment, SETS, sets)
    look = Look(deployment, claims.owned, new_set(deployment, claims.owned), is_taken, now)
    if claims.patches:
        return Plan(claims.patches, then=_next(lambda _: _synced(look, pods)))
    return _synced(look, pods)


def _synced(look: Look, pods: Callable[[Object], Iterable[Object]]) -> Plan:
    if "deletionTimestamp" in look.deployment["metadata"]:
        return _plainly_told(look)
    paused = _pause_told(look)
    if paused is not None:
        return paused
    if look.deployment["spec"].get("paused") or is_scaling_event(look.deployment, look.sets):
        return _with_new_set(look, False, _resized)
    if is_rolling(look.deployment):
        return _with_new_set(look, True, _rolled)
    return _with_new_set(look, False, partial(_recreated, pods))


def _pause_told(look: Look) -> Plan | None:
    """Say that a Deployment was paused or resumed, so that a pause is no lack of progress."""
    deployment = look.deployment
    known = condition(conditions_of(deployment), PROGRESSING)
    reason = known.get("reason") if known else None
    is_paused = bool(deployment["spec"].get("paused"))
    if (
        not has_deadline(deployment)
        or reason == "ProgressDeadlineExceeded"
        or is_paused == (reason == "DeploymentPaused")
    ):
        return None
    said = ("DeploymentPaused", "Deployment is paused") if is_paused else ("DeploymentResumed", "Deployment is resumed")
    told = with_condition(conditions_of(deployment), PROGRESSING, "Unknown", *said, look.now)
    return Plan((_status(deployment, {**(deployment.get("status") or {}), "conditions": list(told)}),))


def _with_new_set(look: Look, create: bool, go: Go) -> Plan:
    """Number the new set and the Deployment, make the set where it is wanted and missing, and go on."""
    revision = next_revision(look.old)
    if look.new is None:
        return _made(look, revision, go) if create else go(look)
    notes, least = annotated(look.deployment, look.new, revision), look.deployment["spec"].get("minReadySeconds", 0)
    if notes != annotations_of(look.new) or least != look.new["spec"].get("minReadySeconds", 0):
        meta = {**look.new["metadata"], "annotations": notes}
        body = {**look.new, "metadata": meta, "spec": {**look.new["spec"], "minReadySeconds": least}}
        return Plan((Update(SETS, body),), then=_next(lambda o: go(replace(look, new=o.changed[0]))))
    found = ("True", "FoundNewReplicaSet", f'Found new replica set "{look.new["metadata"]["name"]}"')
    missing = has_deadline(look.deployment) and condition(conditions_of(look.deployment), PROGRESSING) is None
    return _numbered(look, int(notes[REVISION]), found if missing else None, go)


def _next(go: Callable[[Outcome], Plan]) -> Callable[[Outcome], Plan]:
    """Go on where nothing was refused; a refusal ends the look, and the queue brings another."""
    return lambda outcome: Plan() if outcome.refusal else go(outcome)


def _numbered(look: Look, revision: int, said: tuple[str, str, str] | None, go: Go) -> Plan:
    """Write the revision, and what is to be said of the new set, into the Deployment where it is not there yet."""
    deployment, told = look.deployment, conditions_of(look.deployment)
    if said is not None:
        told = with_condition(told, PROGRESSING, *said, look.now)
    if annotations_of(deployment).get(REVISION) == str(revision) and told == conditions_of(deployment):
        return go(look)
    meta = {**deployment["metadata"], "annotations": {**annotations_of(deployment), REVISION: str(revision)}}
    status = {**(deployment.get("status") or {}), "conditions": list(told)}
    command = _status({**deployment, "metadata": meta}, status)
    return Plan((command,), then=_next(lambda o: go(replace(look, deployment=o.changed[0]))))


def _made(look: Look, revision: int, go: Go) -> Plan:
    body = new_body(look.deployment, look.old, revision)
    name, count = body["metadata"]["name"], wanted(body)
    grown = f"Scaled up replica set {name} from 0 to {count}"
    emit = (Emit(look.deployment, "Normal", "ScalingReplicaSet", grown, ""),) if count else ()

    def then(outcome: Outcome) -> Plan:
        if outcome.refusal is not None:
            return _not_made(look, name, outcome)
        made = outcome.created[0]
        said = ("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        after = replace(look, new=made, sets=(*look.sets, made))
        return _numbered(after, revision, said if has_deadline(look.deployment) else None, go)

    return Plan((Create(SETS, body), *emit), then=then)


def _not_made(look: Look, name: str, outcome: Outcome) -> Plan:
    """Count a collision where another set has the name; else say why the set could not be made."""
    assert outcome.refusal is not None
    status: dict[str, Any] = {**(look.deployment.get("status") or {})}
    if outcome.refusal.reason == "AlreadyExists":
        collisions = {"collisionCount": counted(look.deployment, "collisionCount") + 1}
        return Plan((_status(look.deployment, {**status, **collisions}),) if look.is_taken(name) else ())
    message = f'Failed to create new replica set "{name}": {outcome.refusal.message}'
    told = with_condition(
        conditions_of(look.deployment), PROGRESSING, "False", "ReplicaSetCreateError", message, look.now
    )
    emit = Emit(look.deployment, "Warning", "ReplicaSetCreateError", message, "")
    return Plan((_status(look.deployment, {**status, "conditions": list(told)}), emit))


def _resized(look: Look) -> Plan:
    """Give a paused or resized Deployment its size; nothing rolls meanwhile."""
    commands = tuple(rescaled(look.deployment, look.new, look.old))
    if look.deployment["spec"].get("paused"):
        commands = (*commands, *_history_cut(look))
    return Plan(commands, then=_next(lambda _: _plainly_told(look)))


def _rolled(look: Look) -> Plan:
    """Grow the new set, or else shrink the old ones, as far as surge and availability allow."""
    commands = tuple(_grown(look)) or tuple(_shrunk(look)) or tuple(_history_cut(look))
    return Plan(commands, then=_next(lambda _: _told(look)))


def _grown(look: Look) -> Iterator[Command]:
    assert look.new is not None
    if wanted(look.new) > wanted(look.deployment):
        yield from scaled(look.deployment, look.new, wanted(look.deployment))
    elif wanted(look.new) < wanted(look.deployment):
        count = new_replicas(look.deployment, look.all, look.new)
        if count != wanted(look.new):
            yield from scaled(look.deployment, look.new, count)


def _shrunk(look: Look) -> Iterator[Command]:
    assert look.new is not None
    old = by_age(active(look.old))
    for each, size in zip(old, shrunk_sizes(look.deployment, look.new, old), strict=True):
        if size != wanted(each):
            yield from scaled(look.deployment, each, size)


def _recreated(pods: Callable[[Object], Iterable[Object]], look: Look) -> Plan:
    """Take all old pods away, and make new ones once none of them is left."""
    emptied = [command for each in active(look.old) for command in scaled(look.deployment, each, 0)]
    if emptied or _old_pods_run(look.old, pods):
        return Plan(tuple(emptied), then=_next(lambda _: _told(look)))
    if look.new is None:
        return _with_new_set(look, True, _filled)
    return _filled(look)


def _old_pods_run(old: Sequence[Object], pods: Callable[[Object], Iterable[Object]]) -> bool:
    """Source: recreate.go, oldPodsRunning."""
    return any(counted(each, "replicas") or any(phase_of(pod) not in ENDED for pod in pods(each)) for each in old)


def _filled(look: Look) -> Plan:
    assert look.new is not None
    commands = (
        scaled(look.deployment, look.new, wanted(look.deployment))
        if wanted(look.new) != wanted(look.deployment)
        else ()
    )
    return Plan((*commands, *_history_cut(look)), then=_next(lambda _: _told(look)))


def _history_cut(look: Look) -> Iterator[Command]:
    if is_complete(look.deployment, look.deployment.get("status") or {}):
        yield from cleaned_up(look.deployment, look.old)


def _plainly_told(look: Look) -> Plan:
    return _written(look, plain_status(look.deployment, look.all, look.new, look.now))


def _told(look: Look) -> Plan:
    return _written(look, rollout_status(look.deployment, look.all, look.new, look.now))


def _written(look: Look, status: dict[str, Any]) -> Plan:
    if status == look.deployment.get("status"):
        return Plan(wake_at=next_check(look.deployment, status, look.now))
    return Plan((_status(look.deployment, status),))


def _status(deployment: Object, status: Object) -> UpdateStatus:
    return UpdateStatus(DEPLOYMENTS, {**deployment, "status": status})
