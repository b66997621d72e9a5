"""What GitHub shows beside the lines of a feature file: one workflow command for each scenario that is red.

Source: GitHub Docs, "Workflow commands for GitHub Actions", `::error` and its escapes.
"""

from collections.abc import Iterable, Iterator

from podproof.report.outcomes import ScenarioOutcome


def annotations(outcomes: Iterable[ScenarioOutcome], folder: str = "") -> Iterator[str]:
    """Yield a line for each red scenario, at the step that made it so; `folder` is where files' names begin."""
    for outcome in outcomes:
        if not outcome.result.is_red:
            continue
        step = outcome.decisive
        message = step.message if step is not None else outcome.message
        name = " ".join(filter(None, (outcome.title or outcome.file, outcome.suffix)))
        title = f"{name}: {outcome.result}"
        where = f"file={_property(folder + outcome.file)},line={outcome.told_at},title={_property(title)}"
        yield f"::error {where}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
