"""Events between core/v1, in which they are stored, and events.k8s.io/v1: the same fields under other names.

Source: pkg/apis/events/v1/conversion.go, Convert_v1_Event_To_core_Event, AddFieldLabelConversionsForEvent.
"""

from typing import Any

from podproof.simulator.model.objects import Object

STORED, SHOWN = "v1", "events.k8s.io/v1"
_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
"""What core/v1 calls a field, and events.k8s.io/v1."""
_BACK = {shown: stored for stored, shown in _NAMES.items()}
_REFERENCE = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
FIELDS = {
    **{f"regarding.{part}": f"involvedObject.{part}" for part in _REFERENCE},
    "reportingController": "reportingComponent",
}
"""What selectors of events.k8s.io/v1 call the fields that are selected by; its reason and type are called the same."""


def shown(event: Object) -> dict[str, Any]:
    """Return an event of core/v1 as events.k8s.io/v1 has it."""
    return {**{_NAMES.get(key, key): value for key, value in event.items()}, "apiVersion": SHOWN}


def stored(event: Object) -> dict[str, Any]:
    """Return an event of events.k8s.io/v1 as core/v1 has it."""
    return {**{_BACK.get(key, key): value for key, value in event.items()}, "apiVersion": STORED}
