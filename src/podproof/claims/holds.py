"""Claims that something stays as it is: every version counts, absence never satisfies, a new uid is another one."""

from dataclasses import dataclass

from podproof.claims.predicates import Happening, Predicate, after, named
from podproof.claims.verdicts import JudgedAtOnce, Outcome, Verdict, failed, held, inconclusive, pending
from podproof.claims.walk import Walk, never_observed, replaced_by, unwatched
from podproof.durations import spoken
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record, Version


@dataclass(frozen=True, slots=True)
class StaysFor(JudgedAtOnce):
    """From now on and for `span` the object satisfies the predicate; it must do so already."""

    ref: Ref
    predicate: Predicate
    span: Nanos

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{named(self.ref)} {self.predicate.verb} from now on for {spoken(self.span)}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The object."""
        return (self.ref,)

    def begin(self, record: Record) -> "StaysForJudge":
        """Return a judge that begins with the object's present version."""
        return StaysForJudge(self, record)


class StaysForJudge:
    """Looks for the first version from now on that breaks the hold."""

    def __init__(self, claim: StaysFor, record: Record) -> None:
        self._claim = claim
        self._walk = Walk(record, claim.ref, from_now=True)
        self.wake = Nanos(record.now + claim.span)

    def look(self) -> Verdict:
        """Take in the new versions."""
        broken = self._broken()
        if broken is not None:
            return broken
        if self._walk.now < self.wake:
            return pending("it has so far", self._walk.now)
        return held(f"it did, from {after(self._walk.began)} to {after(self.wake)}", self.wake)

    def close(self) -> Verdict:
        """Take in the new versions for the last time; less than the whole span decides nothing."""
        verdict = self.look()
        if verdict.outcome is not Outcome.PENDING:
            return verdict
        watched = spoken(Nanos(self._walk.now - self._walk.began))
        return inconclusive(f"only {watched} of {spoken(self._claim.span)} were watched", self._walk.now)

    def _broken(self) -> Verdict | None:
        for version in self._walk.fresh():
            if version.at > self.wake:
                break
            fault = self._fault(version)
            if fault:
                return failed(fault, max(version.at, self._walk.began))
            self._walk.uid = version.uid
        unknown = self._walk.unknown(min(self._walk.now, self.wake))
        return inconclusive(unknown, self._walk.now) if unknown else None

    def _fault(self, version: Version) -> str:
        """Say how a version breaks the hold, "" where it does not."""
        if replaced_by(self._walk.uid, version):
            return f"at {after(version.at)} another object took its name: the one that was watched is gone"
        if self._claim.predicate.holds(version):
            return ""
        seen = self._claim.predicate.seen(version)
        if not self._walk.uid:
            return f'{seen} now (since {after(version.at)}); "stays" begins now, so it must be so already'
        lasted = spoken(Nanos(version.at - self._walk.began))
        return f"at {after(version.at)}, after {lasted}, {seen}"


@dataclass(frozen=True, slots=True)
class StayedUntil(JudgedAtOnce):
    """From the first time it satisfied the predicate to the moment `until` came true the object satisfied it."""

    ref: Ref
    predicate: Predicate
    until: Happening

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{named(self.ref)} {self.predicate.verb} without a break until {self.until.words}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The object, then the one whose moment ends the hold."""
        return (self.ref, self.until.ref)

    def begin(self, record: Record) -> "StayedUntilJudge":
        """Return a judge of what is recorded so far."""
        return StayedUntilJudge(self, record)


class StayedUntilJudge:
    """Judges the past: no time needs to pass."""

    def __init__(self, claim: StayedUntil, record: Record) -> None:
        self._claim, self._record = claim, record
        self.wake: Nanos | None = None

    def look(self) -> Verdict:
        """Judge what is recorded so far."""
        return self.close()

    def close(self) -> Verdict:
        """Judge what is recorded so far."""
        claim, record, now = self._claim, self._record, self._record.now
        timeline = record.timeline(claim.ref)
        if not len(timeline):
            return inconclusive(never_observed(record, claim.ref), now)
        first = next((version for version in timeline if claim.predicate.holds(version)), None)
        if first is None:
            last = timeline[-1]
            return failed(f"it never did: {claim.predicate.seen(last)} since {after(last.at)}", now)
        end = moment_of(record, claim.until, since=first)
        if end is None:
            return self._without_end(first)
        gap = timeline.gap_within(first.at, end.at)
        broken = self._broken(first, end)
        if broken is not None:
            return broken
        if gap is not None:
            return inconclusive(unwatched(gap), gap.since)
        return held(f"it did, from {after(first.at)} to {after(end.at)}, when {claim.until.words}", end.at)

    def _without_end(self, first: Version) -> Verdict:
        claim = self._claim
        before = moment_of(self._record, claim.until, since=None)
        if before is None:
            return inconclusive(f"{claim.until.words}: that has not happened", self._record.now)
        told = f"{claim.until.words} at {after(before.at)} already"
        return failed(f"{told}; {named(claim.ref)} {claim.predicate.verb} only since {after(first.at)}", first.at)

    def _broken(self, first: Version, end: Version) -> Verdict | None:
        claim = self._claim
        for version in self._record.timeline(claim.ref):
            if not first.serial < version.serial < end.serial:
                continue
            since = f"at {after(version.at)}, before {claim.until.words} (at {after(end.at)}),"
            if replaced_by(first.uid, version):
                return failed(f"{since} another object took its name: the one that was watched is gone", version.at)
            if not claim.predicate.holds(version):
                return failed(f"{since} {claim.predicate.seen(version)}", version.at)
        return None


def moment_of(record: Record, happening: Happening, since: Version | None) -> Version | None:
    """Return the version that made a happening come true: the first at all, or the first after `since`."""
    was_so = False
    for version in record.timeline(happening.ref):
        is_so = happening.predicate.holds(version)
        if is_so and not was_so and (since is None or version.serial > since.serial):
            return version
        was_so = is_so
    return None
