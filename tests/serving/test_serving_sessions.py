"""Logs that are followed, and processes that are spoken with."""

import asyncio
import json
import subprocess
from typing import Any

import aiohttp
import pytest

from podproof.serving.sessions import PROTOCOLS
from tests.serving.conftest import PATIENCE, Serve, Served, kubectl_path, pod

PODS = "/api/v1/namespaces/default/pods"


def _started(serve: Serve, *command: str, pace: str = "max", **spec: Any) -> Served:
    """A cluster with one pod that runs."""
    served = serve(pace="manual")
    served.call("POST", PODS, pod("foo", *command, **spec))
    served.advance("5 seconds")
    served.on_loop(lambda: served.serving.change_pace(pace))
    return served


def test_a_log_is_followed_to_its_end(serve: Serve) -> None:
    served = _started(serve, "sh", "-c", "for i in 1 2 3; do echo $i; sleep 10; done", restartPolicy="Never")

    assert served.call("GET", f"{PODS}/foo/log?follow=true").text == "1\n2\n3\n"


def test_a_log_is_followed_from_the_last_line_on(serve: Serve) -> None:
    served = _started(serve, "sh", "-c", "echo 0; echo 1; sleep 10; echo 2", restartPolicy="Never")

    assert served.call("GET", f"{PODS}/foo/log?follow=true&tailLines=1").text == "1\n2\n"


def test_the_log_of_the_run_before(serve: Serve) -> None:
    served = _started(serve, "sh", "-c", "echo run; sleep 3; exit 1", pace="manual")
    served.advance("2 seconds")

    assert served.call("GET", f"{PODS}/foo/log?previous=true").text == "run\n"


def test_a_log_that_is_not_there_is_400(serve: Serve) -> None:
    served = _started(serve, pace="manual")
    answer = served.call("GET", f"{PODS}/foo/log?previous=true")

    assert (answer.code, answer.json["reason"]) == (400, "BadRequest")


async def _exec(served: Served, query: str, typed: bytes | None = None, protocol: str = PROTOCOLS[0]) -> Any:
    """Run a command; return what came by channel, the last of which says how it ended."""
    said: dict[int, bytes] = {}
    address = f"{served.url}{PODS}/foo/exec?stdout=true&stderr=true&{query}"
    async with (
        asyncio.timeout(PATIENCE), aiohttp.ClientSession() as client,
        client.ws_connect(address, protocols=[protocol]) as socket,
    ):  # fmt: skip
        assert socket.protocol == protocol
        if typed is not None:
            await socket.send_bytes(b"\0" + typed)
            await socket.send_bytes(b"\xff\0")
        async for message in socket:
            said[message.data[0]] = said.get(message.data[0], b"") + message.data[1:]
    return {**said, 3: json.loads(said[3])}


SUCCESS = {"metadata": {}, "status": "Success"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_command_and_its_output(serve: Serve, protocol: str) -> None:
    served = _started(serve)
    said = asyncio.run(_exec(served, "command=sh&command=-c&command=echo+a;+echo+b+>%262", protocol=protocol))

    assert said == {1: b"a\n", 2: b"b\n", 3: SUCCESS}


def test_how_a_command_failed(serve: Serve) -> None:
    said = asyncio.run(_exec(_started(serve), "command=sh&command=-c&command=exit+3"))

    assert said[3]["reason"] == "NonZeroExitCode"
    assert said[3]["message"] == "command terminated with non-zero exit code: exit status 3"
    assert said[3]["details"] == {"causes": [{"reason": "ExitCode", "message": "3"}]}


def test_a_command_that_is_not_there(serve: Serve) -> None:
    said = asyncio.run(_exec(_started(serve), "command=nope"))

    assert said[3]["code"] == 500
    assert "executable file not found in $PATH" in said[3]["message"]


def test_what_is_typed_is_read(serve: Serve) -> None:
    said = asyncio.run(_exec(_started(serve), "stdin=true&command=cat", typed=b"one\ntwo\n"))

    assert said == {1: b"one\ntwo\n", 3: SUCCESS}


def test_more_is_typed_than_a_pipe_holds(serve: Serve) -> None:
    said = asyncio.run(
        _exec(_started(serve, pace="realtime"), "stdin=true&command=wc&command=-c", typed=b"x" * 200_000)
    )

    assert said[1].split() == [b"200000"]


def test_on_a_terminal_all_output_is_one(serve: Serve) -> None:
    said = asyncio.run(_exec(_started(serve), "tty=true&command=sh&command=-c&command=echo+b+>%262"))

    assert said == {1: b"b\n", 3: SUCCESS}


def test_a_command_takes_its_time(serve: Serve) -> None:
    served = _started(serve)
    before = served.call("GET", "/podproof/clock").json["elapsed"]
    asyncio.run(_exec(served, "command=sleep&command=100"))

    assert served.call("GET", "/podproof/clock").json["elapsed"] - before >= 100


REFUSED = {
    "no websocket": ("command=ls", "Upgrade request required"),
    "no command": ("", "you must specify at least 1 command for the container"),
    "no such container": ("command=ls&container=bar", "container bar is not valid for pod foo"),
}


@pytest.mark.parametrize(("query", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_session_is_refused(serve: Serve, query: str, told: str) -> None:
    answer = _started(serve, pace="manual").call("GET", f"{PODS}/foo/exec?{query}")

    assert answer.code == 400
    assert told in answer.json["message"]


def test_a_session_in_a_pod_that_is_not_there_is_404(served: Served) -> None:
    assert served.call("GET", f"{PODS}/foo/exec?command=ls").code == 404


def test_kubectl_exec(serve: Serve) -> None:
    kubectl_path()
    served = _started(serve)
    plain = served.kubectl("exec", "foo", "--", "sh", "-c", "echo $HOSTNAME; exit 4")
    typed = served.kubectl("exec", "-i", "foo", "--", "sh", stdin="echo one\necho two\n")

    assert (plain.stdout, plain.returncode) == ("foo\n", 4)
    assert "command terminated with exit code 4" in plain.stderr
    assert typed.stdout == "one\ntwo\n"


def test_kubectl_logs_follow(serve: Serve) -> None:
    kubectl_path()
    served = _started(serve, "sh", "-c", "for i in 1 2 3; do echo $i; sleep 10; done", restartPolicy="Never")

    assert served.kubectl("logs", "-f", "foo").stdout == "1\n2\n3\n"
    assert served.kubectl("logs", "--tail=1", "--timestamps", "foo").stdout.startswith("2026-01-01T00:00:3")


COUNTS = ("sh", "-c", "for i in 1 2 3; do sleep 10; echo $i; done")


def test_kubectl_attach_shows_what_is_written_from_then_on_until_the_end(serve: Serve) -> None:
    served = _started(serve, *COUNTS, restartPolicy="Never", pace="manual")
    served.advance("15s")
    with subprocess.Popen(
        [kubectl_path(), "attach", "foo"], env=served.kubectl_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        while not served.on_loop(lambda: served.serving.clients.streams):
            served.on_loop(lambda: None)
        served.advance("30s")
        told, _ = process.communicate(timeout=PATIENCE)

    assert (told, process.returncode) == ("2\n3\n", 0)


ATTACHED = {
    "without a websocket": ("foo/attach", 400, "Upgrade request required"),
    "to another container": ("foo/attach?container=no", 400, "container no is not valid for pod foo"),
    "to type": ("foo/attach?stdin=true", 501, "input of a container"),
    "to a pod that is not there": ("no/attach", 404, "not found"),
}


@pytest.mark.parametrize(("path", "code", "told"), ATTACHED.values(), ids=ATTACHED.keys())
def test_what_cannot_be_attached(serve: Serve, path: str, code: int, told: str) -> None:
    answer = _started(serve, pace="manual").call("GET", f"{PODS}/{path}")

    assert (answer.code, told in answer.json["message"]) == (code, True)
