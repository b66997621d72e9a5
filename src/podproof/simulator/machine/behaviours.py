"""What an image of a project's own does, where its row says that instead of a command."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from podproof.simulator.model.quantities import QuantityError, parse
from podproof.simulator.model.times import Nanos

INTERPRETER: Final = "/usr/local/bin/podproof-image"
SCRIPT: Final = "/podproof-image"
"""The file an image with behaviours runs: it holds them, for its interpreter to read."""
PROGRAM: Final = "podproof-image"
USES: Final = ("memory", "cpu")
"""The keys that say what a container uses; autoscalers go by them."""
SPANS: Final = ("starts-in", "fails-after", "on-term")
"""The keys that take a duration; in a row it is a number of nanoseconds."""
KEYS: Final = ("listens", *USES, *SPANS)
IGNORES: Final = "ignores"
_LAST_PORT: Final = 65535


class Behaviour(NamedTuple):
    """From its start to its end; spans count from the start of the container, `memory` is in bytes.

    `on_term` is how long it goes on when it is told to end, None for ever; `signal` is what tells it beside TERM.
    """

    listens: tuple[int, ...] = ()
    starts_in: Nanos = Nanos(0)
    memory: int = 0
    fails_after: Nanos | None = None
    on_term: Nanos | None = Nanos(0)
    signal: int = 15

    @classmethod
    def of(cls, row: Mapping[str, Any], signal: int) -> "Behaviour":
        """Return what a row without faults says."""
        told = row.get("on-term", Nanos(0))
        return cls(
            tuple(_ports(row)),
            row.get("starts-in", Nanos(0)),
            int(parse(row.get("memory", 0)).value),
            row.get("fails-after"),
            None if told == IGNORES else told,
            signal,
        )

    @classmethod
    def read(cls, script: str) -> "Behaviour":
        """Return what a script holds."""
        return cls(**json.loads(script.partition("\n")[2]))

    def script(self) -> str:
        """Return the script that holds it."""
        return f"#!{INTERPRETER}\n{json.dumps(self._asdict())}\n"


def faults_of(row: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield what is wrong with the behaviours of a row."""
    for port in _ports(row):
        if type(port) is not int or not 0 < port <= _LAST_PORT:
            yield f"{where}.listens: wanted a port from 1 to {_LAST_PORT} or a list of them, seen {port!r}"
    for key in SPANS:
        known = type(row.get(key, 0)) is int or (key, row[key]) == ("on-term", IGNORES)
        if not known:
            choice = f', or "{IGNORES}"' if key == "on-term" else ""
            yield f"{where}.{key}: wanted a duration, as 20 seconds{choice}; seen {row[key]!r}"
    for key, example in zip(USES, ("128Mi", "200m"), strict=True):
        try:
            parse(row.get(key, 0))
        except (QuantityError, TypeError):
            yield f"{where}.{key}: wanted a quantity, as {example}; seen {row[key]!r}"
    if any(key in row for key in KEYS) and any(key in row for key in ("script", "entrypoint", "cmd")):
        yield f"{where}: {', '.join(KEYS)} stand for a command: write them, or script, or entrypoint and cmd"


def _ports(row: Mapping[str, Any]) -> list[Any]:
    given = row.get("listens", [])
    return given if isinstance(given, list) else [given]
