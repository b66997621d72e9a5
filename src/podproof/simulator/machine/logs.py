"""What a container has written: lines with their times, as the runtime keeps them in one bounded file.

A flood (a loop that only writes) is kept as one cycle and a count; it becomes text only when somebody reads, and then
no more of it than is asked for.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from podproof.simulator.model.times import SECOND, Nanos

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes after which a log file is rotated; readers see the newest file only.

Source: pkg/kubelet/apis/config/v1beta1/defaults.go, ContainerLogMaxSize. Approximated: asked at each write.
"""
_LINE_LIMIT = 16 * 1024
"""Characters after which a line without end is written all the same. Source: containerd, defaultMaxLogLineSize."""
_LINE_HEAD = len("2016-10-06T00:17:09.669794202Z stdout F ")
"""Source: staging/src/k8s.io/cri-client/pkg/logs/logs.go, parseCRILog."""


class _Chunk(NamedTuple):
    """Whole lines written at one moment."""

    at: Nanos
    text: str

    @property
    def size(self) -> int:
        return len(self.text) + _LINE_HEAD * max(1, self.text.count("\n"))

    @property
    def lines(self) -> int:
        return max(1, self.text.count("\n"))

    def since(self, moment: Nanos) -> "_Chunk | None":
        """Return what was not written before a moment."""
        return self if self.at >= moment else None

    def tail(self, lines: int | None) -> str:
        return self.text if lines is None else "".join(self.text.splitlines(keepends=True)[-lines:])

    def stamped(self, lines: int | None) -> Iterator[tuple[Nanos, str]]:
        return ((self.at, line) for line in self.tail(lines).splitlines(keepends=True))


class _Stretch(NamedTuple):
    """`cycles` of a flood, the first at `at`, one each `span`."""

    at: Nanos
    span: Nanos
    cycle: str
    cycles: int

    @property
    def size(self) -> int:
        return self.cycle_size * self.cycles

    @property
    def cycle_size(self) -> int:
        return len(self.cycle) + _LINE_HEAD * max(1, self.cycle.count("\n"))

    @property
    def lines(self) -> int:
        return self.cycles * max(1, self.cycle.count("\n"))

    def since(self, moment: Nanos) -> "_Stretch | None":
        """Return the cycles that did not begin before a moment."""
        left = self.cycles - max(0, -(-(moment - self.at) // self.span))
        return self.last(left) if left > 0 else None

    def last(self, cycles: int) -> "_Stretch":
        """Return the last `cycles`."""
        return self._replace(at=Nanos(self.at + (self.cycles - cycles) * self.span), cycles=cycles)

    def tail(self, lines: int | None) -> str:
        return "".join(line for _, line in self.stamped(lines)) if lines is not None else self.cycle * self.cycles

    def stamped(self, lines: int | None) -> Iterator[tuple[Nanos, str]]:
        each = max(1, self.cycle.count("\n"))
        shown = self if lines is None else self.last(min(self.cycles, -(-lines // each) + 1))
        split = (shown.cycle * shown.cycles).splitlines(keepends=True)
        skipped = 0 if lines is None else max(0, len(split) - lines)
        return ((Nanos(shown.at + i // each * shown.span), split[i]) for i in range(skipped, len(split)))


class Flood:
    """A loop that writes the same for ever; `end` stops it."""

    __slots__ = ("_cycle", "_log", "_next", "_span")

    def __init__(self, log: "Log", start: Nanos, span: Nanos, cycle: str) -> None:
        self._log, self._next, self._span, self._cycle = log, start, Nanos(max(span, 1)), cycle

    def end(self) -> None:
        """Stop now: nothing is written from this moment on."""
        self._log.end_flood(self)

    def drain(self, now: Nanos) -> _Stretch | None:
        """Return the cycles that have begun before `now` and were not drained yet."""
        count = -(-(now - self._next) // self._span)
        if count <= 0:
            return None
        drained = _Stretch(self._next, self._span, self._cycle, count)
        self._next = Nanos(self._next + count * self._span)
        return drained


class Log:
    """One container's log. Streams are 1 (stdout) and 2 (stderr)."""

    def __init__(self, now: Callable[[], Nanos]) -> None:
        self._now = now
        self._pieces: list[_Chunk | _Stretch] = []
        self._size = self._lines = 0
        self.closed = False
        """Whether the container has ended: nothing more comes."""
        self._pending: dict[int, str] = {}
        self._floods: list[Flood] = []

    @classmethod
    def of(cls, text: str, at: Nanos) -> "Log":
        """Return the log of a container that has ended, and wrote this."""
        made = cls(lambda: at)
        made.write(1, text)
        made.close()
        return made

    def write(self, stream: int, text: str, at: Nanos | None = None) -> None:
        """Add what a process wrote; a line is seen once it is whole, as the runtime reads by lines."""
        self._settle()
        pending = self._pending.get(stream, "") + text
        whole, newline, rest = pending.rpartition("\n")
        if len(rest) >= _LINE_LIMIT:
            whole, newline, rest = pending, "", ""
        self._pending[stream] = rest
        if whole or newline:
            self._add(_Chunk(self._now() if at is None else at, whole + newline))

    def flood(self, span: Nanos, cycle: str, at: Nanos) -> Flood:
        """Begin to write `cycle` each `span` from `at` on, until the flood is ended."""
        begun = Flood(self, at, span, cycle)
        self._floods.append(begun)
        return begun

    def end_flood(self, flood: Flood) -> None:
        """Stop a flood; harmless when it has ended already."""
        self._settle()
        if flood in self._floods:
            self._floods.remove(flood)

    def size(self) -> int:
        """Return how long the log is, in characters."""
        self._settle()
        return self._size

    def lines(self) -> int:
        """Return how many lines were ever written, those of older files included."""
        self._settle()
        return self._lines

    def close(self) -> None:
        """The container has ended: floods stop, and an unfinished line is kept as it is."""
        self._settle()
        self._floods.clear()
        for rest in self._pending.values():
            if rest:
                self._add(_Chunk(self._now(), rest))
        self._pending.clear()
        self.closed = True

    def text(
        self,
        tail_lines: int | None = None,
        timestamps: bool = False,
        limit_bytes: int | None = None,
        since: Nanos | None = None,
    ) -> str:
        """Return the newest file's text: its last `tail_lines`, each with its time, at most `limit_bytes` of it.

        `since` leaves out what was written before.
        """
        self._settle()
        shown: list[str] = []
        left = tail_lines
        for whole_piece in reversed(self._pieces):
            piece = whole_piece if since is None else whole_piece.since(since)
            if piece is None or (left is not None and left <= 0):
                break
            text = _stamped(piece, left) if timestamps else piece.tail(left)
            shown.append(text)
            left = None if left is None else left - max(1, text.count("\n"))
        whole = "".join(reversed(shown))
        return whole if limit_bytes is None else whole[:limit_bytes]

    def _settle(self) -> None:
        if not self._floods:
            return
        now = self._now()
        for flood in self._floods:
            if (stretch := flood.drain(now)) is not None:
                self._add(stretch)

    def _add(self, piece: _Chunk | _Stretch) -> None:
        self._pieces.append(piece)
        self._size += piece.size
        self._lines += piece.lines
        if self._size <= FILE_LIMIT:
            return
        if isinstance(piece, _Stretch):
            piece = piece.last(min(piece.cycles, self._size % FILE_LIMIT // piece.cycle_size))
        self._pieces, self._size = [piece], piece.size


def _stamped(piece: _Chunk | _Stretch, lines: int | None) -> str:
    return "".join(f"{_precise(at)} {line}" for at, line in piece.stamped(lines))


def _precise(moment: Nanos) -> str:
    """Return a moment as kubectl logs --timestamps prints it: RFC 3339 with all nine digits of the nanoseconds.

    Source: staging/src/k8s.io/cri-client/pkg/logs/logs.go, timeFormatOut; pkg/kubelet/types, RFC3339NanoFixed.
    """
    whole = datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{moment % SECOND:09d}Z"
