"""What a failed expectation prints: what was wanted, why it is not so, what was seen, and what to try."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podproof.claims import Claim, Outcome, Verdict
from podproof.cluster import Cluster
from podproof.report.advice import advice_for
from podproof.report.masks import Mask
from podproof.report.observed import event_table, log_lines, timeline_table
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

_OUTCOMES = {Outcome.FAILED: "but", Outcome.INCONCLUSIVE: "undecided"}
LABEL, WANTED, TO_TRY = 10, "wanted", "what to try"
"""How wide the labels of a claim are, and the words that others find its parts by."""


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

    @classmethod
    def of(cls, place: str, step: str, claim: Claim, verdict: Verdict) -> "Failure":
        """Return the failure of a claim."""
        return cls(place, step, claim.wanted, verdict.reason, verdict.outcome, claim, claim.subjects, at=verdict.at)


def render(failure: Failure, cluster: Cluster) -> str:
    """Return the failure as text; what is advised may let time pass on the cluster, after all else is written."""
    record = cluster.record()
    mask = Mask.of(record)
    lines = [failure.place, f"  {failure.step}", ""]
    lines.append(f"{WANTED:<{LABEL}}{failure.wanted}")
    lines.append(f"{_OUTCOMES.get(failure.outcome, 'but'):<{LABEL}}{_indented(failure.seen)}")
    lines.extend(_seen(failure, record))
    lines.extend(_logs(failure, cluster))
    advice = [*failure.advice, *advice_for(failure.claim, failure.subjects, cluster)]
    if advice:
        lines += ["", TO_TRY, *(f"  - {each}" for each in dict.fromkeys(advice))]
    return mask("\n".join(lines))


def _indented(text: str) -> str:
    return text.replace("\n", "\n" + " " * LABEL)


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
