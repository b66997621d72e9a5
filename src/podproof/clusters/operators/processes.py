"""An operator as a process of this machine, with all that it starts: what it says, and that nothing of it is left.

Rules for editing: an ended process is not reaped before its group is killed, so that the number of the group cannot
have become another's meanwhile. The guard is who ends an operator when this process is killed before it can.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from podproof.cluster import Command
from podproof.errors import LackingError, PodproofError

_TOLD_LINES = 30
_GUARD = 'read -r nothing; kill -KILL "-$1"; rm -rf -- "$2"'
"""Waits for the end of its input, which comes when whoever holds the other end is gone."""


class MissingProgramError(LackingError):
    """The program that an operator is started with is not on this machine."""

    def __init__(self, operator: str, program: str) -> None:
        super().__init__(operator, program)
        self.operator, self.program = operator, program

    def __str__(self) -> str:
        return f'the operator "{self.operator}" is started with {self.program}, which is not on this machine'


class OperatorError(PodproofError):
    """An operator is not as a scenario needs it: `seen` says how, `output` is what it wrote last."""

    def __init__(self, name: str, seen: str, output: str = "") -> None:
        super().__init__(name, seen, output)
        self.name, self.seen, self.output = name, seen, output

    def __str__(self) -> str:
        if not self.output:
            return f'the operator "{self.name}" {self.seen}; it wrote nothing'
        return f'the operator "{self.name}" {self.seen}; it wrote:\n{self.output}'


class OperatorProcess:
    """A running operator. `session` is the number of its session, which is that of its first process."""

    def __init__(self, name: str, command: Command, environment: Mapping[str, str], folder: Path) -> None:
        """Start it; `folder` is where what it writes is kept.

        Raises:
            MissingProgramError: there is no such program.
            OperatorError: it cannot be started.
        """
        self.name, self._written = name, folder / f"{name}.output"
        surroundings = _environment(environment, command.environment)
        program = which(command.words[0], path=_looked_through(command, surroundings))
        if program is None:
            raise MissingProgramError(name, command.words[0])
        try:
            with self._written.open("ab") as output:
                self._process = subprocess.Popen(
                    [program, *command.words[1:]], cwd=command.folder, env=surroundings, stdin=subprocess.DEVNULL,
                    stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            raise OperatorError(name, f"cannot be started: {error}") from None
        self.session = self._process.pid
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", str(self.session), str(folder)], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    @property
    def runs(self) -> bool:
        """Whether its first process has not ended."""
        if self._process.returncode is not None:
            return False
        return os.waitid(os.P_PID, self.session, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def output(self, lines: int = _TOLD_LINES) -> str:
        """Return the last lines that it wrote."""
        return "\n".join(self._written.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def ask_to_end(self) -> None:
        """Send SIGTERM to its first process, as a kubelet does."""
        if self.runs:
            os.kill(self.session, signal.SIGTERM)

    def end(self) -> int:
        """Kill what is left of it and return the exit code: below zero, the signal that ended it."""
        if self._process.returncode is None:
            os.killpg(self.session, signal.SIGKILL)
            self._process.wait()
            self._guard.kill()
            self._guard.communicate()
        return int(self._process.returncode)


def _environment(given: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return ours, without what leads a client to another cluster, and with programs beside this Python's."""
    kept = {key: each for key, each in os.environ.items() if not key.startswith("KUBERNETES_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath)))
    return {**kept, "PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", **given, **own}


def _looked_through(command: Command, environment: Mapping[str, str]) -> str:
    """Return where a program is looked for; one that names a folder begins at the operator's own."""
    return str(command.folder) if os.sep in command.words[0] else environment["PATH"]
