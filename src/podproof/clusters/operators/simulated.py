"""Operators beside a simulated cluster: it is served for them, and its time passes only while they rest.

Rules for editing: everything happens in one thread. Operators are answered while the scenario waits, and at no other
moment; between two of its steps they get no word, so that a step meets the cluster as the step before has left it.
How the two times go together: docs/decisions/0007-operators-in-real-time.md.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from podproof.cluster import Command
from podproof.clusters.operators.crew import Crew
from podproof.clusters.operators.processes import OperatorError, OperatorProcess
from podproof.clusters.operators.resting import Look, Sessions, can_be_seen
from podproof.errors import LackingError
from podproof.simulator.model.times import SECOND, Nanos
from podproof.simulator.world import World

_GLANCE = 0.002
"""How often (s of our time) operators that work are looked at."""
_TICK = 0.005
"""How long (s of our time) the clock stands between two steps while all rest."""
_TURNS = 10
"""Turns of the loop within which what an operator has sent becomes a request that is being answered."""
_UNSEEN = 0.05
"""How long (s) nothing is said by an operator that is taken to rest, on a machine that does not show its processes."""
_GRACE = 10.0
"""How long (s of our time) an operator may take to end."""

Condition = Callable[[], bool]
T = TypeVar("T")


def _never() -> bool:
    return False


async def _ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Let tasks end that nobody waits for any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class SimulatedOperators:
    """What runs beside one world. `patience` (s of our time) is how long operators may work while a step waits."""

    def __init__(self, world: World, namespace: str, patience: float) -> None:
        self._world, self._namespace, self._patience = world, namespace, patience
        self._crew: Crew | None = None
        self._factor, self._sessions = 1, Sessions()
        self._met: Condition = _never
        """Whether what a step waits for is so; from then on no call is answered."""

    def run(self, name: str, command: Command | None = None) -> None:
        """Start an operator and wait until it has asked something of the API server, and rests."""
        crew = self._crew or self._opened()
        process = crew.start(name, command)
        clients = self._serving.clients
        asked = clients.asked
        if self._run(self._at_rest_with(lambda: clients.asked > asked)):
            return
        if clients.asked > asked:
            raise self._restless()
        seen = f"has asked nothing of the API server in {self._patience:g} s"
        raise OperatorError(name, seen, process.output())

    def stop(self, name: str) -> None:
        """Ask an operator to end, and end it if it takes too long."""
        crew = self._of()
        process = crew.get(name)
        process.ask_to_end()
        self._run(self._until_ended(process))
        crew.end(name)

    def kill(self, name: str) -> None:
        """End an operator as it stands: what it asked and got no answer to is not done."""
        self._of().end(name)
        self._met = lambda: True
        self._run(self._turn())
        self._met = _never

    def drop_watches(self) -> None:
        """Cut every watch of an operator's."""
        self._of()
        self._serving.server.cut_streams()

    def pace(self, factor: int) -> None:
        """Let a second of the operators be so many of the cluster's."""
        self._factor = factor

    def outputs(self) -> dict[str, str]:
        """Return what each operator wrote."""
        return dict(self._crew.outputs()) if self._crew is not None else {}

    def until(self, deadline: Nanos, condition: Condition | None = None) -> bool:
        """Let time pass until a condition holds (True) or a moment is reached (False).

        Raises:
            OperatorError: an operator has ended by itself, or does not come to rest.
        """
        if self._crew is None or not self._crew.sessions:
            return self._world.agenda.run_until(deadline, condition)
        self._met = condition or _never
        try:
            return self._run(self._passed(deadline, self._met))
        finally:
            self._met = _never

    def close(self) -> None:
        """End them all, and serve no more."""
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close()
            self._run(self._serving.__aexit__())
            self._run(_ended(asyncio.all_tasks(self._loop)))
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the loop run until something is done; where that is interrupted, it is given up."""
        task = self._loop.create_task(work)
        try:
            return self._loop.run_until_complete(task)
        finally:
            task.cancel()

    def _of(self) -> Crew:
        return self._crew or self._opened()

    def _opened(self) -> Crew:
        """Serve the world."""
        try:
            from podproof.serving.running import Options, Serving
        except ImportError:
            raise LackingError("operators beside the simulator need pip install 'podproof[serve]'") from None
        self._loop = asyncio.new_event_loop()
        self._serving = Serving(self._world, Options(pace="manual"))
        self._run(self._serving.__aenter__())
        self._serving.clients.admit = self._admit
        self._crew = Crew(self._serving.kubeconfig(), self._namespace)
        return self._crew

    async def _at_rest_with(self, condition: Condition) -> bool:
        end = self._loop.time() + self._patience
        while self._loop.time() < end:
            self._check()
            if condition() and await self._resting() is not None:
                return True
            await asyncio.sleep(_GLANCE)
        return False

    async def _until_ended(self, process: OperatorProcess) -> None:
        end = self._loop.time() + _GRACE
        while process.runs and self._loop.time() < end:
            await asyncio.sleep(_GLANCE)

    async def _passed(self, deadline: Nanos, condition: Condition) -> bool:
        agenda, time = self._world.agenda, self._loop.time
        last: Look | None = None
        worked, looked = 0.0, time()
        while not condition():
            self._check()
            look, present = await self._resting(), time()
            if look is not None and agenda.now >= deadline:
                return condition()
            if look is None:
                worked += present - looked
                if worked > self._patience:
                    raise self._restless()
            elif last is not None:
                # Where somebody has run between two looks nobody knows for how long: no more than a tick was rest.
                rested = present - looked if look == last else min(present - looked, _TICK)
                await self._move(min(deadline, self._later(rested)), condition)
            last, looked = look, present
            await asyncio.sleep(_GLANCE if look is None else _TICK)
        return True

    def _later(self, span: float) -> Nanos:
        return Nanos(self._world.now + round(span * SECOND) * self._factor)

    async def _move(self, deadline: Nanos, condition: Condition) -> None:
        """Let the cluster's time pass until an operator is told something."""
        clients = self._serving.clients
        told = clients.told
        span = Nanos(deadline - self._world.now)
        await self._serving.pace.advance(span, lambda: clients.told != told or condition())
        if faults := self._serving.pace.faults:
            raise faults[0]

    async def _resting(self) -> Look | None:
        """Return what is seen where every operator waits for something and every word of theirs is answered."""
        clients, crew = self._serving.clients, self._of()
        before, words = self._sessions.look(crew.sessions), clients.words
        if before is None:
            return None
        if not can_be_seen():
            await asyncio.sleep(_UNSEEN)
        await self._turn()
        answered = clients.idle and clients.words == words
        return before if answered and self._sessions.look(crew.sessions) == before else None

    async def _admit(self) -> None:
        """Keep a call waiting that comes after what a step waits for: the next step decides what it meets."""
        while self._met():
            await asyncio.sleep(_GLANCE)

    async def _turn(self) -> None:
        """Take in what was sent."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def _check(self) -> None:
        if self._crew is not None:
            self._crew.check()

    def _restless(self) -> OperatorError:
        """Return what is to be told where operators work for ever: of one that works just now, if there is one."""
        recent = Counter(self._serving.clients.recent)
        often = "; ".join(f"{call} {count} times" for call, count in recent.most_common(3))
        running = list(self._of().running())
        process = next((each for each in running if Sessions().look((each.session,)) is None), running[0])
        told = f"of its last {sum(recent.values())} calls: {often}" if recent else "it asks nothing of the API server"
        seen = f"does not come to rest: it has worked for {self._patience:g} s; {told}"
        return OperatorError(process.name, seen, process.output())
