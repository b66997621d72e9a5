"""Processes: what effects do, what they cost, who ends when and by what."""

from collections.abc import Generator
from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.dns import NameTable, Resolver
from podproof.simulator.machine.effects import (
    Accept,
    Allocate,
    Compute,
    Connect,
    Interrupted,
    Kill,
    Listen,
    Ping,
    Process,
    Program,
    Read,
    Repeat,
    Resolve,
    Running,
    Sleep,
    Spawn,
    Wait,
    Write,
)  # fmt: skip
from podproof.simulator.machine.files import Directory, File, FileSystem, Mounted
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.nodes import devices
from podproof.simulator.machine.permissions import ROOT
from podproof.simulator.machine.pidspace import PROCESS_LIMIT, PidNamespace
from podproof.simulator.machine.process import Identity
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos, seconds

TERM, KILL, PIPE_FULL = 15, 9, 65536


class Box:
    """One container without a runtime round it."""

    def __init__(self, memory_limit: int = 1 << 30) -> None:
        self.agenda = Agenda(Nanos(0))
        self.log = Log(lambda: self.agenda.now)
        self.ended: list[tuple[Nanos, int, bool]] = []
        self.network = Network(NameTable({"db.svc.cluster.local": ("10.96.0.7",)}))
        self.namespace = self.network.join("10.244.0.0/24")
        mounts = {"/etc/hosts": Mounted(File("127.0.0.1\tlocalhost\n"))}
        files = FileSystem(Directory({"dev": devices()}).seal(), mounts, lambda: self.agenda.now)
        self.processes = PidNamespace(
            self.agenda, Identity("p", "busybox", "1.28", "ash", ROOT), files, self.log, self.network, self.namespace,
            Resolver(("10.96.0.10",), ("svc.cluster.local",)), Chance("box"), memory_limit,
            lambda code, oom: self.ended.append((self.agenda.now, code, oom)),
        )  # fmt: skip

    def run(self, program: Program, until_s: float = 3600) -> "Box":
        self.processes.start(program, ("test",), {"PATH": "/bin"}, "/")
        return self.go_on(until_s)

    def go_on(self, until_s: float) -> "Box":
        self.agenda.run_until(seconds(until_s))
        return self

    @property
    def code(self) -> int | None:
        return self.ended[0][1] if self.ended else None


@pytest.fixture
def box() -> Box:
    return Box()


def exit_code(waited: tuple[int, int]) -> int:
    return waited[1]


def exits(code: int) -> Program:
    def program(process: Process) -> Running:
        yield Compute(Nanos(0))
        return code

    return program


def sleeps(span_s: float) -> Program:
    def program(process: Process) -> Running:
        yield Sleep(seconds(span_s))
        return 0

    return program


def test_a_program_writes_sleeps_and_exits(box: Box) -> None:
    def program(process: Process) -> Running:
        yield Write(1, "hi\n")
        yield Sleep(seconds(5))
        return 3

    box.run(program)

    assert box.log.text() == "hi\n"
    assert box.code == 3
    assert box.ended[0][0] // MILLISECOND == 5000


def test_what_is_computed_becomes_time(box: Box) -> None:
    def program(process: Process) -> Running:
        for _ in range(1000):
            yield Compute(seconds(0.001))
        return 0

    box.run(program)

    assert box.ended[0][0] // MILLISECOND == 1001


def test_time_does_not_move_between_two_effects(box: Box) -> None:
    seen: list[Nanos] = []

    def program(process: Process) -> Running:
        yield Compute(seconds(0.005))
        seen.extend([process.now(), process.now()])
        return 0

    box.run(program)

    assert seen[0] == seen[1]
    assert seen[0] // MILLISECOND == 5


def test_who_computes_lets_others_have_their_turn(box: Box) -> None:
    def busy(process: Process) -> Running:
        for _ in range(100):
            yield Compute(seconds(0.001))
        yield Write(1, "busy\n")
        return 0

    def brief(process: Process) -> Running:
        yield Sleep(seconds(0.05))
        yield Write(1, "brief\n")
        return 0

    def program(process: Process) -> Running:
        yield Spawn(busy, ("busy",))
        yield Spawn(brief, ("brief",))
        yield Wait()
        yield Wait()
        return 0

    box.run(program)

    assert box.log.text() == "brief\nbusy\n"


def test_a_child_is_waited_for(box: Box) -> None:
    got: list[object] = []

    def program(process: Process) -> Running:
        first = yield Spawn(exits(7), ("first",))
        second = yield Spawn(sleeps(2), ("second",))
        got.append((yield Wait(second)))
        got.append((yield Wait(first)))
        return 0

    box.run(program)

    assert got == [(3, 0), (2, 7)]


def test_any_child_is_waited_for_in_the_order_of_their_ends(box: Box) -> None:
    got: list[object] = []

    def program(process: Process) -> Running:
        yield Spawn(sleeps(2), ("slow",))
        yield Spawn(sleeps(1), ("quick",))
        got.append((yield Wait()))
        got.append((yield Wait()))
        return 0

    box.run(program)

    assert got == [(3, 0), (2, 0)]


def test_who_has_no_child_cannot_wait(box: Box) -> None:
    def program(process: Process) -> Running:
        with pytest.raises(ChildProcessError):
            yield Wait()
        with pytest.raises(ChildProcessError):
            yield Wait(99)
        return 0

    assert box.run(program).code == 0


def test_a_child_inherits_environment_directory_and_ignored_signals(box: Box) -> None:
    def child(process: Process) -> Running:
        yield Write(1, f"{process.cwd} {process.env['GREETING']} {process.parent}\n")
        yield Sleep(None)
        return 0

    def program(process: Process) -> Running:
        process.cwd = "/srv"
        process.env["GREETING"] = "hi"
        process.on_signal(TERM, "ignore")
        pid = yield Spawn(child, ("child",))
        yield Sleep(seconds(1))
        yield Kill(pid, TERM)
        yield Kill(pid, KILL)
        return exit_code((yield Wait(pid)))

    box.run(program)

    assert box.log.text() == "/srv hi 1\n"
    assert box.code == 137


def piped(writer: Program, reader: Program) -> Program:
    """Run `writer | reader`; the exit code is the reader's."""

    def program(process: Process) -> Running:
        out, into = process.pipe()
        first = yield Spawn(writer, ("writer",), None, {1: into})
        second = yield Spawn(reader, ("reader",), None, {0: out, 1: process.fds[1]})
        out.close()
        into.close()
        yield Wait(first)
        return exit_code((yield Wait(second)))

    return program


def reads_all(process: Process) -> Generator[Any, Any, int]:
    total = 0
    while text := (yield Read(0)):
        total += len(text)
    yield Write(1, f"{total}\n")
    return 0


def test_a_reader_waits_for_the_writer(box: Box) -> None:
    def writer(process: Process) -> Running:
        yield Sleep(seconds(1))
        yield Write(1, "abc")
        yield Sleep(seconds(1))
        yield Write(1, "de")
        return 0

    box.run(piped(writer, reads_all))

    assert box.log.text() == "5\n"
    assert box.ended[0][0] // MILLISECOND == 2000


def test_a_writer_waits_for_the_reader(box: Box) -> None:
    def writer(process: Process) -> Running:
        yield Write(1, "x" * 3 * PIPE_FULL)
        return 0

    def slow_reader(process: Process) -> Running:
        yield Sleep(seconds(5))
        return (yield from reads_all(process))

    box.run(piped(writer, slow_reader))

    assert box.log.text() == f"{3 * PIPE_FULL}\n"


def test_who_writes_to_nobody_is_told(box: Box) -> None:
    def writer(process: Process) -> Running:
        yield Sleep(seconds(1))
        with pytest.raises(BrokenPipeError):
            yield Write(1, "x")
        return 0

    assert box.run(piped(writer, exits(4))).code == 4


def test_a_killed_writer_closes_its_pipe(box: Box) -> None:
    def program(process: Process) -> Running:
        out, into = process.pipe()
        pid = yield Spawn(sleeps(3600), ("writer",), None, {1: into})
        into.close()
        process.fds[0] = out
        yield Sleep(seconds(1))
        yield Kill(pid, KILL)
        assert (yield Read(0)) == ""
        return 0

    assert box.run(program, until_s=10).code == 0


def test_files_are_written_and_read_through_descriptors(box: Box) -> None:
    def program(process: Process) -> Running:
        process.fds[3] = process.open("/x", "w")
        yield Write(3, "one\n")
        copy = process.fds[4] = process.fds[3].dup()
        yield Write(4, "two\n")
        copy.close()
        yield Write(3, "three\n")
        process.fds[3].close()
        process.fds[3] = process.open("/x", "a")
        yield Write(3, "four\n")
        process.fds[5] = process.open("/x", "r")
        yield Write(1, (yield Read(5, 8)) + (yield Read(5)))
        return 0

    assert box.run(program).log.text() == "one\ntwo\nthree\nfour\n"


BAD_DESCRIPTORS = {
    "nothing is open there": Read(9),
    "the log cannot be read": Read(1),
    "nothing can be written there": Write(9, "x"),
}


@pytest.mark.parametrize("effect", BAD_DESCRIPTORS.values(), ids=BAD_DESCRIPTORS.keys())
def test_bad_descriptors(box: Box, effect: Read | Write) -> None:
    def program(process: Process) -> Running:
        with pytest.raises(OSError, match="Bad file descriptor"):
            yield effect
        return 0

    assert box.run(program).code == 0


def test_devices(box: Box) -> None:
    def program(process: Process) -> Running:
        for number, name in enumerate(("null", "zero", "urandom", "stdout", "full"), start=3):
            process.fds[number] = process.open(f"/dev/{name}", "r+" if name != "stdout" else "w")
        assert (yield Read(0)) == ""
        assert (yield Read(3)) == ""
        assert (yield Read(4, 3)) == "\0\0\0"
        assert len((yield Read(5, 10))) == 10
        yield Write(6, "out\n")
        with pytest.raises(OSError, match="No space left on device"):
            yield Write(7, "x")
        return 0

    box.run(program)

    assert (box.code, box.log.text()) == (0, "out\n")


def test_the_first_process_ignores_what_it_does_not_handle(box: Box) -> None:
    box.run(sleeps(60), until_s=1)

    box.processes.signal(1, TERM, from_outside=True)

    assert box.go_on(30).code is None
    assert box.go_on(61).code == 0


def test_kill_from_outside_ends_the_first_process_at_once(box: Box) -> None:
    box.run(sleeps(60), until_s=1)

    box.processes.kill_all()

    assert box.ended == [(seconds(1), 137, False)]


def test_kill_from_inside_does_not_reach_the_first_process(box: Box) -> None:
    def program(process: Process) -> Running:
        yield Kill(1, KILL)
        return 5

    assert box.run(program).code == 5


def test_a_child_ends_by_the_signal_it_does_not_handle(box: Box) -> None:
    def program(process: Process) -> Running:
        pid = yield Spawn(sleeps(60), ("sleep", "60"))
        yield Kill(pid, TERM)
        return exit_code((yield Wait(pid)))

    assert box.run(program).code == 143


def test_a_handled_signal_interrupts_a_wait(box: Box) -> None:
    def program(process: Process) -> Running:
        process.on_signal(TERM, "interrupt")
        try:
            yield Sleep(None)
        except Interrupted as interrupted:
            yield Write(1, f"got {interrupted.signal}\n")
        return 9

    box.run(program, until_s=2)
    box.processes.signal(1, TERM, from_outside=True)
    box.go_on(3)

    assert (box.log.text(), box.code) == ("got 15\n", 9)
    assert box.ended[0][0] // MILLISECOND == 2000


def test_a_signal_that_comes_while_computing_waits_for_the_next_effect(box: Box) -> None:
    def program(process: Process) -> Running:
        process.on_signal(TERM, "interrupt")
        try:
            while True:
                yield Compute(seconds(1))
        except Interrupted:
            return 6

    box.run(program, until_s=2.5)
    box.processes.signal(1, TERM, from_outside=True)

    assert box.go_on(4).code == 6


def test_a_signal_loses_nothing_that_was_read(box: Box) -> None:
    def program(process: Process) -> Running:
        process.on_signal(TERM, "interrupt")
        out, into = process.pipe()
        process.fds[0] = out
        pid = yield Spawn(writes_after_a_second, ("writer",), None, {1: into})
        read = yield Read(0)
        try:
            yield Wait(pid)
            yield Sleep(None)
        except Interrupted:
            yield Write(1, read)
        return 0

    def writes_after_a_second(process: Process) -> Running:
        yield Sleep(seconds(1))
        yield Write(1, "kept\n")
        yield Kill(1, TERM)
        return 0

    assert box.run(program).log.text() == "kept\n"


def test_no_such_process(box: Box) -> None:
    def program(process: Process) -> Running:
        with pytest.raises(ProcessLookupError):
            yield Kill(77, TERM)
        yield Kill(1, 0)
        return 0

    assert box.run(program).code == 0


def test_the_end_of_the_first_process_ends_all(box: Box) -> None:
    def program(process: Process) -> Running:
        yield Spawn(sleeps(3600), ("left", "behind"))
        yield Sleep(seconds(1))
        return 0

    box.run(program, until_s=2)

    assert box.code == 0
    assert box.processes.table() == []


def test_an_orphan_lives_on_under_the_first_process(box: Box) -> None:
    parents: list[int] = []

    def grandchild(process: Process) -> Running:
        yield Sleep(seconds(2))
        parents.append(process.parent)
        return 0

    def child(process: Process) -> Running:
        yield Spawn(grandchild, ("grandchild",))
        return 0

    def program(process: Process) -> Running:
        yield Wait((yield Spawn(child, ("child",))))
        yield Sleep(seconds(5))
        return 0

    box.run(program)

    assert parents == [1]


def test_a_fork_bomb_meets_its_bound(box: Box) -> None:
    def bomb(process: Process) -> Running:
        while True:
            try:
                yield Spawn(bomb, ("bomb",))
            except BlockingIOError:
                yield Sleep(seconds(1))

    box.run(bomb, until_s=5)

    assert len(box.processes.table()) == PROCESS_LIMIT


def test_memory_over_the_limit_kills_the_container() -> None:
    def child(process: Process) -> Running:
        while True:
            yield Allocate(1 << 20)

    def program(process: Process) -> Running:
        yield Sleep(seconds(2))
        yield Wait((yield Spawn(child, ("tail", "/dev/zero"))))
        return 0

    box = Box(memory_limit=32 << 20).run(program)

    assert box.ended[0][1:] == (137, True)
    assert box.ended[0][0] // SECOND == 2


def test_memory_is_given_back_by_the_dead() -> None:
    def child(process: Process) -> Running:
        yield Allocate(20 << 20)
        return 0

    def program(process: Process) -> Running:
        for _ in range(5):
            yield Wait((yield Spawn(child, ("child",))))
        return 0

    assert Box(memory_limit=32 << 20).run(program).code == 0


def test_a_flood_to_the_log_needs_no_agenda(box: Box) -> None:
    def program(process: Process) -> Running:
        yield Repeat(Nanos(20_000), ((1, "SUCCESS\n"),))
        return 0

    box.run(program, until_s=1)

    assert box.agenda.peek() is None
    assert box.log.text(tail_lines=2) == "SUCCESS\nSUCCESS\n"


def test_a_handled_signal_ends_a_flood(box: Box) -> None:
    def program(process: Process) -> Running:
        process.on_signal(TERM, "interrupt")
        try:
            yield Repeat(seconds(1), ((1, "tick\n"),))
        except Interrupted:
            yield Write(1, "bye\n")
        return 0

    box.run(program, until_s=3)
    box.processes.signal(1, TERM, from_outside=True)
    box.go_on(100)

    assert box.log.text() == "tick\ntick\ntick\nbye\n"


def test_a_flood_into_a_pipe_ends_with_its_reader(box: Box) -> None:
    def writer(process: Process) -> Running:
        with pytest.raises(BrokenPipeError):
            yield Repeat(Nanos(1000), ((1, "y\n"),))
        return 0

    def reader(process: Process) -> Running:
        yield Write(1, (yield Read(0, 2)))
        return 0

    assert box.run(piped(writer, reader)).log.text() == "y\n"


def test_a_loop_that_never_rests_is_bounded(box: Box) -> None:
    effects = 0

    def program(process: Process) -> Running:
        nonlocal effects
        process.fds[3] = process.open("/dev/null", "w")
        while True:
            effects += 1
            yield Write(3, "y\n")

    box.run(program, until_s=3600)

    assert effects < 200_000


def test_names_are_asked_for_in_search_order(box: Box) -> None:
    answers: list[Any] = []

    def program(process: Process) -> Running:
        for name in ("db", "nosuch", "localhost", "10.1.2.3"):
            answers.append((yield Resolve(name)))
        return 0

    box.run(program)

    assert [answer.addresses for answer in answers] == [("10.96.0.7",), (), ("127.0.0.1",), ("10.1.2.3",)]
    assert answers[1].tried == ("nosuch.svc.cluster.local", "nosuch")


def test_a_server_answers_and_its_port_is_free_when_it_ends(box: Box) -> None:
    got: list[object] = []

    def server(process: Process) -> Running:
        yield Listen(80, lambda request, client: f"echo {request} to {client}")
        yield Sleep(seconds(5))
        return 0

    def program(process: Process) -> Running:
        yield Spawn(server, ("server",))
        yield Sleep(seconds(1))
        got.append((yield Connect("127.0.0.1", 80, "hi")))
        yield Wait()
        with pytest.raises(ConnectionRefusedError):
            yield Connect("127.0.0.1", 80, "hi")
        return 0

    box.run(program)

    assert (box.code, got) == (0, ["echo hi to 127.0.0.1"])


def test_one_connection_is_accepted(box: Box) -> None:
    def server(process: Process) -> Running:
        yield Write(1, (yield Accept(9000, "welcome\n")))
        return 0

    def program(process: Process) -> Running:
        yield Spawn(server, ("nc", "-l"))
        yield Sleep(seconds(1))
        yield Write(1, (yield Connect("127.0.0.1", 9000, "hello\n")))
        yield Wait()
        with pytest.raises(ConnectionRefusedError):
            yield Connect("127.0.0.1", 9000)
        return 0

    box.run(program)

    assert box.code == 0
    assert sorted(box.log.text().splitlines()) == ["hello", "welcome"]


def test_a_time_limit_ends_a_connection_attempt(box: Box) -> None:
    def program(process: Process) -> Running:
        with pytest.raises(TimeoutError):
            yield Connect("192.0.2.1", 80, timeout=seconds(3))
        return 0

    box.run(program)

    assert box.ended[0][0] // MILLISECOND == 3000


def test_an_echo_comes_back_or_not(box: Box) -> None:
    def program(process: Process) -> Running:
        assert (yield Ping("127.0.0.1", seconds(1))) is not None
        assert (yield Ping("192.0.2.1", seconds(1))) is None
        return 0

    assert box.run(program).code == 0


def test_a_served_request_can_be_logged(box: Box) -> None:
    def program(process: Process) -> Running:
        def serve(request: str, client: str) -> str:
            process.emit(1, f"{client}: {request}\n")
            return ""

        yield Listen(80, serve)
        yield Connect("127.0.0.1", 80, "GET")
        return 0

    assert box.run(program).log.text() == "127.0.0.1: GET\n"


def test_what_is_not_modelled_surfaces_to_who_steps_the_agenda(box: Box) -> None:
    def program(process: Process) -> Running:
        yield Compute(Nanos(0))
        raise NotModelledError("the command awk", "a container of busybox")

    with pytest.raises(NotModelledError, match="the command awk"):
        box.run(program)


def test_a_script_file_runs_its_interpreter(box: Box) -> None:
    box.processes.files.write("/run.sh", "#!/pause -x\n")
    box.processes.files.write("/pause", "")
    interpreter = box.processes.files.node("/pause")
    assert isinstance(interpreter, File)
    interpreter.runs, interpreter.mode = "pause", 0o755
    box.processes.files.chmod("/run.sh", 0o755)

    def program(process: Process) -> Running:
        found = process.program("/run.sh")
        assert found is not None
        yield Spawn(found, ("/run.sh", "arg"))
        yield Sleep(seconds(1))
        return 0

    box.run(program, until_s=0.5)

    assert box.processes.table()[1] == (2, ("/pause", "-x", "/run.sh", "arg"))
