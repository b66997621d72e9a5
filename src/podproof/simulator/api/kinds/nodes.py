"""The rules of Nodes and Events that people write themselves; the kubelet's are taken as they are.

Source: pkg/apis/core/validation/validation.go, ValidateNode, ValidateNodeUpdate; pkg/apis/core/validation/events.go;
pkg/apis/core/v1/defaults.go, SetDefaults_NodeStatus.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, FaultType, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.addresses import parsed_range, range_faults
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.metadata import label_key_faults
from podproof.simulator.api.validation.resources import quantity_faults
from podproof.simulator.api.validation.scalars import named
from podproof.simulator.model.names import dns_subdomain, label_value, qualified_name
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import parse

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_ONE_EACH = "may specify no more than one CIDR for each IP family"
_KEPT = 'node updates may not change {} except from "" to valid'
_LONGEST: Mapping[str, int] = {"reportingInstance": 128, "action": 128, "reason": 128}
_LONGEST_MESSAGE = 1024


def _default_node(node: Draft) -> None:
    """Complete a node: what it has it can give, unless it says otherwise; one range is the first of several."""
    status, spec = node.setdefault("status", {}), node.setdefault("spec", {})
    if not status.get("allocatable") and status.get("capacity"):
        status["allocatable"] = dict(status["capacity"])
    if spec.get("podCIDR") and not spec.get("podCIDRs"):
        spec["podCIDRs"] = [spec["podCIDR"]]


def _drop_configuration(node: Draft, old: Object | None = None) -> None:
    """Drop where a node would have its configuration from, which no kubelet reads any more.

    Source: pkg/registry/core/node/strategy.go, dropDisabledFields.
    """
    for part, key in (("spec", "configSource"), ("status", "config")):
        if key not in ((old or {}).get(part) or {}):
            (node.get(part) or {}).pop(key, None)


def _carry_over(node: Draft, old: Object) -> None:
    node["status"] = old.get("status", {})
    _drop_configuration(node, old)


def _node_faults(node: Object) -> Iterator[Fault]:
    spec = node.get("spec") or {}
    # The real server looks for taints in the spec but tells of them in the metadata.
    yield from _taint_faults(spec.get("taints") or (), "metadata.taints")
    yield from _resource_faults(node.get("status") or {})
    yield from _range_faults(list(spec.get("podCIDRs") or ()), "spec.podCIDRs")


def _taint_faults(taints: Sequence[Object], field: str) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        place, key, effect = f"{field}[{index}]", taint.get("key", ""), taint.get("effect", "")
        yield from label_key_faults(key, f"{place}.key")
        if wrong := label_value(taint.get("value", "")):
            yield invalid(f"{place}.value", taint.get("value", ""), ";".join(wrong))
        if not effect:
            yield required(f"{place}.effect")
        elif effect not in _EFFECTS:
            yield unsupported(f"{place}.effect", effect, _EFFECTS)
        if (key, effect) in seen:
            detail = "taints must be unique by key and effect pair"
            yield Fault(FaultType.DUPLICATE, place, internal("Taint", taint), detail)
        seen.add((key, effect))


def _resource_faults(status: Object) -> Iterator[Fault]:
    for kind in ("capacity", "allocatable"):
        for name, amount in sorted((status.get(kind) or {}).items()):
            yield from quantity_faults(name, parse(amount), f"status.{kind}.{name}")


def _range_faults(ranges: list[str], field: str) -> Iterator[Fault]:
    for index, text in enumerate(ranges):
        yield from range_faults(text, f"{field}[{index}]")
    if len(ranges) < 2:
        return
    families = [found.version for found in map(parsed_range, ranges) if found is not None]
    if len(ranges) > 2 or len(set(families)) < 2:
        yield invalid(field, ranges, _ONE_EACH)
    for index, text in enumerate(ranges):
        if text in ranges[:index]:
            yield duplicate(f"{field}[{index}]", text)


def _node_update_faults(node: Object, old: Object) -> Iterator[Fault]:
    spec, known = node.get("spec") or {}, old.get("spec") or {}
    yield from _resource_faults(node.get("status") or {})
    had, has = known.get("podCIDRs") or [], spec.get("podCIDRs") or []
    if had and len(had) != len(has):
        yield forbidden("spec.podCIDRs", _KEPT.format("podCIDR"))
    elif had:
        for _ in (each for each, other in zip(had, has, strict=True) if each != other):
            yield forbidden("spec.podCIDRs", _KEPT.format("podCIDR"))
    if known.get("providerID") and known["providerID"] != spec.get("providerID"):
        yield forbidden("spec.providerID", _KEPT.format("providerID"))
    yield from _taint_faults(spec.get("taints") or (), "metadata.taints")
    if spec.get("externalID") != known.get("externalID"):
        yield forbidden("spec.externalID", "may not be updated")


def event_faults(event: Object) -> Iterator[Fault]:
    """Yield what is wrong with an event of the group "".

    Source: events.go, legacyValidateEvent.
    """
    space = event["metadata"].get("namespace", "")
    about = (event.get("involvedObject") or {}).get("namespace", "")
    if "eventTime" in event:
        if not about and space not in ("default", "kube-system"):
            yield invalid("involvedObject.namespace", about, "does not match event.namespace")
        yield from _reporter_faults(event)
    elif (about and about != space) or (not about and space not in ("", "default")):
        yield invalid("involvedObject.namespace", about, "does not match event.namespace")
    yield from named(space, dns_subdomain, "namespace")


def _reporter_faults(event: Object) -> Iterator[Fault]:
    reporter = event.get("reportingComponent", "")
    if not reporter:
        yield required("reportingController")
    yield from named(reporter, qualified_name, "reportingController")
    for key, longest in _LONGEST.items():
        text = event.get(key, "")
        if not text:
            yield required(key)
        if len(text) > longest:
            yield invalid(key, "", f"can have at most {longest} characters")
    if len(event.get("message", "")) > _LONGEST_MESSAGE:
        yield invalid("message", "", f"can have at most {_LONGEST_MESSAGE} characters")


NODES = Rules(
    default=_default_node,
    begin=_drop_configuration,
    carry_over=_carry_over,
    validate=_node_faults,
    validate_update=_node_update_faults,
)
EVENTS = Rules(validate=event_faults, validate_update=lambda event, _: event_faults(event))
