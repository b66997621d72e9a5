"""What becomes of a CustomResourceDefinition: its names are accepted, it is established, and in the end emptied.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/{status/naming_controller.go,
establish/establishing_controller.go, finalizer/crd_finalizer.go, apiapproval/apiapproval_controller.go}.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Command, Delete, Plan, Together, Update, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.custom.approval import approval
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, seconds, timestamp

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
NAME = "customresourcedefinition-controller"

_CONFORMANT = "KubernetesAPIApprovalPolicyConformant"
_POLL = seconds(5)
"""Source: crd_finalizer.go, deleteInstances."""
_NAMES = (("plural", "Plural"), ("singular", "Singular"), ("shortNames", "ShortNames"))
_KINDS = (("kind", "Kind"), ("listKind", "ListKind"))


def accept_names(definition: Object, others: Iterable[Object], now: Nanos) -> Plan:
    """Accept the names a definition asks for, those excepted that another definition of its group has."""
    wanted, accepted = definition["spec"]["names"], at(definition, "status", "acceptedNames") or {}
    if wanted == accepted:
        return Plan()
    names, kinds = _taken(definition, others)
    found, said = dict(accepted), ("True", "NoConflicts", "no conflicts found")
    for key, word in (*_NAMES, *_KINDS):
        used = names if (key, word) in _NAMES else kinds
        told = _conflicts(wanted.get(key), accepted.get(key), used, accepted)
        if told:
            said = ("False", f"{word}Conflict", told)
        elif key in wanted:
            found[key] = wanted[key]
        else:
            found.pop(key, None)
    found.pop("categories", None)
    found |= {"categories": wanted["categories"]} if wanted.get("categories") else {}
    known = _condition(definition, "NamesAccepted")
    if found == accepted and known is not None and (known["status"], known["reason"], known["message"]) == said:
        return Plan()
    new = _with_condition(_with_status(definition, acceptedNames=found), "NamesAccepted", said, now)
    return Plan((UpdateStatus(DEFINITIONS, _with_condition(new, "Established", _establishing(new, said), now)),))


def _taken(definition: Object, others: Iterable[Object]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names and the kinds that the definitions of a group have, its own among them."""
    names, kinds = set(), set()
    group = definition["spec"]["group"]
    for each in others:
        accepted = at(each, "status", "acceptedNames") or {}
        if each["spec"]["group"] == group:
            names |= {accepted.get("plural", ""), accepted.get("singular", ""), *(accepted.get("shortNames") or ())}
            kinds |= {accepted.get("kind", ""), accepted.get("listKind", "")}
    return frozenset(names), frozenset(kinds)


def _conflicts(wanted: Any, accepted: Any, used: frozenset[str], own: Object) -> str:
    """Return what is said of a name, or of short names, that others have; "" where nobody has it."""
    if wanted == accepted or not wanted:
        return ""
    if isinstance(wanted, str):
        return f'"{wanted}" is already in use' if wanted in used else ""
    mine = {*(accepted or ()), own.get("plural"), own.get("singular")}
    told = [f'"{each}" is already in use' for each in wanted if each in used and each not in mine]
    return told[0] if len(told) == 1 else f"[{', '.join(told)}]" if told else ""


def _establishing(definition: Object, accepted: tuple[str, str, str]) -> tuple[str, str, str]:
    known = _condition(definition, "Established")
    if known is not None and known["status"] == "True":
        return known["status"], known["reason"], known["message"]
    if accepted[0] == "True":
        return "False", "Installing", "the initial names have been accepted"
    if known is not None:
        return known["status"], known["reason"], known["message"]
    return "False", "NotAccepted", "not all names are accepted"


def establish(definition: Object, now: Nanos) -> Plan:
    """Establish a definition whose names were accepted."""
    if not _is_true(definition, "NamesAccepted") or _is_true(definition, "Established"):
        return Plan()
    said = ("True", "InitialNamesAccepted", "the initial names have been accepted")
    return Plan((UpdateStatus(DEFINITIONS, _with_condition(definition, "Established", said, now)),))


def tell_approval(definition: Object, now: Nanos) -> Plan:
    """Say whether a definition in a group of Kubernetes' own was approved.

    Source: pkg/controller/apiapproval/apiapproval_controller.go, calculateCondition, sync.
    """
    found = approval(definition)
    if found is None:
        return Plan()
    said = ("True" if found[0] == "Approved" else "False", f"{found[0]}Annotation", found[1])
    known = _condition(definition, _CONFORMANT)
    if known is not None and (known["status"], known["reason"], known["message"]) == said:
        return Plan()
    return Plan((UpdateStatus(DEFINITIONS, _with_condition(definition, _CONFORMANT, said, now)),))


def empty(definition: Object, instances: Sequence[Object], now: Nanos) -> Plan:
    """Delete the objects of a definition that goes, and let it go once there are none."""
    meta = definition["metadata"]
    finalizers = meta.get("finalizers") or []
    if "deletionTimestamp" not in meta or FINALIZER not in finalizers:
        return Plan()
    deletions = tuple(_deletions(definition, instances))
    said = ("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
    told = _with_condition(definition, "Terminating", said, now)
    if told["status"] != definition["status"]:
        return Plan((UpdateStatus(DEFINITIONS, told),))
    if instances:
        return Plan((Together(deletions),), wake_at=now if deletions else Nanos(now + _POLL))
    kept = [each for each in finalizers if each != FINALIZER]
    return Plan((Update(DEFINITIONS, {**definition, "metadata": {**meta, "finalizers": kept}}),))


def _deletions(definition: Object, instances: Sequence[Object]) -> Iterable[Command]:
    resource = f"{definition['spec']['names']['plural']}.{definition['spec']['group']}"
    for each in instances:
        meta = each["metadata"]
        if "deletionTimestamp" not in meta:
            yield Delete(resource, meta.get("namespace", ""), meta["name"], uid=meta["uid"])


def _condition(definition: Object, kind: str) -> Object | None:
    return next((each for each in at(definition, "status", "conditions") or () if each["type"] == kind), None)


def _is_true(definition: Object, kind: str) -> bool:
    found = _condition(definition, kind)
    return found is not None and bool(found["status"] == "True")


def _with_status(definition: Object, **parts: Any) -> Object:
    return {**definition, "status": {**(definition.get("status") or {}), **parts}}


def _with_condition(definition: Object, kind: str, said: tuple[str, str, str], now: Nanos) -> Object:
    """Return a definition with a condition in it; its time is when its status last changed.

    Source: pkg/apihelpers/helpers.go, SetCRDCondition.
    """
    status, reason, message = said
    known = _condition(definition, kind)
    same = known is not None and known["status"] == status
    moment = known["lastTransitionTime"] if known is not None and same else timestamp(now)
    new = {"type": kind, "status": status, "lastTransitionTime": moment, "reason": reason, "message": message}
    conditions = list(at(definition, "status", "conditions") or ())
    found = [new if each["type"] == kind else each for each in conditions]
    return _with_status(definition, conditions=found if known is not None else [*conditions, new])


class DefinitionControllers:
    """Accepts names, establishes, empties and tells of approvals: one controller each, over one informer."""

    def __init__(self, agenda: Agenda, client: Client, events: EventSeries, definitions: Informer) -> None:
        self._agenda, self._client, self._definitions = agenda, client, definitions

        def controller(reconcile: Callable[[Object], Plan]) -> Controller:
            return Controller(agenda, client, events, self._about(reconcile), span("control", "work"))

        # Two of one moment must not get the same name: what was written last may not be in the cache yet.
        self._naming = controller(lambda each: accept_names(each, client.list(DEFINITIONS)[0], agenda.now))
        self._rest = (
            controller(lambda each: establish(each, agenda.now)), controller(self._emptied),
            controller(lambda each: tell_approval(each, agenda.now)),
        )  # fmt: skip
        definitions.on_change(self._changed)

    def _about(self, reconcile: Callable[[Object], Plan]) -> Callable[[Key], Plan]:
        def reconcile_key(key: Key) -> Plan:
            found = self._definitions.get(*key)
            return Plan() if found is None else reconcile(found)

        return reconcile_key

    def _changed(self, _: Object | None, new: Object | None) -> None:
        # A name that is given up may be what another definition waits for.
        for each in self._definitions.list():
            self._naming.add(each)
        if new is not None:
            for controller in self._rest:
                controller.add(new)

    def _emptied(self, definition: Object) -> Plan:
        return empty(definition, self._instances(definition), self._agenda.now)

    def _instances(self, definition: Object) -> Sequence[Mapping[str, Any]]:
        """Return the objects of a definition that goes: what there is now, not what a cache shows."""
        if "deletionTimestamp" not in definition["metadata"] or not _is_true(definition, "Established"):
            return ()
        names, group = definition["spec"]["names"], definition["spec"]["group"]
        if not any(each.get("served") for each in definition["spec"]["versions"]):
            return ()
        return self._client.list(f"{names['plural']}.{group}")[0]
