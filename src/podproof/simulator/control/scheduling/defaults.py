"""The spread that a cluster itself gives to pods that ask for none: over nodes and zones, among their own kind.

Source: pkg/scheduler/framework/plugins/podtopologyspread/plugin.go, systemDefaultConstraints; common.go,
buildDefaultConstraints; pkg/scheduler/framework/plugins/helper/spread.go, DefaultSelector, GetPodServices.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from podproof.simulator.control.scheduling.asking import Asking, Spread
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches

_CONSTRAINTS = (("kubernetes.io/hostname", 3, False), ("topology.kubernetes.io/zone", 5, False))
"""(topology, most skew, whether it is hard)"""

FindOwner = Callable[[str, str], Object | None]
"""(namespace, name) to an owner of one kind."""


class DefaultSpread:
    """Knows a pod's kind by the Services that select it and by the controller that made it."""

    def __init__(
        self,
        services: Callable[[str], Iterable[Object]],
        owners: Mapping[tuple[str, str], FindOwner],
        constraints: Iterable[tuple[str, int, bool]] = _CONSTRAINTS,
    ) -> None:
        self._services, self._owners, self._constraints = services, owners, tuple(constraints)

    def instead(self, constraints: Iterable[tuple[str, int, bool]]) -> "DefaultSpread":
        """Return the same with other constraints."""
        return DefaultSpread(self._services, self._owners, constraints)

    def __call__(self, asking: Asking) -> tuple[Spread, ...]:
        """Return the constraints; none for a pod that nobody selects and no known controller made."""
        selector = self._selector(asking) if self._constraints else {}
        if not selector:
            return ()
        text = json.dumps(selector, sort_keys=True)
        return tuple(Spread(topology, text, skew, is_hard) for topology, skew, is_hard in self._constraints)

    def _selector(self, asking: Asking) -> dict[str, Any]:
        """Return the demands of all Services that select a pod, and those of its controller."""
        labels: dict[str, str] = {}
        for service in self._services(asking.namespace):
            wanted = at(service, "spec", "selector")
            if wanted is not None and matches({"matchLabels": wanted}, asking.labels):
                labels |= wanted
        demands = list(_demands(self._owner_selector(asking)))
        named = {"matchLabels": labels} if labels else {}
        return {**named, "matchExpressions": demands} if demands else named

    def _owner_selector(self, asking: Asking) -> Object:
        owners = asking.pod["metadata"].get("ownerReferences") or ()
        owner = next((each for each in owners if each.get("controller")), None)
        find = self._owners.get((owner["apiVersion"], owner["kind"])) if owner is not None else None
        found = find(asking.namespace, owner["name"]) if find is not None and owner is not None else None
        return at(found, "spec", "selector") or {}


def _demands(selector: Object) -> Iterator[dict[str, Any]]:
    for key, value in (selector.get("matchLabels") or {}).items():
        yield {"key": key, "operator": "In", "values": [value]}
    yield from selector.get("matchExpressions") or ()
