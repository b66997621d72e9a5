"""The informers of the cluster's own controllers: what their stages do, and watches that are disturbed."""

from collections.abc import Sequence

from podproof.cluster import Cluster, Sight
from podproof.proof import NotSoError
from podproof.simulator.model.times import SECOND, Nanos
from podproof.steps.phrases import says

_LOOK = Nanos(SECOND // 10)
_COLUMNS = ["part", "stage", "what"]
_STAGES = ("Reflector", "DeltaFIFO", "Indexer", "ring", "handler", "work queue", "rule")


@says("a look into the informers")
def a_look_into_the_informers(cluster: Cluster) -> None:
    """What their stages do is noted from here on; a new look forgets what was noted."""
    cluster.informers.look()


@says('the informer of "{resource}" loses its watch')
def the_informer_loses_its_watch(cluster: Cluster, resource: str) -> None:
    """And gets no new one until it has its watch back."""
    cluster.informers.cut(resource)


@says('the informer of "{resource}" has its watch back')
def the_informer_has_its_watch_back(cluster: Cluster, resource: str) -> None:
    """It opens it when it tries the next time; one that lagged is in time again, and loses nothing any more."""
    cluster.informers.mend(resource)


@says('the watch of the informer of "{resource}" lags by {span:duration}')
def the_watch_lags(cluster: Cluster, resource: str, span: Nanos) -> None:
    cluster.informers.lag(resource, span)


@says('the informer of "{resource}" misses the next event')
@says('the informer of "{resource}" misses the next {count:number} events')
def the_informer_misses_events(cluster: Cluster, resource: str, count: int = 1) -> None:
    """They get lost on their way, and the watch goes on as if nothing had been."""
    cluster.informers.lose(resource, count)


@says('the informer of "{resource}" resyncs')
def the_informer_resyncs(cluster: Cluster, resource: str) -> None:
    """Its handlers hear of every object it knows again."""
    cluster.informers.resync(resource)


@says('the handlers of the informer of "{resource}" are held up')
def the_handlers_are_held_up(cluster: Cluster, resource: str) -> None:
    cluster.informers.hold(resource, held=True)


@says('the handlers of the informer of "{resource}" go on')
def the_handlers_go_on(cluster: Cluster, resource: str) -> None:
    """First with what has waited for them."""
    cluster.informers.hold(resource, held=False)


@says("the API server sends a bookmark")
def the_api_server_sends_a_bookmark(cluster: Cluster) -> None:
    """To every watch that asked for bookmarks, as it does each minute."""
    cluster.informers.bookmark()


@says("the API server forgets its past versions")
def the_api_server_forgets(cluster: Cluster) -> None:
    """A watch that would go on from one of them is answered 410 Gone."""
    cluster.informers.forget()


@says("the informers do, in order:")
@says("the informers do within {limit:duration}, in order:")
def the_informers_do(cluster: Cluster, datatable: Sequence[Sequence[str]], limit: Nanos) -> None:
    """Each row is seen after the one before it; what else is seen in between does not matter.

    The columns are part (a resource, or a controller), stage (Reflector, DeltaFIFO, Indexer, ring, handler, work queue
    or rule) and what, a part of what the stage did. Wanting begins with the look.
    """
    rows, waited = _rows(datatable), Nanos(0)
    while missing := _first_missing(rows, cluster.informers.seen()):
        if waited >= limit:
            raise _unseen(missing, cluster.informers.seen())
        cluster.pass_time(_LOOK)
        waited = Nanos(waited + _LOOK)


@says('the stage "{stage}" of "{part}" does nothing for {span:duration}')
def the_stage_does_nothing(cluster: Cluster, stage: str, part: str, span: Nanos) -> None:
    """From now on. A part is a resource, or a controller that did something since the look began."""
    wanted = f'the stage "{stage}" of "{part}" does nothing'
    _check(cluster, wanted, part, stage)
    before = len(_of(cluster, stage, part))
    cluster.pass_time(span)
    if done := _of(cluster, stage, part)[before:]:
        raise NotSoError(wanted, _listed(done))


def _check(cluster: Cluster, wanted: str, part: str, stage: str) -> None:
    """Refuse a part or a stage that there is not: what nobody can see does nothing in every run."""
    parts = {*cluster.informers.resources(), *(each.part for each in cluster.informers.seen())}
    if part not in parts:
        raise NotSoError(wanted, f'nothing was seen of "{part}", and there is no informer of such a resource')
    if stage not in _STAGES:
        raise NotSoError(wanted, f"the stages are {', '.join(_STAGES)}")


def _rows(table: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    if list(table[0]) != _COLUMNS:
        seen = f"the columns are {', '.join(table[0])}"
        raise NotSoError("a table of informers has the columns part, stage, what", seen)
    return [(row[0], row[1], row[2]) for row in table[1:]]


def _first_missing(rows: Sequence[tuple[str, str, str]], seen: Sequence[Sight]) -> tuple[str, str, str] | None:
    """Return the first row that is not seen after those before it, None where all are."""
    rest = iter(seen)
    for part, stage, what in rows:
        if not any(each.part == part and each.stage == stage and what in each.what for each in rest):
            return part, stage, what
    return None


def _unseen(row: tuple[str, str, str], seen: Sequence[Sight]) -> NotSoError:
    part, stage, what = row
    near = [each for each in seen if each.part == part] or seen
    return NotSoError(f'"{part}", {stage}: {what}', _listed(near[-20:]) or "nothing was noted")


def _of(cluster: Cluster, stage: str, part: str) -> list[Sight]:
    return [each for each in cluster.informers.seen() if (each.stage, each.part) == (stage, part)]


def _listed(seen: Sequence[Sight]) -> str:
    return "\n".join(f"{each.at / SECOND:.3f} s  {each.part}  {each.stage}: {each.what}" for each in seen)
