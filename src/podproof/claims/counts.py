"""Claims about numbers: restarts of a pod, objects of a kind."""

from dataclasses import dataclass
from enum import StrEnum

from podproof.claims.predicates import Predicate, after, named
from podproof.claims.verdicts import AT_ONCE, JudgedAtOnce, Outcome, Verdict, failed, held, inconclusive, pending
from podproof.claims.walk import Walk
from podproof.durations import spoken
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record, Version


class Bound(StrEnum):
    """How a number is compared."""

    EXACTLY = "exactly"
    AT_LEAST = "at least"
    AT_MOST = "at most"

    def allows(self, number: int, bound: int) -> bool:
        """Say whether a number keeps to a bound."""
        if self is Bound.EXACTLY:
            return number == bound
        return number >= bound if self is Bound.AT_LEAST else number <= bound


@dataclass(frozen=True, slots=True)
class RestartCount(JudgedAtOnce):
    """The RESTARTS column now; with `within`, to be reached in time, or (at most) never passed until then."""

    ref: Ref
    bound: Bound
    count: int
    within: Nanos = AT_ONCE

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        limit = f" within {spoken(self.within)}" if self.within else ""
        return f"{named(self.ref)} has restarted {self.bound} {_times(self.count)}{limit}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The pod."""
        return (self.ref,)

    def begin(self, record: Record) -> "RestartJudge":
        """Return a judge that begins with the pod's present version."""
        return RestartJudge(self, record)


class RestartJudge:
    """Looks at the RESTARTS column of each version from now on."""

    def __init__(self, claim: RestartCount, record: Record) -> None:
        self._claim = claim
        self._walk = Walk(record, claim.ref, from_now=True)
        self.wake = Nanos(record.now + claim.within)
        self._last: Version | None = None

    def look(self) -> Verdict:
        """Take in the new versions."""
        for version in self._walk.fresh():
            if version.at > self.wake:
                break
            self._last = version
            decided = self._judged(version)
            if decided is not None:
                return decided
        return self._at_end() if self._walk.now >= self.wake else pending("not yet", self._walk.now)

    def close(self) -> Verdict:
        """Take in the new versions for the last time."""
        verdict = self.look()
        if verdict.outcome is not Outcome.PENDING:
            return verdict
        if self._claim.bound is Bound.AT_MOST:
            return inconclusive(f"not all of {spoken(self._claim.within)} were watched", self._walk.now)
        return self._at_end()

    def _judged(self, version: Version) -> Verdict | None:
        """Return what one version decides: at most is decided at the end unless it is broken before."""
        if version.object is None:
            return None
        claim, count = self._claim, version.pod.restarts
        when = max(version.at, self._walk.began)
        if claim.bound is Bound.AT_MOST:
            return None if count <= claim.count else failed(_told(version), when)
        return held(_told(version), when) if claim.bound.allows(count, claim.count) else None

    def _at_end(self) -> Verdict:
        now = self._walk.now
        unknown = self._walk.unknown(now)
        if unknown or self._last is None:
            return inconclusive(unknown or "nothing of it was seen in time", now)
        if self._last.object is None:
            return inconclusive(f"it is gone since {after(self._last.at)}: it has no RESTARTS any more", now)
        return (held if self._claim.bound is Bound.AT_MOST else failed)(_told(self._last), now)


def _told(version: Version) -> str:
    return f'it has restarted {_times(version.pod.restarts)}; it shows "{version.pod.status}" since {after(version.at)}'


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


@dataclass(frozen=True, slots=True)
class Count(JudgedAtOnce):
    """So many objects of a kind satisfy the predicate now, or at some moment within `within` from now."""

    kind: str
    namespace: str
    predicate: Predicate
    bound: Bound
    count: int
    within: Nanos = AT_ONCE

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        limit = f" within {spoken(self.within)}" if self.within else ""
        return f"{self.bound} {self.count} {self.kind} of which each {self.predicate.verb}{limit}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """None: it speaks of all of a kind."""
        return ()

    def begin(self, record: Record) -> "CountJudge":
        """Return a judge that counts at each change."""
        return CountJudge(self, record)


class CountJudge:
    """Keeps who satisfies the predicate, object by object, as versions come."""

    def __init__(self, claim: Count, record: Record) -> None:
        self._claim, self._record = claim, record
        self.wake = Nanos(record.now + claim.within)
        self._seen = 0
        self._all: set[Ref] = set()
        self._among: set[Ref] = set()

    def look(self) -> Verdict:
        """Take in the new versions."""
        self._take_in()
        if self._record.now < self.wake and not self._is_so():
            return pending("not yet", self._record.now)
        return self._judged()

    def close(self) -> Verdict:
        """Take in the new versions for the last time."""
        self._take_in()
        return self._judged()

    def _judged(self) -> Verdict:
        claim, now = self._claim, self._record.now
        if not self._all and claim.count:
            return inconclusive(f"no {claim.kind} was ever observed", now)
        names = ", ".join(sorted(ref.name for ref in self._among)) or "none"
        return (held if self._is_so() else failed)(f"{len(self._among)} of {len(self._all)}: {names}", now)

    def _is_so(self) -> bool:
        return bool(self._all or not self._claim.count) and self._claim.bound.allows(
            len(self._among), self._claim.count
        )

    def _take_in(self) -> None:
        """Look at the newest version of each object that has changed since the last look."""
        claim, changed = self._claim, self._record.changed(self._seen)
        self._seen += len(changed)
        for ref in set(changed):
            if (ref.kind, ref.namespace) == (claim.kind, claim.namespace):
                version = self._record.timeline(ref)[-1]
                self._all.add(ref)
                (self._among.add if claim.predicate.holds(version) else self._among.discard)(ref)
