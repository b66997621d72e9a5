"""What a failed scenario prints: for a claim what was wanted and what the cluster showed, for a bug its traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from podproof.errors import PodproofError
from podproof.plugin.fixtures import CLUSTER
from podproof.proof import NotSoError, RefusedError, UnprovedError

if TYPE_CHECKING:
    from podproof.plugin.scenario import ScenarioItem
    from podproof.report.failure import Failure


def shown(item: ScenarioItem, error: BaseException) -> ReprExceptionInfo | None:
    """Return what a failure shows, None where a Python traceback tells more; it survives the way to xdist's master."""
    if not isinstance(error, PodproofError):
        return None
    from podproof.report.languages import catalogue

    file, line = item.nodeid.partition("::")[0], item.story.line
    entry = ReprEntryNative([f"{_text(item, f'{file}:{line}', error)}\n"])
    crash = ReprFileLocation(file, line, catalogue(_language(item)).said(str(error).partition("\n")[0]))
    return ReprExceptionInfo(reprtraceback=ReprTraceback([entry], None, "native"), reprcrash=crash)


def _text(item: ScenarioItem, place: str, error: PodproofError) -> str:
    step = f"{item.story.step.keyword} {item.story.step.name}"
    cluster, failure = item.stash.get(CLUSTER, None), _failure(place, step, error, _language(item))
    if cluster is None or failure is None:
        from podproof.report.languages import catalogue

        return f"{place}\n  {step}\n\n{catalogue(_language(item)).said(str(error))}"
    from podproof.report.failure import render

    return render(failure, cluster)


def _language(item: ScenarioItem) -> str:
    """Return the language of the scenario's feature."""
    return str(item.example.template.feature.language)


def _failure(place: str, step: str, error: PodproofError, language: str) -> Failure | None:
    """Return what is to be told of an expectation that was not met, None of any other error."""
    from podproof.report.failure import Failure

    if isinstance(error, UnprovedError):
        return Failure.of(place, step, error.claim, error.verdict, language)
    if isinstance(error, NotSoError):
        advice = (error.advice,) if error.advice else ()
        return Failure(place, step, error.wanted, error.seen, subjects=error.subjects, advice=advice, language=language)
    if isinstance(error, RefusedError):
        return Failure(
            place, step, error.action, f"the API refuses it\n{error.seen}", advice=(error.advice,), language=language
        )
    return None
