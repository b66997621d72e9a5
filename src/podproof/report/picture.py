"""A scenario's record as lanes over cluster time, which a report draws: what each container did, and what happened.

Rules for editing: a lane holds spans, which follow each other, and marks, which are moments. Moments are nanoseconds
since the start of the record. Nothing here knows how it is drawn.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos
from podproof.timeline import PodView, Record, Timeline, Version

_PODS, _OBJECTS = 40, 20
_UNDRAWN = ("Event", "Pod", "EndpointSlice", "Endpoints", "Lease", "ControllerRevision")
_PROBES = ("Unhealthy", "ProbeWarning", "ProbeError")
_STATUSES = (
    ("init", "initContainers", "initContainerStatuses"),
    ("container", "containers", "containerStatuses"),
    ("ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to `until` it was so: `state` is the kind of it, `label` one word, `detail` what hovering tells."""

    since: int
    until: int
    state: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: `kind` is restart, probe, warning or event."""

    at: int
    kind: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture: a pod, one of its containers (`kind` init, sidecar, container, ephemeral), an object."""

    name: str
    kind: str
    of: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """All lanes until the end; `gaps` are the times nobody could watch, `left_out` says what is not drawn."""

    until: int
    lanes: tuple[Lane, ...]
    gaps: tuple[tuple[int, int], ...] = ()
    left_out: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Picture":
        """Return a picture from its fields as JSON has them."""
        gaps = tuple((since, until) for since, until in data["gaps"])
        return cls(data["until"], tuple(map(_lane, data["lanes"])), gaps, data["left_out"])


def _lane(data: Mapping[str, Any]) -> Lane:
    spans, marks = (Span(**each) for each in data["spans"]), (Mark(**each) for each in data["marks"])
    return Lane(data["name"], data["kind"], data["of"], tuple(spans), tuple(marks))


def picture_of(record: Record, namespace: str) -> Picture:
    """Return the picture of what a record has shown so far in a namespace."""
    pods = [ref for ref in record.refs("Pod") if ref.namespace == namespace]
    others = [ref for ref in record.refs() if ref.kind not in _UNDRAWN and _is_made_here(record, ref, namespace)]
    lanes = [lane for ref in pods[:_PODS] for lane in _pod_lanes(record, ref)]
    lanes += [_object_lane(record, ref) for ref in others[:_OBJECTS]]
    gaps = tuple((gap.since, gap.until) for gap in record.timeline(Ref("", "", "")).gaps)
    return Picture(record.now, tuple(lanes), gaps, _left_out(len(pods) - _PODS, len(others) - _OBJECTS))


def _left_out(pods: int, others: int) -> str:
    told = [f"{count} more {what}" for count, what in ((pods, "pods"), (others, "other objects")) if count > 0]
    return " and ".join(told)


def _is_made_here(record: Record, ref: Ref, namespace: str) -> bool:
    return ref.namespace in ("", namespace) and not record.timeline(ref)[0].initial


def _pod_lanes(record: Record, ref: Ref) -> Iterator[Lane]:
    """Yield the lane of a pod, then one for each of its containers, init containers first."""
    timeline, marks = record.timeline(ref), _marks(record, ref)
    yield Lane(ref.name, "pod", ref.name, tuple(_spans(map(_pod_state, timeline), timeline)), marks.get("", ()))
    for name, kind in _containers(timeline).items():
        rows = [_status(version, name) for version in timeline]
        spans = tuple(_spans((_container_state(row, kind) for row in rows), timeline))
        both = sorted((*_restarts(timeline, rows), *marks.get(name, ())), key=lambda mark: mark.at)
        yield Lane(name, kind, ref.name, spans, tuple(both))


def _containers(timeline: Timeline) -> Mapping[str, str]:
    """Return each container that any version has, with its kind."""
    found: dict[str, dict[str, str]] = {field: {} for _, field, _ in _STATUSES}
    for kind, field, _ in _STATUSES:
        for row in (row for version in timeline for row in at(version.object, "spec", field) or ()):
            is_sidecar = kind == "init" and row.get("restartPolicy") == "Always"
            found[field][row["name"]] = "sidecar" if is_sidecar else kind
    return {name: kind for names in found.values() for name, kind in names.items()}


def _status(version: Version, name: str) -> Object | None:
    """Return the status of a container in a version, None where it has none."""
    status = at(version.object, "status") or {}
    rows = (row for _, _, field in _STATUSES for row in status.get(field) or ())
    return next((row for row in rows if row["name"] == name), None)


_State = tuple[str, str, str]
"""State, label and detail of a span that begins."""
_NOTHING: _State | None = None


def _spans(states: Iterable[_State | None], timeline: Timeline) -> Iterator[Span]:
    """Yield a span for each run of equal states; None ends one and begins none."""
    since, now = Nanos(0), _NOTHING
    for state, version in zip(states, timeline, strict=True):
        if state == now:
            continue
        if now is not None:
            yield Span(since, version.at, *now)
        since, now = version.at, state
    if now is not None:
        yield Span(since, timeline.until, *now)


def _pod_state(version: Version) -> _State | None:
    if version.object is None:
        return None
    pod = version.pod
    detail = f"READY {pod.ready}, RESTARTS {pod.restarts}, phase {pod.phase or 'Pending'}"
    return _tone(pod), pod.status, detail if pod.reason in ("", pod.status) else f"{detail}, {pod.reason}"


def _tone(pod: PodView) -> str:
    """Return which of a picture's few kinds a STATUS belongs to."""
    if pod.status == "Completed" or pod.phase == "Succeeded":
        return "done"
    ready, _, total = pod.ready.partition("/")
    if pod.status == "Running":
        return "ready" if ready == total else "running"
    if pod.status == "Terminating":
        return "leaving"
    if pod.phase == "Failed" or any(word in pod.status for word in ("Error", "Err", "BackOff", "OOMKilled", "Evicted")):
        return "failed"
    return "waiting"


def _container_state(row: Object | None, kind: str) -> _State | None:
    """Return what a container's status says, None where it says nothing.

    That an init container is not ready is not said: nobody expects it to be.
    """
    state = (row or {}).get("state") or {}
    if row is None or not state:
        return None
    if (ended := state.get("terminated")) is not None:
        code = ended.get("exitCode", 0)
        reason = ended.get("reason") or "Terminated"
        detail = _told(f"exit code {code}", ended, row)
        return ("failed" if code else "done"), f"{reason} ({code})", detail
    if "running" in state:
        ready = bool(row.get("ready"))
        return (
            ("ready" if ready else "running"),
            ("Running" if ready or kind == "init" else "Running, not ready"),
            _told("", {}, row),
        )
    waiting = state.get("waiting") or {}
    reason = waiting.get("reason") or "Waiting"
    tone = "failed" if any(word in reason for word in ("BackOff", "Err", "Error", "Invalid")) else "waiting"
    return tone, reason, _told("", waiting, row)


def _told(first: str, state: Object, row: Object) -> str:
    restarts = row.get("restartCount") or 0
    parts = (first, str(state.get("message") or "").strip(), f"run {restarts + 1}" if restarts else "")
    return "; ".join(part for part in parts if part)


def _restarts(timeline: Timeline, rows: list[Object | None]) -> Iterator[Mark]:
    """Yield a mark wherever the count of restarts rises within one object's life."""
    before, uid = 0, ""
    for version, row in zip(timeline, rows, strict=True):
        count = int((row or {}).get("restartCount") or 0) if version.uid == uid else 0
        if count > before:
            yield Mark(version.at, "restart", f"restart {count}", _exit(row))
        before, uid = count, version.uid


def _exit(row: Object | None) -> str:
    end = at(row, "lastState", "terminated") or {}
    return f"the run before ended with exit code {end['exitCode']} ({end.get('reason', '')})" if end else ""


def _marks(record: Record, ref: Ref) -> dict[str, tuple[Mark, ...]]:
    """Return the marks of a pod's events by the container they are about, "" for the pod itself."""
    found: dict[str, list[Mark]] = {}
    for version in record.event_history(ref):
        event = version.object or {}
        path = str(at(event, "involvedObject", "fieldPath") or "")
        name = path.partition("{")[2].rstrip("}")
        found.setdefault(name, []).append(_event_mark(version, event))
    return {name: tuple(sorted(marks, key=lambda mark: mark.at)) for name, marks in found.items()}


def _event_mark(version: Version, event: Object) -> Mark:
    reason, count = str(event.get("reason", "")), event.get("count") or 1
    kind = "probe" if reason in _PROBES else "warning" if event.get("type") == "Warning" else "event"
    times = f" (×{count})" if count > 1 else ""
    return Mark(version.at, kind, reason, " ".join(str(event.get("message", "")).split()) + times)


def _object_lane(record: Record, ref: Ref) -> Lane:
    timeline = record.timeline(ref)
    states = (None if version.object is None else ("there", "exists", "") for version in timeline)
    marks = tuple(islice(_marks(record, ref).get("", ()), 200))
    return Lane(ref.name, ref.kind, "", tuple(_spans(states, timeline)), marks)
