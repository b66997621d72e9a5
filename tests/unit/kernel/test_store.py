"""The store: versions, indexes, the watch log, and objects that nobody may change."""

from typing import Any

import pytest

from podproof.simulator.kernel.store import Change, ExpiredError, MutationError, Store


def thing(name: str, space: str = "default", **parts: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": space}, **parts}


def names(items: list[Any]) -> list[str]:
    return [item["metadata"]["name"] for item in items]


def test_every_write_raises_the_version_of_the_whole_store() -> None:
    store = Store()

    versions = [store.put("pods", thing("a"))["metadata"]["resourceVersion"] for _ in range(2)]
    versions.append(store.put("services", thing("a"))["metadata"]["resourceVersion"])
    versions.append(store.remove("pods", "default", "a")["metadata"]["resourceVersion"])

    assert versions == ["2", "3", "4", "5"]


def test_the_writer_s_object_is_left_alone() -> None:
    written = thing("a")

    Store().put("pods", written)

    assert written == thing("a")


def test_a_list_is_in_the_order_of_namespace_and_name() -> None:
    store = Store()
    for space, name in (("b", "z"), ("a", "y"), ("b", "x")):
        store.put("pods", thing(name, space))

    assert names(store.list("pods")) == ["y", "x", "z"]
    assert names(store.list("pods", "b")) == ["x", "z"]
    assert store.list("pods", "nowhere") == []


def test_an_index_follows_its_objects() -> None:
    store = Store()
    store.add_indexes({"pods": {"node": lambda item: (item["node"],) if item["node"] else ()}})
    for name, node in (("a", ""), ("b", "n1"), ("c", "n1")):
        store.put("pods", thing(name, node=node))
    store.put("pods", thing("a", node="n1"))
    store.put("pods", thing("b", node="n2"))
    store.remove("pods", "default", "c")

    assert names(store.indexed("pods", "node", "n1")) == ["a"]
    assert names(store.indexed("pods", "node", "n2")) == ["b"]


def test_a_watch_sees_what_comes_after_it_and_nothing_of_other_resources() -> None:
    store, seen = Store(), list[Change]()
    store.put("pods", thing("a"))
    stop = store.watch("pods", seen.append)
    store.put("pods", thing("b"))
    store.put("services", thing("s"))
    store.put("pods", thing("b", more=1))
    store.remove("pods", "default", "b")
    stop()
    store.put("pods", thing("c"))

    assert [(change.type, change.version) for change in seen] == [("ADDED", 3), ("MODIFIED", 5), ("DELETED", 6)]


def test_a_watch_resumes_where_it_left_off() -> None:
    store, seen = Store(), list[Change]()
    for name in ("a", "b", "c"):
        store.put("pods", thing(name))

    store.watch("pods", seen.append, since=2)

    assert [change.object["metadata"]["name"] for change in seen] == ["b", "c"]


def test_a_version_the_log_has_forgotten_is_expired() -> None:
    store = Store(watch_log=2)
    for name in ("a", "b", "c"):
        store.put("pods", thing(name))

    with pytest.raises(ExpiredError, match=r"too old resource version: 1 \(2\)"):
        store.watch("pods", print, since=1)


def test_the_oldest_version_that_is_remembered_is_good_enough() -> None:
    store, seen = Store(watch_log=2), list[Change]()
    for name in ("a", "b", "c"):
        store.put("pods", thing(name))

    store.watch("pods", seen.append, since=2)

    assert len(seen) == 2


def test_changes_arrive_in_order_though_a_watcher_writes_in_turn() -> None:
    store, late = Store(), list[Change]()

    def answer(change: Change) -> None:
        if change.object["metadata"]["name"] == "a":
            store.put("pods", thing("answer"))

    store.watch("pods", answer)
    store.watch("pods", late.append)
    store.put("pods", thing("a"))

    assert [change.object["metadata"]["name"] for change in late] == ["a", "answer"]


def test_a_frozen_store_notices_who_changed_its_objects() -> None:
    store = Store(frozen=True)
    stored = store.put("pods", thing("a", spec={"x": 1}))
    stored["spec"]["x"] = 2

    with pytest.raises(MutationError, match=r"pods default/a was changed in place"):
        store.get("pods", "default", "a")


@pytest.mark.parametrize("look", [lambda s: s.list("pods"), lambda s: s.put("pods", thing("a")), lambda s: s.check()])
def test_every_way_to_a_mutated_object_notices_it(look: Any) -> None:
    store = Store(frozen=True)
    store.put("pods", thing("a", spec={"x": 1}))["spec"]["x"] = 2

    with pytest.raises(MutationError):
        look(store)
