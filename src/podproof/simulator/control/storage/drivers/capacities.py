"""What is published of the room a driver has left: a CSIStorageCapacity for each class and place.

Source: kubernetes-csi/external-provisioner, pkg/capacity/capacity.go, Controller; wrapper.go (which calls of a driver
lead to another look).
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Command, Create, Delete, Plan, Update
from podproof.simulator.control.storage.drivers.driver import Driver, Place
from podproof.simulator.control.storage.drivers.provisioning import place_of
from podproof.simulator.control.storage.facts import CAPACITIES
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import BINARY, NANO, Quantity, parse

_SPACE = "kube-system"
_DRIVER = "csi.storage.k8s.io/drivername"


class CapacityPublisher:
    """Publishes for one driver: for each class that waits for its first consumer, each place its nodes are in."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        driver: Driver,
        events: EventRecorder,
        classes: Informer,
        nodes: Informer,
        capacities: Informer,
        chance: Chance,
    ) -> None:
        self._agenda, self._driver, self._chance = agenda, driver, chance
        self._classes, self._nodes, self._capacities = classes, nodes, capacities
        self._of_classes = Controller(agenda, client, events, self._class, span("control", "work"))
        classes.on_change(lambda old, new: self._of_classes.add(new or old or {}))
        nodes.on_change(lambda old, new: self.refresh() if _labels(old) != _labels(new) else None)
        self._poll()

    def refresh(self) -> None:
        """Look at all classes again."""
        for each in self._classes.list():
            self._of_classes.add(each)

    def _poll(self) -> None:
        self.refresh()
        self._agenda.after(span("storage", "capacity_poll"), self._poll)

    def _class(self, key: Key) -> Plan:
        """Publish what is left for a class; what it is not asked for any more goes."""
        found, name = self._classes.get(*key), key[1]
        known = {_place(each): each for each in self._capacities.list(_SPACE) if self._is_mine(each, name)}
        served = found is not None and found["provisioner"] == self._driver.spec.name
        delayed = served and found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"
        wanted = self._places() if delayed else set()
        left = (each["metadata"]["name"] for place, each in known.items() if place not in wanted)
        gone = [Delete(CAPACITIES, _SPACE, each) for each in left]
        return Plan((*gone, *self._published(name, sorted(wanted), known)))

    def _is_mine(self, capacity: Object, storage_class: str) -> bool:
        labels = capacity["metadata"].get("labels") or {}
        return labels.get(_DRIVER) == self._driver.spec.name and capacity["storageClassName"] == storage_class

    def _places(self) -> set[Place]:
        keys = self._driver.spec.topology
        if not keys:
            return {()}
        return {place for each in self._nodes.list() if (place := place_of(_labels(each), keys))}

    def _published(self, storage_class: str, places: list[Place], known: dict[Place, Object]) -> Iterator[Command]:
        for place in places:
            left = self._driver.left(place)
            if left is None:
                continue
            if place not in known:
                yield Create(CAPACITIES, self._new(storage_class, place, left))
            elif parse(known[place]["capacity"]).value != left:
                yield Update(CAPACITIES, {**known[place], "capacity": _told(left)})

    def _new(self, storage_class: str, place: Place, left: int) -> dict[str, Any]:
        labels = {_DRIVER: self._driver.spec.name, "csi.storage.k8s.io/managed-by": "external-provisioner"}
        meta = {"name": f"csisc-{self._chance.name_suffix()}", "namespace": _SPACE, "labels": labels}
        return {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSIStorageCapacity",
            "metadata": meta,
            "storageClassName": storage_class,
            "nodeTopology": {"matchLabels": dict(place)},
            "capacity": _told(left),
        }


def _place(capacity: Object) -> Place:
    return tuple(sorted((capacity["nodeTopology"].get("matchLabels") or {}).items()))


def _labels(node: Object | None) -> dict[str, str]:
    return (node or {"metadata": {}})["metadata"].get("labels") or {}


def _told(size: int) -> str:
    return str(Quantity(size * NANO, BINARY))
