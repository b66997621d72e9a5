"""The cluster's clock over HTTP."""

import json

import pytest

from podproof.simulator.model.times import Nanos
from podproof.simulator.world import World
from tests.serving.conftest import Serve, Served, pod

PODS = "/api/v1/namespaces/default/pods"


def test_it_tells_the_time(served: Served) -> None:
    told = served.call("GET", "/podproof/clock").json
    told.pop("next")

    assert told == {
        "now": "2026-01-01T00:00:10Z",
        "nanoseconds": 1767225610000000000,
        "start": "2026-01-01T00:00:10Z",
        "elapsed": 0.0,
        "pace": "manual",
        "faults": [],
    }


def test_it_tells_when_something_is_due(served: Served) -> None:
    served.on_loop(lambda: served.serving.world.agenda.clear())
    nothing = served.call("GET", "/podproof/clock").json["next"]
    served.on_loop(lambda: served.serving.world.agenda.after(Nanos(2_500_000_000), lambda: None))

    assert nothing is None
    assert served.call("GET", "/podproof/clock").json["next"] == 2.5


def test_it_is_put_forward(served: Served) -> None:
    served.call("POST", PODS, pod("foo"))
    told = served.advance("30 seconds")
    status = served.call("GET", f"{PODS}/foo").json["status"]

    assert (told["now"], told["elapsed"]) == ("2026-01-01T00:00:40Z", 30.0)
    assert status["phase"] == "Running"
    assert status["startTime"] == "2026-01-01T00:00:10Z"


@pytest.mark.parametrize("span", ["30s", "1m30s", "2 minutes", "500ms"])
def test_spans_are_written_as_people_write_them(served: Served, span: str) -> None:
    assert served.advance(span)["elapsed"] > 0


FAULTY = {
    "nothing": b"",
    "no JSON": b"30s",
    "no span": b'{"advance": "soon"}',
    "a span backwards": b'{"advance": "-3s"}',
    "something else": b'{"rewind": "3s"}',
    "an end that is none": b'{"advance": "3s", "until": "noon"}',
}


@pytest.mark.parametrize("body", FAULTY.values(), ids=FAULTY.keys())
def test_what_is_no_step_is_refused(served: Served, body: bytes) -> None:
    answer = served.call("POST", "/podproof/clock", body)

    assert (answer.code, answer.json["kind"]) == (400, "Status")


def test_other_methods_are_refused(served: Served) -> None:
    assert served.call("DELETE", "/podproof/clock").code == 405


def test_what_the_world_cannot_do_is_told_with_the_time(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.call("POST", PODS, pod("foo", "sh", "-c", "vi x"))
    told = served.advance("30 seconds")

    assert any("the command vi" in fault for fault in told["faults"])
    assert "the command vi" in capsys.readouterr().err


@pytest.mark.parametrize("pace", ["max", "1000"])
def test_time_passes_by_itself(serve: Serve, pace: str) -> None:
    served = serve(World(), pace=pace)
    connection = served.connection()
    connection.request("GET", f"{PODS}?watch=true")
    answer = connection.getresponse()
    served.call("POST", PODS, pod("foo"))
    phases = []
    while "Running" not in phases:
        phases.append(json.loads(answer.readline())["object"]["status"].get("phase"))
    answer.close()
    connection.close()

    assert phases[0] == "Pending"


def test_a_watch_on_leaping_time_gets_each_event_at_its_moment(serve: Serve) -> None:
    served = serve(World(), pace="max")
    connection = served.connection()
    connection.request("GET", f"{PODS}?watch=true")
    answer = connection.getresponse()
    served.call("POST", PODS, pod("foo", "sh", "-c", "sleep 60; exit 3", restartPolicy="Never"))
    status: dict[str, object] = {}
    while status.get("phase") != "Failed":
        status = json.loads(answer.readline())["object"]["status"]
    answer.close()
    connection.close()
    ended = status["containerStatuses"][0]["state"]["terminated"]  # type: ignore[index]

    assert ended["exitCode"] == 3
    assert ended["startedAt"][14:16] != ended["finishedAt"][14:16]


def test_a_step_ends_as_soon_as_a_watch_is_told_something(served: Served) -> None:
    connection = served.connection()
    connection.request("GET", f"{PODS}?watch=true")
    watch = connection.getresponse()
    served.call("POST", PODS, pod("foo"))
    watch.readline()

    told = served.call("POST", "/podproof/clock", {"advance": "1 hour", "until": "told"}).json

    assert told["elapsed"] < 1
    assert json.loads(watch.readline())["type"] == "MODIFIED"
    connection.close()


def test_after_a_step_each_watch_gets_a_bookmark_of_the_answers_version(served: Served) -> None:
    connection = served.connection()
    connection.request("GET", f"{PODS}?watch=true&allowWatchBookmarks=true")
    watch = connection.getresponse()

    told = served.call("POST", "/podproof/clock", {"advance": 0}).json

    event = json.loads(watch.readline())
    assert (event["type"], event["object"]["metadata"]["resourceVersion"]) == ("BOOKMARK", told["resourceVersion"])
    assert told["elapsed"] == 0
    connection.close()
