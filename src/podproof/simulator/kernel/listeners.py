"""Those who are told of changes: a handler each, and the ring in which notifications wait while the handler is held up.

Source: staging/src/k8s.io/client-go/tools/cache/shared_informer.go, sharedProcessor, processorListener.
"""

from collections.abc import Callable
from functools import cached_property, partial

from podproof.simulator.kernel.ring import RingGrowing
from podproof.simulator.model.objects import Object

Handler = Callable[[Object | None, Object | None], None]
"""Told of a change: the old and the new object, None where there is none."""


class Listener:
    """A handler behind its ring. `notify` hands a change on, or lets it wait while the handler is held up."""

    def __init__(self, handler: Handler, who: str, *, resyncs: bool = False) -> None:
        self.resyncs, self._who = resyncs, who
        self._handler = self.notify = handler
        self.is_held = False

    @cached_property
    def name(self) -> str:
        """Whose handler it is: as it was said, or the class of the controller."""
        return self._who or _named(self._handler)

    @cached_property
    def ring(self) -> RingGrowing[tuple[Object | None, Object | None]]:
        """Where notifications wait."""
        return RingGrowing()

    def hold(self) -> None:
        """Let the handler stand still: what it would be told waits in the ring."""
        self.notify, self.is_held = self._wait, True

    def release(self) -> None:
        """Let the handler go on, first with everything that waits."""
        while len(self.ring):
            self._handler(*self.ring.read_one())
        self.notify, self.is_held = self._handler, False

    def _wait(self, old: Object | None, new: Object | None) -> None:
        self.ring.write_one((old, new))


def _named(handler: Handler) -> str:
    """Return whose a handler is: the class of the controller, or the function."""
    bound = handler.func if isinstance(handler, partial) else handler
    owner = getattr(bound, "__self__", None)
    return type(owner).__name__ if owner is not None else str(bound.__qualname__).partition(".")[0]
