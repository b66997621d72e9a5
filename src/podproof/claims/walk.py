"""How a judge walks one timeline: each version once, forward; and what the record cannot say."""

from collections.abc import Iterator

from podproof.claims.predicates import after, named
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Gap, Record, Timeline, Version


class Walk:
    """A place in one object's timeline. It begins before the first version, or at the newest with `from_now`."""

    __slots__ = ("_next", "_record", "began", "ref", "uid")

    def __init__(self, record: Record, ref: Ref, *, from_now: bool = False) -> None:
        self._record, self.ref = record, ref
        timeline = record.timeline(ref)
        self.began = record.now if from_now else timeline.since
        self._next = max(len(timeline) - 1, 0) if from_now else 0
        self.uid = ""

    @property
    def now(self) -> Nanos:
        """The record's present moment."""
        return self._record.now

    def timeline(self) -> Timeline:
        """Return the timeline as it is now."""
        return self._record.timeline(self.ref)

    def fresh(self) -> Iterator[Version]:
        """Yield the versions that were not yielded before."""
        timeline = self.timeline()
        while self._next < len(timeline):
            self._next += 1
            yield timeline[self._next - 1]

    def unknown(self, until: Nanos) -> str:
        """Say why nothing can be concluded about the time walked so far, "" where all of it was watched."""
        timeline = self.timeline()
        if not len(timeline):
            return never_observed(self._record, self.ref)
        gap = timeline.gap_within(self.began, until)
        if gap is None:
            return ""
        return unwatched(gap)


def unwatched(gap: Gap) -> str:
    """Say which time is unknown."""
    return f"from {after(gap.since)} to {after(gap.until)} the cluster could not be watched"


def never_observed(record: Record, ref: Ref) -> str:
    """Say that an object was never seen, and which ones of its kind were."""
    others = [each.name for each in record.refs(ref.kind) if each.namespace == ref.namespace]
    seen = f"; seen: {', '.join(others[:8])}" if others else f"; no {ref.kind.lower()} was"
    return f"{named(ref)} was never observed{seen}"


def replaced_by(uid: str, version: Version) -> bool:
    """Say whether a version is of another object of the same name."""
    return bool(uid and version.object is not None and version.uid != uid)
