"""The operators of one scenario, by name: started, ended, started again."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from podproof.cluster import Command
from podproof.clusters.operators.processes import OperatorError, OperatorProcess
from podproof.proof import NotSoError
from podproof.serving import kubeconfig

_KEPT_LINES = 400


class Crew:
    """All that run, and what was ever run. `config` is the kubeconfig they get."""

    def __init__(self, config: Mapping[str, Any], namespace: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="podproof-"))
        self._namespace, self._kubeconfig = namespace, self._folder / "kubeconfig"
        kubeconfig.write(self._kubeconfig, kubeconfig.within(config, namespace))
        self._commands: dict[str, Command] = {}
        self._processes: dict[str, OperatorProcess] = {}

    def start(self, name: str, command: Command | None) -> OperatorProcess:
        """Start an operator, as before where no command is given.

        Raises:
            NotSoError: it runs already, or nothing says how it is started.
            MissingProgramError: its program is not here.
            OperatorError: it cannot be started.
        """
        if name in self._processes:
            raise NotSoError(f'the operator "{name}" is started', "it runs already")
        if command is None and name not in self._commands:
            advice = "Write its command below the line, or under operators in podproof.yaml."
            raise NotSoError(f'the operator "{name}" is started', "nothing says with which command", advice)
        command = self._commands.setdefault(name, command) if command is not None else self._commands[name]
        given = {"KUBECONFIG": str(self._kubeconfig), "PODPROOF_NAMESPACE": self._namespace, "PODPROOF_OPERATOR": name}
        self._processes[name] = OperatorProcess(name, self._filled_in(name, command), given, self._folder)
        return self._processes[name]

    def get(self, name: str) -> OperatorProcess:
        """Return an operator that runs.

        Raises:
            NotSoError: it does not.
        """
        if name not in self._processes:
            there = ", ".join(self._processes) or "none"
            raise NotSoError(f'the operator "{name}" runs', f"the operators that run: {there}")
        return self._processes[name]

    def end(self, name: str) -> None:
        """Let an operator be no more."""
        self.get(name).end()
        del self._processes[name]

    def check(self) -> None:
        """Make sure that all run that were started.

        Raises:
            OperatorError: one has ended by itself.
        """
        for name, process in tuple(self._processes.items()):
            if not process.runs:
                del self._processes[name]
                code = process.end()
                how = f"has ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
                raise OperatorError(name, how, process.output())

    @property
    def sessions(self) -> tuple[int, ...]:
        """The sessions of all that run."""
        return tuple(each.session for each in self._processes.values())

    def running(self) -> Iterator[OperatorProcess]:
        """Yield all that run."""
        yield from self._processes.values()

    def outputs(self) -> Mapping[str, str]:
        """Return what each operator wrote, the last lines of it."""
        written = sorted(self._folder.glob("*.output"))
        texts = {each.stem: each.read_text(encoding="utf-8", errors="replace").splitlines() for each in written}
        return {name: "\n".join(lines[-_KEPT_LINES:]) for name, lines in texts.items() if lines}

    def close(self) -> None:
        """Leave nothing running and nothing written."""
        for process in self._processes.values():
            process.end()
        self._processes.clear()
        rmtree(self._folder, ignore_errors=True)

    def _filled_in(self, name: str, command: Command) -> Command:
        values = {"{namespace}": self._namespace, "{kubeconfig}": str(self._kubeconfig), "{name}": name}
        return replace(command, words=tuple(_replaced(each, values) for each in command.words))


def _replaced(word: str, values: Mapping[str, str]) -> str:
    for mark, value in values.items():
        word = word.replace(mark, value)
    return word
