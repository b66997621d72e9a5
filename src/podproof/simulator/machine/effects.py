"""What a program may ask of the machine it runs on.

A program is a generator of effects. It yields one, the machine performs it in virtual time, and the generator is
resumed with the result; a failing effect is thrown into the generator as an `OSError` with its errno. What neither
blocks nor leaves the container (files, environment, own signal handlers) is no effect but a call on `Process`.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from podproof.simulator.machine.files import Directory, FileSystem
from podproof.simulator.model.dns_records import Reply
from podproof.simulator.model.times import Nanos


class Sleep(NamedTuple):
    """Block for `span`; None is until a signal. Result: None, or `Interrupted` is thrown by a handled signal."""

    span: Nanos | None


class Compute(NamedTuple):
    """Use the processor for `span`. Charges pile up and become time when the program next blocks or the slice ends."""

    span: Nanos


class Repeat(NamedTuple):
    """For ever, each `span`, write these (descriptor, text) outputs: a loop that can change nothing any more.

    Only a signal ends it (`Interrupted` is thrown by a handled one). It costs nothing however long it lasts.
    """

    span: Nanos
    output: tuple[tuple[int, str], ...] = ()


class Read(NamedTuple):
    """Read from a descriptor. Result: str of at most `limit` characters, "" at the end; blocks on an empty pipe.

    With `line` nothing after the first new line is taken.
    """

    fd: int
    limit: int = 65536
    line: bool = False


class Write(NamedTuple):
    """Write to a descriptor. Throws BrokenPipeError where nobody reads, OSError(EBADF) where it is closed."""

    fd: int
    text: str


class Spawn(NamedTuple):
    """Start a child. Result: its pid. `fds` maps the child's descriptor numbers to open descriptions of the parent.

    The child inherits the parent's working directory, files, network and, unless given, its environment.
    Throws OSError(EAGAIN) when the container has no process left to give (a fork bomb meets its bound).
    """

    program: "Program"
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    fds: "Mapping[int, Description] | None" = None


class Wait(NamedTuple):
    """Wait for a child (None: any child). Result: (pid, status); status is the exit code, or 128 + signal number.

    Throws ChildProcessError when there is no such child.
    """

    pid: int | None = None


class Kill(NamedTuple):
    """Send a signal. Throws ProcessLookupError where there is no such process. Signal 0 only asks."""

    pid: int
    signal: int


class Allocate(NamedTuple):
    """Take `amount` more bytes of memory (negative gives back); above the container's limit the process is killed."""

    amount: int


class Resolve(NamedTuple):
    """Ask the pod's resolver for a name. Result: `Resolved`. With `hosts`, /etc/hosts is asked first (getaddrinfo).

    With a `kind` ("A", "SRV", "PTR", …) one server, `server` or the resolver's first, is asked for that very name.
    """

    name: str
    hosts: bool = True
    kind: str = ""
    server: str = ""


class Resolved(NamedTuple):
    """The answer to `Resolve`: `tried` are the names asked in search order, `canonical` the one that answered.

    `reply` is what the server said, where nothing was found or one kind of record was asked for.
    """

    name: str
    server: str
    canonical: str | None
    addresses: tuple[str, ...]
    tried: tuple[str, ...]
    reply: Reply = Reply()


class Listen(NamedTuple):
    """Serve on a port from now until the process ends. Throws OSError(EADDRINUSE) where the namespace has it taken."""

    port: int
    serve: "Service"
    address: str = "0.0.0.0"
    protocol: str = "TCP"


class Accept(NamedTuple):
    """Block until one connection comes to `port`, answer it with `reply` and stop serving. Result: what it sent (str).

    Throws OSError(EADDRINUSE) where the namespace has the port taken.
    """

    port: int
    reply: str = ""
    address: str = "0.0.0.0"
    protocol: str = "TCP"


class Connect(NamedTuple):
    """Open a connection, send `payload`, take the reply. Result: the reply (str).

    Throws ConnectionRefusedError where nobody listens, TimeoutError after `timeout`, OSError(EHOSTUNREACH) where no
    route leads. `address` is an IP address: names are resolved first.
    """

    address: str
    port: int
    payload: str = ""
    timeout: Nanos | None = None
    protocol: str = "TCP"


class Ping(NamedTuple):
    """Send one ICMP echo. Result: the round trip in nanoseconds, None where no answer came within `timeout`."""

    address: str
    timeout: Nanos


Effect: TypeAlias = (
    Sleep
    | Compute
    | Repeat
    | Read
    | Write
    | Spawn
    | Wait
    | Kill
    | Allocate
    | Resolve
    | Listen
    | Accept
    | Connect
    | Ping
)
Running: TypeAlias = Generator[Effect, Any, int]
Service: TypeAlias = Callable[[str, str], str]
"""What a listening program answers: (request, address of the client) to reply, all as text; see `Process.emit`."""


class Interrupted(Exception):  # noqa: N818 (an event of the program's life, as KeyboardInterrupt is)
    """A signal with a handler arrived during a blocking effect; `signal` is its number."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


class Description(Protocol):
    """An open file description: a pipe's end, a file, the container's log, /dev/null."""

    def close(self) -> None:
        """Give up this reference; the last one closes the file. Closing twice is harmless."""

    def dup(self) -> "Description":
        """Return another reference to the same open file, to be closed on its own."""


class Process(Protocol):
    """The calling process as its program sees it."""

    pid: int
    parent: int
    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    files: FileSystem
    fds: dict[int, Description]
    hostname: str
    user: int
    group: int
    groups: tuple[int, ...]
    image: str
    """The repository of the image, for texts that differ by it ("busybox", "nginx", …)."""
    version: str
    """The image's own version of its shell and tools, from `data/images.yaml` ("1.28", …)."""
    shell: str
    """The flavour of the image's sh: "ash", "dash" or "bash"; "" where it has none."""

    def now(self) -> Nanos:
        """Return the present moment (time does not move between two effects)."""

    def random(self, limit: int) -> int:
        """Return a seeded whole number below `limit`."""

    def on_signal(self, signal: int, handler: "Handler") -> None:
        """Set what a signal does: "default", "ignore", or "interrupt" (throws `Interrupted` into the program)."""

    def program(self, path: str) -> "Program | None":
        """Return what an executable file runs, None where there is no such file. A script is told `path` as it is."""

    def pipe(self) -> tuple[Description, Description]:
        """Return the (reading, writing) ends of a new pipe."""

    def emit(self, fd: int, text: str) -> None:
        """Write without blocking, outside of the program's own turn: how a `Service` logs the request it answers."""

    def open(self, path: str, mode: str) -> Description:
        """Open a file: "r", "w" (truncates), "a" (appends), "r+". Raises the OSError a real open would."""

    def processes(self) -> Sequence[tuple[int, tuple[str, ...]]]:
        """Return (pid, argv) of each process of this pid namespace, in the order of their pids."""


Handler: TypeAlias = str
Program: TypeAlias = Callable[[Process], Running]
"""Started with its process; yields effects; returns the exit code (0–255)."""

__all__ = [
    "Accept",
    "Allocate",
    "Compute",
    "Connect",
    "Description",
    "Directory",
    "Effect",
    "FileSystem",
    "Handler",
    "Interrupted",
    "Kill",
    "Listen",
    "Ping",
    "Process",
    "Program",
    "Read",
    "Repeat",
    "Resolve",
    "Resolved",
    "Running",
    "Service",
    "Sleep",
    "Spawn",
    "Wait",
    "Write",
]
