"""Laws of processes, pipes, logs and addresses that hold for any input."""

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.dns import Resolver, candidates
from podproof.simulator.machine.effects import Process, Program, Read, Running, Sleep, Spawn, Wait, Write
from podproof.simulator.machine.files import Directory, FileSystem
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.permissions import ROOT
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.process import Identity
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos
from podproof.simulator.network.subnets import Subnet

LINES = st.lists(st.text("ab", max_size=3).map(lambda text: text + "\n"), max_size=12)


def run(program: Program) -> tuple[int, Nanos, str]:
    """Run a program as a container; the result is its exit code, when it ended, and its log."""
    agenda = Agenda(Nanos(0))
    log = Log(lambda: agenda.now)
    ended: list[tuple[int, Nanos]] = []
    network = Network()
    processes = PidNamespace(
        agenda, Identity("p", "busybox", "1.36", "ash", ROOT), FileSystem(Directory()), log, network,
        network.join("10.244.0.0/24"), Resolver(("10.96.0.10",)), Chance("law"), 1 << 30,
        lambda code, oom: ended.append((code, agenda.now)),
    )  # fmt: skip
    processes.start(program, ("law",), {}, "/")
    agenda.run_until(Nanos(3600 * SECOND))
    return *ended[0], log.text()


@settings(deadline=None)
@given(st.lists(st.text("xyz", max_size=40_000), max_size=6), st.integers(1, 70_000), st.booleans())
def test_what_goes_into_a_pipe_comes_out_of_it(written: list[str], limit: int, slowly: bool) -> None:
    read: list[str] = []

    def writer(process: Process) -> Running:
        for text in written:
            yield Write(1, text)
        return 0

    def program(process: Process) -> Running:
        out, into = process.pipe()
        yield Spawn(writer, ("writer",), None, {1: into})
        into.close()
        process.fds[0] = out
        while text := (yield Read(0, limit)):
            read.append(text)
            if slowly:
                yield Sleep(Nanos(MILLISECOND))
        return 0

    code, _, _ = run(program)

    assert code == 0
    assert "".join(read) == "".join(written)
    assert all(len(text) <= limit for text in read)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5_000), max_size=6))
def test_children_that_sleep_together_end_with_the_longest(spans: list[int]) -> None:
    def sleeper(span: int) -> Program:
        def program(process: Process) -> Running:
            yield Sleep(Nanos(span * MILLISECOND))
            return 0

        return program

    def program(process: Process) -> Running:
        for span in spans:
            yield Spawn(sleeper(span), ("sleep",))
        for _ in spans:
            yield Wait()
        return len(spans)

    code, at, _ = run(program)

    assert code == len(spans)
    assert at // MILLISECOND == max(spans, default=0)


@given(LINES, st.integers(0, 15))
def test_a_tail_is_the_end_of_the_whole(lines: list[str], count: int) -> None:
    log = Log(lambda: Nanos(0))
    for line in lines:
        log.write(1, line)

    assert log.text() == "".join(lines)
    assert log.text(tail_lines=count) == "".join(lines[-count:] if count else [])


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=8), st.integers(1, 7), st.integers(0, 20))
def test_a_flood_shows_what_a_real_loop_would_have_written(
    interruptions: list[tuple[int, bool]], span: int, tail: int
) -> None:
    now = next_tick = 0
    flooded, written = Log(lambda: Nanos(now)), Log(lambda: Nanos(now))
    flooded.flood(Nanos(span), "tick\ntock\n", Nanos(0))
    for step, speaks in interruptions:
        now += step
        while now > next_tick:
            written.write(1, "tick\ntock\n", Nanos(next_tick))
            next_tick += span
        if speaks:
            flooded.write(2, "other\n")
            written.write(2, "other\n")

    assert flooded.text(timestamps=True) == written.text(timestamps=True)
    assert flooded.text(tail_lines=tail) == written.text(tail_lines=tail)


@given(st.lists(st.booleans(), max_size=60))
def test_no_address_is_given_twice(takes: list[bool]) -> None:
    subnet, held = Subnet("10.244.0.0/28"), list[str]()
    for take in takes:
        if take and len(held) < 13:
            address = subnet.take()
            assert address not in held
            assert subnet.has(address)
            held.append(address)
        elif held:
            subnet.give_back(held.pop(0))


@given(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=8), st.booleans())
def test_a_name_is_asked_for_as_it_is_exactly_once(labels: list[str], closed: bool) -> None:
    name = ".".join(labels)

    asked = candidates(name + "." if closed else name, ("ns.svc.cluster.local", "svc.cluster.local"))

    assert asked.count(name) == 1
    assert len(asked) == (1 if closed else 3)
