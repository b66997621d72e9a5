"""Programs by their names: where they are found, and how they are started."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Program
from podproof.simulator.machine.shell import children
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

_OF_BASH = frozenset({
    "bind", "builtin", "caller", "compgen", "complete", "declare", "dirs", "disown", "enable", "mapfile", "popd",
    "pushd", "readarray", "shopt", "suspend", "typeset",
})  # fmt: skip
"""Source: bash 5.2, `help`: builtins that neither POSIX nor ash have."""


def external(shell: "Shell", overlay: dict[str, str], words: Sequence[str], last: bool = False) -> Steps[int]:
    """Run a program as a child; after the `last` command in this process itself."""
    try:
        program = find(shell, words[0])
    except ShellError as fault:
        yield from shell.complain(fault)
        return fault.status
    env = {**shell.state.variables.environment(), **overlay}
    if last and not shell.jobs and not any(shell.state.traps.values()):
        return (yield from in_place(shell, program, words, env))
    pid = yield from children.start(shell, program, tuple(words), env, None)
    return (yield from children.reap(shell, pid))


def in_place(shell: "Shell", program: Program, words: Sequence[str], env: dict[str, str]) -> Steps[int]:
    """Become a program: the process goes on as it, and ends with it."""
    shell.look_outside()
    shell.process.argv, shell.process.env = tuple(words), env
    return (yield from program(shell.process))


def find(shell: "Shell", name: str, of: str = "") -> Program:
    """Return what a command's name runs. Raises ShellError with 127 (unknown) or 126 (may not be run)."""
    if shell.voice.shell == "bash" and name in _OF_BASH:
        raise NotModelledError(f"the builtin {name} of bash", f"process {shell.process.pid}")
    path = locate(shell, name)
    if path is None:
        raise ShellError(shell.voice.not_found(name), 127, of)
    found = shell.process.program(name if "/" in name else path)
    if found is not None:
        return found
    files = shell.process.files
    if files.is_dir(path) or not files.stat(path).mode & 0o111:
        raise ShellError(shell.voice.not_executable(name, files.is_dir(path)), 126, of)
    from podproof.simulator.machine.shell.invocation import script_program

    return script_program(name)


def locate(shell: "Shell", name: str) -> str | None:
    """Return the path a command's name leads to, through PATH unless it has a slash; None where there is no file.

    What was found before is looked at first, as a shell remembers its commands' places.
    """
    files, cwd = shell.process.files, shell.process.cwd
    if "/" in name:
        path = files.resolve(cwd, name)
        return path if files.exists(path) else None
    folders = shell.state.variables.get("PATH") or ""
    known = shell.state.places.get((folders, name))
    if known is None or not files.is_file(known):
        known = _search(shell, folders, name)
        if known is not None:
            shell.state.places[folders, name] = known
    return known


def _search(shell: "Shell", folders: str, name: str) -> str | None:
    files, cwd = shell.process.files, shell.process.cwd
    found = None
    for folder in folders.split(":"):
        path = files.resolve(cwd, f"{folder or '.'}/{name}")
        if files.is_file(path):
            if files.stat(path).mode & 0o111:
                return path
            found = found or path
    return found
