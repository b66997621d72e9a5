"""Claims that something comes to be, from now on and within a limit."""

from collections.abc import Callable
from dataclasses import dataclass, field

from podproof.claims.predicates import Predicate, after, named
from podproof.claims.verdicts import JudgedAtOnce, Verdict, failed, held, inconclusive, pending
from podproof.claims.walk import Walk, never_observed, unwatched
from podproof.durations import spoken
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record, Version


@dataclass(frozen=True, slots=True)
class Eventually(JudgedAtOnce):
    """The object satisfies the predicate now, or within `within` from now."""

    ref: Ref
    predicate: Predicate
    within: Nanos

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{named(self.ref)} {self.predicate.verb}{_limit(self.within)}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The object."""
        return (self.ref,)

    def begin(self, record: Record) -> "EventuallyJudge":
        """Return a judge that begins with the object's present version."""
        return EventuallyJudge(EventuallyUnless(self.ref, self.predicate, None, self.within), record)


@dataclass(frozen=True, slots=True)
class EventuallyUnless(JudgedAtOnce):
    """The object satisfies the predicate within `within` from now, and not `unless` before that."""

    ref: Ref
    predicate: Predicate
    unless: Predicate | None
    within: Nanos

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        unless = f", and not before that {self.unless.verb}" if self.unless else ""
        return f"{named(self.ref)} {self.predicate.verb}{_limit(self.within)}{unless}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The object."""
        return (self.ref,)

    def begin(self, record: Record) -> "EventuallyJudge":
        """Return a judge that begins with the object's present version."""
        return EventuallyJudge(self, record)


class EventuallyJudge:
    """Looks at each version from now on until one decides."""

    def __init__(self, claim: EventuallyUnless, record: Record) -> None:
        self._claim = claim
        self._walk = Walk(record, claim.ref, from_now=True)
        self.wake = Nanos(record.now + claim.within)
        self._last: Version | None = None

    def look(self) -> Verdict:
        """Take in the new versions."""
        decided = self._decided()
        if decided is not None:
            return decided
        return self._undecided() if self._walk.now >= self.wake else pending("not yet", self._walk.now)

    def close(self) -> Verdict:
        """Take in the new versions for the last time."""
        return self._decided() or self._undecided()

    def _decided(self) -> Verdict | None:
        claim = self._claim
        for version in self._walk.fresh():
            if version.at > self.wake:
                return None
            self._last = version
            when = max(version.at, self._walk.began)
            if claim.predicate.holds(version):
                return held(f"it {claim.predicate.verb} since {after(version.at)}", when)
            if claim.unless is not None and claim.unless.holds(version):
                return failed(f"before that it {claim.unless.verb}, at {after(version.at)}", when)
        return None

    def _undecided(self) -> Verdict:
        now = self._walk.now
        unknown = self._walk.unknown(now)
        if unknown or self._last is None:
            return inconclusive(unknown or "nothing of it was seen in time", now)
        return failed(f"{self._claim.predicate.seen(self._last)} since {after(self._last.at)}", now)


@dataclass(frozen=True, slots=True)
class Becomes(JudgedAtOnce):
    """The record as a whole satisfies `test` now, or within `within` from now; `test` also tells what is seen."""

    words: str
    subjects: tuple[Ref, ...]
    test: Callable[[Record], tuple[bool, str]] = field(compare=False)
    within: Nanos

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{self.words}{_limit(self.within)}"

    def begin(self, record: Record) -> "BecomesJudge":
        """Return a judge that asks the test whenever something is new."""
        return BecomesJudge(self, record)


class BecomesJudge:
    """Asks the test at each new revision of the record."""

    def __init__(self, claim: Becomes, record: Record) -> None:
        self._claim, self._record, self._began = claim, record, record.now
        self.wake = Nanos(record.now + claim.within)

    def look(self) -> Verdict:
        """Ask again."""
        is_so, told = self._claim.test(self._record)
        if is_so:
            return held(told or "it is so", self._record.now)
        if self._record.now >= self.wake:
            return self._undecided(told)
        return pending(told, self._record.now)

    def close(self) -> Verdict:
        """Ask for the last time."""
        is_so, told = self._claim.test(self._record)
        return held(told or "it is so", self._record.now) if is_so else self._undecided(told)

    def _undecided(self, told: str) -> Verdict:
        """Failed, unless a subject was never observed or the time was not watched as a whole."""
        now = self._record.now
        for ref in self._claim.subjects:
            timeline = self._record.timeline(ref)
            if not len(timeline):
                return inconclusive(never_observed(self._record, ref), now)
            gap = timeline.gap_within(self._began, now)
            if gap is not None:
                return inconclusive(unwatched(gap), now)
        return failed(told, now)


def _limit(within: Nanos) -> str:
    return f" within {spoken(within)}" if within else ""
