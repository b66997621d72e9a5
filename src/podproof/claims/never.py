"""The claim that something was never so, and will not be for a while."""

from dataclasses import dataclass

from podproof.claims.predicates import Predicate, after, named
from podproof.claims.verdicts import AT_ONCE, JudgedAtOnce, Outcome, Verdict, failed, held, inconclusive, pending
from podproof.claims.walk import Walk
from podproof.durations import spoken
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record, Version


@dataclass(frozen=True, slots=True)
class Never(JudgedAtOnce):
    """No version recorded so far satisfies the predicate; with `ahead`, none of the next `ahead` does either."""

    ref: Ref
    predicate: Predicate
    ahead: Nanos = AT_ONCE

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        ahead = f", nor for {spoken(self.ahead)} from now" if self.ahead else ""
        return f"{named(self.ref)} at no time {self.predicate.verb}{ahead}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The object."""
        return (self.ref,)

    def begin(self, record: Record) -> "NeverJudge":
        """Return a judge that begins with the object's first version."""
        return NeverJudge(self, record)


class NeverJudge:
    """Looks for the first version that shows what must not be."""

    def __init__(self, claim: Never, record: Record) -> None:
        self._claim, self._began = claim, record.now
        self._walk = Walk(record, claim.ref)
        self.wake = Nanos(record.now + claim.ahead)
        self._last: Version | None = None

    def look(self) -> Verdict:
        """Take in the new versions."""
        for version in self._walk.fresh():
            if version.at > self.wake:
                break
            self._last = version
            if self._claim.predicate.holds(version):
                return failed(f"at {after(version.at)} it {self._claim.predicate.verb}", version.at)
        now = self._walk.now
        if now < self.wake:
            return pending("not so far", now)
        return self._undisputed()

    def close(self) -> Verdict:
        """Take in the new versions for the last time; less than the whole time ahead decides nothing."""
        verdict = self.look()
        if verdict.outcome is not Outcome.PENDING:
            return verdict
        watched = spoken(Nanos(self._walk.now - self._began))
        return inconclusive(f"only {watched} of {spoken(self._claim.ahead)} were watched", self._walk.now)

    def _undisputed(self) -> Verdict:
        unknown = self._walk.unknown(self.wake)
        if unknown or self._last is None:
            return inconclusive(unknown or "nothing of it was seen in time", self.wake)
        if self._claim.ahead and self._last.object is None:
            return inconclusive(f"it is gone since {after(self._last.at)}: nothing was there to look at", self.wake)
        return held(f"in {len(self._walk.timeline())} versions it never did", self.wake)
