"""The rules of versions that are served beside the stored one: what is written in them is judged as it is stored.

Source: pkg/apis/core/validation/events.go, ValidateEventCreate, ValidateEventUpdate;
pkg/apis/autoscaling/v1/defaults.go, SetDefaults_HorizontalPodAutoscaler.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import Fault, invalid, required
from podproof.simulator.api.kinds.nodes import event_faults
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.autoscaling import autoscaler_faults, autoscaler_update_faults
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.versions import in_stored_version

_TYPES = ("Normal", "Warning")
_UNSET = ("firstTimestamp", "lastTimestamp", "count", "source")
_FIXED = ("involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason", "type",
          "eventTime", "action", "related", "reportingComponent", "reportingInstance")  # fmt: skip
_TOLD_AS = {"reportingComponent": "reportingController"}
_FEWEST = 2
_REFERENCES = ("involvedObject", "related")
_ZEROS = {"related": None, "firstTimestamp": None, "lastTimestamp": None, "eventTime": None, "count": 0}


def _event_faults(shown: Object) -> Iterator[Fault]:
    event = in_stored_version(shown)
    yield from event_faults(event)
    yield from _series_faults(event)
    if "eventTime" not in event:
        yield required("eventTime")
    if event.get("type", "") not in _TYPES:
        yield invalid("type", "", f"has invalid value: {event.get('type', '')}")
    for key in _UNSET:
        if event.get(key):
            yield invalid(key, "", "needs to be unset")


def _event_update_faults(shown: Object, shown_before: Object) -> Iterator[Fault]:
    event, old = in_stored_version(shown), in_stored_version(shown_before)
    yield from event_faults(event)
    if event.get("series") != old.get("series"):
        yield from _series_faults(event)
    for key in _FIXED:
        if (event.get(key) or None) != (old.get(key) or None):
            yield invalid(_TOLD_AS.get(key, key), _printed(key, event.get(key)), IMMUTABLE)


def _printed(key: str, value: Any) -> Any:
    """Return a value as Go's internal type prints it."""
    if key in _REFERENCES and (value is not None or key == "involvedObject"):
        return internal("ObjectReference", value or {})
    if key == "source":
        return {"Component": (value or {}).get("component", ""), "Host": (value or {}).get("host", "")}
    return _ZEROS.get(key, "") if value is None else value


def _series_faults(event: Object) -> Iterator[Fault]:
    if "series" not in event:
        return
    if at(event, "series", "count") is None or event["series"]["count"] < _FEWEST:
        yield invalid("series.count", "", "should be at least 2")
    if at(event, "series", "lastObservedTime") is None:
        yield required("series.lastObservedTime")


def _default_autoscaler(item: Draft) -> None:
    item.setdefault("spec", {}).setdefault("minReplicas", 1)


def _begin_autoscaler(item: Draft) -> None:
    item["status"] = {"currentReplicas": 0, "desiredReplicas": 0}


EVENTS = Rules(validate=_event_faults, validate_update=_event_update_faults)
AUTOSCALERS = Rules(
    default=_default_autoscaler,
    begin=_begin_autoscaler,
    validate=lambda item: autoscaler_faults(in_stored_version(item)),
    validate_update=lambda item, old: autoscaler_update_faults(in_stored_version(item), in_stored_version(old)),
    derives=True,
)
