"""A storage driver's own machine: the volumes it has made, the room it has, and how it answers calls.

Source: the Container Storage Interface, spec.md (CreateVolume, DeleteVolume, ControllerExpandVolume; all idempotent).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from podproof.simulator.model.quantities import BINARY, NANO, Quantity
from podproof.simulator.model.times import Nanos, seconds

Behaviour = Literal["works", "hangs", "fails", "fails every second call"]
_PATIENCE = seconds(10)
"""How long a sidecar waits. Source: kubernetes-csi/external-provisioner, cmd/csi-provisioner, --timeout."""
_LATENCY = seconds(1)
_TIMED_OUT = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
_BROKEN = "rpc error: code = Internal desc = the driver fails because its scenario says so"
EXHAUSTED = "rpc error: code = ResourceExhausted desc = "


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """A driver to be: the node labels its volumes are bound to, its bytes (None: no end), how long a call takes."""

    name: str
    topology: tuple[str, ...] = ()
    capacity: int | None = None
    latency: Nanos = _LATENCY


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call will have come to once `after` has passed; "" is no error."""

    after: Nanos
    error: str = ""


class Driver:
    """One driver. `drop` throws the data of a volume away, by its handle."""

    def __init__(self, spec: DriverSpec, drop: Callable[[str], None]) -> None:
        self.spec = spec
        self.behaviour: Behaviour = "works"
        self._drop = drop
        self._sizes: dict[str, int] = {}
        self._calls = 0

    @property
    def handles(self) -> tuple[str, ...]:
        """The volumes it has."""
        return tuple(self._sizes)

    def create(self, handle: str, size: int) -> Answer:
        """Make a volume of so many bytes; one that is there already is there."""
        return self._refusal() or self._sized(handle, max(size, self._sizes.get(handle, 0)))

    def expand(self, handle: str, size: int) -> Answer:
        """Make a volume so many bytes large; it never shrinks."""
        return self.create(handle, size)

    def delete(self, handle: str) -> Answer:
        """Throw a volume away; one that is not there is gone."""
        refusal = self._refusal()
        if refusal is not None:
            return refusal
        self._sizes.pop(handle, None)
        self._drop(handle)
        return Answer(self.spec.latency)

    def _sized(self, handle: str, size: int) -> Answer:
        others = sum(each for name, each in self._sizes.items() if name != handle)
        if self.spec.capacity is not None and others + size > self.spec.capacity:
            left = self.spec.capacity - others
            return Answer(self.spec.latency, f"{EXHAUSTED}{_told(size)} requested, {_told(left)} left")
        self._sizes[handle] = size
        return Answer(self.spec.latency)

    def _refusal(self) -> Answer | None:
        self._calls += 1
        if self.behaviour == "hangs":
            return Answer(_PATIENCE, _TIMED_OUT)
        if self.behaviour == "fails" or (self.behaviour == "fails every second call" and self._calls % 2 == 0):
            return Answer(self.spec.latency, _BROKEN)
        return None


def _told(size: int) -> str:
    return str(Quantity(size * NANO, BINARY))
