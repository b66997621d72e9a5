"""What the snapshot controller sees of one snapshot, and how it says that something is wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from podproof.simulator.control.plans import Command, Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.facts import CLAIMS
from podproof.simulator.control.storage.snapshots.facts import (
    CLAIM_AS_SOURCE,
    SNAPSHOTS,
    claim_of,
    finalizers,
    is_ready,
    with_finalizers,
)
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, timestamp

Find = Callable[[str], Object | None]


@dataclass(frozen=True, slots=True)
class Look:
    """A snapshot, and what may be found around it: by name, or all of its namespace."""

    snapshot: Object
    content: Find
    find_class: Find
    volume: Find
    classes: Callable[[], Iterable[Object]]
    claims: Callable[[], Iterable[Object]]
    snapshots: Callable[[], Iterable[Object]]
    now: Nanos

    def claim(self) -> Object | None:
        """Return the claim the snapshot is taken of."""
        name = claim_of(self.snapshot)
        return next((each for each in self.claims() if each["metadata"]["name"] == name), None) if name else None


def wrong(look: Look, reason: str, message: str, *, unready: bool = True, again: bool = True) -> Plan:
    """Say what is wrong in the snapshot's status and by an event, once for each message.

    `unready` says that it cannot be used any more, `again` that the controller tries on.
    Source: pkg/common-controller/snapshot_controller.go, updateSnapshotErrorStatusWithEvent.
    """
    snapshot = look.snapshot
    if at(snapshot, "status", "error", "message") == message:
        return Plan(failed=again)
    said = {"error": {"message": message, "time": timestamp(look.now)}, **({"readyToUse": False} if unready else {})}
    written = UpdateStatus(SNAPSHOTS, {**snapshot, "status": {**(snapshot.get("status") or {}), **said}})
    return Plan((written, Emit(snapshot, "Warning", reason, message, "")), failed=again)


def claim_let_go(look: Look) -> tuple[Command, ...]:
    """Return what lets a claim go that no snapshot is being taken of any more.

    Snapshots on their way out keep no claim: two that go at once would each wait for the other.
    Source: snapshot_controller.go, checkandRemovePVCFinalizer, isPVCBeingUsed (skipCurrentSnapshot).
    """
    claim = look.claim()
    if claim is None or CLAIM_AS_SOURCE not in finalizers(claim):
        return ()
    name = claim["metadata"]["name"]
    staying = (each for each in look.snapshots() if "deletionTimestamp" not in each["metadata"])
    if any(claim_of(each) == name and not is_ready(each) for each in staying):
        return ()
    kept = [each for each in finalizers(claim) if each != CLAIM_AS_SOURCE]
    return (Update(CLAIMS, with_finalizers(claim, kept)),)
