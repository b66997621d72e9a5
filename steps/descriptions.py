"""What kubectl describe prints."""

from collections.abc import Callable, Iterable

from podproof import kubectl
from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Record


@says('kubectl describe {kind:kind} "{name}" shows:')
@says('kubectl describe {kind:kind} "{name}" shows within {limit:duration}:')
def kubectl_describe_shows(cluster: Cluster, kind: str, name: str, docstring: str, limit: Nanos) -> None:
    """Every line of the text is printed, in this order; other lines may stand between, and widths do not count."""
    wanted = [line for line in map(_plain, docstring.splitlines()) if line]
    if not wanted:
        raise NotSoError(f'kubectl describe {kind} "{name}" shows some lines', "the text below the step is empty")
    ref = kinds.ref(cluster, kind, name)

    def test(record: Record) -> tuple[bool, str]:
        item = record.latest(ref)
        if item is None:
            return False, f'there is no {kind} "{name}"'
        text = kubectl.described(item, record.events(ref), Nanos(record.start + record.now), _of_kind(record))
        missing = _first_missing(wanted, [_plain(line) for line in text.splitlines()])
        return missing is None, f"no line reads {missing!r} there; kubectl describe prints:\n{text}"

    prove(cluster, Becomes(f'kubectl describe {kind} "{name}" shows its text', (ref,), test, limit), limit)


def _of_kind(record: Record) -> Callable[[str], Iterable[Object]]:
    """Return what gives all objects of a kind as they are now."""

    def found(kind: str) -> list[Object]:
        items = (record.latest(ref) for ref in sorted(record.refs(kind)))
        return [item for item in items if item is not None]

    return found


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
