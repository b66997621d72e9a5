"""A process that is halted: what falls due waits, and the world goes on."""

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.process import Process
from podproof.simulator.model.times import Nanos


def test_a_running_process_keeps_the_times_of_the_world() -> None:
    agenda = Agenda(Nanos(0))
    process, done = Process(agenda), list[int]()
    process.at(Nanos(5), lambda: done.append(agenda.now))

    agenda.run_until(Nanos(10))

    assert done == [5]


def test_a_halted_process_does_in_order_what_fell_due_once_it_goes_on() -> None:
    agenda = Agenda(Nanos(0))
    process, done = Process(agenda), list[str]()
    process.at(Nanos(5), lambda: done.append("first"))
    process.halt()
    process.do(lambda: done.append("before"))
    agenda.run_until(Nanos(10))
    held = list(done)

    process.resume()

    assert (held, done) == ([], ["before", "first"])


def test_what_is_taken_back_meanwhile_is_never_done() -> None:
    agenda = Agenda(Nanos(0))
    process, done = Process(agenda), list[str]()
    entry = process.at(Nanos(5), lambda: done.append("never"))
    process.halt()
    agenda.run_until(Nanos(10))
    entry.cancel()

    process.resume()

    assert done == []
