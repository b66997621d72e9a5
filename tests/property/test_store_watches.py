"""The store: what holds whatever is written, in whatever order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.kernel.store import Change, Store

NAMES = st.sampled_from("abc")
WRITES = st.lists(st.tuples(st.sampled_from(["put", "remove"]), st.sampled_from(["x", "y"]), NAMES, st.integers(0, 3)))


def carried_out(store: Store, writes: list[tuple[str, str, str, int]]) -> None:
    for kind, space, name, value in writes:
        if kind == "put":
            store.put("things", {"metadata": {"name": name, "namespace": space}, "value": value})
        elif store.get("things", space, name) is not None:
            store.remove("things", space, name)


def replayed(changes: list[Change]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for change in changes:
        meta = change.object["metadata"]
        key = meta["namespace"], meta["name"]
        if change.type == "DELETED":
            del found[key]
        else:
            found[key] = change.object
    return found


def listed(store: Store) -> dict[tuple[str, str], Any]:
    return {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in store.list("things")}


@given(WRITES)
def test_a_watch_replays_to_the_list(writes: list[tuple[str, str, str, int]]) -> None:
    store, changes = Store(frozen=True), list[Change]()
    store.watch("things", changes.append)
    carried_out(store, writes)

    assert replayed(changes) == listed(store)


@given(WRITES, WRITES)
def test_a_list_and_a_watch_from_its_version_miss_nothing(
    before: list[tuple[str, str, str, int]], after: list[tuple[str, str, str, int]]
) -> None:
    store, changes = Store(), list[Change]()
    carried_out(store, before)
    known, version = listed(store), store.version
    carried_out(store, after)
    store.watch("things", changes.append, since=version)
    for change in changes:
        meta = change.object["metadata"]
        known.pop((meta["namespace"], meta["name"]), None)
        if change.type != "DELETED":
            known[meta["namespace"], meta["name"]] = change.object

    assert known == listed(store)


@given(WRITES)
def test_versions_rise_strictly(writes: list[tuple[str, str, str, int]]) -> None:
    store, changes = Store(), list[Change]()
    store.watch("things", changes.append)
    carried_out(store, writes)
    versions = [change.version for change in changes]

    assert versions == sorted(set(versions))
    assert all(change.object["metadata"]["resourceVersion"] == str(change.version) for change in changes)


@given(WRITES)
def test_an_index_finds_what_a_scan_finds(writes: list[tuple[str, str, str, int]]) -> None:
    store = Store()
    store.add_indexes({"things": {"value": lambda item: (str(item["value"]),)}})
    carried_out(store, writes)

    for value in range(4):
        scanned = [item for item in store.list("things") if item["value"] == value]
        assert store.indexed("things", "value", str(value)) == scanned
