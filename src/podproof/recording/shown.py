"""What a cluster has shown in one scenario, as a run of a recording tells it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podproof.cluster import Cluster, Refusal
from podproof.recording.normalise import Normalise
from podproof.recording.rows import event_row, rounded, version_row
from podproof.simulator.model.objects import Object, Ref, containers_of
from podproof.simulator.model.times import Nanos

_UNTOLD = ("Event",)
"""Kinds that have a place of their own in a recording."""
_BEFORE = Nanos(0)


def shown(cluster: Cluster, kinds: Sequence[str] = (), zero: Nanos = _BEFORE) -> dict[str, Any]:
    """Return timelines, events and logs; times count from `zero`, a moment of the record.

    With `kinds`, only those have timelines. What was in the namespace before the record began is left out.
    """
    record = cluster.record()
    chosen = kinds or tuple(dict.fromkeys(ref.kind for ref in record.refs() if ref.kind not in _UNTOLD))
    told = {
        "timelines": {str(ref): _rows(cluster, ref, zero) for kind in chosen for ref in _made_here(cluster, kind)},
        "events": list(_events(cluster, zero)),
        "logs": dict(_logs(cluster)),
    }
    normalised: dict[str, Any] = Normalise.of(record, cluster.namespace).value(told)
    return normalised


def _made_here(cluster: Cluster, kind: str) -> Iterator[Ref]:
    record = cluster.record()
    for ref in record.refs(kind):
        if not ref.namespace or (ref.namespace == cluster.namespace and not record.timeline(ref)[0].initial):
            yield ref


def _rows(cluster: Cluster, ref: Ref, zero: Nanos) -> list[dict[str, Any]]:
    """Return an object's versions, equal neighbours folded."""
    rows: list[dict[str, Any]] = []
    for version in cluster.record().timeline(ref):
        row = version_row(ref.kind, version)
        if not rows or {**rows[-1], "t": 0} != {"t": 0, **row}:
            rows.append({"t": rounded(Nanos(version.at - zero), 2), **row})
    return rows


def _events(cluster: Cluster, zero: Nanos) -> Iterator[dict[str, Any]]:
    record = cluster.record()
    began = Nanos(record.start + zero)
    here = (event for event in record.events() if _about(event).get("namespace") == cluster.namespace)
    yield from sorted((event_row(event, began) for event in here), key=lambda row: float(row["first"] or 0))


def _about(event: Object) -> Mapping[str, Any]:
    found: Mapping[str, Any] = event.get("involvedObject") or {}
    return found


def _logs(cluster: Cluster) -> Iterator[tuple[str, Any]]:
    for ref in _made_here(cluster, "Pod"):
        pods = (version.object for version in cluster.record().timeline(ref) if version.object is not None)
        for container in containers_of(next(pods)["spec"]):
            for previous in (False, True):
                text = cluster.logs(ref.name, container["name"], previous)
                key = f"{ref.name}/{container['name']}" + ("/previous" if previous else "")
                yield key, {"error": text.code, "message": text.message} if isinstance(text, Refusal) else text
