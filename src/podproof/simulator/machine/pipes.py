"""Open file descriptions: pipes, files, devices and the container's log, and the references processes hold to them.

`read` answers None and `write` leaves a rest where a process would block; it then waits (`wait_readable`,
`wait_writable`) and is called back with the moment from which trying again makes sense.
"""

import errno
import os
from collections.abc import Callable
from typing import Protocol

from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.nodes import File
from podproof.simulator.model.times import Nanos

PIPE_CAPACITY = 65536
"""Source: pipe(7), pipe capacity."""

Wake = Callable[[Nanos], None]


class OpenFile(Protocol):
    """What a descriptor leads to. An operation it does not have raises OSError(EBADF)."""

    def read(self, limit: int, now: Nanos) -> str | None:
        """Return at most `limit` characters, "" at the end, None where the reader has to wait."""

    def unread(self, text: str) -> None:
        """Give back the end of what was read last."""

    def write(self, text: str, now: Nanos) -> str:
        """Write and return what there was no room for."""

    def wait_readable(self, wake: Wake) -> None:
        """Call `wake` once when reading again makes sense."""

    def wait_writable(self, wake: Wake) -> None:
        """Call `wake` once when writing again makes sense."""

    def shut(self, now: Nanos) -> None:
        """The last reference is gone."""


class _Unread:
    def unread(self, text: str) -> None:
        return


class _Unreadable(_Unread):
    def read(self, limit: int, now: Nanos) -> str | None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class _Unwritable:
    def write(self, text: str, now: Nanos) -> str:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class _NeverBlocks(_Unread):
    def wait_readable(self, wake: Wake) -> None:
        raise AssertionError("reading this never blocks")

    def wait_writable(self, wake: Wake) -> None:
        raise AssertionError("writing this never blocks")

    def shut(self, now: Nanos) -> None:
        return


class Null(_NeverBlocks):
    """/dev/null, and the standard input of a container."""

    def read(self, limit: int, now: Nanos) -> str | None:
        return ""

    def write(self, text: str, now: Nanos) -> str:
        return ""


class Zero(Null):
    """/dev/zero."""

    def read(self, limit: int, now: Nanos) -> str | None:
        return "\0" * limit


class Full(Zero):
    """/dev/full."""

    def write(self, text: str, now: Nanos) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Urandom(Null):
    """/dev/urandom: seeded. Characters stand for bytes."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def read(self, limit: int, now: Nanos) -> str | None:
        return self._chance.below(1 << 8 * limit).to_bytes(limit, "big").decode("latin-1")


class LogStream(_Unreadable, _NeverBlocks):
    """The container's stdout (1) or stderr (2)."""

    def __init__(self, log: Log, stream: int) -> None:
        self.log, self.stream = log, stream

    def write(self, text: str, now: Nanos) -> str:
        self.log.write(self.stream, text, now)
        return ""


class Collected(_Unreadable, _NeverBlocks):
    """What is written is kept for whoever started the process, at most `limit` characters of it."""

    def __init__(self, limit: int) -> None:
        self.text, self._limit = "", limit

    def write(self, text: str, now: Nanos) -> str:
        self.text += text[: self._limit - len(self.text)]
        return ""


class Passed(_Unreadable, _NeverBlocks):
    """What is written is passed on to whoever listens outside."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text

    def write(self, text: str, now: Nanos) -> str:
        self._on_text(text)
        return ""


class RegularFile(_NeverBlocks):
    """A file, with the position that all who share this description move together."""

    def __init__(self, file: File, mode: str) -> None:
        self.file, self._mode, self._position = file, mode, 0

    def read(self, limit: int, now: Nanos) -> str | None:
        if self._mode in ("w", "a"):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        read = self.file.text[self._position : self._position + limit]
        self._position += len(read)
        return read

    def unread(self, text: str) -> None:
        self._position -= len(text)

    def write(self, text: str, now: Nanos) -> str:
        if self._mode == "r":
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        at = self.file.length if self._mode == "a" else self._position
        self.file.put(text, at)
        self.file.mtime = now
        self._position = at + len(text)
        return ""


class Pipe:
    """The bytes under way between a reading and a writing end."""

    def __init__(self) -> None:
        self.text = ""
        self.read_open = self.write_open = True
        self._readers: list[Wake] = []
        self._writers: list[Wake] = []

    def wake(self, now: Nanos) -> None:
        """Something has changed: let all who wait try again."""
        waiting, self._readers, self._writers = self._readers + self._writers, [], []
        for wake in waiting:
            wake(now)

    def await_data(self, wake: Wake) -> None:
        """Call `wake` at the next change."""
        self._readers.append(wake)

    def await_room(self, wake: Wake) -> None:
        """Call `wake` at the next change."""
        self._writers.append(wake)


class ReadEnd(_Unwritable, _NeverBlocks):
    """The end of a pipe that is read."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def read(self, limit: int, now: Nanos) -> str | None:
        pipe = self._pipe
        if not pipe.text:
            return None if pipe.write_open else ""
        read, pipe.text = pipe.text[:limit], pipe.text[limit:]
        pipe.wake(now)
        return read

    def unread(self, text: str) -> None:
        self._pipe.text = text + self._pipe.text

    def wait_readable(self, wake: Wake) -> None:
        self._pipe.await_data(wake)

    def shut(self, now: Nanos) -> None:
        self._pipe.read_open = False
        self._pipe.wake(now)


class WriteEnd(_Unreadable, _NeverBlocks):
    """The end of a pipe that is written."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def write(self, text: str, now: Nanos) -> str:
        pipe = self._pipe
        if not pipe.read_open:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        room = PIPE_CAPACITY - len(pipe.text)
        if room > 0 and text:
            pipe.text += text[:room]
            pipe.wake(now)
        return text[max(room, 0) :]

    def wait_writable(self, wake: Wake) -> None:
        self._pipe.await_room(wake)

    def shut(self, now: Nanos) -> None:
        self._pipe.write_open = False
        self._pipe.wake(now)


class _Count:
    """How many references an open file still has."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 1


class Handle:
    """One process's reference to an open file: the `Description` that programs see."""

    __slots__ = ("_count", "_now", "_owner", "file", "is_open")

    def __init__(
        self, file: OpenFile, owner: "dict[Handle, None]", now: Callable[[], Nanos], count: _Count | None = None
    ) -> None:
        self.file, self._owner, self._now = file, owner, now
        self._count = count or _Count()
        self.is_open = True
        owner[self] = None

    def close(self) -> None:
        """Give up this reference; the last one closes the file. Closing twice is harmless."""
        if not self.is_open:
            return
        self.is_open = False
        self._owner.pop(self, None)
        self._count.value -= 1
        if not self._count.value:
            self.file.shut(self._now())

    def dup(self) -> "Handle":
        """Return another reference, held by the same process."""
        return self.given_to(self._owner, self._now)

    def given_to(self, owner: "dict[Handle, None]", now: Callable[[], Nanos]) -> "Handle":
        """Return another reference, held by the process that `owner` belongs to."""
        self._count.value += 1
        return Handle(self.file, owner, now, self._count)
