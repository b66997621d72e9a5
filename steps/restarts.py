"""When the containers of a pod were started again."""

from collections.abc import Iterator, Mapping, Sequence

from podproof import durations
from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model.objects import at
from podproof.simulator.model.times import SECOND, Nanos, moment
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.timeline import Timeline

_COLUMNS = ("restart", "at least", "at most")


@says('container "{container}" of pod "{name}" was restarted after:')
def the_container_was_restarted_after(
    cluster: Cluster, container: str, name: str, datatable: Sequence[Sequence[str]]
) -> None:
    """Compare, restart by restart, the time from the container's end to its next start with the table's bounds.

    The times in a pod's status are whole seconds, so a second more or less still keeps to them.
    """
    if tuple(datatable[0]) != _COLUMNS:
        raise NotSoError(f"a table of {', '.join(_COLUMNS)}", f"its heading is {', '.join(datatable[0])}")
    timeline = cluster.record().timeline(kinds.pod(cluster, name))
    waits = dict(_waits(timeline, container))
    faults = [fault for row in datatable[1:] for fault in _faults(waits, int(row[0]), _span(row[1]), _span(row[2]))]
    if faults:
        wanted = f'container "{container}" of pod "{name}" is restarted after the times in the table'
        raise NotSoError(wanted, "\n".join(faults), _all(waits, len(timeline) > 0), (timeline.ref,))


def _waits(timeline: Timeline, container: str) -> Iterator[tuple[int, Nanos]]:
    """Yield (number of the restart, time between the end before it and it), once for each restart seen."""
    last = 0
    for version in timeline:
        row = version.pod.statuses.get(container) if version.object is not None else None
        started, ended = at(row, "state", "running", "startedAt"), at(row, "lastState", "terminated", "finishedAt")
        if row is not None and started and ended and row["restartCount"] > last:
            last = row["restartCount"]
            yield last, Nanos(moment(started) - moment(ended))


def _span(cell: str) -> Nanos:
    return Nanos(0) if cell.strip().startswith("0 ") else durations.parse(cell)


def _faults(waits: Mapping[int, Nanos], number: int, least: Nanos, most: Nanos) -> Iterator[str]:
    wait = waits.get(number)
    if wait is None:
        yield f"restart {number} was never observed"
    elif not least - SECOND <= wait <= most + SECOND:
        yield f"restart {number} came after {durations.spoken(wait)}, not {_spoken(least)} to {_spoken(most)}"


def _spoken(span: Nanos) -> str:
    return durations.spoken(span) if span else "0 seconds"


def _all(waits: Mapping[int, Nanos], observed: bool) -> str:
    if not waits:
        return "No restart was observed." if observed else "The pod was never observed."
    return "Observed: " + ", ".join(f"{number}: {_spoken(wait)}" for number, wait in waits.items())
