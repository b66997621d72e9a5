"""How each effect is performed: what a program asks for, turned into waits, deliveries and calls.

A performer returns the result, or BLOCKED after it has said to the pid namespace what ends the wait; an `OSError` it
raises is thrown into the program.
"""

import errno
import os
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from podproof.errors import NotModelledError
from podproof.simulator.machine.dns import from_hosts, is_address
from podproof.simulator.machine.effects import (
    Accept,
    Allocate,
    Compute,
    Connect,
    Effect,
    Kill,
    Listen,
    Ping,
    Read,
    Repeat,
    Resolve,
    Resolved,
    Sleep,
    Spawn,
    Wait,
    Write,
)  # fmt: skip
from podproof.simulator.machine.network import ROUND_TRIP
from podproof.simulator.machine.pipes import Handle, LogStream, Null
from podproof.simulator.machine.process import Task
from podproof.simulator.model.dns_records import CLUSTER_DNS, SILENT, Reply
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

if TYPE_CHECKING:
    from podproof.simulator.machine.pidspace import PidNamespace

BLOCKED = object()
DNS_EXCHANGE = Nanos(MILLISECOND)
"""Approximated: one question to the cluster's DNS and its answer."""
ASKED_ONCE, ASKED_TWICE = Nanos(5 * SECOND), Nanos(10 * SECOND)
"""How long a program, or the C library, waits for a name server that says nothing; the library then gives up.

Source: busybox networking/nslookup.c, default_timeout; glibc resolv/resolv.h, RES_TIMEOUT and RES_DFLRETRY.
"""

INTERRUPTIBLE = frozenset({Sleep, Compute, Repeat, Read, Write, Wait, Resolve, Accept, Connect, Ping})


def _sleep(space: "PidNamespace", task: Task, effect: Sleep) -> object:
    return space.block(task, None if effect.span is None else Nanos(task.now() + max(effect.span, 0)))


def _compute(space: "PidNamespace", task: Task, effect: Compute) -> object:
    task.charge(effect.span)
    return None


def _repeat(space: "PidNamespace", task: Task, effect: Repeat) -> object:
    """A loop that writes to the log or to nowhere costs nothing; one that writes elsewhere is run, throttled."""
    files = {fd: _held(task, fd).file for fd, _ in effect.output}
    if not all(isinstance(file, LogStream | Null) for file in files.values()):
        task.suspended, task.running = task.running, _looping(effect)
        return None
    cycle = "".join(text for fd, text in effect.output if isinstance(files[fd], LogStream))
    if cycle:
        task.at_unblock = space.log.flood(effect.span, cycle, task.now()).end
    return space.block(task, None)


def _looping(effect: Repeat) -> Generator[Effect, Any, int]:
    while True:
        for fd, text in effect.output:
            yield Write(fd, text)
        yield Compute(effect.span)


def _read(space: "PidNamespace", task: Task, effect: Read) -> object:
    file = _held(task, effect.fd).file
    text = file.read(effect.limit, task.now())
    if text is not None:
        head, newline, rest = text.partition("\n") if effect.line else (text, "", "")
        if rest:
            file.unread(rest)
        return head + newline
    file.wait_readable(space.waker(task, partial(_read, space, task, effect)))
    return space.block(task, None)


def _write(space: "PidNamespace", task: Task, effect: Write) -> object:
    file = _held(task, effect.fd).file
    rest = file.write(effect.text, task.now())
    if not rest:
        return None
    file.wait_writable(space.waker(task, partial(_write, space, task, Write(effect.fd, rest))))
    return space.block(task, None)


def _spawn(space: "PidNamespace", task: Task, effect: Spawn) -> object:
    return space.spawn(task, effect.program, effect.argv, effect.env, effect.fds)


def _wait(space: "PidNamespace", task: Task, effect: Wait) -> object:
    wanted = effect.pid if effect.pid is not None else next(iter(task.ended), None)
    if wanted in task.ended:
        return wanted, task.ended.pop(wanted)
    if not task.children if effect.pid is None else effect.pid not in task.children:
        raise ChildProcessError(errno.ECHILD, os.strerror(errno.ECHILD))
    task.on_child = partial(_child_ended, task, effect.pid, space.waker(task, partial(_wait, space, task, effect)))
    return space.block(task, None)


def _child_ended(task: Task, wanted: int | None, wake: Callable[[Nanos], None], pid: int, at: Nanos) -> None:
    if wanted in (None, pid):
        task.on_child = None
        wake(at)


def _kill(space: "PidNamespace", task: Task, effect: Kill) -> object:
    targets = _targets(space, task, effect.pid)
    if not targets:
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
    for pid in targets:
        space.signal(pid, effect.signal)
    return None


def _targets(space: "PidNamespace", task: Task, pid: int) -> list[int]:
    """Return whom kill(2) means. A script's processes are all of one group, the first process's (no job control)."""
    everyone = [other for other, _ in space.table()]
    if pid == -1:
        return [other for other in everyone if other not in (1, task.pid)]
    if pid == 0:
        return [other for other, _ in space.own_table() if other != task.pid] + [task.pid]
    if pid < -1:
        raise NotModelledError("process groups of their own (kill with a negative pid)", f"process {task.argv[0]}")
    return [pid] if pid in everyone else []


def _allocate(space: "PidNamespace", task: Task, effect: Allocate) -> object:
    space.allocate(task, effect.amount)
    return None


def _resolve(space: "PidNamespace", task: Task, effect: Resolve) -> object:
    if not effect.kind and (is_address(effect.name) or (known := _from_hosts(task, effect))):
        addresses = (effect.name,) if is_address(effect.name) else known
        return Resolved(effect.name, space.resolver.server, effect.name, addresses, ())
    resolver, network = space.resolver, space.network
    server = effect.server or resolver.server
    if not network.answers_names(space.namespace, server):
        silent = Resolved(effect.name, server, None, (), (effect.name,), Reply(SILENT))
        return space.block(task, Nanos(task.now() + (ASKED_ONCE if effect.kind else ASKED_TWICE)), lambda: silent)
    lookup = network.lookup if server == CLUSTER_DNS else network.outside
    answer = resolver.ask(effect.name, effect.kind, lookup) if effect.kind else resolver.resolve(effect.name, lookup)
    return space.block(task, Nanos(task.now() + len(answer.tried) * DNS_EXCHANGE), lambda: answer)


def _from_hosts(task: Task, effect: Resolve) -> tuple[str, ...]:
    if not effect.hosts or not task.files.is_file("/etc/hosts"):
        return ()
    return from_hosts(effect.name, task.files.read("/etc/hosts"))


def _listen(space: "PidNamespace", task: Task, effect: Listen) -> object:
    task.at_exit.append(space.namespace.listen(effect.port, effect.serve, effect.address, effect.protocol))
    return None


def _accept(space: "PidNamespace", task: Task, effect: Accept) -> object:
    received: list[str] = []
    wake = space.waker(task, lambda: received[0])

    def serve(request: str, client: str) -> str:
        received.append(request)
        wake(space.agenda.now)
        return effect.reply

    task.at_unblock = space.namespace.listen(effect.port, serve, effect.address, effect.protocol)
    return space.block(task, None)


def _connect(space: "PidNamespace", task: Task, effect: Connect) -> object:
    delivery = space.network.deliver(space.namespace, effect.address, effect.port, effect.protocol)
    if effect.timeout is not None and effect.timeout < delivery.after:
        return space.block(task, Nanos(task.now() + effect.timeout), partial(_fail, errno.ETIMEDOUT))
    until = Nanos(task.now() + delivery.after)
    if delivery.serve is None:
        return space.block(task, until, partial(_fail, delivery.error))
    return space.block(task, until, partial(delivery.serve, effect.payload, delivery.client))


def _ping(space: "PidNamespace", task: Task, effect: Ping) -> object:
    if space.network.answers_ping(space.namespace, effect.address):
        return space.block(task, Nanos(task.now() + ROUND_TRIP), lambda: ROUND_TRIP)
    return space.block(task, Nanos(task.now() + effect.timeout))


def _held(task: Task, fd: int) -> Handle:
    held = task.fds.get(fd)
    if not isinstance(held, Handle) or not held.is_open:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return held


def _fail(number: int) -> object:
    raise OSError(number, os.strerror(number))


PERFORM: Mapping[type, Callable[["PidNamespace", Task, Any], object]] = {
    Accept: _accept,
    Allocate: _allocate,
    Compute: _compute,
    Connect: _connect,
    Kill: _kill,
    Listen: _listen,
    Ping: _ping,
    Read: _read,
    Repeat: _repeat,
    Resolve: _resolve,
    Sleep: _sleep,
    Spawn: _spawn,
    Wait: _wait,
    Write: _write,
}
