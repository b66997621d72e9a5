"""What a controller has asked for and not yet seen: while anything is open, its cache is too old to act on.

Source: pkg/controller/controller_utils.go, ControllerExpectations, UIDTrackingControllerExpectations.
"""

from dataclasses import dataclass, field

from podproof.simulator.control.plans import Outcome
from podproof.simulator.kernel.informer import Key, key_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds

EXPIRY = seconds(300)
"""Source: pkg/controller/controller_utils.go, ExpectationsTimeout."""


@dataclass(slots=True)
class _Open:
    """What one owner waits for: a number of creations, and the very objects it deleted."""

    since: Nanos
    creations: int = 0
    deletions: set[Key] = field(default_factory=set)


class Expectations:
    """Open creations and deletions by owner."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def expect(self, owner: str, outcome: Outcome, now: Nanos) -> None:
        """Wait to see what was created, and to see go what was deleted, from `now` on."""
        if outcome.created or outcome.deleted:
            self._open[owner] = _Open(now, len(outcome.created), set(outcome.deleted))

    def created(self, owner: str) -> None:
        """Say that a new object of an owner was seen."""
        waiting = self._open.get(owner)
        if waiting is not None:
            waiting.creations -= 1

    def deleted(self, owner: str, key: Key) -> None:
        """Say that an object of an owner was seen going, or gone."""
        waiting = self._open.get(owner)
        if waiting is not None:
            waiting.deletions.discard(key)

    def seen(self, owner: str, old: Object | None, new: Object | None) -> None:
        """Take notice of a change of one of an owner's objects."""
        if old is None and new is not None and "deletionTimestamp" not in new["metadata"]:
            self.created(owner)
        elif new is None or "deletionTimestamp" in new["metadata"]:
            item = new or old
            assert item is not None
            self.deleted(owner, key_of(item))

    def met(self, owner: str, now: Nanos) -> bool:
        """Say whether an owner has seen all it asked for, or has waited too long to go on waiting."""
        waiting = self._open.get(owner)
        if waiting is None or (waiting.creations <= 0 and not waiting.deletions):
            return True
        return now - waiting.since > EXPIRY

    def forget(self, owner: str) -> None:
        """Drop what an owner that is gone was waiting for."""
        self._open.pop(owner, None)
