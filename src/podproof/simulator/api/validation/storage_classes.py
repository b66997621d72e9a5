"""Checks of StorageClasses and VolumeAttributesClasses.

Source: pkg/apis/storage/validation/validation.go.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.metadata import label_key_faults
from podproof.simulator.api.validation.scalars import named, unchanged
from podproof.simulator.model.names import qualified_name
from podproof.simulator.model.objects import Object

_MOST_PARAMETERS = 512
_LARGEST_PARAMETERS = 256 * 1024
_POLICIES = ("Delete", "Retain")
_BINDING_MODES = ("Immediate", "WaitForFirstConsumer")


def class_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a StorageClass, besides its metadata."""
    yield from _provisioner_faults(item.get("provisioner", ""), "provisioner")
    yield from _parameter_faults(item.get("parameters") or {}, "parameters")
    policy, mode = item.get("reclaimPolicy", ""), item.get("volumeBindingMode", "")
    if policy and policy not in _POLICIES:
        yield unsupported("reclaimPolicy", policy, _POLICIES)
    if mode not in _BINDING_MODES:
        yield unsupported("volumeBindingMode", mode, _BINDING_MODES)
    yield from _topology_faults(item.get("allowedTopologies") or (), "allowedTopologies")


def class_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a StorageClass that replaces another: only what it may grow to is open to change."""
    yield from class_faults(item)
    for key in ("parameters", "provisioner", "reclaimPolicy"):
        if item.get(key) != old.get(key):
            yield forbidden(key, f"updates to {key} are forbidden.")
    yield from unchanged(item.get("volumeBindingMode"), old.get("volumeBindingMode"), "volumeBindingMode")


def attributes_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a VolumeAttributesClass, besides its metadata."""
    yield from _provisioner_faults(item.get("driverName", ""), "driverName")
    yield from _parameter_faults(item.get("parameters") or {}, "parameters")
    if not item.get("parameters"):
        yield required("parameters", "must contain at least one key/value pair")


def attributes_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a VolumeAttributesClass that replaces another."""
    for key in ("driverName", "parameters"):
        if item.get(key) != old.get(key):
            yield forbidden(key, f"updates to {key} are forbidden.")
    yield from attributes_faults(item)


def _provisioner_faults(name: str, field: str) -> Iterator[Fault]:
    if not name:
        yield required(field)
    else:
        yield from named(name.lower(), qualified_name, field)


def _parameter_faults(parameters: Mapping[str, str], field: str) -> Iterator[Fault]:
    if len(parameters) > _MOST_PARAMETERS:
        yield too_long(field, _MOST_PARAMETERS)
        return
    if "" in parameters:
        yield invalid(field, "", "field can not be empty.")
    if sum(len(key.encode()) + len(value.encode()) for key, value in parameters.items()) > _LARGEST_PARAMETERS:
        yield too_long(field, _LARGEST_PARAMETERS)


def _topology_faults(terms: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with topologies.

    The real server compares each term with as many empty ones as there are terms, and then with those before it.
    """
    seen: list[Mapping[str, set[str]]] = [{} for _ in terms]
    for index, term in enumerate(terms):
        place, demands = f"{field}[{index}].matchLabelExpressions", term.get("matchLabelExpressions") or ()
        wanted: dict[str, set[str]] = {}
        for number, demand in enumerate(demands):
            if demand.get("key", "") in wanted:
                yield duplicate(f"{place}[{number}].key", demand.get("key", ""))
            wanted[demand.get("key", "")] = set(demand.get("values") or ())
            yield from _demand_faults(demand, f"{place}[{number}]")
        for other in seen:
            if other == wanted:
                yield duplicate(place, "")
        seen.append(wanted)


def _demand_faults(demand: Object, field: str) -> Iterator[Fault]:
    values: Sequence[str] = demand.get("values") or ()
    if not values:
        yield required(f"{field}.values")
    for index, value in enumerate(values):
        if value in values[:index]:
            yield duplicate(f"{field}.values[{index}]", value)
    yield from label_key_faults(demand.get("key", ""), f"{field}.key")
