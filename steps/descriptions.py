"""What kubectl describe prints."""

from podproof import kubectl
from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record


@says('kubectl describe pod "{name}" shows:')
@says('kubectl describe pod "{name}" shows within {limit:duration}:')
def kubectl_describe_shows(cluster: Cluster, name: str, docstring: str, limit: Nanos) -> None:
    """Every line of the text is printed, in this order; other lines may stand between, and widths do not count."""
    wanted = [line for line in map(_plain, docstring.splitlines()) if line]
    if not wanted:
        raise NotSoError(f'kubectl describe pod "{name}" shows some lines', "the text below the step is empty")
    ref = kinds.pod(cluster, name)

    def test(record: Record) -> tuple[bool, str]:
        pod = record.latest(ref)
        if pod is None:
            return False, f'there is no pod "{name}"'
        text = kubectl.described(pod, record.events(ref), Nanos(record.start + record.now))
        missing = _first_missing(wanted, [_plain(line) for line in text.splitlines()])
        return missing is None, f"no line reads {missing!r} there; kubectl describe prints:\n{text}"

    prove(cluster, Becomes(f'kubectl describe pod "{name}" shows its text', (ref,), test, limit), limit)


def _plain(line: str) -> str:
    return " ".join(line.split())


def _first_missing(wanted: list[str], printed: list[str]) -> str | None:
    """Return the first wanted line that does not follow those before it; None where all are there."""
    place = 0
    for line in wanted:
        if line not in printed[place:]:
            return line
        place = printed.index(line, place) + 1
    return None
