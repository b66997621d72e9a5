"""A chain: rules in their order, how often each has fitted, and a look-up that does not ask rules in vain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge

from podproof.simulator.network.iptables.rules import Rule

_FEW = 16
"""A chain of so many rules is asked from its first to its last."""


@dataclass(slots=True, eq=False)
class Entry:
    """A rule where it stands, and what it has counted."""

    rule: Rule
    packets: int = 0
    bytes: int = 0


class Chain:
    """Rules in order. `policy` is what a built-in chain does with a packet that no rule decided about; "" is none.

    The rules for one destination and port are found by these, so that thousands of Services cost a packet nothing.
    """

    __slots__ = ("_index", "bytes", "entries", "name", "packets", "policy")

    def __init__(self, name: str, rules: Iterable[Rule] = (), policy: str = "") -> None:
        self.name, self.policy, self.packets, self.bytes = name, policy, 0, 0
        self.entries = [Entry(rule) for rule in rules]
        self._index: dict[tuple[str, int], list[int]] | None = None

    @property
    def rules(self) -> list[Rule]:
        """Its rules, the first first."""
        return [entry.rule for entry in self.entries]

    def append(self, rule: Rule) -> None:
        """Add a rule behind the others."""
        self.entries.append(Entry(rule))
        if self._index is not None:
            self._index.setdefault(rule.place, []).append(len(self.entries) - 1)

    def insert(self, rule: Rule, number: int = 1) -> None:
        """Put a rule at a place, counted from 1. Raises IndexError where the chain is shorter."""
        if not 0 < number <= len(self.entries) + 1:
            raise IndexError(number)
        self.entries.insert(number - 1, Entry(rule))
        self._index = None

    def delete(self, rule: Rule | int) -> None:
        """Take away the first rule that is the same, or that of a number. Raises LookupError where there is none."""
        number = rule if isinstance(rule, int) else self._number(rule)
        if not 0 < number <= len(self.entries):
            raise IndexError(number)
        del self.entries[number - 1]
        self._index = None

    def replace(self, rules: Iterable[Rule]) -> None:
        """Have these rules and no others; those that stay keep what they have counted."""
        known = {entry.rule: entry for entry in self.entries}
        self.entries = [known.pop(rule) if rule in known else Entry(rule) for rule in rules]
        self._index = None

    def candidates(self, address: str, port: int) -> Iterator[tuple[int, Entry]]:
        """Yield the rules that may be for a destination, in order, with their numbers from 1."""
        if len(self.entries) <= _FEW:
            yield from enumerate(self.entries, 1)
            return
        index = self._index if self._index is not None else self._indexed()
        places = dict.fromkeys(((address, port), (address, 0), ("", port), ("", 0)))
        for number in merge(*(index.get(place, ()) for place in places)):
            yield number + 1, self.entries[number]

    def _indexed(self) -> dict[tuple[str, int], list[int]]:
        index: dict[tuple[str, int], list[int]] = {}
        for number, entry in enumerate(self.entries):
            index.setdefault(entry.rule.place, []).append(number)
        self._index = index
        return index

    def _number(self, rule: Rule) -> int:
        for number, entry in enumerate(self.entries, 1):
            if entry.rule == rule:
                return number
        raise LookupError(rule.saved)
