"""The rules of PriorityClasses.

Source: pkg/apis/scheduling/v1/defaults.go; pkg/apis/scheduling/validation/validation.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object

_SYSTEM = "system-"
_HIGHEST = 1_000_000_000
_POLICIES = ("PreemptLowerPriority", "Never")


def _default(item: Draft) -> None:
    item.setdefault("preemptionPolicy", "PreemptLowerPriority")
    item.setdefault("value", 0)


def _faults(item: Object) -> Iterator[Fault]:
    name, value, policy = item["metadata"].get("name", ""), item["value"], item.get("preemptionPolicy", "")
    if name.startswith(_SYSTEM):
        if seen := _unlike_built_in(item):
            detail = f"priority class names with '{_SYSTEM}' prefix are reserved for system use only. error: {seen}"
            yield forbidden("metadata.name", detail)
    elif value > _HIGHEST:
        detail = f"maximum allowed value of a user defined priority is {_HIGHEST}"
        yield forbidden("value", detail)
    if not policy:
        yield required("preemptionPolicy")
    elif policy not in _POLICIES:
        yield unsupported("preemptionPolicy", policy, _POLICIES)


def _unlike_built_in(item: Object) -> str:
    """Return how a class differs from the built-in one of its name.

    Source: pkg/apis/scheduling/v1/helpers.go, IsKnownSystemPriorityClass.
    """
    name = item["metadata"]["name"]
    known = next((each for each in rows("priority_classes")["classes"] if each["name"] == name), None)
    if known is None:
        return f"{name} is not a known system priority class"
    if item["value"] != known["value"]:
        return f"value of {name} PriorityClass must be {known['value']}"
    return f"globalDefault of {name} PriorityClass must be false" if item.get("globalDefault") else ""


def _update_faults(item: Object, old: Object) -> Iterator[Fault]:
    if item["value"] != old.get("value"):
        yield forbidden("value", "may not be changed in an update.")
    if item.get("preemptionPolicy") != old.get("preemptionPolicy"):
        yield invalid("preemptionPolicy", item.get("preemptionPolicy"), IMMUTABLE)


PRIORITY_CLASSES = Rules(default=_default, validate=_faults, validate_update=_update_faults, derives=True)
