"""What the garbage collector does about one object: its owners, its dependents, the finalizers in between.

Source: pkg/controller/garbagecollector/garbagecollector.go, attemptToDeleteItem, processDeletingDependentsItem,
attemptToOrphan.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple

from podproof.simulator.control.plans import Command, Delete, Patch, Plan
from podproof.simulator.model.objects import Object

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


class Owner(Enum):
    """What an owner reference comes to."""

    SOLID = "the owner is there"
    DANGLING = "there is no such object, or another one of its name"
    WAITING = "the owner goes once its dependents have gone"


class Dependent(NamedTuple):
    """An object that names another as its owner, and the resource it is of."""

    resource: str
    object: Object


def owner_state(reference: Object, owner: Object | None) -> Owner:
    """Return what a reference comes to, where `owner` is what has its name now."""
    if owner is None or owner["metadata"]["uid"] != reference["uid"]:
        return Owner.DANGLING
    return Owner.WAITING if is_waiting(owner) else Owner.SOLID


def is_waiting(item: Object) -> bool:
    """Say whether an object is deleted in the foreground: after its dependents."""
    return _is_going(item) and FOREGROUND in (item["metadata"].get("finalizers") or ())


def is_orphaning(item: Object) -> bool:
    """Say whether an object goes once its dependents have forgotten it."""
    return _is_going(item) and ORPHAN in (item["metadata"].get("finalizers") or ())


def _is_going(item: Object) -> bool:
    return "deletionTimestamp" in item["metadata"]


def attempt(resource: str, item: Object, states: Sequence[Owner], dependents: Sequence[Dependent]) -> Plan:
    """Delete an object that has no owner any more, or forget the owners that are none.

    `states` are those of its owner references, in their order.
    """
    references = item["metadata"].get("ownerReferences") or ()
    if _is_going(item) or not references:
        return Plan()
    if Owner.SOLID in states:
        gone = [each["uid"] for each, state in zip(references, states, strict=True) if state is not Owner.SOLID]
        return Plan((_without_owners(resource, item, gone),)) if gone else Plan()
    if Owner.WAITING in states and dependents:
        # Whoever waits for this object may be waited for by it: nobody would move if the reference still blocked.
        circle = [_unblocked(resource, item)] if any(is_waiting(each.object) for each in dependents) else []
        return Plan((*circle, _deletion(resource, item, "Foreground")))
    finalizers = item["metadata"].get("finalizers") or ()
    policy = "Orphan" if ORPHAN in finalizers else "Foreground" if FOREGROUND in finalizers else "Background"
    return Plan((_deletion(resource, item, policy),))


def release(resource: str, item: Object, dependents: Iterable[Dependent]) -> Plan:
    """Let an object go that is deleted in the foreground, once none of its dependents blocks that."""
    uid = item["metadata"]["uid"]
    if any(_blocks(each.object, uid) for each in dependents):
        return Plan()
    return Plan((_without_finalizer(resource, item, FOREGROUND),))


def orphan(resource: str, item: Object, dependents: Iterable[Dependent]) -> Plan:
    """Let the dependents forget an object, then let it go."""
    uid = item["metadata"]["uid"]
    forgotten = [_without_owners(each.resource, each.object, [uid]) for each in dependents]
    return Plan((*forgotten, _without_finalizer(resource, item, ORPHAN)))


def _blocks(dependent: Object, uid: str) -> bool:
    references = dependent["metadata"].get("ownerReferences") or ()
    return any(each["uid"] == uid and each.get("blockOwnerDeletion") for each in references)


def _without_owners(resource: str, item: Object, uids: Iterable[str]) -> Command:
    """Return the patch that takes references away, if the object is still the same one."""
    references: list[Any] = [{"$patch": "delete", "uid": uid} for uid in uids]
    return _patch(resource, item, {"ownerReferences": references})


def _unblocked(resource: str, item: Object) -> Command:
    references = item["metadata"]["ownerReferences"]
    return _patch(resource, item, {"ownerReferences": [{**each, "blockOwnerDeletion": False} for each in references]})


def _without_finalizer(resource: str, item: Object, finalizer: str) -> Command:
    kept = [each for each in item["metadata"].get("finalizers") or () if each != finalizer]
    meta = item["metadata"]
    change = {"finalizers": kept or None, "resourceVersion": meta["resourceVersion"]}
    return Patch(resource, meta.get("namespace", ""), meta["name"], {"metadata": change})


def _patch(resource: str, item: Object, change: Object) -> Command:
    meta = item["metadata"]
    body = {"metadata": {**change, "uid": meta["uid"]}}
    return Patch(resource, meta.get("namespace", ""), meta["name"], body, "strategic")


def _deletion(resource: str, item: Object, policy: str) -> Command:
    meta = item["metadata"]
    return Delete(resource, meta.get("namespace", ""), meta["name"], uid=meta["uid"], propagation=policy)
