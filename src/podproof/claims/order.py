"""Claims about the order of things."""

from collections.abc import Sequence
from dataclasses import dataclass

from podproof.claims.holds import moment_of
from podproof.claims.predicates import Happening, after, named
from podproof.claims.verdicts import AT_ONCE, JudgedAtOnce, Verdict, failed, held, inconclusive, pending
from podproof.claims.walk import Walk, never_observed, replaced_by, unwatched
from podproof.durations import spoken
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record, Version


@dataclass(frozen=True, slots=True)
class PassesThrough(JudgedAtOnce):
    """From the first time it shows the first status, the pod shows these in order and nothing else between.

    Neighbours that repeat count once, in the claim and in what is seen. `within` is how long to wait, from now, for
    those not shown yet.
    """

    ref: Ref
    statuses: tuple[str, ...]
    within: Nanos = AT_ONCE

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        limit = f" within {spoken(self.within)}" if self.within else ""
        return f"{named(self.ref)} passes through {' → '.join(self.statuses)}{limit}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The pod."""
        return (self.ref,)

    def begin(self, record: Record) -> "PassesThroughJudge":
        """Return a judge that begins with the pod's first version."""
        return PassesThroughJudge(self, record)


class PassesThroughJudge:
    """Follows the pod from the first status on."""

    def __init__(self, claim: PassesThrough, record: Record) -> None:
        self._statuses = folded(claim.statuses)
        self._walk = Walk(record, claim.ref)
        self.wake = Nanos(record.now + claim.within)
        self._passed = 0
        self._since = Nanos(0)

    def look(self) -> Verdict:
        """Take in the new versions."""
        decided = self._decided()
        if decided is not None:
            return decided
        return self._undecided() if self._walk.now >= self.wake else pending("not all yet", self._walk.now)

    def close(self) -> Verdict:
        """Take in the new versions for the last time."""
        return self._decided() or self._undecided()

    def _decided(self) -> Verdict | None:
        for version in self._walk.fresh():
            if version.at > self.wake:
                return None
            fault = self._step(version)
            if fault:
                return failed(fault, version.at)
            if self._passed == len(self._statuses):
                unknown = self._walk.unknown(version.at)
                return inconclusive(unknown, version.at) if unknown else held("it did", version.at)
        return None

    def _step(self, version: Version) -> str:
        """Take one version in; return how it breaks the order, "" where it does not."""
        wanted = self._statuses[self._passed]
        if replaced_by(self._walk.uid, version):
            return f'at {after(version.at)} another object took its name, before it showed "{wanted}"'
        if version.object is None:
            return f'at {after(version.at)} it was gone, before it showed "{wanted}"' if self._walk.uid else ""
        shown = version.pod.status
        if shown == wanted:
            self._passed, self._since, self._walk.uid = self._passed + 1, version.at, version.uid
            return ""
        if not self._passed or shown == self._statuses[self._passed - 1]:
            return ""
        last = self._statuses[self._passed - 1]
        return f'at {after(version.at)}, after "{last}", it showed "{shown}", not "{wanted}"'

    def _undecided(self) -> Verdict:
        unknown = self._walk.unknown(self._walk.now)
        if unknown:
            return inconclusive(unknown, self._walk.now)
        wanted = self._statuses[self._passed]
        if not self._passed:
            return failed(f'it never showed "{wanted}", where it should begin', self._walk.now)
        last = self._statuses[self._passed - 1]
        return failed(f'it has not shown "{wanted}" yet; it shows "{last}" since {after(self._since)}', self._walk.now)


def folded(statuses: Sequence[str]) -> tuple[str, ...]:
    """Return statuses with neighbours that repeat folded into one."""
    return tuple(each for place, each in enumerate(statuses) if not place or statuses[place - 1] != each)


@dataclass(frozen=True, slots=True)
class Before(JudgedAtOnce):
    """One thing happened, for the first time, before another did for the first time; both must have happened."""

    first: Happening
    second: Happening

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{self.first.words} before {self.second.words}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """Both objects."""
        return tuple(dict.fromkeys((self.first.ref, self.second.ref)))

    def begin(self, record: Record) -> "OrderJudge":
        """Return a judge of what is recorded so far."""
        return OrderJudge(self.first, self.second, record)


@dataclass(frozen=True, slots=True)
class After(JudgedAtOnce):
    """One thing happened, for the first time, after another did for the first time; both must have happened."""

    second: Happening
    first: Happening

    @property
    def wanted(self) -> str:
        """The claim as a sentence."""
        return f"{self.second.words} after {self.first.words}"

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """Both objects."""
        return tuple(dict.fromkeys((self.second.ref, self.first.ref)))

    def begin(self, record: Record) -> "OrderJudge":
        """Return a judge of what is recorded so far."""
        return OrderJudge(self.first, self.second, record)


class OrderJudge:
    """Compares the two moments; the past decides."""

    def __init__(self, first: Happening, second: Happening, record: Record) -> None:
        self._first, self._second, self._record = first, second, record
        self.wake: Nanos | None = None

    def look(self) -> Verdict:
        """Judge what is recorded so far."""
        return self.close()

    def close(self) -> Verdict:
        """Judge what is recorded so far."""
        now = self._record.now
        moments: list[Version] = []
        for each in (self._first, self._second):
            moment = moment_of(self._record, each, since=None)
            if moment is None:
                return inconclusive(self._missing(each), now)
            moments.append(moment)
        first, second = moments
        told = f"{self._first.words} at {after(first.at)}, {self._second.words} at {after(second.at)}"
        gap = self._record.timeline(self._first.ref).gap_within(Nanos(0), max(first.at, second.at))
        if gap is not None:
            return inconclusive(unwatched(gap), now)
        return (held if first.serial < second.serial else failed)(told, second.at)

    def _missing(self, happening: Happening) -> str:
        if not len(self._record.timeline(happening.ref)):
            return never_observed(self._record, happening.ref)
        return f"{happening.words}: that has not happened"
