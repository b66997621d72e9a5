"""Whether a driver has room for a volume that a node can reach, by what it has published.

Source: pkg/scheduler/framework/plugins/volumebinding/binder.go, hasEnoughCapacity, capacitySufficient, nodeHasAccess.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.selectors import Labels, matches


@dataclass(frozen=True, slots=True)
class Room:
    """Finds CSIDrivers by name, and lists the capacities that were published."""

    driver: Callable[[str], Object | None]
    capacities: Callable[[], Iterable[Object]]

    def is_enough(self, storage_class: Object, size: int, labels: Labels) -> bool:
        """Say whether so many bytes may be had for a node of these labels; of a driver that publishes none they may."""
        driver = self.driver(storage_class["provisioner"])
        if driver is None or not at(driver, "spec", "storageCapacity"):
            return True
        name = storage_class["metadata"]["name"]
        return any(each["storageClassName"] == name and _serves(each, size, labels) for each in self.capacities())


def _serves(capacity: Object, size: int, labels: Labels) -> bool:
    most, reached = capacity.get("maximumVolumeSize") or capacity.get("capacity"), capacity.get("nodeTopology")
    return most is not None and parse(most).value >= size and reached is not None and matches(reached, labels)
