"""Finds loops that can change nothing any more, and lets them stand instead of running them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podproof.simulator.machine.effects import Compute, Repeat
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.model.times import Nanos

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

_WRITES_KEPT = 4096
"""A turn with more writes of builtins is not compared but run as it is."""


@dataclass(slots=True)
class _Turn:
    """One turn being compared: what held when it began, and what it wrote."""

    outside: int
    spent: int
    state: tuple[object, ...]
    written: list[tuple[int, str]] = field(default_factory=list)


class Watch:
    """Counts what a script asks of the world (`outside`), and compares turns of its loops, of each depth one."""

    def __init__(self) -> None:
        self.outside = 0
        self._depth = 0
        self._compared: dict[int, _Turn] = {}

    def enter(self) -> int:
        """A loop begins; return its turn, to be handed to `turn`."""
        self._depth += 1
        return 0

    def leave(self) -> None:
        """A loop ends."""
        self._compared.pop(self._depth, None)
        self._depth -= 1

    def wrote(self, fd: int, text: str) -> None:
        """Keep what a builtin writes, as long as a turn is being compared."""
        for compared in self._compared.values():
            compared.written.append((fd, text))
            if len(compared.written) > _WRITES_KEPT:
                self.outside += 1

    def turn(self, shell: "Shell", turns: int) -> Steps[int]:
        """A turn begins: where the last one changed nothing and asked nothing, stand still. Return the next turn.

        Turns 2, 4, 8, … are compared with what follows them: comparing costs, and most loops do change.
        """
        shell.effort.turn()
        shell.effort.charge(costs.BUILTIN)
        if shell.effort.owed >= costs.SLICE:
            yield Compute(Nanos(0))  # a loop that asks nothing of the machine has to let time pass all the same
        last = self._compared.pop(self._depth, None)
        if last is not None and last.outside == self.outside and last.state == _state(shell):
            span = max(shell.effort.spent + shell.effort.owed - last.spent, costs.BUILTIN)
            yield Repeat(Nanos(span), _merged(last.written))
        if turns >= 2 and turns & (turns - 1) == 0:
            spent = shell.effort.spent + shell.effort.owed
            self._compared[self._depth] = _Turn(self.outside, spent, _state(shell))
        return turns + 1


def _state(shell: "Shell") -> tuple[object, ...]:
    return *shell.state.snapshot(), shell.process.cwd


def _merged(written: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    merged: list[tuple[int, str]] = []
    for fd, text in written:
        if merged and merged[-1][0] == fd:
            merged[-1] = (fd, merged[-1][1] + text)
        else:
            merged.append((fd, text))
    return tuple(merged)
