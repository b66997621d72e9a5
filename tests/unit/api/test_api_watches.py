"""Watches: backlog, order, selectors, resumption, bookmarks."""

import pytest

from .conftest import Bench, pod_spec


def test_what_exists_arrives_first(bench: Bench) -> None:
    bench.create("ConfigMap", "a")
    seen = bench.watched("configmaps")
    bench.create("ConfigMap", "b")
    bench.user.delete("configmaps", "default", "a")

    assert [(event.type, event.object["metadata"]["name"]) for event in seen] == [
        ("ADDED", "a"), ("ADDED", "b"), ("DELETED", "a"),
    ]  # fmt: skip


def test_a_watch_from_a_version_has_no_backlog(bench: Bench) -> None:
    version = bench.create("ConfigMap", "a")["metadata"]["resourceVersion"]
    bench.create("ConfigMap", "b")

    assert [event.object["metadata"]["name"] for event in bench.watched("configmaps", resourceVersion=version)] == ["b"]


def test_other_namespaces_are_not_seen(bench: Bench) -> None:
    seen = bench.watched("configmaps")
    bench.user.create("configmaps", {"metadata": {"name": "a"}}, "other")

    assert seen == []


def test_an_object_that_begins_or_ceases_to_match_is_added_or_deleted(bench: Bench) -> None:
    seen = bench.watched("pods", labelSelector="app=a")
    bench.create("Pod", "p", spec=pod_spec())
    for labels in ({"app": "a"}, {"app": "a", "x": "y"}, {"app": "b"}):
        bench.user.patch("pods", "default", "p", {"metadata": {"labels": labels}})

    assert [event.type for event in seen] == ["ADDED", "MODIFIED", "DELETED"]
    assert seen[2].object["metadata"]["labels"]["app"] == "a"
    assert seen[2].object["metadata"]["resourceVersion"] == str(bench.store.version)


def test_versions_rise_from_event_to_event(bench: Bench) -> None:
    seen = bench.watched("configmaps")
    bench.create("ConfigMap", "a")
    for value in ("1", "2"):
        bench.user.patch("configmaps", "default", "a", {"data": {"a": value}})
    bench.user.delete("configmaps", "default", "a")
    versions = [int(event.object["metadata"]["resourceVersion"]) for event in seen]

    assert versions == sorted(set(versions))


def test_a_version_that_is_forgotten_ends_the_watch_with_410(bench: Bench) -> None:
    for index in range(10_010):
        bench.component.create("events", {"metadata": {"name": f"e{index}"}, "involvedObject": {}}, "default")
    (event,) = bench.watched("events", resourceVersion="1")

    assert (event.type, event.object["code"], event.object["reason"]) == ("ERROR", 410, "Expired")
    assert event.object["message"].startswith("too old resource version: 1 (")


def test_bookmarks_come_to_those_who_asked(bench: Bench) -> None:
    asked, other = bench.watched("pods", allowWatchBookmarks="true"), bench.watched("pods")
    bench.create("ConfigMap", "c")
    bench.api.bookmark()

    assert [(event.type, event.object["metadata"]["resourceVersion"]) for event in asked] == [
        ("BOOKMARK", str(bench.store.version))
    ]
    assert other == []


def test_the_end_of_the_backlog_is_marked_where_it_is_asked_for(bench: Bench) -> None:
    bench.create("ConfigMap", "c")
    initial = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    seen = bench.watched("configmaps", allowWatchBookmarks="true", **initial)

    assert [event.type for event in seen] == ["ADDED", "BOOKMARK"]
    assert seen[1].object["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_stopped_watch_hears_nothing(bench: Bench) -> None:
    watch, seen = bench.component.watch("configmaps", "default"), list[object]()
    watch.subscribe(seen.append)
    watch.stop()
    bench.create("ConfigMap", "c")

    assert seen == []


def test_a_watch_may_leave_out_what_is_there(bench: Bench) -> None:
    bench.create("ConfigMap", "a")
    seen = bench.watched("configmaps", sendInitialEvents="false", resourceVersionMatch="NotOlderThan")
    bench.create("ConfigMap", "b")

    assert [event.object["metadata"]["name"] for event in seen] == ["b"]


REFUSED: dict[str, tuple[dict[str, str], int, str]] = {
    "initial events without a match": ({"sendInitialEvents": "true"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    "a match without initial events": ({"resourceVersionMatch": "NotOlderThan"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
    "a match that is none, in a list that goes on": ({"resourceVersionMatch": "Exact", "continue": "x"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: '
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, "
        'resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan", '
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]"),
    "a version that is none": ({"resourceVersion": "-1"}, 500,
        'resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax'),
}  # fmt: skip


@pytest.mark.parametrize(("params", "code", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_watch_is_refused_with(bench: Bench, params: dict[str, str], code: int, message: str) -> None:
    answer = bench.ask("watch", "configmaps", **params)

    assert (answer.code, answer.body["message"]) == (code, message)
