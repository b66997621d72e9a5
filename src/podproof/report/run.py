"""The outcomes of one run as they come in, from however many workers, and in the order reports tell them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from podproof.report.outcomes import Result, ScenarioOutcome


@dataclass(slots=True)
class Run:
    """What is known of a run; `started` and `ended` count in seconds from the epoch.

    One that is `cut_short` did not run all it should: somebody stopped it, or it broke. The last outcome of a test
    counts; those before it, which were tried again, are kept beside it.
    """

    started: float
    ended: float = 0.0
    cut_short: bool = False
    _last: dict[str, ScenarioOutcome] = field(default_factory=dict)
    _before: dict[str, list[ScenarioOutcome]] = field(default_factory=dict)

    def add(self, test: str, outcome: ScenarioOutcome, *, again: bool = False) -> None:
        """Take in what became of a test; `again` where it will be tried once more."""
        before = self._before.setdefault(test, [])
        numbered = outcome.after(len(before))
        if again:
            before.append(numbered)
        else:
            self._last[test] = numbered

    def knows(self, test: str) -> bool:
        """Say whether a test has an outcome."""
        return test in self._last

    def broke(self, test: str, message: str) -> None:
        """Let a test that is known have failed after all: its end went wrong."""
        outcome = self._last[test]
        told = "\n\n".join(filter(None, (outcome.message, message)))
        self._last[test] = replace(outcome, result=Result.FAILED, message=told)

    @property
    def scenarios(self) -> tuple[ScenarioOutcome, ...]:
        """Return the outcomes that count, by file, line and row: whichever worker was first."""
        return tuple(outcome for _, outcome in self._ordered())

    @property
    def attempts(self) -> Iterator[tuple[ScenarioOutcome, bool]]:
        """Yield every outcome, of tries that no longer count too, and whether it was tried again after."""
        for test, outcome in self._ordered():
            yield from ((each, True) for each in self._before.get(test, ()))
            yield outcome, False

    @property
    def succeeded(self) -> bool:
        """Whether all was run, and nothing is red."""
        return not self.cut_short and not any(outcome.result.is_red for outcome in self._last.values())

    def _ordered(self) -> list[tuple[str, ScenarioOutcome]]:
        key: Callable[[tuple[str, ScenarioOutcome]], object] = lambda each: (each[1].place, each[0])  # noqa: E731
        return sorted(self._last.items(), key=key)  # type: ignore[arg-type]
