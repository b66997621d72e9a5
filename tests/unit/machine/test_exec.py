"""A further process in a running container: how it ends, what it wrote, what it cannot do."""

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.containers import ContainerConfig, ContainerState, SandboxConfig
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.machine.images import ImageTable
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.times import Nanos, seconds

MISSING = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": '
LIMIT = seconds(2)

CASES = {
    "a success has the exit code 0": (("cat", "/tmp/here"), ExecResult(0, "yes\n", "")),
    "stdout and stderr are kept apart": (("sh", "-c", "echo a; echo b >&2; exit 3"), ExecResult(3, "a\n", "b\n")),
    "a command over its time is killed": (("sleep", "10"), ExecResult(timed_out=True)),
    "what it leaves behind does not hold it up": (("sh", "-c", "sleep 10 & exit 1"), ExecResult(1)),
    "a command that is not there is refused": (
        ("nope",),
        ExecResult(error=f"{MISSING}executable file not found in $PATH: unknown"),
    ),
    "it has the container's own environment and folder": (("sh", "-c", "echo $WHO $PWD"), ExecResult(0, "me /tmp\n")),
}


@pytest.fixture
def agenda() -> Agenda:
    return Agenda(Nanos(0))


@pytest.fixture
def runtime(agenda: Agenda) -> Runtime:
    made = Runtime(agenda, Network(), ImageTable.load(()), Chance("exec"))
    made.images.add("busybox:1.28")
    return made


def running(runtime: Runtime, agenda: Agenda, script: str = "echo yes >/tmp/here; sleep 1000") -> str:
    sandbox = runtime.run_sandbox(SandboxConfig("uid", "default", "p", "p"))
    config = ContainerConfig("app", 0, "busybox:1.28", ("sh", "-c", script), env={"WHO": "me"}, working_dir="/tmp")
    identity = runtime.create_container(sandbox.id, config)
    runtime.start_container(identity)
    agenda.run_until(seconds(1))
    return identity


def result(runtime: Runtime, agenda: Agenda, identity: str, *argv: str, timeout: Nanos | None = LIMIT) -> ExecResult:
    ended: list[ExecResult] = []
    runtime.exec(identity, argv, timeout, ended.append)
    agenda.run_until(Nanos(agenda.now + seconds(60)))
    assert len(ended) == 1
    return ended[0]


@pytest.mark.parametrize(("argv", "wanted"), CASES.values(), ids=CASES.keys())
def test_an_exec_ends_so(agenda: Agenda, runtime: Runtime, argv: tuple[str, ...], wanted: ExecResult) -> None:
    assert result(runtime, agenda, running(runtime, agenda), *argv) == wanted


def test_what_it_writes_is_not_in_the_container_s_log(agenda: Agenda, runtime: Runtime) -> None:
    identity = running(runtime, agenda)

    assert result(runtime, agenda, identity, "echo", "secret").stdout == "secret\n"
    assert runtime.log(identity).text() == ""


def test_it_dies_with_its_container(agenda: Agenda, runtime: Runtime) -> None:
    identity = running(runtime, agenda, "sleep 3; exit 0")

    assert result(runtime, agenda, identity, "sleep", "100", timeout=None).exit_code == 137


def test_a_container_that_has_ended_runs_nothing_more(agenda: Agenda, runtime: Runtime) -> None:
    identity = running(runtime, agenda, "exit 0")

    refused = result(runtime, agenda, identity, "true")

    assert runtime.containers("uid")[0].state is ContainerState.EXITED
    assert refused.error == "failed to exec in container: container is in CONTAINER_EXITED state"


def test_thousands_of_them_do_not_slow_each_other_down(agenda: Agenda, runtime: Runtime) -> None:
    identity = running(runtime, agenda)
    command = ("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do true; done")
    ends: list[Nanos] = []
    for _ in range(3000):
        runtime.exec(identity, command, LIMIT, lambda end: ends.append(agenda.now))
        agenda.run_until(Nanos(agenda.now + seconds(1)))

    assert len(ends) == 3000
    assert agenda.now - ends[-1] > seconds(0.9)


def test_what_an_undescribed_image_holds_is_not_guessed(agenda: Agenda) -> None:
    runtime = Runtime(agenda, Network(), ImageTable.load((), unknown="run"), Chance("exec"))
    runtime.images.add("example.com/unheard-of:1")
    sandbox = runtime.run_sandbox(SandboxConfig("uid", "default", "p", "p"))
    identity = runtime.create_container(sandbox.id, ContainerConfig("app", 0, "example.com/unheard-of:1"))
    runtime.start_container(identity)

    with pytest.raises(NotModelledError, match="the command /app/is-healthy"):
        runtime.exec(identity, ("/app/is-healthy",), None, lambda end: None)
