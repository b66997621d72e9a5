"""A storage driver's own machine: the volumes and snapshots it has, the room, and how it answers calls.

Source: the Container Storage Interface, spec.md (CreateVolume, DeleteVolume, ControllerExpandVolume, CreateSnapshot,
DeleteSnapshot; all idempotent).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from podproof.simulator.model.quantities import BINARY, NANO, Quantity
from podproof.simulator.model.times import Nanos, seconds

Behaviour = Literal["works", "hangs", "fails", "fails every second call"]
_PATIENCE = seconds(10)
"""How long a sidecar waits. Source: kubernetes-csi/external-provisioner, cmd/csi-provisioner, --timeout."""
_SNAPSHOT_PATIENCE = seconds(60)
"""Source: kubernetes-csi/external-snapshotter, cmd/csi-snapshotter, --timeout."""
_LATENCY = seconds(1)
_AT_ONCE = Nanos(0)
_TIMED_OUT = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
_BROKEN = "rpc error: code = Internal desc = the driver fails because its scenario says so"
EXHAUSTED = "rpc error: code = ResourceExhausted desc = "
_MISSING = "rpc error: code = NotFound desc = there is no {} {}"
_SNAPSHOTS = "snapshots/"
"""Where the files of snapshots stand; no volume's handle begins so."""


class Disks(Protocol):
    """The files of a driver's volumes, by handle."""

    def drop(self, handle: str) -> None:
        """Throw the files away."""

    def copy(self, handle: str, other: str) -> None:
        """Let `other` hold what `handle` holds now."""


Place = tuple[tuple[str, str], ...]
"""One place of a driver's topology: sorted pairs of a node label and its value; () is everywhere."""


class Content(NamedTuple):
    """What a new volume begins with: the handle of a snapshot, or of a volume."""

    kind: Literal["snapshot", "volume"]
    handle: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot: the bytes its volume had, when it was taken, and when it can be used (nanoseconds)."""

    size: int
    taken: Nanos
    usable: Nanos


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """A driver to be: the node labels its volumes are bound to, its bytes (None: no end), how long a call takes.

    `upload` is how long after it was taken a snapshot can be used; `each` says that every place of its topology has
    those bytes. The rest is what its CSIDriver and CSINode objects say: how many volumes a node may have, whether they
    have to be attached, whether the room that is left is published.
    """

    name: str
    topology: tuple[str, ...] = ()
    capacity: int | None = None
    latency: Nanos = _LATENCY
    upload: Nanos = _AT_ONCE
    each: bool = False
    allocatable: int | None = None
    attach_required: bool = False
    storage_capacity: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call will have come to once `after` has passed; "" is no error, `again` asks for another call."""

    after: Nanos
    error: str = ""
    again: bool = False


class Driver:
    """One driver, and the files of its volumes."""

    def __init__(self, spec: DriverSpec, disks: Disks) -> None:
        self.spec = spec
        self.behaviour: Behaviour = "works"
        self._disks = disks
        self._sizes: dict[str, int] = {}
        self._places: dict[str, Place] = {}
        self._attached: dict[str, list[str]] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._calls = 0

    @property
    def handles(self) -> tuple[str, ...]:
        """The volumes it has."""
        return tuple(self._sizes)

    @property
    def snapshot_handles(self) -> tuple[str, ...]:
        """The snapshots it has."""
        return tuple(self._snapshots)

    def create(self, handle: str, size: int, content: Content | None = None, where: Place = ()) -> Answer:
        """Make a volume of so many bytes, with what another or a snapshot holds; one that is there already is there."""
        refusal = self._refusal() or self._lacks(content)
        if refusal is not None:
            return refusal
        is_new = handle not in self._sizes
        if is_new:
            self._places[handle] = where
        answer = self._sized(handle, max(size, self._sizes.get(handle, 0)))
        if content is not None and is_new and not answer.error:
            self._disks.copy(_place(content), handle)
        return answer

    def expand(self, handle: str, size: int) -> Answer:
        """Make a volume so many bytes large; it never shrinks."""
        return self.create(handle, size)

    def delete(self, handle: str) -> Answer:
        """Throw a volume away; one that is not there is gone."""
        refusal = self._refusal()
        if refusal is not None:
            return refusal
        self._sizes.pop(handle, None)
        self._places.pop(handle, None)
        self._disks.drop(handle)
        return Answer(self.spec.latency)

    def take_snapshot(self, handle: str, volume: str, now: Nanos) -> Answer:
        """Keep what a volume holds at this moment; a snapshot that is there already stays as it is."""
        refusal = self._refusal(_SNAPSHOT_PATIENCE)
        if refusal is not None:
            return refusal
        if handle not in self._snapshots:
            if volume not in self._sizes:
                return Answer(self.spec.latency, _MISSING.format("volume", volume))
            self._snapshots[handle] = Snapshot(self._sizes[volume], now, Nanos(now + self.spec.upload))
            self._disks.copy(volume, _SNAPSHOTS + handle)
        answered = now + self.spec.latency
        return Answer(self.spec.latency, again=answered < self._snapshots[handle].usable)

    def delete_snapshot(self, handle: str) -> Answer:
        """Throw a snapshot away; one that is not there is gone."""
        refusal = self._refusal(_SNAPSHOT_PATIENCE)
        if refusal is not None:
            return refusal
        self._snapshots.pop(handle, None)
        self._disks.drop(_SNAPSHOTS + handle)
        return Answer(self.spec.latency)

    def list_snapshots(self, handle: str, now: Nanos) -> Answer:
        """Answer that `snapshot` may be asked for a handle."""
        known, answered = self._snapshots.get(handle), now + self.spec.latency
        again = known is not None and answered < known.usable
        return self._refusal(_SNAPSHOT_PATIENCE) or Answer(self.spec.latency, again=again)

    def snapshot(self, handle: str) -> Snapshot | None:
        """Return a snapshot it has."""
        return self._snapshots.get(handle)

    def _lacks(self, content: Content | None) -> Answer | None:
        known = self._snapshots if content is not None and content.kind == "snapshot" else self._sizes
        if content is None or content.handle in known:
            return None
        return Answer(self.spec.latency, _MISSING.format(content.kind, content.handle))

    def left(self, where: Place, besides: str = "") -> int | None:
        """Return the bytes that are left in a place, None where there is no end of room."""
        if self.spec.capacity is None:
            return None
        others = (name for name in self._sizes if name != besides)
        near = (name for name in others if not self.spec.each or self._places.get(name) == where)
        return self.spec.capacity - sum(self._sizes[name] for name in near)

    def attach(self, handle: str, node: str) -> Answer:
        """Let a node have a volume."""
        refusal = self._refusal() or self._lacks(Content("volume", handle))
        if refusal is None and node not in self._attached.setdefault(handle, []):
            self._attached[handle].append(node)
        return refusal or Answer(self.spec.latency)

    def detach(self, handle: str, node: str) -> Answer:
        """Take a volume from a node; one that it does not have is taken."""
        refusal = self._refusal()
        if refusal is None and node in self._attached.get(handle, ()):
            self._attached[handle].remove(node)
        return refusal or Answer(self.spec.latency)

    def _sized(self, handle: str, size: int) -> Answer:
        left = self.left(self._places.get(handle, ()), besides=handle)
        if left is not None and size > left:
            return Answer(self.spec.latency, f"{EXHAUSTED}{_told(size)} requested, {_told(left)} left")
        self._sizes[handle] = size
        return Answer(self.spec.latency)

    def _refusal(self, patience: Nanos = _PATIENCE) -> Answer | None:
        self._calls += 1
        if self.behaviour == "hangs":
            return Answer(patience, _TIMED_OUT)
        if self.behaviour == "fails" or (self.behaviour == "fails every second call" and self._calls % 2 == 0):
            return Answer(self.spec.latency, _BROKEN)
        return None


def _place(content: Content) -> str:
    return _SNAPSHOTS + content.handle if content.kind == "snapshot" else content.handle


def _told(size: int) -> str:
    return str(Quantity(size * NANO, BINARY))
