"""When the change happened that an endpoints controller answers: the time it writes down beside what it changes.

Source: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from podproof.simulator.kernel.informer import Key, key_of
from podproof.simulator.model.objects import Object, at


class _Known(NamedTuple):
    service: str
    pods: Mapping[str, str]


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
        times = {pod["metadata"]["name"]: moment for pod in pods if (moment := _ready_since(pod))}
        before, self._known[key] = self._known.get(key), _Known(created, times)
        if before is None:
            return str(created)
        fresh = [moment for name, moment in times.items() if moment > before.pods.get(name, "")]
        return str(min([*fresh, *([created] if created > before.service else [])], default=""))


def _ready_since(pod: Object) -> str:
    conditions = at(pod, "status", "conditions") or ()
    return next((row.get("lastTransitionTime") or "" for row in conditions if row["type"] == "Ready"), "")
