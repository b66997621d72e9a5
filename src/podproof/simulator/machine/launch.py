"""What a container's first process is: its command line, environment and program, from image and configuration.

Source: containerd internal/cri/opts/spec_opts.go, WithProcessArgs; runc libcontainer/standard_init_linux.go, Init.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from podproof.errors import NotModelledError
from podproof.simulator.machine.containers import ContainerConfig, StartError
from podproof.simulator.machine.effects import Compute, Process, Program, Running
from podproof.simulator.machine.files import File, FileSystem
from podproof.simulator.machine.images import IDLE, Image
from podproof.simulator.machine.permissions import User
from podproof.simulator.machine.programs import named, program_of
from podproof.simulator.model.times import MILLISECOND, Nanos

_EXECUTABLE = 0o111
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_REFUSED = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)


_EXEC_REFUSED = "OCI runtime exec failed: exec failed: unable to start container process: "

_LAUNCH = Nanos(25 * MILLISECOND)
"""From the runtime's word that a container runs to its first instruction. Recorded: an instant command is still seen
running by the look that follows its start."""


class Launch(NamedTuple):
    """How a container begins; `argv` is empty where neither image nor pod say what to run."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    working_dir: str


def launch(image: Image, config: ContainerConfig, hostname: str) -> Launch:
    """Return how a container begins: `command` replaces the image's entrypoint and its cmd, `args` only its cmd."""
    if config.command:
        argv = (*config.command, *(config.args or ()))
    else:
        argv = (*image.entrypoint, *(config.args or image.cmd))
    env = {"PATH": DEFAULT_PATH, "HOSTNAME": hostname, **dict(image.env), **config.env}
    user = image.user if config.user is None else str(config.user)
    env.setdefault("HOME", "/root" if user in ("", "0", "root") else "/")
    return Launch(argv, env, config.working_dir or image.working_dir)


def launched(program: Program) -> Program:
    """Return a program as the runtime starts it: a moment after it has said so."""

    def run(process: Process) -> Running:
        yield Compute(_LAUNCH)
        return (yield from program(process))

    return run


def find_program(image: Image, begin: Launch, files: FileSystem) -> Program:
    """Return what the first process runs.

    Raises:
        StartError: with runc's text, there is no such file or it cannot be run.
        NotModelledError: nobody has said what the image holds.
    """
    if not image.known and not image.idles:
        what = f"what the image {image.name} runs: no row describes it (add one under images: in podproof.yaml)"
        raise NotModelledError(what, "the container runtime")
    name = begin.argv[0]
    place = _place(name, begin, files)
    if image.idles and not place:
        return named(IDLE)
    return _runnable(name, place, files)


def find_command(image: Image, begin: Launch, files: FileSystem) -> Program:
    """Return what a further process of a running container runs.

    Raises:
        StartError: with runc's text, there is no such file or it cannot be run.
        NotModelledError: nobody has said what the image holds.
    """
    name = begin.argv[0]
    place = _place(name, begin, files)
    if image.idles and not place:
        raise NotModelledError(f"the command {name} in the image {image.name}: no row describes it", "an exec")
    return _runnable(name, place, files, _EXEC_REFUSED)


def user_of(image: Image, config: ContainerConfig, files: FileSystem) -> User:
    """Return who a container's processes are: what the pod says, else the image; names are looked up in /etc/passwd.

    A user without a group has the one of its row, else root's.
    Source: containerd pkg/oci/spec_opts.go, WithUser, WithAdditionalGIDs.
    """
    table = files.node("/etc/passwd")
    passwd = table.text if isinstance(table, File) else ""
    return _user(image.user, passwd, config.user, config.group, config.groups)


@lru_cache(maxsize=256)
def _user(of_image: str, passwd: str, user: int | None, group: int | None, groups: tuple[int, ...]) -> User:
    """Return a container's user. The same few images are started all the time."""
    name, _, group_name = of_image.partition(":")
    rows = [row for row in (line.split(":") for line in passwd.splitlines()) if len(row) > 3]
    named = next((int(row[2]) for row in rows if row[0] == name), 0)
    own = int(name or 0) if name.isdigit() or not name else named
    uid = own if user is None else user
    gid = next((int(row[3]) for row in rows if row[2] == str(uid)), 0)
    if user is None and group_name.isdigit():
        gid = int(group_name)
    if group is not None:
        gid = group
    return User(uid, gid, tuple(sorted({gid, *groups})), everywhere=uid == own)


def _place(name: str, begin: Launch, files: FileSystem) -> str:
    """Return the file a command means: the first on PATH that can be executed, "" where there is none."""
    if "/" in name:
        place = files.resolve(begin.working_dir, name)
        return place if files.exists(place) else ""
    places = (f"{directory}/{name}" for directory in begin.env.get("PATH", "").split(":") if directory)
    return next((place for place in places if _executable(files, place)), "")


def _executable(files: FileSystem, place: str) -> bool:
    node = files.node(place)
    return isinstance(node, File) and bool(node.mode & _EXECUTABLE)


def _runnable(name: str, place: str, files: FileSystem, refused: str = _REFUSED) -> Program:
    if not place:
        missing = f"stat {name}: no such file or directory" if "/" in name else "executable file not found in $PATH"
        raise StartError(f'{refused}exec: "{name}": {missing}: unknown')
    node = files.node(place)
    if not isinstance(node, File) or not node.mode & _EXECUTABLE:
        why = "is a directory" if files.is_dir(place) else "permission denied"
        raise StartError(f'{refused}exec: "{name}": {why}: unknown')
    program = program_of(node, place, files)
    if program is None:
        raise StartError(f"{refused}exec {name}: exec format error: unknown")
    return program
