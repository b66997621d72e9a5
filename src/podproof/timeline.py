"""Everything a cluster has shown: one timeline of versions per object, in the order they were seen.

Rules for editing: the record only grows, and what it hands out are views of it at one moment. Moments are nanoseconds
since the start of the record. A version without an object says that the object is gone from then on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.pod_columns import PodColumns, columns_of
from podproof.simulator.model.times import Nanos

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class PodView:
    """A pod as a person reads it on the terminal; each column is computed once per version, when first asked for."""

    pod: Object

    @cached_property
    def columns(self) -> PodColumns:
        """What `kubectl get pods` prints."""
        return columns_of(self.pod)

    @property
    def status(self) -> str:
        """The STATUS column."""
        return self.columns.status

    @property
    def ready(self) -> str:
        """The READY column."""
        return f"{self.columns.ready}/{self.columns.total}"

    @property
    def restarts(self) -> int:
        """The number of the RESTARTS column."""
        return self.columns.restarts

    @property
    def phase(self) -> str:
        """The pod's phase."""
        return str(at(self.pod, "status", "phase") or "")

    @cached_property
    def statuses(self) -> Mapping[str, Object]:
        """The status of each container that has one, init containers first."""
        status = self.pod.get("status") or _NOTHING
        rows = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
        return {row["name"]: row for row in rows}

    @cached_property
    def exit_codes(self) -> Mapping[str, int]:
        """The exit code of each container's last end, whether it stays ended or runs again."""
        ends = ((name, ended(row)) for name, row in self.statuses.items())
        return {name: end["exitCode"] for name, end in ends if end is not None}

    @cached_property
    def reason(self) -> str:
        """Why the pod is as it is: its own reason, else that of the first container that waits or has ended badly."""
        own = at(self.pod, "status", "reason")
        if own:
            return str(own)
        for row in self.statuses.values():
            state = row.get("state") or _NOTHING
            found = state.get("waiting") or state.get("terminated") or _NOTHING
            if found.get("reason") and found.get("exitCode") != 0:
                return str(found["reason"])
        return ""


def ended(container_status: Object) -> Object | None:
    """Return the last end of a container: how it ended now, or before its present run; None where it never has."""
    found: Object | None = at(container_status, "state", "terminated") or at(
        container_status, "lastState", "terminated"
    )
    return found


@dataclass(frozen=True)
class Version:
    """One version of one object: from `at` on it was so. `serial` orders the versions of all objects."""

    at: Nanos
    object: Object | None
    serial: int = 0
    initial: bool = False
    """Whether it was there already when the record began."""

    @property
    def uid(self) -> str:
        """The object's uid, "" where it is gone: another one under the same name is another object."""
        return "" if self.object is None else str(at(self.object, "metadata", "uid") or "")

    @cached_property
    def pod(self) -> PodView:
        """The version read as a pod.

        Raises:
            ValueError: the object is gone.
        """
        if self.object is None:
            raise ValueError("a version without an object shows no columns")
        return PodView(self.object)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the cluster could not be watched: what happened then is unknown."""

    since: Nanos
    until: Nanos


class Timeline(Sequence[Version]):
    """The versions of one object, from `since` (when the record began to watch) until `until` (when it was asked)."""

    __slots__ = ("_count", "_versions", "gaps", "ref", "since", "until")

    def __init__(
        self, ref: Ref, versions: list[Version], gaps: Sequence[Gap] = (), *, since: Nanos, until: Nanos
    ) -> None:
        self.ref, self.gaps, self.since, self.until = ref, gaps, since, until
        self._versions, self._count = versions, len(versions)

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first."""
        return tuple(self._versions[: self._count])

    @property
    def last(self) -> Version | None:
        """The newest version, None where nothing was seen."""
        return self._versions[self._count - 1] if self._count else None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Version]:
        return (self._versions[index] for index in range(self._count))

    @overload
    def __getitem__(self, index: int) -> Version: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Version, ...]: ...
    def __getitem__(self, index: int | slice) -> Version | tuple[Version, ...]:
        if isinstance(index, slice):
            return tuple(self._versions[place] for place in range(*index.indices(self._count)))
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._versions[index % self._count]

    def gap_within(self, since: Nanos, until: Nanos) -> Gap | None:
        """Return the first gap that touches a span, None where the span was watched as a whole."""
        return next((gap for gap in self.gaps if gap.since < until and gap.until > since), None)


@dataclass(slots=True)
class Record:
    """All timelines of one scenario. `clock` tells the present moment since `start`, which counts from the epoch.

    `revision` rises whenever something new is seen, so that nobody looks twice at the same record. Until `began` is
    set, what is seen is what was there before.
    """

    clock: Callable[[], Nanos]
    start: Nanos
    revision: int = 0
    began: bool = False
    _timelines: dict[Ref, list[Version]] = field(default_factory=dict)
    _about: dict[tuple[str, str, str], dict[Ref, None]] = field(default_factory=dict)
    _gaps: list[Gap] = field(default_factory=list)
    _changed: list[Ref] = field(default_factory=list)

    @property
    def now(self) -> Nanos:
        """The present moment, since the start."""
        return self.clock()

    def see(self, ref: Ref, item: Object | None, moment: Nanos | None = None) -> None:
        """Add a version; None says the object is gone. `moment` is the present one unless given."""
        self.revision += 1
        when = self.clock() if moment is None else moment
        versions = self._timelines.get(ref)
        if versions is None:
            versions = self._timelines[ref] = []
        versions.append(Version(when, item, self.revision, not self.began))
        self._changed.append(ref)
        if ref.kind == "Event" and item is not None:
            about = item.get("involvedObject") or _NOTHING
            key = (about.get("kind", ""), about.get("namespace", ""), about.get("name", ""))
            self._about.setdefault(key, {})[ref] = None

    def lost(self, since: Nanos, until: Nanos) -> None:
        """Say that nothing could be watched from `since` until `until`."""
        self.revision += 1
        self._gaps.append(Gap(since, until))

    def timeline(self, ref: Ref) -> Timeline:
        """Return what was seen of one object; empty where nothing was."""
        return Timeline(ref, self._timelines.get(ref, []), tuple(self._gaps), since=Nanos(0), until=self.now)

    def refs(self, kind: str = "") -> tuple[Ref, ...]:
        """Return the objects seen, of one kind or of all, in the order they were first seen."""
        return tuple(ref for ref in self._timelines if not kind or ref.kind == kind)

    def changed(self, since: int = 0) -> Sequence[Ref]:
        """Return what each version was of, in the order they came, without the first `since` of them."""
        return self._changed[since:]

    def latest(self, ref: Ref) -> Object | None:
        """Return an object as last seen, None where it is gone or was never seen."""
        versions = self._timelines.get(ref)
        return versions[-1].object if versions else None

    def events(self, ref: Ref | None = None) -> tuple[Object, ...]:
        """Return the events about one object, or all, each as last seen, in the order they first came.

        An event that has expired since still counts: it was shown.
        """
        return tuple(version.object for version in self.event_versions(ref) if version.object is not None)

    def event_versions(self, ref: Ref | None = None) -> tuple[Version, ...]:
        """Return the events about one object, or all, as `events` does, with the moment each was last seen."""
        if ref is None:
            chosen: Sequence[Ref] = self.refs("Event")
        else:
            chosen = tuple(self._about.get((ref.kind, ref.namespace, ref.name), ()))
        found = (next((v for v in reversed(self._timelines[each]) if v.object is not None), None) for each in chosen)
        return tuple(each for each in found if each is not None)

    def event_history(self, ref: Ref) -> tuple[Version, ...]:
        """Return each time an event about an object was shown: one that is counted up comes as often as it was."""
        about = self._about.get((ref.kind, ref.namespace, ref.name), ())
        return tuple(v for each in about for v in self._timelines[each] if v.object is not None)
