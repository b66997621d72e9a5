"""Exponential back-off as the kubelet keeps it for crashing containers and failing pulls."""

from typing import NamedTuple

from podproof.simulator.control.timings import span
from podproof.simulator.model.times import Nanos


class BackOffRule(NamedTuple):
    """First wait, longest wait, and the quiet time (ns) after which a series is forgotten."""

    first: Nanos
    ceiling: Nanos
    forgotten_after: Nanos


class BackOff(NamedTuple):
    """A series: the wait (ns) that applies after the next failure, and when it was last raised."""

    wait: Nanos
    raised: Nanos


def crash_loop_rule() -> BackOffRule:
    """Return the rule for containers that exit."""
    return BackOffRule(*(span("kubelet", f"crash_loop_{name}") for name in ("first", "ceiling", "forgotten_after")))


def image_pull_rule() -> BackOffRule:
    """Return the rule for pulls that fail; a series is forgotten after twice its ceiling."""
    first, ceiling = span("kubelet", "image_pull_first"), span("kubelet", "image_pull_ceiling")
    return BackOffRule(first, ceiling, Nanos(2 * ceiling))


def raised(old: BackOff | None, since: Nanos, now: Nanos, rule: BackOffRule) -> BackOff:
    """Return the series after one more failure at `since`, noticed `now`.

    Source: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go, Backoff.Next.
    """
    if old is None or since - old.raised > rule.forgotten_after:
        return BackOff(rule.first, now)
    return BackOff(Nanos(min(old.wait * 2, rule.ceiling)), now)


def waits(old: BackOff | None, since: Nanos, now: Nanos, rule: BackOffRule) -> bool:
    """Return whether the failure at `since` is still being waited for.

    Source: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go, Backoff.IsInBackOffSince.
    """
    if old is None or since - old.raised > rule.forgotten_after:
        return False
    return now - since < old.wait


class BackOffs:
    """The series of one rule by key. A key names all that a new series should start for; its first part is the pod."""

    def __init__(self, rule: BackOffRule) -> None:
        self.rule = rule
        self._series: dict[str, dict[tuple[str, ...], BackOff]] = {}

    def wait(self, key: tuple[str, ...]) -> Nanos:
        """Return the present wait of a series, 0 where there is none."""
        series = self._of(key)
        return series.wait if series else Nanos(0)

    def waits(self, key: tuple[str, ...], since: Nanos, now: Nanos) -> bool:
        """Return whether the failure at `since` is still being waited for."""
        return waits(self._of(key), since, now, self.rule)

    def in_back_off(self, key: tuple[str, ...], now: Nanos) -> bool:
        """Return whether the last failure counted is still being waited for.

        Source: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go, Backoff.IsInBackOffSinceUpdate.
        """
        series = self._of(key)
        return series is not None and now - series.raised < series.wait

    def count(self, key: tuple[str, ...], since: Nanos, now: Nanos) -> None:
        """Count one more failure, which happened at `since`."""
        self._series.setdefault(key[0], {})[key] = raised(self._of(key), since, now, self.rule)

    def forget(self, pod_uid: str) -> None:
        """Drop the series of a pod."""
        self._series.pop(pod_uid, None)

    def _of(self, key: tuple[str, ...]) -> BackOff | None:
        return self._series.get(key[0], {}).get(key)
