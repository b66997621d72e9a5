"""The log subresource: whose log, and how much of it."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.api.discovery import resource_for
from podproof.simulator.api.logs import pod_log as api_pod_log
from podproof.simulator.kernel.requests import ApiError, NoLogError
from podproof.simulator.machine.logs import Log
from podproof.simulator.model.times import Nanos, moment, seconds

POD: dict[str, Any] = {
    "metadata": {"name": "p"},
    "spec": {"nodeName": "n1", "containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "i"}]},
}


PODS = resource_for("v1", "Pod")
NOW = moment("2026-11-21T10:00:30Z")


def source(_: Any, container: str, previous: bool) -> Log:
    """A log of three lines, ten seconds apart, the last one just now."""
    log = Log(lambda: NOW)
    for ago, line in ((20, f"{container} {previous}"), (10, "one"), (0, "two")):
        log.write(1, f"{line}\n", Nanos(NOW - seconds(ago)))
    return log


def pod_log(pod: Any, params: dict[str, str], logs: Any = source) -> Any:
    return api_pod_log(pod, params, logs, PODS, NOW).body


READS = {
    "a container": ({"container": "a"}, "a False\none\ntwo\n"),
    "an init container": ({"container": "i"}, "i False\none\ntwo\n"),
    "the run before": ({"container": "a", "previous": "true"}, "a True\none\ntwo\n"),
    "the last lines": ({"container": "a", "tailLines": "1"}, "two\n"),
    "no lines": ({"container": "a", "tailLines": "0"}, ""),
    "the first bytes": ({"container": "a", "limitBytes": "3"}, "a F"),
    "the last seconds": ({"container": "a", "sinceSeconds": "15"}, "one\ntwo\n"),
    "what was written at the very moment": ({"container": "a", "sinceSeconds": "10"}, "one\ntwo\n"),
    "from a time on": ({"container": "a", "sinceTime": "2026-11-21T10:00:21Z"}, "two\n"),
    "the last line of the last seconds": ({"container": "a", "sinceSeconds": "15", "tailLines": "1"}, "two\n"),
    "more lines than were written since": ({"container": "a", "sinceSeconds": "5", "tailLines": "9"}, "two\n"),
    "with times": (
        {"container": "a", "tailLines": "1", "timestamps": "true"},
        "2026-11-21T10:00:30.000000000Z two\n",
    ),
}


@pytest.mark.parametrize(("params", "text"), READS.values(), ids=READS.keys())
def test_a_log(params: dict[str, str], text: str) -> None:
    assert pod_log(POD, params) == text


def test_a_pod_of_one_container_needs_no_name() -> None:
    pod = {**POD, "spec": {"nodeName": "n1", "containers": [{"name": "a"}]}}

    assert pod_log(pod, {}) == "a False\none\ntwo\n"


def test_a_pod_without_a_node_has_an_empty_log() -> None:
    assert pod_log({**POD, "spec": {"containers": [{"name": "a"}]}}, {}) == ""


REFUSALS = {
    "several containers and no name": ({}, "a container name must be specified for pod p, choose one of: [a b] "
        "or one of the init containers: [i]"),
    "a container that is not there": ({"container": "x"}, "container x is not valid for pod p"),
}  # fmt: skip


@pytest.mark.parametrize(("params", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refused_log(params: dict[str, str], message: str) -> None:
    with pytest.raises(ApiError) as refusal:
        pod_log(POD, params)

    assert (refusal.value.code, refusal.value.message) == (400, message)


def test_the_node_s_reason_is_the_answer() -> None:
    def none(*_: Any) -> Log:
        raise NoLogError('container "a" in pod "p" is waiting to start: PodInitializing')

    with pytest.raises(ApiError) as refusal:
        pod_log(POD, {"container": "a"}, none)

    assert refusal.value.message == 'container "a" in pod "p" is waiting to start: PodInitializing'


IMPOSSIBLE = {
    "a number of lines below none": (
        "tailLines",
        "-1",
        "tailLines: Invalid value: -1: must be greater than or equal to 0",
    ),
    "no byte at all": ("limitBytes", "0", "limitBytes: Invalid value: 0: must be greater than 0"),
    "no second at all": ("sinceSeconds", "0", "sinceSeconds: Invalid value: 0: must be greater than 0"),
}


@pytest.mark.parametrize(("option", "value", "told"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_an_option_that_cannot_be(option: str, value: str, told: str) -> None:
    with pytest.raises(ApiError) as refusal:
        pod_log(POD, {"container": "a", option: value})

    assert (refusal.value.code, refusal.value.message) == (422, f'PodLogOptions "p" is invalid: {told}')


def test_a_time_and_a_span_exclude_each_other() -> None:
    with pytest.raises(ApiError, match="at most one of `sinceTime` or `sinceSeconds` may be specified"):
        pod_log(POD, {"container": "a", "sinceSeconds": "1", "sinceTime": "2026-11-21T10:00:21Z"})


@pytest.mark.parametrize(("option", "value"), [("tailLines", "all"), ("sinceTime", "yesterday")])
def test_what_is_no_number_or_time_is_a_bad_request(option: str, value: str) -> None:
    with pytest.raises(ApiError) as refusal:
        pod_log(POD, {"container": "a", option: value})

    assert refusal.value.code == 400


def _followed(log: Log, **params: str) -> Any:
    return api_pod_log(POD, {"container": "a", "follow": "true", **params}, lambda *_: log, PODS, NOW)


def test_a_log_that_is_followed_gives_each_line_once() -> None:
    log = Log(lambda: NOW)
    log.write(1, "one\n")
    reading = _followed(log)
    log.write(1, "two\nthr")
    first = reading.more()
    second = reading.more()
    log.close()

    assert (reading.body, first, second) == ("one\n", ("two\n", False), ("", False))
    assert reading.more() == ("thr", True)


def test_following_begins_after_the_last_lines_asked_for() -> None:
    log = Log(lambda: NOW)
    log.write(1, "one\ntwo\n")
    reading = _followed(log, tailLines="1", timestamps="true")
    log.write(1, "three\n")

    assert reading.body.endswith("Z two\n")
    assert reading.more()[0].endswith("Z three\n")


def test_following_ends_at_the_limit_of_bytes() -> None:
    log = Log(lambda: NOW)
    log.write(1, "one\n")
    reading = _followed(log, limitBytes="6")
    log.write(1, "two\n")

    assert reading.more() == ("tw", True)


def test_a_flood_is_followed() -> None:
    now = [NOW]
    log = Log(lambda: now[0])
    log.flood(seconds(1), "a\nb\n", NOW)
    reading = _followed(log)
    now[0] = Nanos(NOW + seconds(2))
    first = reading.more()
    now[0] = Nanos(NOW + seconds(3))

    assert (first, reading.more()) == (("a\nb\na\nb\n", False), ("a\nb\n", False))


def test_options_that_are_not_modelled_are_named() -> None:
    with pytest.raises(NotModelledError, match="the option stream of pods/log"):
        pod_log(POD, {"container": "a", "stream": "Stdout"})
