"""A container's processes: who runs, who waits for what, what signals do, and what it all costs in time.

Rules for editing: a program runs only inside `_resume`, which is only called by the agenda; everything that ends a wait
goes through `wake`. `turn` tells a stale wake-up from a due one.
"""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from podproof.errors import NotModelledError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine import performing
from podproof.simulator.machine.dns import Resolver
from podproof.simulator.machine.effects import Description, Effect, Interrupted, Program
from podproof.simulator.machine.files import FileSystem
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Namespace, Network
from podproof.simulator.machine.pipes import Handle, OpenFile, Urandom
from podproof.simulator.machine.pod_memory import PodMemory
from podproof.simulator.machine.process import (
    IGNORED_BY_DEFAULT,
    KILL,
    STOPPING,
    Identity,
    Task,
    standard_streams,
)  # fmt: skip
from podproof.simulator.machine.shared_pids import SharedPids
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

SLICE = 10 * MILLISECOND
"""How far a process may run ahead before others get their turn. Approximated."""
PROCESS_LIMIT = 1024
"""Approximated: podPidsLimit is unlimited by default and the node's pid_max holds; a fork bomb meets this instead."""
EFFECT_COST = 1_000
"""Nanoseconds each effect takes at least. Approximated."""
FREE_EFFECTS = 50_000
EFFECTS_PER_SECOND = 20
"""Beyond FREE_EFFECTS, what a process and its children do takes as long as it needs to stay below this rate.

Approximated on purpose: a loop that never rests costs bounded real time however long its pod lives. What is started
from outside (a probe) has a count of its own.
"""

Outcome = Callable[[], object]
"""What a wait ends in: the value for the program, an OSError or `Interrupted` for it, or BLOCKED once more."""


def _nothing() -> None:
    return None


class PidNamespace:
    """The processes of one container. `on_exit(code, out_of_memory)` is called once the first process has ended.

    With `shared`, the numbers are the pod's: the first process is not number 1 then, and no signal passes it by.
    """

    def __init__(
        self,
        agenda: Agenda,
        identity: Identity,
        files: FileSystem,
        log: Log,
        network: Network,
        namespace: Namespace,
        resolver: Resolver,
        chance: Chance,
        memory_limit: int,
        on_exit: Callable[[int, bool], None],
        shared: SharedPids | None = None,
        pod_memory: PodMemory | None = None,
    ) -> None:
        self.agenda, self.identity, self.files, self.log = agenda, identity, files, log
        self.network, self.namespace, self.resolver = network, namespace, resolver
        self._chance, self._memory_limit, self._on_exit = chance, memory_limit, on_exit
        self._shared, self._pod_memory = shared, pod_memory or PodMemory(None)
        self._pod_memory.join(self)
        self._tasks: dict[int, Task] = {}
        self._first = 1
        self._last_pid = 0
        self._memory = 0

    def clock(self) -> Nanos:
        """Return the agenda's present moment."""
        return self.agenda.now

    def draw(self, limit: int) -> int:
        """Return a seeded whole number below `limit`."""
        return self._chance.below(limit)

    def urandom(self) -> Urandom:
        """Return the container's /dev/urandom."""
        return Urandom(self._chance)

    def table(self) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process that lives, in the order of their pids."""
        return self._shared.table() if self._shared is not None else self.own_table()

    def own_table(self) -> list[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process of this very container."""
        return [(task.pid, task.argv) for task in self._tasks.values()]

    def process(self, pid: int) -> Task | None:
        """Return the process that has a pid."""
        return self._tasks.get(pid)

    def start(
        self, program: Program, argv: tuple[str, ...], env: Mapping[str, str], cwd: str, listens: bool = False
    ) -> None:
        """Start the container's first process; its program first runs when the agenda comes to it."""
        first = self._new(0, argv, dict(env))
        self._first = first.pid
        if self._shared is not None:
            self._shared.join(self)
        first.cwd = cwd
        first.fds = standard_streams(first, self.log, listens)
        self.agenda.at(first.local, partial(self._begin, first, program))

    def join(
        self,
        program: Program,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        cwd: str,
        streams: tuple[OpenFile, OpenFile, OpenFile],
        ended: Callable[[int], None],
    ) -> int:
        """Start a process from outside, as runc exec does, and return its pid; `ended` gets its status.

        `streams` are its stdin, stdout and stderr.
        It dies with the container's first process. Raises OSError(EAGAIN) at the limit of processes.
        """
        self._make_room()
        task = self._new(0, argv, dict(env))
        task.cwd, task.on_end = cwd, ended
        task.fds = {number: task.handle(file) for number, file in enumerate(streams)}
        self.agenda.at(task.local, partial(self._begin, task, program))
        return task.pid

    def spawn(
        self,
        parent: Task,
        program: Program,
        argv: tuple[str, ...],
        env: Mapping[str, str] | None,
        fds: Mapping[int, Description] | None,
    ) -> int:
        """Start a child and return its pid. Raises OSError(EAGAIN) at the limit of processes."""
        self._make_room()
        child = self._new(parent.pid, argv, dict(parent.env if env is None else env))
        child.local, child.cwd, child.user = parent.now(), parent.cwd, parent.user
        child.meter = parent.meter
        child.handlers = {signal: handler for signal, handler in parent.handlers.items() if handler == "ignore"}
        for number, held in sorted((parent.fds if fds is None else fds).items()):
            if isinstance(held, Handle) and held.is_open:
                child.fds[number] = held.given_to(child.handles, child.now)
        parent.children.add(child.pid)
        self.agenda.at(child.local, partial(self._begin, child, program))
        return child.pid

    def block(self, task: Task, until: Nanos | None, outcome: Outcome = _nothing, interruptible: bool = True) -> object:
        """Let a process wait until a moment (None: until it is woken) and then go on with what `outcome` returns."""
        task.interruptible = interruptible
        if until is not None:
            task.entry = self.agenda.at(max(until, self.agenda.now), partial(self._due, task, task.turn, outcome))
        return performing.BLOCKED

    def waker(self, task: Task, outcome: Outcome) -> Callable[[Nanos], None]:
        """Return what ends the wait that a process is about to begin; it does nothing once that wait has ended."""
        turn = task.turn

        def wake(at: Nanos) -> None:
            if task.alive and task.turn == turn:
                self._unblock(task)
                self.block(task, at, outcome, interruptible=False)

        return wake

    def signal(self, pid: int, number: int, from_outside: bool = False) -> bool:
        """Send a signal; False where there is no such process.

        Source: pid_namespaces(7): the first process gets only the signals it handles, and KILL from outside.
        """
        task = self._tasks.get(pid)
        if task is None:
            return self._shared is not None and self._shared.signal(pid, number)
        handler = task.handlers.get(number, "default")
        if number == 0 or handler == "ignore":
            return True
        if handler == "interrupt":
            self._interrupt(task, number)
        elif self._shared is not None or pid != 1 or (number == KILL and from_outside):
            self._default_action(task, number)
        return True

    def allocate(self, task: Task, amount: int) -> None:
        """Count memory; over the limit the whole container is killed.

        Source: pkg/kubelet/kuberuntime/kuberuntime_container_linux.go, memory.oom.group is set.
        """
        amount = max(amount, -task.memory)
        task.memory += amount
        self._memory += amount
        if self._memory > self._memory_limit:
            self.run_out_of_memory()
        else:
            self._pod_memory.check()

    def run_out_of_memory(self) -> None:
        """Kill every process, because there is no memory for them."""
        self._end(self._tasks[self._first], 128 + KILL, out_of_memory=True)

    def limit_memory(self, limit: int) -> None:
        """Hold the container to another limit (bytes) from now on."""
        self._memory_limit = limit

    @property
    def memory(self) -> int:
        """What all processes together have taken, in bytes."""
        return self._memory

    def signal_first(self, number: int) -> None:
        """Send the container's first process a signal from outside."""
        if self._first in self._tasks:
            self.signal(self._first, number, from_outside=True)

    def kill_all(self) -> None:
        """Kill every process from outside, now."""
        self.signal_first(KILL)

    def _make_room(self) -> None:
        if len(self._tasks) >= PROCESS_LIMIT:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def _new(self, parent: int, argv: tuple[str, ...], env: dict[str, str]) -> Task:
        self._last_pid = self._last_pid + 1 if self._shared is None else self._shared.take()
        task = self._tasks[self._last_pid] = Task(self, self._last_pid, parent, argv, env)
        return task

    def _begin(self, task: Task, program: Program) -> None:
        if task.alive:
            task.running = program(task)
            self._resume(task, _nothing)

    def _due(self, task: Task, turn: int, outcome: Outcome) -> None:
        if task.alive and task.turn == turn:
            self._unblock(task)
            self._resume(task, outcome)

    def _unblock(self, task: Task) -> None:
        task.turn += 1
        task.interruptible = False
        if task.entry is not None:
            task.entry.cancel()
            task.entry = None
        if task.at_unblock is not None:
            undo, task.at_unblock = task.at_unblock, None
            undo()

    def _resume(self, task: Task, outcome: Outcome) -> None:
        """Run a program until it blocks, ends, or has used up its slice."""
        value, error = _tried(outcome)
        while value is not performing.BLOCKED and task.alive:
            if task.local - self.agenda.now > SLICE:
                self.block(task, task.local, partial(_again, value, error), interruptible=False)
                return
            effect = self._advance(task, value, error)
            if effect is None:
                return
            self._meter(task)
            value, error = self._performed(task, effect)

    def _advance(self, task: Task, value: object, error: BaseException | None) -> Effect | None:
        """Let the program go on to its next effect; None when it has ended."""
        running = task.running
        assert running is not None
        try:
            return running.send(value) if error is None else running.throw(error)
        except StopIteration as ended:
            self._finish(task, ended.value)
            return None
        except (Interrupted, OSError) as thrown:
            if task.suspended is None:
                raise
            task.running, task.suspended = task.suspended, None
            return self._advance(task, None, thrown)

    def _performed(self, task: Task, effect: Effect) -> tuple[object, BaseException | None]:
        kind = type(effect)
        if task.pending and kind in performing.INTERRUPTIBLE:
            return None, Interrupted(task.pending.pop(0))
        try:
            return performing.PERFORM[kind](self, task, effect), None
        except OSError as refused:
            return None, refused

    def _meter(self, task: Task) -> None:
        task.charge(EFFECT_COST)
        meter = task.meter
        meter.effects += 1
        if meter.effects > FREE_EFFECTS:
            earliest = meter.begun + (meter.effects - FREE_EFFECTS) * (SECOND // EFFECTS_PER_SECOND)
            task.local = Nanos(max(task.local, earliest))

    def _finish(self, task: Task, status: int) -> None:
        """A program has returned: its process ends once it has used the time it was charged."""
        if task.local <= self.agenda.now:
            self._end(task, status & 0xFF)
            return
        turn = task.turn
        task.running = None
        task.entry = self.agenda.at(task.local, lambda: self._end(task, status & 0xFF) if task.turn == turn else None)

    def _interrupt(self, task: Task, number: int) -> None:
        if not task.interruptible:
            task.pending.append(number)
            return
        self._unblock(task)
        self.block(task, self.agenda.now, partial(_again, None, Interrupted(number)), interruptible=False)

    def _default_action(self, task: Task, number: int) -> None:
        if number in IGNORED_BY_DEFAULT:
            return
        if number in STOPPING:
            raise NotModelledError(f"stopping a process (signal {number})", f"a container of {self.identity.image}")
        self._end(task, 128 + number)

    def _end(self, task: Task, status: int, out_of_memory: bool = False) -> None:
        if not task.alive:
            return
        if task.pid == self._first:
            self._end_all(status, out_of_memory)
            return
        self._clear(task)
        self._reparent(task)
        if task.on_end is not None:
            task.on_end(status)
        parent = self._tasks.get(task.parent)
        if parent is None or task.pid not in parent.children:
            return
        parent.children.discard(task.pid)
        parent.ended[task.pid] = status
        if parent.on_child is not None:
            parent.on_child(task.pid, Nanos(max(task.local, self.agenda.now)))

    def _reparent(self, task: Task) -> None:
        """Hand the children of the dead to the first process, which reaps them unseen (approximated)."""
        for pid in task.children:
            if (child := self._tasks.get(pid)) is not None:
                child.parent = 1

    def _end_all(self, status: int, out_of_memory: bool) -> None:
        """The first process has ended, and with it all others. Source: pid_namespaces(7)."""
        tasks = list(self._tasks.values())
        for task in tasks:
            self._clear(task)
        self.log.close()
        if self._shared is not None:
            self._shared.leave(self)
        self._pod_memory.leave(self)
        self._on_exit(status, out_of_memory)
        for task in tasks:
            if task.on_end is not None:
                task.on_end(128 + KILL)

    def _clear(self, task: Task) -> None:
        """Take a process off the machine: its files, ports, memory, and the program itself."""
        self._unblock(task)
        task.alive = False
        task.on_child = None
        del self._tasks[task.pid]
        self._memory -= task.memory
        for undo in task.at_exit:
            undo()
        for held in list(task.handles):
            held.close()
        for running in (task.running, task.suspended):
            if running is not None:
                running.close()
        task.running = task.suspended = None


def _tried(outcome: Outcome) -> tuple[object, BaseException | None]:
    try:
        return outcome(), None
    except (OSError, Interrupted) as thrown:
        return None, thrown


def _again(value: object, error: BaseException | None) -> object:
    if error is not None:
        raise error
    return value
