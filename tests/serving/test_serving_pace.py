"""How time passes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.serving import pace as paces
from podproof.serving.pace import Clients, Leaping, Manual, Open, Pace, Paced, PaceError, pace
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.model.times import Nanos, seconds

BEGIN = seconds(1000)


class _Clock:
    """Our own time, which passes when told to."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def _ignore(error: Exception) -> None:
    return


def _paced(rate: float) -> tuple[Agenda, _Clock, Paced]:
    agenda, clock = Agenda(BEGIN), _Clock()
    return agenda, clock, Paced(agenda, clock, _ignore, rate)


@pytest.mark.parametrize(("rate", "passed"), [(1.0, 3.0), (60.0, 180.0), (0.5, 1.5)])
def test_the_clock_is_as_far_as_ours_times_the_rate(rate: float, passed: float) -> None:
    agenda, clock, paced = _paced(rate)
    clock.now += 3.0
    paced.catch_up()

    assert agenda.now == BEGIN + seconds(passed)


def test_the_clock_never_goes_back() -> None:
    agenda, clock, paced = _paced(1.0)
    clock.now -= 3.0
    paced.catch_up()

    assert agenda.now == BEGIN


def test_what_is_due_is_done_on_the_way_each_at_its_moment() -> None:
    agenda, clock, paced = _paced(1.0)
    seen: list[int] = []
    for due in (1, 2, 4):
        agenda.at(Nanos(BEGIN + seconds(due)), lambda: seen.append((agenda.now - BEGIN) // seconds(1)))
    clock.now += 3.0
    paced.catch_up()

    assert seen == [1, 2]


def test_a_clock_that_is_put_forward_goes_on_from_there() -> None:
    agenda, clock, paced = _paced(1.0)
    asyncio.run(paced.advance(seconds(60)))
    clock.now += 3.0
    paced.catch_up()

    assert agenda.now == BEGIN + seconds(63)


def test_time_by_hand_stands_still_until_it_is_told_to_pass() -> None:
    agenda, clock = Agenda(BEGIN), _Clock()
    manual = Manual(agenda, clock, _ignore)
    clock.now += 3.0
    manual.catch_up()
    before = agenda.now
    asyncio.run(manual.advance(seconds(30)))

    assert (before, agenda.now) == (BEGIN, BEGIN + seconds(30))


@pytest.mark.parametrize("fault", [NotModelledError("the moon", "the sky"), KeyError("the moon")])
def test_what_the_world_cannot_do_is_told_once_and_time_goes_on(fault: Exception) -> None:
    def refuse() -> None:
        raise fault

    agenda, told = Agenda(BEGIN), list[Exception]()
    manual = Manual(agenda, _Clock(), told.append)
    agenda.after(seconds(10), refuse)
    agenda.after(seconds(20), refuse)
    asyncio.run(manual.advance(seconds(30)))

    assert told == manual.faults == [fault]
    assert agenda.now == BEGIN + seconds(30)


def _until(agenda: Agenda, clients: Clients, done: Callable[[], bool], change: Callable[[], Any] | None = None) -> None:
    """Let time leap until something holds; fails when it never does."""

    async def leap() -> None:
        loop = asyncio.get_running_loop()
        leaping = Leaping(agenda, loop.time, _ignore, clients)
        running = asyncio.create_task(leaping.run())
        async with asyncio.timeout(20):
            while not done():
                await asyncio.sleep(0)
                if change is not None:
                    change()
                    leaping.touched()
        running.cancel()

    asyncio.run(leap())


def test_leaps_go_from_one_due_moment_to_the_next() -> None:
    agenda, seen = Agenda(BEGIN), list[int]()
    for due in (1, 10, 50):
        agenda.at(Nanos(BEGIN + seconds(due)), lambda: seen.append((agenda.now - BEGIN) // seconds(1)))
    _until(agenda, Clients(), lambda: len(seen) == 3)

    assert seen == [1, 10, 50]


class _Unread(Open):
    @property
    def unread(self) -> bool:
        return True


BUSY: dict[str, Callable[[Clients], object]] = {
    "a request is being answered": lambda clients: setattr(clients, "asking", 1),
    "a stream is not read": lambda clients: clients.streams.add(_Unread()),
}


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY.keys())
def test_nothing_leaps_while(busy: Callable[[Clients], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "QUIET", 0.0)
    agenda, clients, turns = Agenda(BEGIN), Clients(), list[Nanos]()
    agenda.after(seconds(1), lambda: None)
    busy(clients)
    _until(agenda, clients, lambda: len(turns) == 50, lambda: turns.append(agenda.now))

    assert set(turns) == {BEGIN}


@pytest.mark.parametrize(("streams", "minutes"), [(0, 1), (1, 5)])
def test_without_a_client_leaps_end_a_minute_after_the_last_word(streams: int, minutes: int) -> None:
    agenda, clients, ticks = Agenda(BEGIN), Clients(), list[Nanos]()
    clients.streams.update(Open() for _ in range(streams))

    def tick() -> None:
        ticks.append(agenda.now)
        agenda.after(seconds(30), tick)

    async def leap() -> None:
        leaping = Leaping(agenda, asyncio.get_running_loop().time, _ignore, clients)
        running = asyncio.create_task(leaping.run())
        async with asyncio.timeout(20):
            while len(ticks) < 2 * minutes:
                await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()

    agenda.after(seconds(30), tick)
    asyncio.run(leap())

    assert (agenda.now - BEGIN > seconds(60)) == bool(streams)


NAMES: dict[str, type[Pace]] = {"realtime": Paced, "60": Paced, "0.5": Paced, "max": Leaping, "manual": Manual}


@pytest.mark.parametrize(("text", "made"), NAMES.items())
def test_a_pace_is_named(text: str, made: type[Pace]) -> None:
    found = pace(text, Agenda(BEGIN), _Clock(), _ignore, Clients())

    assert (type(found), found.name) == (made, text)


@pytest.mark.parametrize("text", ["fast", "0", "-1", "inf", "nan", ""])
def test_what_is_no_pace_says_what_there_is(text: str) -> None:
    with pytest.raises(PaceError, match="realtime, manual, max, or how many times"):
        pace(text, Agenda(BEGIN), _Clock(), _ignore, Clients())
