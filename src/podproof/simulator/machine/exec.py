"""A further process in a running container: what probes, hooks and `kubectl exec` start.

Source: containerd internal/cri/server/container_execsync.go, execInContainer, execInternal.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.machine.containers import StartError
from podproof.simulator.machine.images import Image
from podproof.simulator.machine.launch import Launch, find_command, launched
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.pipes import Collected
from podproof.simulator.machine.process import KILL
from podproof.simulator.model.times import Nanos

OUTPUT_LIMIT = 16 * 1024 * 1024
"""Source: containerd internal/cri/server/container_execsync.go, maxExecSyncSize."""


class ExecResult(NamedTuple):
    """How an exec ended: by itself (`exit_code`), at its time limit (`timed_out`), or not even begun (`error`)."""

    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    timed_out: bool = False
    error: str = ""

    @property
    def output(self) -> str:
        """All it wrote, as the kubelet joins it: first stdout, then stderr."""
        return self.stdout + self.stderr


Done = Callable[[ExecResult], None]


class Execution:
    """One process under way. `done` is called once, in the agenda's turn."""

    def __init__(self, agenda: Agenda, space: PidNamespace, done: Done) -> None:
        self._agenda, self._space, self._done = agenda, space, done
        self._output = (Collected(OUTPUT_LIMIT), Collected(OUTPUT_LIMIT))
        self._limit: Entry | None = None

    def begin(self, image: Image, begin: Launch, timeout: Nanos | None) -> None:
        """Start the process; it is killed once `timeout` (ns) is over.

        Raises:
            NotModelledError: nobody has said what the image holds.
        """
        try:
            program = launched(find_command(image, begin, self._space.files))
            pid = self._space.join(program, begin.argv, begin.env, begin.working_dir, self._output, self._ended)
        except (StartError, OSError) as error:
            why = error.message if isinstance(error, StartError) else str(error.strerror)
            self._agenda.after(Nanos(0), partial(self._done, ExecResult(error=why)))
            return
        if timeout is not None:
            self._limit = self._agenda.after(timeout, partial(self._cut, pid))

    def _ended(self, status: int) -> None:
        if self._limit is not None:
            self._limit.cancel()
        stdout, stderr = (each.text for each in self._output)
        self._agenda.after(Nanos(0), partial(self._done, ExecResult(status, stdout, stderr)))

    def _cut(self, pid: int) -> None:
        done, self._done = self._done, _nobody
        self._space.signal(pid, KILL, from_outside=True)
        done(ExecResult(timed_out=True))


def _nobody(result: ExecResult) -> None:
    return
