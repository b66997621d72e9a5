"""How many pods each ReplicaSet of a Deployment may have.

Source: pkg/controller/deployment/util/deployment_util.go, NewRSNewReplicas, ResolveFenceposts, GetReplicaSetProportion;
pkg/controller/deployment/sync.go, scale.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Update
from podproof.simulator.model.objects import Object, at

SETS = "replicasets.apps"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"


def wanted(item: Object) -> int:
    """Return spec.replicas of a Deployment or ReplicaSet."""
    return int(item["spec"].get("replicas", 1))


def counted(item: Object, name: str) -> int:
    """Return a count of an object's status, 0 where it says none."""
    return int((item.get("status") or {}).get(name) or 0)


def active(sets: Iterable[Object]) -> list[Object]:
    """Return the sets that want pods."""
    return [each for each in sets if wanted(each) > 0]


def scaled_value(value: Any, total: int, up: bool) -> int:
    """Return a number, or a percentage of `total` rounded up or down.

    Source: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go, GetScaledValueFromIntOrPercent.
    """
    if isinstance(value, int):
        return value
    part = int(str(value).removesuffix("%")) * total / 100
    return math.ceil(part) if up else math.floor(part)


def _fence_posts(deployment: Object) -> tuple[int, int]:
    """Return (surge, unavailable): at least one of them lets a rollout move."""
    rolling = at(deployment, "spec", "strategy", "rollingUpdate") or {}
    total = wanted(deployment)
    surge = scaled_value(rolling.get("maxSurge", "25%"), total, True)
    unavailable = scaled_value(rolling.get("maxUnavailable", "25%"), total, False)
    return surge, unavailable or (0 if surge else 1)


def is_rolling(deployment: Object) -> bool:
    """Say whether the strategy is RollingUpdate."""
    return bool((at(deployment, "spec", "strategy", "type") or "RollingUpdate") == "RollingUpdate")


def max_surge(deployment: Object) -> int:
    """Return how many pods a rollout may have above what is wanted."""
    return _fence_posts(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Object) -> int:
    """Return how many of the wanted pods a rollout may lack."""
    if not is_rolling(deployment) or wanted(deployment) == 0:
        return 0
    return min(_fence_posts(deployment)[1], wanted(deployment))


def new_replicas(deployment: Object, sets: Iterable[Object], new: Object) -> int:
    """Return how many pods the new set may have now, beside all `sets` (itself among them)."""
    if not is_rolling(deployment):
        return wanted(deployment)
    room = wanted(deployment) + max_surge(deployment) - sum(wanted(each) for each in sets)
    if room <= 0:
        return wanted(new)
    return wanted(new) + min(room, wanted(deployment) - wanted(new))


def scale_notes(deployment: Object) -> dict[str, str]:
    """Return the annotations by which a set remembers the size its Deployment had."""
    return {DESIRED: str(wanted(deployment)), MAX: str(wanted(deployment) + max_surge(deployment))}


def scaled(deployment: Object, each: Object, replicas: int) -> tuple[Command, ...]:
    """Return what gives a set another size, and the event that says so.

    Source: pkg/controller/deployment/sync.go, scaleReplicaSet.
    """
    meta, old = each["metadata"], wanted(each)
    notes = {**(meta.get("annotations") or {}), **scale_notes(deployment)}
    if old == replicas and notes == (meta.get("annotations") or {}):
        return ()
    body = {**each, "metadata": {**meta, "annotations": notes}, "spec": {**each["spec"], "replicas": replicas}}
    if old == replicas:
        return (Update(SETS, body),)
    way = "up" if old < replicas else "down"
    message = f"Scaled {way} replica set {meta['name']} from {old} to {replicas}"
    return Update(SETS, body), Emit(deployment, "Normal", "ScalingReplicaSet", message, "")


def is_scaling_event(deployment: Object, sets: Iterable[Object]) -> bool:
    """Say whether the Deployment has another size than when its sets were scaled last."""
    noted = (_noted(each, DESIRED) for each in active(sets))
    return any(number is not None and number != wanted(deployment) for number in noted)


def _noted(each: Object, key: str) -> int | None:
    text = (each["metadata"].get("annotations") or {}).get(key, "")
    return int(text) if text.removeprefix("-").isdigit() else None


def rescaled(deployment: Object, new: Object | None, old: Sequence[Object]) -> Iterator[Command]:
    """Yield what gives a Deployment that was resized its size, in proportion where several sets have pods."""
    only = _active_or_latest(new, old)
    if only is not None:
        if wanted(only) != wanted(deployment):
            yield from scaled(deployment, only, wanted(deployment))
    elif new is not None and _is_saturated(deployment, new):
        for each in active(old):
            yield from scaled(deployment, each, 0)
    elif is_rolling(deployment):
        yield from _in_proportion(deployment, active([*old, *([new] if new else [])]))


def _active_or_latest(new: Object | None, old: Sequence[Object]) -> Object | None:
    """Return the one set with pods, or the newest where none has any; None where several have."""
    sets = active([*old, *([new] if new else [])])
    if len(sets) > 1:
        return None
    newest = sorted(old, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)
    return next(iter([*sets, *([new] if new else []), *newest]), None)


def _is_saturated(deployment: Object, new: Object) -> bool:
    total = wanted(deployment)
    return _noted(new, DESIRED) == wanted(new) == counted(new, "availableReplicas") == total


def _in_proportion(deployment: Object, sets: list[Object]) -> Iterator[Command]:
    """Give each set its share of what is to be added or removed; what rounding leaves goes to the largest."""
    limit = wanted(deployment) + max_surge(deployment) if wanted(deployment) > 0 else 0
    change = limit - sum(wanted(each) for each in sets)
    newer = sorted(sets, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=change > 0)
    ordered = sorted(newer, key=wanted, reverse=True)
    shares, given = [], 0
    for each in ordered:
        share = _share(deployment, each, change, given)
        shares.append(wanted(each) + share)
        given += share
    for place, each in enumerate(ordered):
        rest = change - given if place == 0 else 0
        yield from scaled(deployment, each, max(shares[place] + rest, 0))


def _share(deployment: Object, each: Object, change: int, given: int) -> int:
    if not change or change == given:
        return 0
    fraction = _fraction(deployment, each)
    return min(fraction, change - given) if change > 0 else max(fraction, change - given)


def _fraction(deployment: Object, each: Object) -> int:
    """Source: deployment_util.go, getReplicaSetFraction."""
    if wanted(deployment) == 0:
        return -wanted(each)
    before = _noted(each, MAX) or counted(deployment, "replicas") or 1
    size = wanted(each) * (wanted(deployment) + max_surge(deployment)) / before
    return math.floor(size + 0.5) - wanted(each)


def annotations_of(item: Object) -> Mapping[str, str]:
    """Return an object's annotations."""
    return item["metadata"].get("annotations") or {}
