"""When the change happened that an endpoints controller answers: the time it writes down beside what it changes.

Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from podproof.simulator.kernel.informer import Key, key_of
from podproof.simulator.model.objects import Object, at


class _Known(NamedTuple):
    service: str
    pods: Mapping[str, tuple[Object, str]]


_NEVER: tuple[Object, str] = ({}, "")


class TriggerTimes:
    """Remembers of each Service the times of the look before."""

    def __init__(self) -> None:
        self._known: dict[Key, _Known] = {}

    def forget(self, key: Key) -> None:
        """Know nothing of a Service any more."""
        self._known.pop(key, None)

    def look(self, service: Object, pods: Iterable[Object]) -> str:
        """Return the earliest time among those that are new since the last look, "" where none is.

        The first look at a Service gives its creation, whatever its pods say.
        """
        key, created = key_of(service), service["metadata"].get("creationTimestamp", "")
        before = self._known.get(key)
        seen = {} if before is None else before.pods
        fresh = [created] if before is not None and created > before.service else []
        times: dict[str, tuple[Object, str]] = {}
        for pod in pods:
            name = pod["metadata"]["name"]
            known = seen.get(name, _NEVER)
            # Most pods are the very same value as at the last look.
            times[name] = known if known[0] is pod else (pod, _ready_since(pod))
            if times[name][1] > known[1]:
                fresh.append(times[name][1])
        self._known[key] = _Known(created, times)
        return str(created if before is None else min(fresh, default=""))


def _ready_since(pod: Object) -> str:
    for row in at(pod, "status", "conditions") or ():
        if row["type"] == "Ready":
            return str(row.get("lastTransitionTime") or "")
    return ""
