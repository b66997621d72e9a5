"""Installing storage drivers, and the snapshot controller: the parts of each, and the names they speak under.

Source: kubernetes-csi/csi-driver-host-path, deploy (which sidecars stand beside a driver).
"""

from collections.abc import Callable
from functools import partial

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.volumes.claimed import StoredVolumes
from podproof.simulator.control.storage.attaching.facts import attachment_name, is_attached, needs_attaching
from podproof.simulator.control.storage.drivers.driver import Driver, DriverSpec
from podproof.simulator.control.storage.drivers.registering import Registrar
from podproof.simulator.control.storage.facts import (
    ATTACHMENTS,
    CAPACITIES,
    CLAIMS,
    CLASSES,
    CSI_NODES,
    DRIVERS,
    VOLUMES,
)
from podproof.simulator.control.storage.snapshots import facts as snapshots
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.requests import ApiError, Request, Response
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import MILLISECOND

_KINDS = (snapshots.SNAPSHOTS, snapshots.CONTENTS, snapshots.CLASSES)


class Drivers:
    """Installs drivers into one cluster; what has to do with snapshots waits until their kinds are served."""

    def __init__(
        self,
        agenda: Agenda,
        handle: Callable[[Request], Response],
        informers: Callable[[str], Informer],
        stored: StoredVolumes,
        chance: Chance,
    ) -> None:
        self._agenda, self._handle, self._informers = agenda, handle, informers
        self._stored, self._chance = stored, chance
        self._served: set[str] = set()
        self._registering: Registrar | None = None
        self._waiting: list[Callable[[], None]] = []

    def install(self, spec: DriverSpec) -> Driver:
        """Install a storage driver: its CSIDriver object and its sidecars."""
        from podproof.simulator.control.storage.attaching.attacher import Attacher
        from podproof.simulator.control.storage.drivers.protecting import SourceProtection
        from podproof.simulator.control.storage.drivers.provisioner import Provisioner
        from podproof.simulator.control.storage.drivers.resizer import Resizer

        driver = Driver(spec, self._stored.of(spec.name))
        client = Client(self._handle, f"system:serviceaccount:kube-system:{spec.name}")
        client.create(DRIVERS, _driver_object(spec))
        provisioner = f"{spec.name}_csi-provisioner-0_{self._chance.fork(spec.name).uid()}"
        events, resizes = (self._voice(client, each) for each in (provisioner, f"external-resizer {spec.name}"))
        claims, volumes, classes, nodes, pods = map(self._informers, (CLAIMS, VOLUMES, CLASSES, "nodes", "pods"))
        find, attached = partial(_found, client), self._informers(ATTACHMENTS)
        chance = self._chance.fork(f"{spec.name}/identity")
        identity = f"{self._agenda.now // MILLISECOND}-{chance.below(10_000)}-{spec.name}"
        changed = self._publisher(client, driver, events) if spec.storage_capacity else _nothing
        Provisioner(
            self._agenda, client, driver, events, claims, volumes, classes, nodes, attached, find, changed, identity
        )
        self._registrar().add(spec)
        if spec.attach_required:
            attaches = self._voice(client, f"external-attacher {spec.name}")
            Attacher(self._agenda, client, driver, attaches, attached, volumes)
        SourceProtection(self._agenda, client, events, claims, find)
        kubelet = partial(EventRecorder, client, self._agenda, "kubelet")
        Resizer(self._agenda, client, driver, resizes, claims, volumes, pods, kubelet)
        self._once_served(lambda: self._snapshotter(client, driver))
        return driver

    def _publisher(self, client: Client, driver: Driver, events: EventRecorder) -> Callable[[], None]:
        from podproof.simulator.control.storage.drivers.capacities import CapacityPublisher

        classes, nodes, published = map(self._informers, (CLASSES, "nodes", CAPACITIES))
        chance = self._chance.fork(f"{driver.spec.name}/capacities")
        return CapacityPublisher(self._agenda, client, driver, events, classes, nodes, published, chance).refresh

    def _registrar(self) -> Registrar:
        """Return what registers drivers on nodes; most clusters need none."""
        if self._registering is None:
            client = Client(self._handle, "kubelet")
            nodes, csi_nodes = self._informers("nodes"), self._informers(CSI_NODES)
            self._registering = Registrar(self._agenda, client, self._voice(client, "kubelet"), nodes, csi_nodes)
        return self._registering

    def is_attached(self, node: str, volume: Object) -> bool:
        """Say whether a driver's volume is attached to a node, or need not be."""
        driver = self._informers(DRIVERS).get("", volume["spec"]["csi"]["driver"])
        attachments = self._informers(ATTACHMENTS)
        return not needs_attaching(driver) or is_attached(attachments.get("", attachment_name(volume, node)))

    def install_snapshots(self) -> None:
        """Install the snapshot controller."""
        self._once_served(self._snapshot_controller)

    def served(self, resource: str) -> None:
        """Hear that a definition's resource is served from now on."""
        self._served.add(resource)
        if self._served.issuperset(_KINDS):
            waiting, self._waiting = self._waiting, []
            for begin in waiting:
                begin()

    def _once_served(self, begin: Callable[[], None]) -> None:
        self._waiting.append(begin)
        if self._served.issuperset(_KINDS):
            self.served(snapshots.SNAPSHOTS)

    def _snapshotter(self, client: Client, driver: Driver) -> None:
        from podproof.simulator.control.storage.snapshots.sidecar import Snapshotter

        contents, classes = self._informers(snapshots.CONTENTS), self._informers(snapshots.CLASSES)
        events = self._voice(client, f"csi-snapshotter {driver.spec.name}")
        Snapshotter(self._agenda, client, driver, events, contents, classes)

    def _snapshot_controller(self) -> None:
        from podproof.simulator.control.storage.snapshots.controller import NAME, SnapshotController

        client = Client(self._handle, f"system:serviceaccount:kube-system:{NAME}")
        informers = map(self._informers, (*_KINDS, CLAIMS, VOLUMES))
        SnapshotController(self._agenda, client, self._voice(client, NAME), *informers)

    def _voice(self, client: Client, component: str) -> EventRecorder:
        return EventRecorder(client, self._agenda, component)


def _nothing() -> None:
    """Whatever a driver has left, nobody publishes it."""


def _driver_object(spec: DriverSpec) -> Object:
    said = {
        "attachRequired": spec.attach_required,
        "podInfoOnMount": False,
        "storageCapacity": spec.storage_capacity,
    }
    meta = {"name": spec.name}
    return {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": meta, "spec": said}


def _found(client: Client, resource: str, namespace: str, name: str) -> Object:
    """Return an object as the API server has it now.

    Raises:
        LookupError: it is not there; with the server's own words.
    """
    try:
        return client.get(resource, namespace, name)
    except ApiError as error:
        raise LookupError(error.message) from None
