"""The versions that are served beside the one an object is stored in: for each, how objects go there and back.

Conversions are pure and lose nothing: what an older version has no field for, it keeps in annotations.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from podproof.simulator.model.objects import Object
from podproof.simulator.model.versions import autoscalers, events


class Conversion(NamedTuple):
    """How an object is shown in a version and brought back, and what the version calls the fields of selectors."""

    shown: Callable[[Object], dict[str, object]]
    stored: Callable[[Object], dict[str, object]]
    fields: Mapping[str, str] = {}


CONVERSIONS: Mapping[tuple[str, str], Conversion] = {
    ("events.k8s.io/v1", "Event"): Conversion(events.shown, events.stored, events.FIELDS),
    ("autoscaling/v1", "HorizontalPodAutoscaler"): Conversion(autoscalers.shown, autoscalers.stored),
}
"""By apiVersion and kind."""


def in_stored_version(item: Object) -> Object:
    """Return an object in the version it is stored in, whichever it is shown in."""
    found = CONVERSIONS.get((str(item.get("apiVersion", "")), str(item.get("kind", ""))))
    return item if found is None else found.stored(item)
