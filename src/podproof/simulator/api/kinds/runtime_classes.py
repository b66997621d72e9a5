"""The rules of RuntimeClasses.

Source: pkg/apis/node/validation/validation.go; pkg/api/node/util.go, GetWarningsForRuntimeClass.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, duplicate, invalid
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.label_warnings import DEPRECATED
from podproof.simulator.api.validation.metadata import IMMUTABLE, label_faults
from podproof.simulator.api.validation.placement import toleration_faults
from podproof.simulator.api.validation.resources import requirement_faults
from podproof.simulator.api.validation.scalars import named
from podproof.simulator.model.names import dns_label
from podproof.simulator.model.objects import Object, at


def _faults(item: Object) -> Iterator[Fault]:
    yield from named(item.get("handler", ""), dns_label, "handler")
    if "overhead" in item:
        yield from requirement_faults({"limits": item["overhead"].get("podFixed")}, "overhead")
    scheduling = item.get("scheduling") or {}
    yield from label_faults(scheduling.get("nodeSelector"), "scheduling.nodeSelector")
    yield from _toleration_faults(scheduling.get("tolerations") or (), "scheduling.tolerations")


def _toleration_faults(tolerations: Sequence[Object], field: str) -> Iterator[Fault]:
    yield from toleration_faults(tolerations, field)
    seen: set[tuple[str, ...]] = set()
    for index, each in enumerate(tolerations):
        key = tuple(each.get(name, "") for name in ("key", "operator", "value", "effect"))
        if key in seen:
            yield duplicate(f"{field}[{index}]", internal("Toleration", each))
        seen.add(key)


def _update_faults(item: Object, old: Object) -> Iterator[Fault]:
    if item.get("handler") != old.get("handler"):
        yield invalid("handler", item.get("handler", ""), IMMUTABLE)


def _warnings(item: Draft) -> Iterator[str]:
    for key in sorted(at(item, "scheduling", "nodeSelector") or ()):
        if key in DEPRECATED:
            yield f"scheduling.nodeSelector: {DEPRECATED[key]}"


RUNTIME_CLASSES = Rules(validate=_faults, validate_update=_update_faults, warnings=_warnings, derives=True)
