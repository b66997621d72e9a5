"""Event recording: repeated events of one kind become one object with a count.

Source: staging/src/k8s.io/client-go/tools/record/events_cache.go, EventCorrelator.
"""

from contextlib import suppress
from typing import Any

from podproof.simulator.control.similar_events import Correlation
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, timestamp


class EventRecorder:
    """Writes the events of one component; `host` is the node it runs on, "" where it runs on none."""

    def __init__(self, client: Client, agenda: Agenda, component: str, host: str = "") -> None:
        self._client, self._agenda = client, agenda
        self._component, self._host = component, host
        self._source = {"component": component, "host": host} if host else {"component": component}
        self._known: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
        self._correlations: dict[str, Correlation] = {}
        self._named = Nanos(0)

    def emit(self, about: Object, kind: str, reason: str, message: str, field_path: str = "") -> None:
        """Record that something happened to `about`; kind is Normal or Warning.

        Of many that differ only in their message the tenth and all after it are one.
        """
        uid = about["metadata"]["uid"]
        events = self._known.setdefault(uid, {})
        correlation = self._correlations.setdefault(uid, Correlation())
        said = correlation.said(kind, reason, message, self._agenda.now)
        key = (field_path, kind, reason, message) if said == message else (kind, reason)
        known = events.get(key)
        event = self._event(about, kind, reason, said, field_path) if known is None else self._again(known, said)
        try:
            events[key] = (
                self._client.create("events", event) if known is None else self._client.update("events", event)
            )
        except ApiError as error:
            self._rejected(error, events, key, event)

    def _again(self, known: dict[str, Any], message: str) -> dict[str, Any]:
        count = known["count"] + 1
        return {**known, "count": count, "message": message, "lastTimestamp": timestamp(self._agenda.now)}

    def _rejected(
        self, error: ApiError, events: dict[tuple[str, ...], dict[str, Any]], key: tuple[str, ...], event: Object
    ) -> None:
        """Write an event that somebody has deleted anew; what the server refuses is lost, and nobody minds.

        Source: staging/src/k8s.io/client-go/tools/record/event.go, recordEvent.
        """
        if error.reason != "NotFound" or key not in events:
            return
        del events[key]
        meta = {part: event["metadata"][part] for part in ("name", "namespace")}
        with suppress(ApiError):
            events[key] = self._client.create("events", {**event, "metadata": meta})

    def forget(self, uid: str) -> None:
        """Drop what is remembered about an object that is gone."""
        self._known.pop(uid, None)
        self._correlations.pop(uid, None)

    def _event(self, about: Object, kind: str, reason: str, message: str, field_path: str) -> dict[str, Any]:
        now = self._agenda.now
        event = _event(about, kind, reason, message)
        if field_path:
            event["involvedObject"]["fieldPath"] = field_path
        self._named = _next_name(self._named, now)
        event["metadata"]["name"] = event_name(about["metadata"]["name"], self._named)
        event["source"] = self._source
        event["firstTimestamp"] = event["lastTimestamp"] = timestamp(now)
        event["count"] = 1
        event["eventTime"] = None
        event["reportingComponent"] = self._component
        event["reportingInstance"] = self._host
        return event


class EventSeries:
    """Writes events the way of events.k8s.io: one object each, `eventTime` with microseconds, an action.

    Source: staging/src/k8s.io/client-go/tools/events/event_recorder.go, recorderImpl.makeEvent.
    """

    def __init__(self, client: Client, agenda: Agenda, chance: Chance, component: str) -> None:
        self._client, self._agenda, self._component = client, agenda, component
        self._instance = f"{component}-{component.removeprefix('default-')}-{chance.name_suffix()}"
        self._named = Nanos(0)

    def emit(self, about: Object, kind: str, reason: str, message: str, action: str) -> None:
        """Record that something happened to `about`; kind is Normal or Warning."""
        now = self._agenda.now
        event = _event(about, kind, reason, message)
        self._named = _next_name(self._named, now)
        event["metadata"]["name"] = event_name(about["metadata"]["name"], self._named)
        event |= {
            "source": {},
            "firstTimestamp": None,
            "lastTimestamp": None,
            "eventTime": f"{timestamp(now)[:-1]}.{now % SECOND // 1000:06}Z",
            "action": action,
            "reportingComponent": self._component,
            "reportingInstance": self._instance,
        }
        with suppress(ApiError):
            self._client.create("events", event)


def _next_name(last: Nanos, now: Nanos) -> Nanos:
    """Return the moment an event is named by: a real clock never stands still between two, here it may."""
    return max(now, Nanos(last + 1))


def _event(about: Object, kind: str, reason: str, message: str) -> dict[str, Any]:
    """Return what every event says, whoever writes it: what it is about and what happened. It has no name yet."""
    meta = about["metadata"]
    involved = {
        "kind": about["kind"],
        "namespace": meta.get("namespace", ""),
        "name": meta["name"],
        "uid": meta["uid"],
        "apiVersion": about["apiVersion"],
    }
    if "resourceVersion" in meta:
        involved["resourceVersion"] = meta["resourceVersion"]
    return {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {"namespace": meta.get("namespace") or "default"},
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "type": kind,
    }


def event_name(about: str, now: Nanos) -> str:
    """Return an event's name: the object's, a dot and the moment in hexadecimal nanoseconds."""
    return f"{about}.{now:x}"
