"""How fast the number of pods may change, and which of the last recommendations counts.

Source: pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos

DOWN_WINDOW = 300
"""Seconds. Source: podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerDownscaleStabilizationWindow."""
Said = tuple[str, str, str]
"""Status, reason and message of a condition."""
_READY: Said = ("True", "ReadyForNewScale", "recommended size matches current size")
_IN_RANGE: Said = ("False", "DesiredWithinRange", "the desired count is within the acceptable range")
_LIMITS = {
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
}
_STABILIZED = {
    "ScaleUpStabilized": (
        "recent recommendations were lower than current one, applying the lowest recent recommendation"
    ),
    "ScaleDownStabilized": (
        "recent recommendations were higher than current one, applying the highest recent recommendation"
    ),
}


@dataclass(frozen=True, slots=True)
class History:
    """What an autoscaler remembers: (when, how many) of its recommendations, and of the pods it added and took."""

    recommended: tuple[tuple[Nanos, int], ...] = ()
    added: tuple[tuple[Nanos, int], ...] = ()
    taken: tuple[tuple[Nanos, int], ...] = ()

    def with_recommended(self, now: Nanos, count: int, kept: int) -> "History":
        """Return the history with one more recommendation; those older than `kept` seconds are dropped."""
        left = (each for each in self.recommended if each[0] >= now - kept * SECOND)
        return replace(self, recommended=(*left, (now, count)))

    def with_change(self, now: Nanos, before: int, after: int) -> "History":
        """Return the history with one more change of size."""
        if after > before:
            return replace(self, added=(*self.added, (now, after - before)))
        return replace(self, taken=(*self.taken, (now, before - after)))


@dataclass(frozen=True, slots=True)
class Sized:
    """How many pods there shall be, what is said of it (AbleToScale, ScalingLimited), and what is remembered."""

    replicas: int
    able: Said
    limited: Said
    history: History


def normalized(spec: Object, current: int, wanted: int, history: History, now: Nanos) -> Sized:
    """Return the size that is taken for a size that is wanted."""
    least, most = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
    rules = spec.get("behavior")
    if not rules:
        recent = [count for moment, count in history.recommended if moment >= now - DOWN_WINDOW * SECOND]
        stable = max([wanted, *recent])
        able = _READY if stable == wanted else _stabilized("ScaleDownStabilized")
        replicas, limited = _by_default(current, stable, least, most)
        return Sized(replicas, able, limited, history.with_recommended(now, wanted, DOWN_WINDOW))
    up, down = _rules(rules, "scaleUp"), _rules(rules, "scaleDown")
    stable = _stable(current, wanted, up, down, history, now)
    reason = "ScaleUpStabilized" if wanted >= current else "ScaleDownStabilized"
    able = _READY if stable == wanted else _stabilized(reason)
    replicas, limited = _by_rules(current, stable, least, most, (up, down), history, now)
    return Sized(replicas, able, limited, history.with_recommended(now, wanted, max(_window(up), _window(down))))


def _stabilized(reason: str) -> Said:
    return "True", reason, _STABILIZED[reason]


def _limited(reason: str) -> Said:
    return "True", reason, _LIMITS[reason]


def _rules(behavior: Object, name: str) -> dict[str, Any]:
    window = 0 if name == "scaleUp" else DOWN_WINDOW
    return {"stabilizationWindowSeconds": window, "selectPolicy": "Max", "policies": (), **(behavior.get(name) or {})}


def _window(rules: Object) -> int:
    return int(rules["stabilizationWindowSeconds"])


def _by_default(current: int, wanted: int, least: int, most: int) -> tuple[int, Said]:
    """Return a size within the limits, at most double the present one. Source: convertDesiredReplicasWithRules."""
    fastest = max(2 * current, 4)
    ceiling, reason = (fastest, "ScaleUpLimit") if most > fastest else (most, "TooManyReplicas")
    if wanted < least:
        return least, _limited("TooFewReplicas")
    return (ceiling, _limited(reason)) if wanted > ceiling else (wanted, _IN_RANGE)


def _stable(current: int, wanted: int, up: Object, down: Object, history: History, now: Nanos) -> int:
    """Return the recommendation within those of the windows. Source: stabilizeRecommendationWithBehaviors."""
    rises = [count for moment, count in history.recommended if moment > now - _window(up) * SECOND]
    falls = [count for moment, count in history.recommended if moment > now - _window(down) * SECOND]
    return min(max(current, min([wanted, *rises])), max([wanted, *falls]))


def _by_rules(
    current: int, wanted: int, least: int, most: int, rules: tuple[Object, Object], history: History, now: Nanos
) -> tuple[int, Said]:
    """Return a size that is reached no faster than the policies allow.

    Source: convertDesiredReplicasWithBehaviorRate.
    """
    if wanted > current:
        fastest = max(_limit(current, rules[0], history, now, rises=True), current)
        ceiling, reason = (fastest, "ScaleUpLimit") if most > fastest else (most, "TooManyReplicas")
        if wanted > ceiling:
            return ceiling, _limited(reason)
    elif wanted < current:
        slowest = min(_limit(current, rules[1], history, now, rises=False), current)
        floor, reason = (slowest, "ScaleDownLimit") if least < slowest else (least, "TooFewReplicas")
        if wanted < floor:
            return floor, _limited(reason)
    return wanted, _IN_RANGE


def _limit(current: int, rules: Object, history: History, now: Nanos, *, rises: bool) -> int:
    """Return the size that the policies allow. Source: calculateScaleUpLimitWithScalingRules and its opposite."""
    if rules["selectPolicy"] == "Disabled":
        return current
    sizes = [_allowed(current, policy, history, now, rises=rises) for policy in rules["policies"]]
    most = (rules["selectPolicy"] == "Max") == rises
    return (max if most else min)(sizes, default=current)


def _allowed(current: int, policy: Object, history: History, now: Nanos, *, rises: bool) -> int:
    since = Nanos(now - int(policy["periodSeconds"]) * SECOND)
    before, value = current - _sum(history.added, since) + _sum(history.taken, since), int(policy["value"])
    if policy["type"] == "Pods":
        return before + value if rises else before - value
    return ceil(before * (1 + value / 100)) if rises else int(before * (1 - value / 100))


def _sum(changes: Iterable[tuple[Nanos, int]], since: Nanos) -> int:
    return sum(count for moment, count in changes if moment > since)
