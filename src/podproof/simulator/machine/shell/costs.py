"""What commands cost in virtual time, and how endless loops are kept from costing real time.

The spans are approximated: a builtin of ash on a server core takes tens of microseconds, a fork and exec about one
millisecond (measured with `time` on Linux 6 over 1,000 turns).
"""

from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

BUILTIN = Nanos(20_000)
EXTERNAL = Nanos(MILLISECOND)
FORK = Nanos(MILLISECOND // 2)
SLICE = Nanos(MILLISECOND)
"""Charges are handed to the machine in slices of this size, or when the program blocks."""

RESTING = Nanos(5 * MILLISECOND)
"""A wait beyond this, on top of one's own charges, was a real wait: counting starts anew."""

FREE_TURNS = 20_000
COARSENING_TURNS = 500
FORK_TURNS = 10
LISTED_TURNS = 10
"""Of a `for` over a list only each tenth turn is counted: it ends by itself."""
MAX_RATE = 1 << 32

VALUE_LIMIT = 64 * 1024 * 1024
"""A value, an output or a line longer than this many characters ends its process as if out of memory."""

CROWD = 200
CROWDED_DEPTH = 8
CROWDED_RATE_LIMIT = Nanos(3600 * SECOND)
"""In a container with more than `CROWD` processes a fork nested deeper than this costs four times as much a level."""


class Effort:
    """Counts turns since the last real wait; beyond `FREE_TURNS` each further `COARSENING_TURNS` double the price."""

    __slots__ = ("owed", "rate", "spent", "turns")

    def __init__(self) -> None:
        self.turns, self.rate, self.owed, self.spent = 0, 1, 0, 0

    def charge(self, span: int) -> None:
        """Owe `span` nanoseconds at the present price."""
        self.owed += span * self.rate

    def turn(self, count: int = 1) -> None:
        """Count a turn of a loop, a call or a fork."""
        self.turns += count
        if self.turns > FREE_TURNS:
            self.rate = min(1 << (self.turns - FREE_TURNS) // COARSENING_TURNS, MAX_RATE)

    def settle(self) -> Nanos:
        """Return what is owed and owe nothing."""
        owed, self.owed = self.owed, 0
        self.spent += owed
        return Nanos(owed)

    def waited(self, elapsed: int) -> None:
        """Take note of a blocking effect that lasted `elapsed`, own charges since the last one included."""
        if elapsed > self.spent + RESTING:
            self.turns, self.rate = 0, 1
        self.spent = 0


def crowded_fork(depth: int, population: int) -> Nanos:
    """Return the price of a fork by a subshell nested `depth` deep among `population` processes (a fork bomb's)."""
    if population <= CROWD or depth <= CROWDED_DEPTH:
        return FORK
    return Nanos(min(FORK << 2 * min(depth - CROWDED_DEPTH, 32), CROWDED_RATE_LIMIT))
