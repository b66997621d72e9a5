"""The scheduler's side of binding: which volumes a node could have, which are promised, and the wait until it is so.

Source: pkg/scheduler/framework/plugins/volumebinding/binder.go, volumeBinder.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import NodeInfo
from podproof.simulator.control.storage.ephemeral import is_owned, own_claims
from podproof.simulator.control.storage.facts import (
    BOUND_BY_CONTROLLER,
    CAPACITIES,
    CLAIMS,
    CLASSES,
    COMPLETED,
    CSI_NODES,
    DRIVERS,
    NO_PROVISIONER,
    SELECTED_NODE,
    VOLUMES,
    FindClass,
    allows,
    class_of,
    is_bound_to,
    notes,
    phase_of,
    reaches,
    reference_to,
    requested,
    waits_for_consumer,
    with_notes,
)
from podproof.simulator.control.storage.matching import best_match
from podproof.simulator.control.storage.room import Room
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO
from podproof.simulator.model.times import Nanos, seconds

_LOOK = seconds(1)
"""How often the scheduler looks whether all is bound. Source: binder.go, BindPodVolumes."""
_LONGEST = seconds(600)
"""Source: pkg/scheduler/apis/config/v1/defaults.go, BindTimeoutSeconds."""
_NONE_LEFT = "node(s) didn't find available persistent volumes to bind"
_NO_ROOM = "node(s) did not have enough free storage"
_FAILED = 'running PreBind plugin "VolumeBinding": binding volumes: '
"""Source: pkg/scheduler/framework/runtime/framework.go, RunPreBindPlugins."""
_UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


Done = Callable[[str], None]
"""Hears that all is bound (""), or why it is not."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A claim, and the volume it is promised on a node; None where one has to be made."""

    claim: Object
    volume: Object | None


class Binder:
    """Knows the claims and volumes, and what was promised to pods that are not bound yet."""

    def __init__(self, agenda: Agenda, client: Client, informers: Callable[[str], Informer]) -> None:
        self._agenda, self._client = agenda, client
        self._claims, self._volumes, self._classes = (informers(each) for each in (CLAIMS, VOLUMES, CLASSES))
        self._csi_nodes, self._capacities = informers(CSI_NODES), informers(CAPACITIES)
        drivers, classes = informers(DRIVERS), self._classes
        self._room = Room(lambda name: drivers.get("", name), self._capacities.list)
        self._find_class: FindClass = lambda name: classes.get("", name)
        self._promised: dict[str, tuple[str, ...]] = {}

    def on_change(self, retry: Callable[[tuple[str, ...]], None]) -> None:
        """Call `retry` with the plugins that may judge otherwise, whenever what they look at changes.

        Source: EventsToRegister of volumebinding, volumerestrictions, volumezone, nodevolumelimits.
        """
        rows = (
            (("VolumeBinding", "VolumeRestrictions", "VolumeZone"), (self._claims, self._volumes, self._classes)),
            (("VolumeBinding",), (self._capacities,)),
            (("VolumeBinding", "NodeVolumeLimits"), (self._csi_nodes,)),
        )
        for plugins, informers in rows:
            for informer in informers:
                informer.on_change(_calling(retry, plugins))

    def limits(self, node: str) -> Mapping[str, int]:
        """Return how many volumes of each driver a node may have, of those that say so."""
        found = self._csi_nodes.get("", node)
        drivers = (at(found, "spec", "drivers") or ()) if found is not None else ()
        counts = {each["name"]: at(each, "allocatable", "count") for each in drivers}
        return {name: count for name, count in counts.items() if count is not None}

    def driver_volume(self, namespace: str, name: str) -> tuple[str, str] | None:
        """Return the driver and handle of a claim's volume, or of the one that its class is to have made."""
        claim = self._claims.get(namespace, name)
        if claim is None:
            return None
        bound = claim["spec"].get("volumeName")
        if bound:
            csi = at(self._volumes.get("", bound) or {}, "spec", "csi")
            return (csi["driver"], csi["volumeHandle"]) if csi else None
        found = self._find_class(class_of(claim))
        return (found["provisioner"], f"to be made for {namespace}/{name}") if found is not None else None

    def find_claim(self, namespace: str, name: str) -> Object | None:
        """Return a claim."""
        return self._claims.get(namespace, name)

    def bar(self, asking: Asking) -> str:
        """Return why a pod's claims keep it from every node, "" where they do not."""
        for name in asking.claims:
            claim = self._claims.get(asking.namespace, name)
            if claim is None:
                return _missing(asking.pod, name)
            if name in own_claims(asking.pod) and not is_owned(claim, asking.pod):
                pod = f"{asking.namespace}/{asking.pod['metadata']['name']}"
                return f'PVC "{asking.namespace}/{name}" was not created for pod "{pod}" (pod is not owner)'
            if "deletionTimestamp" in claim["metadata"]:
                return f'persistentvolumeclaim "{name}" is being deleted'
            if phase_of(claim) == "Lost":
                volume = claim["spec"].get("volumeName", "")
                return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"'
        return _UNBOUND if any(not _is_bound(each) and not self._waits(each) for each in self._of(asking)) else ""

    def bound(self, asking: Asking) -> Sequence[Object]:
        """Return the volumes of a pod's claims that are bound."""
        names = [each["spec"]["volumeName"] for each in self._of(asking) if _is_bound(each)]
        return [volume for name in names if (volume := self._volumes.get("", name)) is not None]

    def reaches(self, volume: Object, node: NodeInfo) -> bool:
        """Say whether a node can have a volume."""
        return reaches(volume, node.name, node.labels)

    def unbound(self, asking: Asking, node: NodeInfo) -> tuple[str, ...]:
        """Return why the claims that are still to be bound cannot be had on a node, by the first that cannot."""
        return next(((each,) for each in self._promises(asking, node) if isinstance(each, str)), ())

    def promise(self, asking: Asking, node: NodeInfo) -> list[Promise]:
        """Promise a pod the volumes it needs on a node; what is promised is nobody else's."""
        promises = [each for each in self._promises(asking, node) if not isinstance(each, str)]
        named = tuple(each.volume["metadata"]["name"] for each in promises if each.volume is not None)
        if named:
            self._promised[asking.uid] = named
        return promises

    def reserved(self, asking: Asking, node: NodeInfo) -> Mapping[str, str]:
        """Return what each claim of a pod has, or would have on a node, in words."""
        found = {each["metadata"]["name"]: _volume_told(each["spec"].get("volumeName")) for each in self._of(asking)}
        for each in self._promises(asking, node):
            if not isinstance(each, str):
                name = each.volume["metadata"]["name"] if each.volume is not None else None
                found[each.claim["metadata"]["name"]] = _volume_told(name)
        return found

    def bind(
        self,
        asking: Asking,
        node: str,
        promises: Sequence[Promise],
        gone: Callable[[], str],
        done: Callable[[str], None],
    ) -> None:
        """Write the promises down, and call `done` once all is bound; with a reason where it will not be.

        `gone` says that the pod or its node is not there any more, "" while both are.
        """
        try:
            for each in promises:
                self._write(each, node)
        except ApiError as error:
            self._promised.pop(asking.uid, None)
            done(error.message)
            return
        limit = Nanos(self._agenda.now + _LONGEST)
        self._agenda.after(_LOOK, lambda: self._look(asking, limit, gone, done))

    def _look(self, asking: Asking, limit: Nanos, gone: Callable[[], str], done: Done) -> None:
        """Look whether all is bound. Source: binder.go, checkBindings."""
        lost = gone()
        if lost:
            self._promised.pop(asking.uid, None)
            done(f"{_FAILED}{lost}")
            return
        waiting = [each for each in self._of(asking) if not _is_bound(each)]
        given_up = next((each for each in waiting if self._is_given_up(each)), None)
        if waiting and given_up is None and self._agenda.now < limit:
            self._agenda.after(_LOOK, lambda: self._look(asking, limit, gone, done))
            return
        self._promised.pop(asking.uid, None)
        if given_up is not None:
            done(f'{_FAILED}provisioning failed for PVC "{given_up["metadata"]["name"]}"')
        else:
            done(f"{_FAILED}context deadline exceeded" if waiting else "")

    def _is_given_up(self, claim: Object) -> bool:
        """Say whether a provisioner has sent a claim back: it names no node any more, and no volume is its own."""
        waits = self._waits(claim) and SELECTED_NODE not in notes(claim)
        return waits and not any(is_bound_to(each, claim) for each in self._volumes.list())

    def _write(self, promise: Promise, node: str) -> None:
        if promise.volume is None:
            self._client.update(CLAIMS, with_notes(promise.claim, {SELECTED_NODE: node}))
        elif not promise.volume["spec"].get("claimRef"):
            spec = {**promise.volume["spec"], "claimRef": reference_to(promise.claim)}
            self._client.update(VOLUMES, with_notes({**promise.volume, "spec": spec}, {BOUND_BY_CONTROLLER: "yes"}))

    def _promises(self, asking: Asking, node: NodeInfo) -> Iterator[Promise | str]:
        """Yield what each claim that is to be bound would get, or why it would get nothing."""
        taken = {name for uid, names in self._promised.items() if uid != asking.uid for name in names}
        waiting = [each for each in self._of(asking) if not _is_bound(each)]
        for claim in waiting:
            chosen = notes(claim).get(SELECTED_NODE)
            volume = None
            if chosen is None:
                where = (node.name, node.labels)
                volume = best_match(claim, self._volumes.list(), node=where, taken=taken)
            if volume is not None:
                taken.add(volume["metadata"]["name"])
                yield Promise(claim, volume)
            elif chosen not in (None, node.name):
                yield _NONE_LEFT
            else:
                yield self._cannot_make(claim, node) or Promise(claim, None)

    def _cannot_make(self, claim: Object, node: NodeInfo) -> str:
        """Return why the claim's class cannot have a volume made for a node, "" where it can.

        Source: checkVolumeProvisions, hasEnoughCapacity.
        """
        found = self._find_class(class_of(claim))
        if found is None or found["provisioner"] == NO_PROVISIONER or not allows(found, node.labels):
            return _NONE_LEFT
        return "" if self._room.is_enough(found, requested(claim) // NANO, node.labels) else _NO_ROOM

    def _of(self, asking: Asking) -> list[Object]:
        found = (self._claims.get(asking.namespace, name) for name in asking.claims)
        return [claim for claim in found if claim is not None]

    def _waits(self, claim: Object) -> bool:
        return waits_for_consumer(claim, self._find_class) and not claim["spec"].get("volumeName")


def _volume_told(name: str | None) -> str:
    return f"volume {name}" if name else "a volume to be made"


def _calling(retry: Callable[[tuple[str, ...]], None], plugins: tuple[str, ...]) -> Callable[[Any, Any], None]:
    return lambda _, __: retry(plugins)


def _missing(pod: Object, name: str) -> str:
    """Return what is said of a claim that is not there. Source: volume_binding.go, podHasPVCs."""
    if name in own_claims(pod):
        return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
    return f'persistentvolumeclaim "{name}" not found'


def _is_bound(claim: Object) -> bool:
    return bool(claim["spec"].get("volumeName")) and COMPLETED in notes(claim)
