"""One process: what its program sees of the container, and where it stands with the machine that runs it.

A process has a clock of its own that may run a little ahead of the agenda: what it computes is charged there, and the
agenda follows when it blocks or its slice is over (see `pidspace`).
"""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from podproof.simulator.kernel.agenda import Entry
from podproof.simulator.machine.effects import Description, Handler, Program, Running
from podproof.simulator.machine.files import Device, File, FileSystem
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.permissions import User
from podproof.simulator.machine.pipes import (
    Full,
    Handle,
    LogStream,
    Null,
    OpenFile,
    Pipe,
    ReadEnd,
    RegularFile,
    Urandom,
    WriteEnd,
    Zero,
)  # fmt: skip
from podproof.simulator.machine.programs import program_of
from podproof.simulator.model.times import Nanos

KILL, STOP = 9, 19
STOPPING = frozenset({STOP, 20, 21, 22})
IGNORED_BY_DEFAULT = frozenset({17, 18, 23, 28})
"""CHLD, CONT, URG, WINCH. Source: signal(7), standard signals; CONT does nothing to who never stops."""

_OPEN_MODES = ("r", "w", "a", "r+")


class Identity(NamedTuple):
    """What all processes of a container share in what they are told about themselves."""

    hostname: str
    image: str
    version: str
    shell: str
    user: User


class Meter:
    """How many effects a process and its children have had, from a moment on."""

    __slots__ = ("begun", "effects")

    def __init__(self, begun: Nanos) -> None:
        self.begun, self.effects = begun, 0


class Surroundings(Protocol):
    """What a process needs of its pid namespace."""

    identity: Identity
    files: FileSystem
    log: Log

    def clock(self) -> Nanos:
        """Return the agenda's present moment."""

    def draw(self, limit: int) -> int:
        """Return a seeded whole number below `limit`."""

    def urandom(self) -> Urandom:
        """Return the container's /dev/urandom."""

    def table(self) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process that lives."""

    def process(self, pid: int) -> "Task | None":
        """Return the process that has a pid."""


class Task:
    """A process. What is public up to `fds` is the `Process` that its program sees; the rest is the machine's."""

    def __init__(self, space: Surroundings, pid: int, parent: int, argv: tuple[str, ...], env: dict[str, str]) -> None:
        self.pid, self.parent, self.argv, self.env = pid, parent, argv, env
        self.cwd = "/"
        self.files = space.files
        self.fds: dict[int, Description] = {}
        self.hostname, self.user = space.identity.hostname, space.identity.user.uid
        self.group, self.groups = space.identity.user.gid, space.identity.user.groups
        self.image, self.version, self.shell = space.identity.image, space.identity.version, space.identity.shell
        self._space = space
        self.handles: dict[Handle, None] = {}
        self.handlers: dict[int, Handler] = {}
        self.pending: list[int] = []
        self.running: Running | None = None
        self.suspended: Running | None = None
        self.local = space.clock()
        self.meter = Meter(self.local)
        self.alive = True
        self.turn = 0
        self.entry: Entry | None = None
        self.interruptible = False
        self.at_unblock: Callable[[], None] | None = None
        self.at_exit: list[Callable[[], None]] = []
        self.children: set[int] = set()
        self.ended: dict[int, int] = {}
        self.on_child: Callable[[int, Nanos], None] | None = None
        self.on_end: Callable[[int], None] | None = None
        self.memory = 0

    def now(self) -> Nanos:
        """Return the present moment as this process has reached it."""
        clock = self._space.clock()
        return self.local if self.local > clock else clock

    def charge(self, span: int) -> None:
        """Use up processor time."""
        self.local = Nanos(self.now() + span)

    def random(self, limit: int) -> int:
        """Return a seeded whole number below `limit`."""
        return self._space.draw(limit)

    def on_signal(self, signal: int, handler: Handler) -> None:
        """Set what a signal does from now on: "default", "ignore" or "interrupt". KILL and STOP cannot be set."""
        if signal in (KILL, STOP):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        if handler == "default":
            self.handlers.pop(signal, None)
        else:
            self.handlers[signal] = handler

    def program(self, path: str) -> Program | None:
        """Return what an executable file runs; None where there is none, or the kernel could not run it."""
        node = self.files.node(self.files.resolve(self.cwd, path))
        return program_of(node, path, self.files) if isinstance(node, File) and node.mode & 0o111 else None

    def pipe(self) -> tuple[Description, Description]:
        """Return the (reading, writing) ends of a new pipe."""
        pipe = Pipe()
        return self.handle(ReadEnd(pipe)), self.handle(WriteEnd(pipe))

    def handle(self, file: OpenFile) -> Handle:
        """Return this process's first reference to an open file."""
        return Handle(file, self.handles, self.now)

    def emit(self, fd: int, text: str) -> None:
        """Write without blocking, outside of the program's own turn; what finds no room is lost."""
        held = self.fds.get(fd)
        if isinstance(held, Handle) and held.is_open:
            held.file.write(text, self.now())

    def open(self, path: str, mode: str) -> Description:
        """Open a file: "r", "w" (truncates), "a" (appends), "r+". Raises the OSError of a real open(2)."""
        if mode not in _OPEN_MODES:
            raise ValueError(f"cannot open {path} in mode {mode!r}: wanted one of {', '.join(_OPEN_MODES)}")
        if (standard := self._standard(path)) is not None:
            return standard
        found = self.files.opened(path, writing=mode != "r", create=mode in ("w", "a"))
        if isinstance(found, Device):
            return self._opened_device(found, path)
        if mode == "w":
            found.replace("")
            found.mtime = self.now()
        return self.handle(RegularFile(found, mode))

    def processes(self) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process of this pid namespace, in the order of their pids."""
        return self._space.table()

    def _standard(self, path: str) -> Description | None:
        """Return a descriptor that is named by a path: /proc/self/fd/N, /dev/fd/N, and those of the first process."""
        where, _, number = path.rpartition("/")
        if where not in ("/proc/self/fd", "/dev/fd", "/proc/1/fd") or not number.isdigit():
            return None
        owner = self._space.process(1) if where == "/proc/1/fd" else self
        return self._reopened(owner, int(number), path)

    def _opened_device(self, device: Device, path: str) -> Description:
        if device.name.startswith("fd "):
            return self._reopened(self, int(device.name[3:]), path)
        kinds: Mapping[str, Callable[[], OpenFile]] = {
            "null": Null, "zero": Zero, "full": Full, "urandom": self._space.urandom,
        }  # fmt: skip
        return self.handle(kinds[device.name]())

    def _reopened(self, owner: "Task | None", number: int, path: str) -> Description:
        held = owner.fds.get(number) if owner is not None else None
        if not isinstance(held, Handle) or not held.is_open:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return held.given_to(self.handles, self.now)


def standard_streams(task: Task, log: Log, listens: bool) -> dict[int, Description]:
    """Return what a container's first process starts with: output to the log, and no input.

    One that `listens` waits for its input: somebody may be attached who has not said anything yet.
    """
    stdin = ReadEnd(Pipe()) if listens else Null()
    return {0: task.handle(stdin), 1: task.handle(LogStream(log, 1)), 2: task.handle(LogStream(log, 2))}
