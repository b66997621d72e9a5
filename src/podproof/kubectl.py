"""What kubectl prints about objects, for steps and reports; the columns themselves are rules of `simulator/model`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from podproof.simulator.model import describe, tables
from podproof.simulator.model.describe_parts import Around
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment
from podproof.simulator.model.versions import in_stored_version


def columns(obj: Object, *, now: Nanos | str | datetime, wide: bool = False) -> dict[str, str]:
    """Return what `kubectl get` prints of one object, column to text.

    `now` is nanoseconds from the epoch, an RFC 3339 text or a datetime that knows its zone.

    Raises:
        NotModelledError: the columns of its kind are not known.
    """
    cells = tables.columns(in_stored_version(obj), _nanos(now), wide)
    return {name: tables.text(cell) for name, cell in cells.items()}


def _nanos(now: Nanos | str | datetime) -> Nanos:
    if isinstance(now, datetime):
        now = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment(now) if isinstance(now, str) else now


def get(kind: str, items: Iterable[Object], now: Nanos, *, wide: bool = False) -> Sequence[Mapping[str, str]]:
    """Return the rows of `kubectl get`, column to text; `now` counts from the epoch.

    Raises:
        NotModelledError: the columns of this kind are not known.
    """
    made = tables.table(kind, items, now, wide)
    return [dict(zip(made.columns, map(tables.text, row), strict=True)) for row in made.rows]


def printed(kind: str, items: Iterable[Object], now: Nanos, *, wide: bool = False) -> str:
    """Return what `kubectl get` prints; `now` counts from the epoch.

    Raises:
        NotModelledError: the columns of this kind are not known.
    """
    return tables.render(tables.table(kind, items, now, wide))


def described(
    obj: Object, events: Iterable[Object], now: Nanos, of_kind: Callable[[str], Iterable[Object]] = lambda _: ()
) -> str:
    """Return what `kubectl describe` prints of an object.

    `events` are those about it, `now` counts from the epoch, `of_kind` gives all objects of a kind that kubectl would
    ask the cluster for besides: the pods of a controller, the endpoints of a Service.

    Raises:
        NotModelledError: kubectl's words for the kind, or for a part of it, are not known.
    """
    return describe.describe(in_stored_version(obj), events, Around(now, of_kind))
