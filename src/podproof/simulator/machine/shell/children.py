"""The processes a shell starts: commands, subshells, pipelines, substitutions, and waiting for them."""

import errno
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from podproof.simulator.machine.effects import Allocate, Description, Process, Program, Read, Running, Spawn, Wait
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Call, Steps
from podproof.simulator.machine.shell.redirects import free_descriptor
from podproof.simulator.machine.shell.state import State
from podproof.simulator.machine.shell.syntax import Block, Command, Pipeline, Subshell
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

Fds: TypeAlias = Mapping[int, Description]
_CHUNK = 65536
UNCOUNTED = 1024 * 1024
"""Characters a shell holds without its memory being counted."""


class OutOfMemory(Exception):  # noqa: N818 (the kernel's word)
    """A shell holds more than `costs.VALUE_LIMIT`: it is killed."""


def start(
    shell: "Shell", program: Program, argv: tuple[str, ...], env: Mapping[str, str] | None, fds: Fds | None
) -> Steps[int]:
    """Start a child and return its pid. Raises ShellError where no process is left."""
    shell.look_outside()
    shell.effort.turn(costs.FORK_TURNS)
    shell.effort.charge(costs.crowded_fork(shell.state.depth, len(shell.process.processes())))
    try:
        pid = yield Spawn(program, argv, env, fds)
    except OSError as error:
        if error.errno != errno.EAGAIN:
            raise
        raise ShellError(shell.voice.cannot_fork()) from None
    return int(pid)


def reap(shell: "Shell", pid: int) -> Steps[int]:
    """Wait for one child and return its status."""
    try:
        _, status = yield Wait(pid)
    except ChildProcessError:
        return 127
    return int(status)


def subshell(shell: "Shell", command: Command) -> Program:
    """Return the program of a child that is a copy of this shell and runs one command."""
    from podproof.simulator.machine.shell.interpreter import Shell

    state: State = shell.state.fork()
    voice = shell.voice
    command = command.body if isinstance(command, Subshell) else command

    def run(process: Process) -> Running:
        child = Shell(process, state, voice)
        return child.main(lambda: child.run(command, last=True))

    return run


def background(shell: "Shell", command: Command) -> Steps[int]:
    """Start a command in the background, without standard input, and remember it as `$!`."""
    fds = {**shell.process.fds, 0: shell.process.open("/dev/null", "r")}
    pid = yield from start(shell, subshell(shell, command), shell.process.argv, None, fds)
    fds[0].close()
    shell.state.last_background = pid
    shell.jobs[pid] = len(shell.jobs) + 1
    return 0


def pipeline(shell: "Shell", node: Pipeline) -> Steps[int]:
    """Run the commands of a pipeline beside each other; the last one's status counts (with `pipefail` any failure)."""
    pids: list[int] = []
    source: Description | None = None
    for place, command in enumerate(node.commands):
        reading, writing = shell.process.pipe() if place < len(node.commands) - 1 else (None, None)
        fds = dict(shell.process.fds)
        fds.update({0: source} if source is not None else {})
        fds.update({1: writing} if writing is not None else {})
        pids.append((yield from start(shell, subshell(shell, command), shell.process.argv, None, fds)))
        for end in (source, writing):
            if end is not None:
                end.close()
        source = reading
    statuses = []
    for pid in pids:
        statuses.append((yield from reap(shell, pid)))
    if "pipefail" in shell.state.options:
        return next((status for status in reversed(statuses) if status), 0)
    return statuses[-1]


def substitute(shell: "Shell", body: Block) -> Steps[str]:
    """Return what a script writes, without its last new lines; its status becomes `$?`."""
    reading, writing = shell.process.pipe()
    fds = {**shell.process.fds, 1: writing}
    try:
        pid = yield from start(shell, subshell(shell, body), shell.process.argv, None, fds)
    finally:
        writing.close()
    output = yield from _all_of(shell, reading)
    shell.substituted = yield from reap(shell, pid)
    return output.rstrip("\n")


def _all_of(shell: "Shell", reading: Description) -> Steps[str]:
    fd = free_descriptor(shell.process)
    shell.process.fds[fd] = reading
    chunks: list[str] = []
    held = 0
    while chunk := (yield Read(fd, _CHUNK)):
        chunks.append(chunk)
        held += len(chunk)
        if held > UNCOUNTED:
            yield Allocate(len(chunk))
        if held > costs.VALUE_LIMIT:
            raise OutOfMemory
    reading.close()
    del shell.process.fds[fd]
    if held > UNCOUNTED:
        yield Allocate(UNCOUNTED - held)
    return "".join(chunks).replace("\0", "")


def call(steps: Callable[[], Steps[int]]) -> Steps[int]:
    """Run steps without nesting Python's stack."""
    status: int = yield Call(steps())
    return status
