"""One look at a claim: find it a volume, have one made, or say why it waits.

Source: pkg/controller/volume/persistentvolume/pv_controller.go, syncClaim, syncUnboundClaim, syncBoundClaim, bind,
provisionClaimOperationExternal.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Outcome, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.facts import (
    BOUND_BY_CONTROLLER,
    CLAIMS,
    COMPLETED,
    NO_PROVISIONER,
    OLD_PROVISIONER,
    PROVISIONER,
    SELECTED_NODE,
    VOLUMES,
    FindClass,
    class_of,
    is_bound_to,
    notes,
    phase_of,
    reference_to,
    waits_for_consumer,
    with_notes,
)
from podproof.simulator.control.storage.matching import best_match, mismatches
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, timestamp

_WAITING = "waiting for first consumer to be created before binding"
_NO_CLASS = "no persistent volumes available for this claim and no storage class is set"
_EXTERNAL = (
    "Waiting for a volume to be created either by the external provisioner '{}' or manually by the system "
    "administrator. If volume creation is delayed, please verify that the provisioner is running and correctly "
    "registered."
)


@dataclass(frozen=True, slots=True)
class Look:
    """A claim, the volumes there are, the classes, and the names of the pods that use it and have no node."""

    claim: Object
    volumes: Sequence[Object]
    find_class: FindClass
    users: Callable[[], Iterable[str]]
    now: Nanos
    default_class: Callable[[], str | None] = lambda: None
    """The name of the class that claims have that name none."""

    def volume(self, name: str) -> Object | None:
        """Return the volume of a name."""
        return next((each for each in self.volumes if each["metadata"]["name"] == name), None)


def reconcile(look: Look) -> Plan:
    """Bring a claim one step further."""
    claim = look.claim
    named = claim["spec"].get("volumeName")
    if COMPLETED in notes(claim):
        return _kept(look, look.volume(named) if named else None)
    if named:
        return _named(look, named)
    usual = look.default_class() if _names_no_class(look.claim) else None
    return _unnamed(look) if usual is None else _classed(look.claim, usual)


def _names_no_class(claim: Object) -> bool:
    """Say whether a claim leaves its class open; "" is a class, the one of volumes without any."""
    return claim["spec"].get("storageClassName") is None and not class_of(claim)


def _classed(claim: Object, name: str) -> Plan:
    """Give a claim the class that became the default after it was made. Source: assignDefaultStorageClass."""
    return Plan((Update(CLAIMS, {**claim, "spec": {**claim["spec"], "storageClassName": name}}),))


def _kept(look: Look, volume: Object | None) -> Plan:
    """Look after a claim that is bound: without its volume it is lost."""
    if volume is None:
        if phase_of(look.claim) == "Lost":
            return Plan()
        message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
        return Plan((*_phase(look.claim, "Lost"), Emit(look.claim, "Warning", "ClaimLost", message, "")))
    if not volume["spec"].get("claimRef") or is_bound_to(volume, look.claim):
        return bind(look.claim, volume, look.now)
    message = "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"
    return Plan((*_phase(look.claim, "Lost"), Emit(look.claim, "Warning", "ClaimMisbound", message, "")))


def _named(look: Look, name: str) -> Plan:
    volume = look.volume(name)
    if volume is None:
        return Plan(tuple(_phase(look.claim, "Pending")))
    if not volume["spec"].get("claimRef"):
        wrong = next(mismatches(look.claim, volume), None)
        if wrong is not None:
            message = f'Cannot bind to requested volume "{name}": {wrong}'
            return Plan((Emit(look.claim, "Warning", "VolumeMismatch", message, ""), *_phase(look.claim, "Pending")))
        return bind(look.claim, volume, look.now)
    if is_bound_to(volume, look.claim):
        return bind(look.claim, volume, look.now)
    message = f'volume "{name}" already bound to a different claim.'
    return Plan((Emit(look.claim, "Warning", "FailedBinding", message, ""), *_phase(look.claim, "Pending")))


def _unnamed(look: Look) -> Plan:
    delayed = waits_for_consumer(look.claim, look.find_class) and SELECTED_NODE not in notes(look.claim)
    volume = best_match(look.claim, look.volumes, only_own=delayed)
    if volume is not None:
        return bind(look.claim, volume, look.now)
    if delayed:
        return Plan((_waiting(look), *_phase(look.claim, "Pending")))
    if class_of(look.claim):
        return Plan((*_provisioned(look), *_phase(look.claim, "Pending")))
    return Plan((Emit(look.claim, "Normal", "FailedBinding", _NO_CLASS, ""), *_phase(look.claim, "Pending")))


def _waiting(look: Look) -> Emit:
    """Return the event of a claim that waits for a pod, or for its pods to be placed."""
    names = sorted(look.users())
    if not names:
        return Emit(look.claim, "Normal", "WaitForFirstConsumer", _WAITING, "")
    pods = f"pod {names[0]}" if len(names) == 1 else f"pods {','.join(names)}"
    return Emit(look.claim, "Normal", "WaitForPodScheduled", f"waiting for {pods} to be scheduled", "")


def _provisioned(look: Look) -> Iterator[Command]:
    """Yield what asks the class's provisioner for a volume; what the cluster has none for is said."""
    name = class_of(look.claim)
    found = look.find_class(name)
    if found is None:
        message = f'storageclass.storage.k8s.io "{name}" not found'
        yield Emit(look.claim, "Warning", "ProvisioningFailed", message, "")
        return
    provisioner = found["provisioner"]
    if provisioner == NO_PROVISIONER or provisioner.startswith("kubernetes.io/"):
        message = f"no volume plugin matched name: {provisioner}"
        yield Emit(look.claim, "Warning", "ProvisioningFailed", message, "")
        return
    if notes(look.claim).get(PROVISIONER) != provisioner:
        yield Update(CLAIMS, with_notes(look.claim, {PROVISIONER: provisioner, OLD_PROVISIONER: provisioner}))
    yield Emit(look.claim, "Normal", "ExternalProvisioning", _EXTERNAL.format(provisioner), "")


def bind(claim: Object, volume: Object, now: Nanos) -> Plan:
    """Return what makes a claim and a volume each other's: the volume's side first, then the claim's.

    Source: pv_controller.go, bind, bindVolumeToClaim, bindClaimToVolume.
    """
    changed = _volume_of(claim, volume)
    commands: tuple[Command, ...] = (Update(VOLUMES, changed),) if changed is not volume else ()
    return Plan(commands, then=lambda outcome: _volume_bound(claim, (*outcome.changed, changed)[0], now, outcome))


def _volume_of(claim: Object, volume: Object) -> Object:
    """Return the volume with the claim in it."""
    named = volume["spec"].get("claimRef") or {}
    if named.get("uid") == claim["metadata"]["uid"]:
        return volume
    new: Object = {**volume, "spec": {**volume["spec"], "claimRef": reference_to(claim)}}
    return new if named else with_notes(new, {BOUND_BY_CONTROLLER: "yes"})


def _volume_bound(claim: Object, volume: Object, now: Nanos, outcome: Outcome) -> Plan:
    if outcome.refusal is not None:
        return Plan()
    commands = tuple(volume_phase(volume, "Bound", now))
    changed = _claim_of(claim, volume)
    if changed is not claim:
        commands = (*commands, Update(CLAIMS, changed))
    return Plan(commands, then=lambda done: _claim_bound(done, changed, volume))


def _claim_of(claim: Object, volume: Object) -> Object:
    """Return the claim with the volume in it."""
    said = {COMPLETED: "yes"} if COMPLETED not in notes(claim) else {}
    new = claim
    if not claim["spec"].get("volumeName"):
        new = {**claim, "spec": {**claim["spec"], "volumeName": volume["metadata"]["name"]}}
        said[BOUND_BY_CONTROLLER] = "yes"
    return with_notes(new, said) if said else new


def _claim_bound(outcome: Outcome, claim: Object, volume: Object) -> Plan:
    if outcome.refusal is not None:
        return Plan()
    written = next((each for each in outcome.changed if each["kind"] == "PersistentVolumeClaim"), claim)
    status = written.get("status") or {}
    modes, size = list(volume["spec"].get("accessModes") or ()), dict(volume["spec"].get("capacity") or {})
    if "capacity" in status and phase_of(written) == "Bound":
        size = status["capacity"]
    new = {**status, "phase": "Bound", "accessModes": modes, "capacity": size}
    return Plan((UpdateStatus(CLAIMS, {**written, "status": new}),) if new != status else ())


def _phase(claim: Object, phase: str) -> Iterator[Command]:
    if phase_of(claim) != phase:
        status: dict[str, Any] = {"phase": phase}
        yield UpdateStatus(CLAIMS, {**claim, "status": status})


def volume_phase(volume: Object, phase: str, now: Nanos, message: str = "") -> Iterator[Command]:
    """Yield what gives a volume a phase, where it has another. Source: pv_controller.go, updateVolumePhase."""
    status = volume.get("status") or {}
    if (status.get("phase"), status.get("message", "")) == (phase, message):
        return
    new = {"phase": phase, **({"message": message} if message else {}), "lastPhaseTransitionTime": timestamp(now)}
    yield UpdateStatus(VOLUMES, {**volume, "status": new})
