"""Event recording: repeated events of one kind become one object with a count.

Source: staging/src/k8s.io/client-go/tools/record/events_cache.go, EventCorrelator (aggregation of equal events).
"""

from typing import Any

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, timestamp


class EventRecorder:
    """Writes the events of one component; `host` is the node it runs on, "" where it runs on none."""

    def __init__(self, client: Client, agenda: Agenda, component: str, host: str = "") -> None:
        self._client, self._agenda = client, agenda
        self._component, self._host = component, host
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}
        self._named = Nanos(0)

    def emit(self, about: Object, kind: str, reason: str, message: str, field_path: str = "") -> None:
        """Record that something happened to `about`; kind is Normal or Warning."""
        meta = about["metadata"]
        key = (meta["uid"], field_path, kind, reason, message)
        known = self._known.get(key)
        if known is None:
            self._known[key] = self._client.create("events", self._event(about, kind, reason, message, field_path))
            return
        again = {**known, "count": known["count"] + 1, "lastTimestamp": timestamp(self._agenda.now)}
        self._known[key] = self._client.update("events", again)

    def forget(self, uid: str) -> None:
        """Drop what is remembered about an object that is gone."""
        self._known = {key: event for key, event in self._known.items() if key[0] != uid}

    def _event(self, about: Object, kind: str, reason: str, message: str, field_path: str) -> dict[str, Any]:
        meta, now = about["metadata"], self._agenda.now
        involved = {
            "kind": about["kind"],
            "namespace": meta.get("namespace", ""),
            "name": meta["name"],
            "uid": meta["uid"],
            "apiVersion": about["apiVersion"],
            **({"resourceVersion": meta["resourceVersion"]} if "resourceVersion" in meta else {}),
        }
        if field_path:
            involved["fieldPath"] = field_path
        # A real clock never stands still between two events; here it may, and their names must differ all the same.
        self._named = max(now, Nanos(self._named + 1))
        return {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
                "name": event_name(meta["name"], self._named),
                "namespace": meta.get("namespace") or "default",
            },
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "source": {"component": self._component, "host": self._host}
            if self._host
            else {"component": self._component},
            "firstTimestamp": timestamp(now),
            "lastTimestamp": timestamp(now),
            "count": 1,
            "type": kind,
            "eventTime": None,
            "reportingComponent": self._component,
            "reportingInstance": self._host,
        }


class EventSeries:
    """Writes events the way of events.k8s.io: one object each, `eventTime` with microseconds, an action.

    Source: staging/src/k8s.io/client-go/tools/events/event_recorder.go, recorderImpl.makeEvent.
    """

    def __init__(self, client: Client, agenda: Agenda, chance: Chance, component: str) -> None:
        self._client, self._agenda, self._component = client, agenda, component
        self._instance = f"{component}-{component.removeprefix('default-')}-{chance.name_suffix()}"

    def emit(self, about: Object, kind: str, reason: str, message: str, action: str) -> None:
        """Record that something happened to `about`; kind is Normal or Warning."""
        meta, now = about["metadata"], self._agenda.now
        self._client.create(
            "events",
            {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {"name": event_name(meta["name"], now), "namespace": meta.get("namespace") or "default"},
                "involvedObject": {
                    "kind": about["kind"],
                    "namespace": meta.get("namespace", ""),
                    "name": meta["name"],
                    "uid": meta["uid"],
                    "apiVersion": about["apiVersion"],
                    "resourceVersion": meta["resourceVersion"],
                },
                "reason": reason,
                "message": message,
                "source": {},
                "firstTimestamp": None,
                "lastTimestamp": None,
                "type": kind,
                "eventTime": f"{timestamp(now)[:-1]}.{now % SECOND // 1000:06}Z",
                "action": action,
                "reportingComponent": self._component,
                "reportingInstance": self._instance,
            },
        )


def event_name(about: str, now: Nanos) -> str:
    """Return an event's name: the object's, a dot and the moment in hexadecimal nanoseconds."""
    return f"{about}.{now:x}"
