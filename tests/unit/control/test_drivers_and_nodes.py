"""What drivers say of nodes: what has to be attached, how many volumes a node may have, where there is room."""

from typing import Any

import pytest

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import Cluster
from podproof.simulator.control.scheduling.volume_limits import Limits, NodeVolumeLimits
from podproof.simulator.control.storage.attaching.facts import attachment_name, is_exclusive, needs_attaching
from podproof.simulator.control.storage.drivers.driver import Driver, DriverSpec
from podproof.simulator.control.storage.drivers.registering import csi_node
from podproof.simulator.control.storage.room import Room

GIB = 2**30


def test_an_attachment_is_named_after_volume_driver_and_node() -> None:
    volume = {"spec": {"csi": {"driver": "disk", "volumeHandle": "h"}}}

    assert attachment_name(volume, "n") == "csi-cf56907fc2ebb2e9604c5fe921c6780d89e49dc45715a372d408be5ef3bfec00"


DRIVERS: dict[str, tuple[Any, bool]] = {
    "one that is not there may need it": (None, True),
    "one that does not say needs it": ({"spec": {}}, True),
    "one that says no does not": ({"spec": {"attachRequired": False}}, False),
}


@pytest.mark.parametrize(("driver", "needed"), DRIVERS.values(), ids=DRIVERS.keys())
def test_whose_volumes_are_attached(driver: Any, needed: bool) -> None:
    assert needs_attaching(driver) is needed


MODES: dict[str, tuple[list[str], bool]] = {
    "for one node": (["ReadWriteOnce"], True),
    "for one pod": (["ReadWriteOncePod"], True),
    "for many": (["ReadWriteMany"], False),
    "for one, and for many readers": (["ReadWriteOnce", "ReadOnlyMany"], False),
    "nothing said: the driver may refuse": ([], False),
}


@pytest.mark.parametrize(("modes", "exclusive"), MODES.values(), ids=MODES.keys())
def test_which_volumes_only_one_node_may_have(modes: list[str], exclusive: bool) -> None:
    assert is_exclusive({"spec": {"accessModes": modes}}) is exclusive


def test_a_node_names_its_drivers_their_keys_and_limits() -> None:
    node = {"metadata": {"name": "n", "uid": "u"}}
    specs = [DriverSpec("disk", topology=("rack",), allocatable=3), DriverSpec("net")]

    assert csi_node(node, specs)["spec"]["drivers"] == [
        {"name": "disk", "nodeID": "n", "topologyKeys": ["rack"], "allocatable": {"count": 3}},
        {"name": "net", "nodeID": "n", "topologyKeys": None},
    ]


def pod(uid: str, *claims: str) -> Asking:
    volumes = [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in claims]
    meta = {"name": uid, "namespace": "ns", "uid": uid}
    return Asking({"metadata": meta, "spec": {"containers": [], "volumes": volumes}}, {})


LIMITS: dict[str, tuple[list[Asking], Asking, dict[str, int], bool]] = {
    "without a limit": ([pod("a", "one")], pod("b", "two"), {}, True),
    "as many as it may have": ([pod("a", "one")], pod("b", "two"), {"disk": 2}, True),
    "one more": ([pod("a", "one")], pod("b", "two"), {"disk": 1}, False),
    "one that is there already": ([pod("a", "one")], pod("b", "one"), {"disk": 1}, True),
    "one claim of two pods counts once": ([pod("a", "one"), pod("b", "one")], pod("c", "two"), {"disk": 2}, True),
    "two of one pod": ([], pod("b", "one", "two"), {"disk": 1}, False),
    "another driver's limit": ([pod("a", "one")], pod("b", "two"), {"net": 0}, True),
}


@pytest.mark.parametrize(("there", "asking", "limits", "fits"), LIMITS.values(), ids=LIMITS.keys())
def test_how_many_volumes_a_node_may_have(
    there: list[Asking], asking: Asking, limits: dict[str, int], fits: bool
) -> None:
    cluster = Cluster()
    cluster.node_changed("n", {"metadata": {"name": "n"}})
    for each in there:
        cluster.add(each, "n")
    plugin = NodeVolumeLimits(Limits(lambda _, name: ("disk", name), lambda _: limits))

    check = plugin.prepare(asking, cluster)

    assert check is not None
    assert (check(cluster.info("n")) is None) is fits


def published(size: str, labels: dict[str, str] | None, name: str = "fast", most: str = "") -> dict[str, Any]:
    reached = {} if labels is None else {"nodeTopology": {"matchLabels": labels}}
    return {"storageClassName": name, "capacity": size, **reached, **({"maximumVolumeSize": most} if most else {})}


R1 = {"rack": "r1"}
ROOM: dict[str, tuple[Any, list[dict[str, Any]], bool]] = {
    "a driver that publishes nothing": ({"spec": {}}, [], True),
    "one that is not there": (None, [], True),
    "one that has published nothing yet": ({"spec": {"storageCapacity": True}}, [], False),
    "enough": ({"spec": {"storageCapacity": True}}, [published("2Gi", R1)], True),
    "not enough": ({"spec": {"storageCapacity": True}}, [published("1Gi", R1)], False),
    "elsewhere": ({"spec": {"storageCapacity": True}}, [published("2Gi", {"rack": "r2"})], False),
    "of nowhere": ({"spec": {"storageCapacity": True}}, [published("2Gi", None)], False),
    "of another class": ({"spec": {"storageCapacity": True}}, [published("2Gi", R1, "slow")], False),
    "in pieces": ({"spec": {"storageCapacity": True}}, [published("9Gi", R1, most="1Gi")], False),
}


@pytest.mark.parametrize(("driver", "capacities", "enough"), ROOM.values(), ids=ROOM.keys())
def test_where_there_is_room(driver: Any, capacities: list[dict[str, Any]], enough: bool) -> None:
    room = Room(lambda _: driver, lambda: capacities)
    storage_class = {"metadata": {"name": "fast"}, "provisioner": "disk"}

    assert room.is_enough(storage_class, 2 * GIB, R1) is enough


class Files:
    """Files that nobody writes."""

    def drop(self, handle: str) -> None:
        """There are none."""

    def copy(self, handle: str, other: str) -> None:
        """There are none."""


def test_each_place_has_its_own_room() -> None:
    driver = Driver(DriverSpec("disk", topology=("rack",), capacity=2 * GIB, each=True), Files())
    here, there = (("rack", "r1"),), (("rack", "r2"),)
    driver.create("a", 2 * GIB, where=here)

    assert (driver.left(here), driver.left(there)) == (0, 2 * GIB)
    assert driver.create("b", GIB, where=here).error.endswith("1Gi requested, 0 left")
    assert driver.create("b", GIB, where=there).error == ""


def test_only_a_volume_that_is_there_is_attached() -> None:
    driver = Driver(DriverSpec("disk"), Files())

    assert driver.attach("a", "n").error.startswith("rpc error: code = NotFound")
    driver.create("a", GIB)
    assert driver.attach("a", "n").error == ""
    assert driver.detach("a", "n").error == ""
