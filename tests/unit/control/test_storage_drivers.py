"""A storage driver, the calls to it, and the place and shape of what it makes."""

from typing import Any

import pytest

from podproof.simulator.control.storage.drivers.calls import Calls, Ended, Pending
from podproof.simulator.control.storage.drivers.driver import Answer, Content, Driver, DriverSpec, Snapshot
from podproof.simulator.control.storage.drivers.provisioning import (
    GoneError,
    TopologyError,
    is_let_go,
    is_to_go,
    topology,
    volume_for,
    wants,
)
from podproof.simulator.model.times import Nanos, seconds

GIB = 2**30
ZONE = "topology.kubernetes.io/zone"


class Dropped(list[str]):
    """The files of a driver that notes what is thrown away."""

    def drop(self, handle: str) -> None:
        self.append(handle)

    def copy(self, handle: str, other: str) -> None:  # type: ignore[override]
        """Nothing is written, so there is nothing to copy."""


def driver(**spec: Any) -> tuple[Driver, list[str]]:
    dropped = Dropped()
    return Driver(DriverSpec("disk", **spec), dropped), dropped


def test_a_volume_that_is_there_already_is_made_once() -> None:
    made, _ = driver()

    made.create("a", GIB)
    made.create("a", GIB)

    assert made.handles == ("a",)


def test_a_driver_without_room_says_how_much_it_has_left() -> None:
    made, _ = driver(capacity=3 * GIB)
    made.create("a", GIB)

    answer = made.create("b", 4 * GIB)

    assert answer.error == "rpc error: code = ResourceExhausted desc = 4Gi requested, 2Gi left"
    assert made.handles == ("a",)


def test_a_volume_that_grows_counts_once() -> None:
    made, _ = driver(capacity=3 * GIB)
    made.create("a", GIB)

    assert made.expand("a", 3 * GIB).error == ""
    assert made.expand("a", 4 * GIB).error.startswith("rpc error: code = ResourceExhausted")


def test_a_volume_never_shrinks() -> None:
    made, _ = driver(capacity=3 * GIB)
    made.create("a", 3 * GIB)
    made.expand("a", GIB)

    assert made.create("b", GIB).error.endswith("1Gi requested, 0 left")


def test_a_volume_that_is_deleted_gives_its_room_back_and_its_data_away() -> None:
    made, dropped = driver(capacity=GIB)
    made.create("a", GIB)

    made.delete("a")
    made.delete("a")

    assert dropped == ["a", "a"]
    assert made.create("b", GIB).error == ""


def test_a_driver_that_hangs_is_given_up_after_ten_seconds_and_has_done_nothing() -> None:
    made, dropped = driver(latency=seconds(1))
    made.behaviour = "hangs"

    assert made.create("a", GIB).after == seconds(10)
    assert made.handles == ()
    assert made.delete("a").error.startswith("rpc error: code = DeadlineExceeded")
    assert dropped == []


def test_every_second_call_of_whatever_kind_fails() -> None:
    made, _ = driver()
    made.behaviour = "fails every second call"

    errors = [made.create("a", 1).error, made.create("b", 1).error, made.delete("a").error, made.delete("a").error]

    assert [bool(each) for each in errors] == [False, True, False, True]


def asked(calls: Calls, now_s: float, error: str = "") -> Ended | Pending:
    return calls.ask("key", seconds(now_s), lambda: Answer(seconds(2), error))


def test_a_call_begins_once_and_ends_when_its_time_is_over() -> None:
    calls = Calls()

    assert asked(calls, 10) == Pending(seconds(12), begun=True)
    assert asked(calls, 11) == Pending(seconds(12))
    assert asked(calls, 12) == Ended("")


def test_the_wait_after_a_failure_doubles_and_is_forgotten_after_a_success() -> None:
    calls, now, waits = Calls(), 0.0, []
    for _ in range(4):
        asked(calls, now, "no")
        asked(calls, now + 2, "no")
        until = calls.until("key")
        assert until is not None
        waits.append(Nanos(until - seconds(now + 2)))
        now = until / seconds(1)

    assert waits == [seconds(1), seconds(2), seconds(4), seconds(8)]
    asked(calls, now)
    assert asked(calls, now + 2) == Ended("")
    assert calls.until("key") is None


def test_no_wait_exceeds_five_minutes() -> None:
    calls, now = Calls(), 0.0
    for _ in range(12):
        asked(calls, now, "no")
        asked(calls, now + 2, "no")
        until = calls.until("key")
        assert until is not None
        last, now = until - seconds(now + 2), until / seconds(1)

    assert last == seconds(300)


def test_while_a_failed_key_waits_nobody_is_called() -> None:
    calls = Calls()
    asked(calls, 0, "no")
    asked(calls, 2, "no")

    assert calls.ask("key", seconds(2.5), pytest.fail) == Pending(seconds(3))


def claim(node: str = "", **annotations: str) -> dict[str, Any]:
    chosen = {"volume.kubernetes.io/selected-node": node} if node else {}
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "2Gi"}}}
    meta = {"name": "data", "namespace": "default", "uid": "u1", "annotations": {**annotations, **chosen}}
    return {"metadata": meta, "spec": spec, "status": {"phase": "Pending"}}


def allowed(**terms: list[str]) -> dict[str, Any]:
    rows = [{"key": key, "values": values} for key, values in terms.items()]
    return {"metadata": {"name": "fast"}, "allowedTopologies": [{"matchLabelExpressions": rows}] if rows else []}


def nodes(**labels: dict[str, str]) -> list[dict[str, Any]]:
    return [{"metadata": {"name": name, "labels": each}} for name, each in labels.items()]


TWO = nodes(n1={"zone": "b", "rack": "r1"}, n2={"zone": "a", "rack": "r2"})
PLACES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "a driver without keys does not care": (claim("n1"), allowed(zone=["c"]), (), ()),
    "the node that was chosen decides": (claim("n1"), allowed(), ("zone",), (("zone", "b"),)),
    "all keys of the node count, sorted": (claim("n2"), allowed(), ("zone", "rack"), (("rack", "r2"), ("zone", "a"))),
    "without a node the class decides": (claim(), allowed(zone=["d", "c"]), ("zone",), (("zone", "d"),)),
    "a class may allow several keys": (
        claim(),
        allowed(zone=["d", "c"], rack=["r9"]),
        ("zone", "rack"),
        (("rack", "r9"), ("zone", "d")),
    ),
    "without either the nodes decide": (claim(), allowed(), ("zone",), (("zone", "b"),)),
}


@pytest.mark.parametrize(("asking", "storage_class", "keys", "where"), PLACES.values(), ids=PLACES.keys())
def test_where_a_volume_is_made(asking: Any, storage_class: Any, keys: Any, where: Any) -> None:
    assert topology(asking, storage_class, keys, TWO) == where


def test_the_claims_of_a_stateful_set_go_round_and_those_of_one_pod_stay_together() -> None:
    def zone(name: str) -> str:
        asking = claim()
        asking["metadata"]["name"] = name
        return topology(asking, allowed(zone=["a", "b", "c"]), ("zone",), TWO)[0][1]

    assert [zone(f"data-web-{number}") for number in range(4)] == ["a", "b", "c", "a"]
    assert zone("logs-web-2") == zone("data-web-2")


def test_a_chosen_node_without_the_label_is_named_by_its_labels() -> None:
    told = r"topology labels from selected node map\[rack:r1 zone:b\] does not match topology keys from CSINode \[row\]"

    with pytest.raises(TopologyError, match=told):
        topology(claim("n1"), allowed(), ("row",), TWO)


def test_a_chosen_node_that_is_gone_is_named_for_the_scheduler_to_choose_again() -> None:
    with pytest.raises(GoneError, match='error getting CSINode for selected node "n9"'):
        topology(claim("n9"), allowed(), ("zone",), TWO)


def test_keys_that_no_node_has_are_named() -> None:
    with pytest.raises(TopologyError, match=r"topologyKeys \[row\] were not found on any nodes"):
        topology(claim(), allowed(), ("row",), TWO)


PROVISIONER = {"volume.kubernetes.io/storage-provisioner": "disk"}
WANTS: dict[str, tuple[dict[str, Any], str, bool]] = {
    "a claim that names the provisioner": (claim(**PROVISIONER), "Immediate", True),
    "not one that names none": (claim(), "Immediate", False),
    "not one that waits for a pod": (claim(**PROVISIONER), "WaitForFirstConsumer", False),
    "one whose pod has a node": (claim("n1", **PROVISIONER), "WaitForFirstConsumer", True),
    "not one of another provisioner": (
        claim(**{"volume.kubernetes.io/storage-provisioner": "other"}),
        "Immediate",
        False,
    ),
}


@pytest.mark.parametrize(("asking", "mode", "wanted"), WANTS.values(), ids=WANTS.keys())
def test_which_claims_a_provisioner_makes_volumes_for(asking: Any, mode: str, wanted: bool) -> None:
    assert wants(asking, lambda _: {"volumeBindingMode": mode}, "disk") is wanted


def test_a_volume_is_bound_to_its_claim_its_place_and_its_driver() -> None:
    volume = volume_for(claim(), {**allowed(), "reclaimPolicy": "Retain"}, "disk", (("zone", "b"),), "1-2-disk")

    assert volume["metadata"]["name"] == "pvc-u1"
    assert volume["metadata"]["annotations"] == {
        "pv.kubernetes.io/provisioned-by": "disk",
        "volume.kubernetes.io/provisioner-deletion-secret-name": "",
        "volume.kubernetes.io/provisioner-deletion-secret-namespace": "",
    }
    assert volume["spec"]["capacity"] == {"storage": "2Gi"}
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert volume["spec"]["claimRef"]["uid"] == "u1"
    assert volume["spec"]["csi"] == {
        "driver": "disk",
        "volumeHandle": "pvc-u1",
        "fsType": "ext4",
        "volumeAttributes": {"storage.kubernetes.io/csiProvisionerIdentity": "1-2-disk"},
    }
    assert volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]}
    ]


def volume(policy: str, phase: str, *, deleted: bool = False, held: bool = True) -> dict[str, Any]:
    finalizers = ["external-provisioner.volume.kubernetes.io/finalizer"] if held else []
    meta = {"name": "v", "finalizers": finalizers, **({"deletionTimestamp": "now"} if deleted else {})}
    return {"metadata": meta, "spec": {"persistentVolumeReclaimPolicy": policy}, "status": {"phase": phase}}


ENDS: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "released, to be deleted: its data goes": (volume("Delete", "Released"), True, False),
    "released, to be kept: nothing happens": (volume("Retain", "Released"), False, False),
    "bound: nothing happens": (volume("Delete", "Bound"), False, False),
    "bound and deleted by hand: it waits": (volume("Delete", "Bound", deleted=True), False, False),
    "kept, and deleted by hand: it goes without its data": (volume("Retain", "Released", deleted=True), False, True),
    "let go already": (volume("Delete", "Released", held=False), False, False),
}


@pytest.mark.parametrize(("seen", "drops", "lets_go"), ENDS.values(), ids=ENDS.keys())
def test_what_becomes_of_a_volume_that_was_made(seen: Any, drops: bool, lets_go: bool) -> None:
    assert (is_to_go(seen), is_let_go(seen)) == (drops, lets_go)


def test_a_snapshot_keeps_the_size_of_its_volume_and_the_moment_of_the_first_call() -> None:
    made, _ = driver(upload=seconds(60))
    made.create("a", GIB)

    first = made.take_snapshot("s", "a", seconds(10))
    again = made.take_snapshot("s", "a", seconds(100))

    assert (first.again, again.again) == (True, False)
    assert made.snapshot("s") == Snapshot(GIB, taken=seconds(10), usable=seconds(70))


def test_there_is_no_snapshot_of_a_volume_that_is_not_there_and_no_volume_of_such_a_snapshot() -> None:
    made, _ = driver()

    assert made.take_snapshot("s", "a", seconds(0)).error == "rpc error: code = NotFound desc = there is no volume a"
    assert made.create("b", GIB, Content("snapshot", "s")).error.endswith("there is no snapshot s")
    assert made.handles == ()


def test_snapshots_take_no_room_and_stay_when_their_volume_goes() -> None:
    made, dropped = driver(capacity=GIB)
    made.create("a", GIB)
    made.take_snapshot("s", "a", seconds(0))
    made.delete("a")

    assert made.snapshot_handles == ("s",)
    assert dropped == ["a"]
    assert made.create("b", GIB, Content("snapshot", "s")).error == ""


def test_a_sidecar_waits_a_minute_for_a_snapshot() -> None:
    made, _ = driver()
    made.behaviour = "hangs"

    assert made.take_snapshot("s", "a", seconds(0)).after == seconds(60)
