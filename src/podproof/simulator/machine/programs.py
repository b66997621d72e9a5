"""What an executable file runs: a server or a command by its name, or the interpreter its first line names."""

from collections.abc import Generator
from typing import Any

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Process, Program
from podproof.simulator.machine.files import File, FileSystem

_INTERPRETERS_FOLLOWED = 4
"""Source: linux fs/exec.c, exec_binprm: depth of interpreters."""


def named(name: str) -> Program:
    """Return the program an image calls `name`; one that is not modelled refuses when it is run."""
    from podproof.simulator.machine.servers import SERVERS

    if (server := SERVERS.get(name)) is not None:
        return server
    from podproof.simulator.machine.commands import PROGRAMS

    return PROGRAMS.get(name) or _refusing(name)


def program_of(file: File, path: str, files: FileSystem, depth: int = 0) -> Program | None:
    """Return what an executable file runs; None where the kernel finds neither a program nor an interpreter in it."""
    if file.runs:
        return named(file.runs)
    first = file.text.partition("\n")[0]
    if not first.startswith("#!") or depth >= _INTERPRETERS_FOLLOWED:
        return None
    interpreter, _, argument = first[2:].strip().partition(" ")
    node = files.node(interpreter) if interpreter.startswith("/") else None
    inner = program_of(node, interpreter, files, depth + 1) if isinstance(node, File) and node.mode & 0o111 else None
    return _interpreted(inner, interpreter, argument.strip(), path) if inner is not None else None


def _interpreted(inner: Program, interpreter: str, argument: str, path: str) -> Program:
    def run(process: Process) -> Generator[Any, Any, int]:
        given = (argument,) if argument else ()
        process.argv = (interpreter, *given, path, *process.argv[1:])
        return inner(process)

    return run


def _refusing(name: str) -> Program:
    def run(process: Process) -> Generator[Any, Any, int]:
        raise NotModelledError(f"the command {name}", f"a container of {process.image} ({' '.join(process.argv)[:80]})")

    return run
