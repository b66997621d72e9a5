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
from podproof.simulator.machine.pipes import Collected, Null, OpenFile, Passed, Pipe, ReadEnd, WriteEnd
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
OnOutput = Callable[[int, str], None]
"""(stream, text): 1 is stdout, 2 is stderr."""
Streams = tuple[OpenFile, OpenFile, OpenFile]


class Execution:
    """One process under way. `done` is called once, in the agenda's turn."""

    def __init__(self, agenda: Agenda, space: PidNamespace, done: Done) -> None:
        self._agenda, self._space, self._done = agenda, space, done
        self._output = (Collected(OUTPUT_LIMIT), Collected(OUTPUT_LIMIT))
        self._limit: Entry | None = None

    def begin(self, image: Image, begin: Launch, timeout: Nanos | None, streams: Streams | None = None) -> None:
        """Start the process; it is killed once `timeout` (ns) is over. Without `streams` its output is collected.

        Raises:
            NotModelledError: nobody has said what the image holds.
        """
        used = streams or (Null(), *self._output)
        try:
            program = launched(find_command(image, begin, self._space.files))
            pid = self._space.join(program, begin.argv, begin.env, begin.working_dir, used, self._ended)
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


class Session:
    """The streams of a process that somebody outside speaks with, while it runs."""

    def __init__(self, now: Callable[[], Nanos], on_output: OnOutput, listens: bool) -> None:
        self._now, self._pipe, self._rest = now, Pipe(), ""
        self._input, self._closing = WriteEnd(self._pipe), False
        stdin = ReadEnd(self._pipe) if listens else Null()
        self.streams: Streams = (stdin, Passed(partial(on_output, 1)), Passed(partial(on_output, 2)))

    def write(self, text: str) -> None:
        """Write to its stdin; what it has no room for waits."""
        self._rest += text
        self._pump(self._now())

    def close(self) -> None:
        """End its stdin, once it has read what waits."""
        self._closing = True
        self._pump(self._now())

    def _pump(self, now: Nanos) -> None:
        if not self._pipe.read_open:
            return
        while self._rest and len(rest := self._input.write(self._rest, now)) < len(self._rest):
            self._rest = rest
        if self._rest:
            self._pipe.await_room(self._pump)
        elif self._closing and self._pipe.write_open:
            self._input.shut(now)


def _nobody(result: ExecResult) -> None:
    return
