"""Watches over HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from typing import Any

import pytest

from podproof.simulator.api import statuses
from podproof.simulator.kernel.requests import OnEvent, Request, Response, Watch, WatchEvent
from podproof.simulator.world import World
from tests.serving.conftest import PATIENCE, Serve, Served, pod

PODS = "/api/v1/namespaces/default/pods"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class Watching:
    """One open watch, read line by line."""

    def __init__(self, served: Served, query: str = "", accept: str = "application/json") -> None:
        self.connection = served.connection()
        self.connection.request("GET", f"{PODS}?watch=true{query}", headers={"Accept": accept})
        self.answer: HTTPResponse = self.connection.getresponse()

    def event(self) -> Any:
        """The next event, None at the end."""
        line = self.answer.readline()
        return json.loads(line) if line else None

    def events(self, count: int) -> list[Any]:
        return [self.event() for _ in range(count)]

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


OpenWatch = Callable[..., Watching]


@pytest.fixture
def watch() -> Iterator[OpenWatch]:
    """Open watches that are closed with the test."""
    opened: list[Watching] = []

    def begin(served: Served, *arguments: Any, **options: Any) -> Watching:
        opened.append(Watching(served, *arguments, **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def test_what_exists_comes_first_then_what_happens(served: Served, watch: OpenWatch) -> None:
    served.call("POST", PODS, pod("foo"))
    watching = watch(served)
    first = watching.event()
    served.advance("10 seconds")
    second = watching.event()

    assert (first["type"], first["object"]["metadata"]["name"]) == ("ADDED", "foo")
    assert (second["type"], second["object"]["spec"]["nodeName"]) == ("MODIFIED", "node1")


def test_a_watch_resumes_after_the_version_it_names(served: Served, watch: OpenWatch) -> None:
    watching = watch(served)
    created = served.call("POST", PODS, pod("foo")).json
    served.call("DELETE", f"{PODS}/foo")
    seen = watching.events(2)
    again = watch(served, f"&resourceVersion={created['metadata']['resourceVersion']}")

    assert again.event() == seen[1]


class _Forgetful(World):
    """A world whose every watch comes too late."""

    def handle(self, request: Request) -> Response:
        def start(on_event: OnEvent) -> Callable[[], None]:
            on_event(WatchEvent("ERROR", statuses.expired("too old resource version: 1 (7)").status))
            return lambda: None

        return Response(200, watch=Watch(start))


def test_a_version_that_is_too_old_is_an_error_and_the_end(serve: Serve, watch: OpenWatch) -> None:
    watching = watch(serve(_Forgetful()), "&resourceVersion=1")
    event = watching.event()

    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watching.event() is None


def test_a_watch_ends_after_its_time(served: Served, watch: OpenWatch) -> None:
    assert watch(served, "&timeoutSeconds=1").event() is None


def test_the_watch_list_ends_with_a_bookmark(served: Served, watch: OpenWatch) -> None:
    served.call("POST", PODS, pod("foo"))
    watching = watch(served, "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")
    added, bookmark = watching.events(2)

    assert (added["type"], bookmark["type"]) == ("ADDED", "BOOKMARK")
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_watch_of_a_table_names_the_columns_once(served: Served, watch: OpenWatch) -> None:
    watching = watch(served, accept=TABLE)
    served.call("POST", PODS, pod("foo"))
    served.call("DELETE", f"{PODS}/foo", {"gracePeriodSeconds": 0})
    first, second = watching.events(2)

    assert [column["name"] for column in first["object"]["columnDefinitions"]][:2] == ["Name", "Ready"]
    assert second["object"]["columnDefinitions"] == []
    assert [event["object"]["rows"][0]["cells"][0] for event in (first, second)] == ["foo", "foo"]


def test_many_watchers_see_everything_in_order(served: Served, watch: OpenWatch) -> None:
    watchers = [watch(served) for _ in range(20)]
    with_labels = {"metadata": {"labels": {"n": "0"}}}
    served.call("POST", PODS, pod("foo"))
    for number in range(30):
        with_labels["metadata"]["labels"]["n"] = str(number)
        served.call("PATCH", f"{PODS}/foo", with_labels, Content_Type="application/merge-patch+json")
    seen = [[event["object"]["metadata"].get("labels", {}).get("n") for event in each.events(31)] for each in watchers]

    assert all(each == [None, *map(str, range(30))] for each in seen)


def test_the_server_ends_its_streams_when_it_ends(serve: Serve, watch: OpenWatch) -> None:
    served = serve()
    watching = watch(served)
    ended: list[Any] = []
    reader = threading.Thread(target=lambda: ended.append(watching.event()))
    reader.start()
    served.on_loop(served.serving.server.end_streams)
    reader.join(PATIENCE)

    assert ended == [None]
