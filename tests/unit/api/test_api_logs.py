"""The log subresource: whose log, and how much of it."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.api.logs import pod_log
from podproof.simulator.kernel.requests import ApiError, NoLogError

POD: dict[str, Any] = {
    "metadata": {"name": "p"},
    "spec": {"nodeName": "n1", "containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "i"}]},
}


def source(_: Any, container: str, previous: bool) -> str:
    return f"{container} {previous}\none\ntwo\n"


READS = {
    "a container": ({"container": "a"}, "a False\none\ntwo\n"),
    "an init container": ({"container": "i"}, "i False\none\ntwo\n"),
    "the run before": ({"container": "a", "previous": "true"}, "a True\none\ntwo\n"),
    "the last lines": ({"container": "a", "tailLines": "1"}, "two\n"),
    "no lines": ({"container": "a", "tailLines": "0"}, ""),
    "the first bytes": ({"container": "a", "limitBytes": "3"}, "a F"),
}


@pytest.mark.parametrize(("params", "text"), READS.values(), ids=READS.keys())
def test_a_log(params: dict[str, str], text: str) -> None:
    assert pod_log(POD, params, source) == text


def test_a_pod_of_one_container_needs_no_name() -> None:
    pod = {**POD, "spec": {"nodeName": "n1", "containers": [{"name": "a"}]}}

    assert pod_log(pod, {}, source) == "a False\none\ntwo\n"


def test_a_pod_without_a_node_has_an_empty_log() -> None:
    assert pod_log({**POD, "spec": {"containers": [{"name": "a"}]}}, {}, source) == ""


REFUSALS = {
    "several containers and no name": ({}, "a container name must be specified for pod p, choose one of: [a b] "
        "or one of the init containers: [i]"),
    "a container that is not there": ({"container": "x"}, "container x is not valid for pod p"),
}  # fmt: skip


@pytest.mark.parametrize(("params", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refused_log(params: dict[str, str], message: str) -> None:
    with pytest.raises(ApiError) as refusal:
        pod_log(POD, params, source)

    assert (refusal.value.code, refusal.value.message) == (400, message)


def test_the_node_s_reason_is_the_answer() -> None:
    def none(*_: Any) -> str:
        raise NoLogError('container "a" in pod "p" is waiting to start: PodInitializing')

    with pytest.raises(ApiError) as refusal:
        pod_log(POD, {"container": "a"}, none)

    assert refusal.value.message == 'container "a" in pod "p" is waiting to start: PodInitializing'


def test_options_that_are_not_modelled_are_named() -> None:
    with pytest.raises(NotModelledError, match="the option follow of pods/log"):
        pod_log(POD, {"container": "a", "follow": "true"}, source)
