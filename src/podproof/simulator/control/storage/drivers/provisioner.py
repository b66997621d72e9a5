"""The external provisioner: has the driver make volumes for claims, and throw away those nobody claims any more.

Source: sigs.k8s.io/sig-storage-lib-external-provisioner, controller/controller.go, provisionClaimOperation,
deleteVolumeOperation; kubernetes-csi/external-provisioner, pkg/controller/controller.go, checkError.
"""

from collections.abc import Callable, Iterator

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Command, Create, Delete, Emit, Patch, Plan, Update
from podproof.simulator.control.storage.drivers.calls import Calls, Pending
from podproof.simulator.control.storage.drivers.driver import EXHAUSTED, Answer, Content, Driver, Place
from podproof.simulator.control.storage.drivers.provisioning import (
    GoneError,
    TopologyError,
    is_let_go,
    is_to_go,
    made_by,
    other_finalizers,
    topology,
    volume_for,
    volume_name,
    wants,
)
from podproof.simulator.control.storage.drivers.sources import (
    Find,
    SourceError,
    content_for,
    is_populated,
    protected,
)
from podproof.simulator.control.storage.facts import (
    CLAIMS,
    SELECTED_NODE,
    VOLUMES,
    class_of,
    notes,
    requested,
    with_notes,
)
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import NANO

_GONE = "error getting CSINode for selected node"
_POPULATED = "Assuming an external populator will provision the volume"


class Provisioner:
    """The provisioner of one driver; `changed` hears that its driver may have more room, or less."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        driver: Driver,
        events: EventRecorder,
        claims: Informer,
        volumes: Informer,
        classes: Informer,
        nodes: Informer,
        attachments: Informer,
        find: Find,
        changed: Callable[[], None],
        identity: str,
    ) -> None:
        self._identity = identity
        self._agenda, self._driver, self._find, self._changed = agenda, driver, find, changed
        self._claims, self._volumes, self._classes, self._nodes = claims, volumes, classes, nodes
        self._attachments = attachments
        self._making, self._dropping = Calls(), Calls()
        work = span("control", "work")
        self._of_claims = Controller(agenda, client, events, self._claim, work)
        retries = span("storage", "retry_first"), span("storage", "retry_ceiling")
        self._of_volumes = Controller(agenda, client, events, self._volume, work, retries)
        self._places: dict[str, Place] = {}
        self._sources: dict[str, Content] = {}
        self._asked: dict[Key, Object] = {}
        """Claims with a call under way: it ends as it ends, whatever has become of the claim, so that nothing leaks."""
        claims.on_change(lambda _, new: self._of_claims.add(new) if new is not None else None)
        volumes.on_change(lambda _, new: self._of_volumes.add(new) if new is not None else None)
        for claim in claims.list():
            self._of_claims.add(claim)
        for volume in volumes.list():
            self._of_volumes.add(volume)

    @property
    def _name(self) -> str:
        return self._driver.spec.name

    def _claim(self, key: Key) -> Plan:
        claim = self._claims.get(*key) or self._asked.get(key)
        if claim is None or not (key in self._asked or wants(claim, self._class, self._name)):
            return Plan()
        storage_class = self._class(class_of(claim))
        if storage_class is None or self._volumes.get("", volume_name(claim)) is not None:
            return Plan()
        if is_populated(claim):
            return Plan((Emit(claim, "Normal", "Provisioning", _POPULATED, ""),))
        uid = claim["metadata"]["uid"]
        state = self._making.ask(uid, self._agenda.now, lambda: self._make(claim, storage_class))
        if isinstance(state, Pending):
            if state.begun:
                self._asked[key] = claim
            return Plan(tuple(self._begun(claim)) if state.begun else (), wake_at=state.until)
        self._asked.pop(key, None)
        self._changed()
        if state.error:
            return Plan(self._failed(claim, storage_class, state.error), wake_at=self._making.until(uid))
        volume = volume_for(claim, storage_class, self._name, self._places.pop(uid, ()), self._identity)
        said = f"Successfully provisioned volume {volume['metadata']['name']}"
        return Plan((Create(VOLUMES, volume), Emit(claim, "Normal", "ProvisioningSucceeded", said, "")))

    def _class(self, name: str) -> Object | None:
        return self._classes.get("", name)

    def _make(self, claim: Object, storage_class: Object) -> Answer:
        """Call the driver; where the source or the place cannot be said it is not even asked."""
        self._sources.pop(claim["metadata"]["uid"], None)
        if claim["spec"].get("selector"):
            return Answer(span("control", "work"), "claim Selector is not supported")
        try:
            content = content_for(claim, storage_class, self._find)
            where = topology(claim, storage_class, self._driver.spec.topology, self._nodes.list())
        except SourceError as error:
            return Answer(span("control", "work"), str(error))
        except GoneError as error:
            return Answer(span("control", "work"), str(error))
        except TopologyError as error:
            return Answer(span("control", "work"), f"error generating accessibility requirements: {error}")
        self._places[claim["metadata"]["uid"]] = where
        if content is not None:
            self._sources[claim["metadata"]["uid"]] = content
        return self._driver.create(volume_name(claim), requested(claim) // NANO, content, where)

    def _begun(self, claim: Object) -> Iterator[Command]:
        """Yield what is told and held once a call has begun."""
        meta = claim["metadata"]
        said = f'External provisioner is provisioning volume for claim "{meta["namespace"]}/{meta["name"]}"'
        yield Emit(claim, "Normal", "Provisioning", said, "")
        held = protected(claim, self._find) if meta["uid"] in self._sources else None
        if held is not None:
            yield held

    def _failed(self, claim: Object, storage_class: Object, error: str) -> tuple[Command, ...]:
        """Say so; without room on the chosen node the scheduler shall choose again."""
        name = storage_class["metadata"]["name"]
        said = f'failed to provision volume with StorageClass "{name}": {error}'
        told = Emit(claim, "Warning", "ProvisioningFailed", said, "")
        if (
            not error.startswith((EXHAUSTED, _GONE))
            or not self._driver.spec.topology
            or SELECTED_NODE not in notes(claim)
        ):
            return (told,)
        return told, Update(CLAIMS, with_notes(claim, {}, gone=(SELECTED_NODE,)))

    def _volume(self, key: Key) -> Plan:
        volume = self._volumes.get(*key)
        if volume is None or not made_by(volume, self._name):
            return Plan()
        if is_let_go(volume):
            return Plan((_freed(volume),))
        return self._dropped(volume) if is_to_go(volume) else Plan()

    def _dropped(self, volume: Object) -> Plan:
        """Throw the data away, then the volume. Deleting comes first, so that it cannot be claimed meanwhile."""
        attached = next((each["spec"]["nodeName"] for each in self._attachments.list() if _holds(each, volume)), "")
        if attached:
            why = f"persistentvolume {volume['metadata']['name']} is still attached to node {attached}"
            return Plan((Emit(volume, "Warning", "VolumeFailedDelete", why, ""),), failed=True)
        name, handle = volume["metadata"]["name"], volume["spec"]["csi"]["volumeHandle"]
        state = self._dropping.ask(name, self._agenda.now, lambda: self._driver.delete(handle))
        if isinstance(state, Pending):
            return Plan(wake_at=state.until)
        if state.error:
            told = Emit(volume, "Warning", "VolumeFailedDelete", state.error, "")
            return Plan((told,), wake_at=self._dropping.until(name))
        self._changed()
        return Plan((Delete(VOLUMES, "", name), _freed(volume)))


def _holds(attachment: Object, volume: Object) -> bool:
    return bool(attachment["spec"]["source"].get("persistentVolumeName") == volume["metadata"]["name"])


def _freed(volume: Object) -> Patch:
    body = {"metadata": {"finalizers": other_finalizers(volume)}}
    return Patch(VOLUMES, "", volume["metadata"]["name"], body)
