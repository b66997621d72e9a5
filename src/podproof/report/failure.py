"""What a failed expectation prints: what was wanted, why it is not so, what was seen, and what to try."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from podproof.claims import Claim, Outcome, Verdict
from podproof.cluster import Cluster
from podproof.report.advice import advice_for
from podproof.report.languages import TO_TRY, catalogue, known_labels
from podproof.report.masks import Mask
from podproof.report.observed import event_table, log_lines, timeline_table
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

_MARGIN = " " * 10
"""As wide as the labels of a claim."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met. `place` is the feature's file:line, `step` the line itself.

    `seen` says why it is not met, `at` is the moment that decided; `claim` is given where one was judged.
    """

    place: str
    step: str
    wanted: str
    seen: str
    outcome: Outcome = Outcome.FAILED
    claim: Claim | None = None
    subjects: tuple[Ref, ...] = ()
    advice: tuple[str, ...] = ()
    at: Nanos | None = None
    language: str = "en"

    @classmethod
    def of(cls, place: str, step: str, claim: Claim, verdict: Verdict, language: str = "en") -> "Failure":
        """Return the failure of a claim."""
        reason, outcome = verdict.reason, verdict.outcome
        return cls(place, step, claim.wanted, reason, outcome, claim, claim.subjects, at=verdict.at, language=language)


def render(failure: Failure, cluster: Cluster) -> str:
    """Return the failure as text; what is advised may let time pass on the cluster, after all else is written."""
    record = cluster.record()
    mask = Mask.of(record)
    words = catalogue(failure.language)
    outcome = words.labels.undecided if failure.outcome is Outcome.INCONCLUSIVE else words.labels.but
    lines = [failure.place, f"  {failure.step}", ""]
    lines.append(f"{words.label(words.labels.wanted)}{words.said(failure.wanted)}")
    lines.append(f"{words.label(outcome)}{_indented(words.said(failure.seen))}")
    lines.extend(map(words.said, _seen(failure, record)))
    lines.extend(map(words.said, _logs(failure, cluster)))
    advice = [*failure.advice, *advice_for(failure.claim, failure.subjects, cluster)]
    if advice:
        lines += ["", words.to_try, *(f"  - {words.said(each)}" for each in dict.fromkeys(advice))]
    return mask("\n".join(lines))


def heart(message: str) -> Sequence[tuple[str, str]]:
    """Return the heart of a failed claim's message, as (label, text): what was wanted, what is so, what to try.

    What has several lines has no label on those that follow. Any other message has no heart: nothing is returned.
    """
    paragraphs = message.split("\n\n")
    labels = dict(known_labels())
    first = paragraphs[1].partition(" ")[0] if len(paragraphs) > 1 else ""
    if first not in labels or labels[first].wanted != first:
        return ()
    hints = (each.splitlines()[1:] for each in paragraphs[2:] if each.partition("\n")[0] in TO_TRY.values())
    told = [_apart(line, labels) for line in paragraphs[1].splitlines()]
    return [*told, *((labels[first].tried, line.removeprefix("  - ")) for lines in hints for line in lines)]


def _apart(line: str, labels: Collection[str]) -> tuple[str, str]:
    label, _, text = line.partition(" ")
    return (label, text.lstrip(" ")) if label in labels else ("", line.removeprefix(_MARGIN))


def _indented(text: str) -> str:
    return text.replace("\n", "\n" + _MARGIN)


def _seen(failure: Failure, record: Record) -> Iterator[str]:
    for ref in failure.subjects:
        timeline = record.timeline(ref)
        yield ""
        if not len(timeline):
            yield f'{ref.kind.lower()} "{ref.name}" was never observed'
            continue
        yield f'{ref.kind.lower()} "{ref.name}" over time'
        yield from _block(timeline_table(timeline, failure.at))
    events = event_table(record, failure.subjects)
    if events:
        yield from ("", "events", *_block(events))


def _logs(failure: Failure, cluster: Cluster) -> Iterator[str]:
    record = cluster.record()
    mask = Mask.of(record)
    for ref in failure.subjects:
        if ref.kind == "Pod" and len(record.timeline(ref)):
            lines = list(log_lines(record, ref, cluster.logs, mask))
            if lines:
                yield from ("", *lines)


def _block(lines: Sequence[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
