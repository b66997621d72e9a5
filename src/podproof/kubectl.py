"""What kubectl prints about objects, for steps and reports; the columns themselves are rules of `simulator/model`."""

from collections.abc import Iterable, Mapping, Sequence

from podproof.simulator.model import describe_pod, tables
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


def get(kind: str, items: Iterable[Object], now: Nanos, *, wide: bool = False) -> Sequence[Mapping[str, str]]:
    """Return the rows of `kubectl get`, column to text; `now` counts from the epoch.

    Raises:
        NotModelledError: the columns of this kind are not known.
    """
    made = tables.table(kind, items, now, wide)
    return [dict(zip(made.columns, map(str, row), strict=True)) for row in made.rows]


def printed(kind: str, items: Iterable[Object], now: Nanos, *, wide: bool = False) -> str:
    """Return what `kubectl get` prints; `now` counts from the epoch.

    Raises:
        NotModelledError: the columns of this kind are not known.
    """
    return tables.render(tables.table(kind, items, now, wide))


def described(pod: Object, events: Iterable[Object], now: Nanos) -> str:
    """Return what `kubectl describe pod` prints; `events` are those about the pod, `now` counts from the epoch.

    Raises:
        NotModelledError: the words for a kind of volume are not known.
    """
    return describe_pod.describe_pod(pod, events, now)
