"""A scenario's steps as the terminal tells them with `-v`: what became of each, and when, in cluster time."""

from collections.abc import Iterator

from podproof.report.observed import stamp
from podproof.report.outcomes import Result, ScenarioOutcome, StepOutcome
from podproof.simulator.model.times import Nanos

SIGNS = {
    Result.PASSED: "✓",
    Result.SKIPPED: "-",
    Result.INCONCLUSIVE: "?",
    Result.UNDEFINED: "∅",
    Result.AMBIGUOUS: "≈",
    Result.FAILED: "✗",
}
"""One sign for each result, so that colour is never all that tells them apart."""
_PLAIN = str.maketrans({"✓": "+", "∅": "!", "≈": "!", "✗": "x", "→": "-"})
"""What stands for the signs where only ASCII can be written."""


def step_lines(outcome: ScenarioOutcome, encoding: str = "utf-8") -> Iterator[tuple[Result, str]]:
    """Yield a line for each step, with its result: the moment it began, and, where time passed, the one it ended.

    A scenario that never began has none. Signs that an encoding does not have are replaced.
    """
    if all(step.result is Result.SKIPPED for step in outcome.steps):
        return
    times = [_times(step) for step in outcome.steps]
    width = max(map(len, times), default=0)
    for step, told in zip(outcome.steps, times, strict=True):
        head = f"  {SIGNS[step.result]} {told:<{width}}  "
        yield step.result, f"{_writable(head, encoding)}{step.keyword} {step.text}"


def _times(step: StepOutcome) -> str:
    if step.result is Result.SKIPPED:
        return ""
    began, ended = stamp(Nanos(step.began)), stamp(Nanos(step.ended))
    return began if began == ended else f"{began} → {ended}"


def _writable(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text
