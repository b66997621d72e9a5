"""Whether the processes of a session are at rest: no thread of theirs runs, or has run since the look before.

Threads are looked at one after another, so one look alone proves nothing: a thread that was seen asleep may be awoken
by one that is looked at later. Two looks that are equal do, for each has every thread's count of turns on a processor.
Source: the kernel's Documentation/filesystems/proc.rst (stat), Documentation/scheduler/sched-stats.rst (schedstat).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

Look: TypeAlias = Mapping[tuple[int, int], bytes]
"""What is seen of each thread (process, thread): its time and turns on a processor."""

_PROC = Path("/proc")
_AWAKE = (b"R", b"D")
_SESSION = 3
"""The place of a process's session in its stat, counted from its state."""


def can_be_seen() -> bool:
    """Say whether this machine shows it."""
    return (_PROC / "self" / "stat").exists()


class Sessions:
    """Looks at sessions, one process of each known; who belongs to them is asked anew when somebody has run."""

    def __init__(self) -> None:
        self._members: tuple[int, ...] = ()
        self._last: Look | None = None

    def look(self, sessions: Iterable[int]) -> Look | None:
        """Return what is seen of the threads of sessions, None while one of them runs."""
        seen = _threads(self._members) if self._last is not None else None
        if seen is None or seen != self._last:
            self._members = tuple(_members(frozenset(sessions)))
            seen = _threads(self._members)
        self._last = seen
        return seen


def _members(sessions: frozenset[int]) -> Iterator[int]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            fields = _stat(folder)
            if fields and int(fields[_SESSION]) in sessions:
                yield int(folder.name)


def _threads(processes: Iterable[int]) -> Look | None:
    found: dict[tuple[int, int], bytes] = {}
    for process in processes:
        for folder in _listed(_PROC / str(process) / "task"):
            fields = _stat(folder)
            if fields and fields[0] in _AWAKE:
                return None
            found[process, int(folder.name)] = _turns(folder, fields)
    return found


def _stat(folder: Path) -> list[bytes]:
    """Return the fields of a stat from the state on, none of what has ended; a name may hold blanks and brackets."""
    return _read(folder / "stat").rpartition(b")")[2].split()


def _turns(folder: Path, fields: list[bytes]) -> bytes:
    """Return a thread's time and turns; where the kernel does not count turns, its time in user and kernel mode."""
    return _read(folder / "schedstat") or b" ".join(fields[11:13])


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
