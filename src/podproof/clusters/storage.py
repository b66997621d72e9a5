"""The storage drivers of the simulated world."""

from collections.abc import Mapping
from typing import get_args

from podproof import durations
from podproof.errors import PodproofError
from podproof.simulator.control.storage.drivers.driver import Behaviour, Driver, DriverSpec
from podproof.simulator.model.quantities import QuantityError, parse
from podproof.simulator.world import World

SETTINGS = ("topology", "capacity", "latency", "upload", "allocatable", "attachRequired", "storageCapacity")


class DriverError(PodproofError, ValueError):
    """A driver is not there, is there already, or is told what it does not understand; `why` says which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name, self.why = name, why

    def __str__(self) -> str:
        return f'the storage driver "{self.name}": {self.why}'


class SimulatedStorage:
    """All drivers there are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._drivers: dict[str, Driver] = {}

    def install(self, name: str, settings: Mapping[str, str]) -> None:
        """Install a driver; the settings are those of `SETTINGS`.

        Raises:
            DriverError: there is one of the name, or there is no such setting.
        """
        wrong = [key for key in settings if key not in SETTINGS]
        if wrong:
            raise DriverError(name, f"there is no setting {', '.join(wrong)}; there are {', '.join(SETTINGS)}")
        if name in self._drivers:
            raise DriverError(name, "it is installed already")
        self._drivers[name] = self._world.drivers.install(_spec(name, settings))

    def behave(self, name: str, how: str) -> None:
        """Let a driver work, hang, fail, or fail every second call from now on.

        Raises:
            DriverError: there is no such driver, or no such behaviour.
        """
        found = next((each for each in get_args(Behaviour) if each == how), None)
        if found is None:
            raise DriverError(name, f"it cannot behave so: {how}; it {', or '.join(get_args(Behaviour))}")
        self._driver(name).behaviour = found

    def volumes(self, name: str) -> tuple[str, ...]:
        """Return the handles of the volumes a driver has.

        Raises:
            DriverError: there is no such driver.
        """
        return self._driver(name).handles

    def install_snapshots(self) -> None:
        """Install the snapshot controller."""
        self._world.drivers.install_snapshots()

    def take_snapshot(self, name: str, handle: str, volume: str) -> None:
        """Let a driver have a snapshot of a volume, by their handles, that Kubernetes does not know of.

        Raises:
            DriverError: there is no such driver, or it does not take the snapshot.
        """
        answer = self._driver(name).take_snapshot(handle, volume, self._world.now)
        if answer.error:
            raise DriverError(name, answer.error)

    def snapshots(self, name: str) -> tuple[str, ...]:
        """Return the handles of the snapshots a driver has.

        Raises:
            DriverError: there is no such driver.
        """
        return self._driver(name).snapshot_handles

    def _driver(self, name: str) -> Driver:
        if name not in self._drivers:
            known = ", ".join(self._drivers) or "none"
            raise DriverError(name, f"it is not installed; those that are: {known}")
        return self._drivers[name]


def _spec(name: str, settings: Mapping[str, str]) -> DriverSpec:
    """Read the settings; a capacity that ends in " each" is that of every place of the topology."""
    topology = tuple(each.strip() for each in settings.get("topology", "").split(",") if each.strip())
    room, each = settings.get("capacity", "").removesuffix(" each"), settings.get("capacity", "").endswith(" each")
    if each and not topology:
        raise DriverError(name, "its capacity is one of each place, and it has no topology")
    spans = {key: durations.parse(settings[key]) for key in ("latency", "upload") if key in settings}
    return DriverSpec(
        name,
        topology,
        _bytes(name, room) if room else None,
        each=each,
        allocatable=_count(name, settings["allocatable"]) if "allocatable" in settings else None,
        attach_required=_flag(name, settings, "attachRequired"),
        storage_capacity=_flag(name, settings, "storageCapacity"),
        **spans,
    )


def _bytes(name: str, text: str) -> int:
    try:
        return parse(text).value
    except QuantityError:
        raise DriverError(name, f"its capacity is a quantity, as 20Gi; it is no quantity: {text}") from None


def _count(name: str, text: str) -> int:
    if not text.isdecimal():
        raise DriverError(name, f"allocatable is how many of its volumes a node may have; it is no number: {text}")
    return int(text)


def _flag(name: str, settings: Mapping[str, str], key: str) -> bool:
    text = settings.get(key, "false")
    if text not in ("true", "false"):
        raise DriverError(name, f"{key} is true or false; it is neither: {text}")
    return text == "true"
