"""Which slices a controller has written and its cache has not shown yet: on an older cache it would make others.

Source: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go. There generations tell old from new, here
resource versions do.
"""

from collections.abc import Iterable

from podproof.simulator.control.plans import Outcome
from podproof.simulator.kernel.informer import Key
from podproof.simulator.model.objects import Object

_GONE = -1


class SliceTracker:
    """Remembers the version of each slice that one controller wrote last, by Service."""

    def __init__(self) -> None:
        self._written: dict[Key, dict[str, int]] = {}

    def note(self, key: Key, outcome: Outcome) -> None:
        """Remember what a sync wrote and deleted."""
        known = self._written.setdefault(key, {})
        for each in (*outcome.created, *outcome.changed):
            known[each["metadata"]["name"]] = _version(each)
        for _, name in outcome.deleted:
            known[name] = _GONE

    def forget(self, key: Key) -> None:
        """Know nothing of a Service any more."""
        self._written.pop(key, None)

    def is_stale(self, key: Key, slices: Iterable[Object]) -> bool:
        """Say whether the cache is older than what was written."""
        known, seen = self._written.get(key, {}), {each["metadata"]["name"]: _version(each) for each in slices}
        if any(known.get(name) == _GONE or known.get(name, 0) > version for name, version in seen.items()):
            return True
        return any(version != _GONE and name not in seen for name, version in known.items())

    def is_foreign(self, key: Key, old: Object | None, new: Object | None) -> bool:
        """Say whether a change the cache shows is somebody else's; a deletion that was asked for is forgotten."""
        known = self._written.get(key, {})
        if new is not None:
            return _version(new) > known.get(new["metadata"]["name"], 0)
        assert old is not None
        return known.pop(old["metadata"]["name"], None) not in (None, _GONE)


def _version(each: Object) -> int:
    return int(each["metadata"].get("resourceVersion") or 0)
