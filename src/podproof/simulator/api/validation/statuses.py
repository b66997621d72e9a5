"""Checks of what users write where components write: the status of an object, and a namespace's finalizers.

Source: the Validate…StatusUpdate functions of pkg/apis/{core,apps,batch,networking,policy,autoscaling}/validation.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.addresses import address_faults, parsed_address
from podproof.simulator.api.validation.conditions import condition_faults
from podproof.simulator.api.validation.job_status import job_status_faults
from podproof.simulator.api.validation.metadata import STANDARD_FINALIZERS
from podproof.simulator.api.validation.pod_status import pod_status_faults
from podproof.simulator.api.validation.resources import claim_name_faults, quantity_faults, quota_name_faults
from podproof.simulator.api.validation.scalars import basic_quantity, named, not_negative
from podproof.simulator.api.validation.workload_status import count_faults
from podproof.simulator.model.names import dns_subdomain, qualified_name
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse

Rule = Callable[[Object, Object], Iterator[Fault]]
_MODES = ("Proxy", "VIP")
_RESIZES = (
    "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible",
    "NodeResizePending",
)  # fmt: skip
_HEALTHS = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


def part_faults(kind: str, part: str, item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with an object whose status (or what else the part is) replaces that of another."""
    rule = _RULES.get((kind, part))
    if rule is not None:
        yield from rule(item, old)


def _definition_faults(item: Object, old: Object) -> Iterator[Fault]:
    from podproof.simulator.api.validation.definitions import definition_status_faults

    yield from definition_status_faults(item, old)


def _namespace_faults(item: Object, _: Object) -> Iterator[Fault]:
    phase, deleted = at(item, "status", "phase") or "", "deletionTimestamp" in item["metadata"]
    wanted, why = ("Terminating", "not empty") if deleted else ("Active", "empty")
    if phase != wanted:
        yield invalid("status.Phase", phase, f"may only be '{wanted}' if `deletionTimestamp` is {why}")


def _namespace_finalizer_faults(item: Object, _: Object) -> Iterator[Fault]:
    """Source: core/validation, ValidateNamespaceFinalizeUpdate, validateFinalizerName."""
    for index, name in enumerate(at(item, "spec", "finalizers") or ()):
        field = f"spec.finalizers[{index}]"
        yield from named(name, qualified_name, field)
        if "/" not in name and name not in STANDARD_FINALIZERS:
            yield invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified")


def _quota_faults(item: Object, _: Object) -> Iterator[Fault]:
    for side in ("hard", "used"):
        for name, amount in sorted((at(item, "status", side) or {}).items()):
            yield from quota_name_faults(name, f"status.{side}[{name}]")
            yield from quantity_faults(name, parse(amount), f"status.{side}[{name}]")


def _node_faults(item: Object, _: Object) -> Iterator[Fault]:
    """Source: core/validation, ValidateNodeUpdate, which judges the status as well."""
    status = item.get("status") or {}
    for kind in ("capacity", "allocatable"):
        for name, amount in sorted((status.get(kind) or {}).items()):
            yield from quantity_faults(name, parse(amount), f"status.{kind}.{name}")
    addresses = [(each.get("type", ""), each.get("address", "")) for each in status.get("addresses") or ()]
    for index, (kind, address) in enumerate(addresses):
        if (kind, address) in addresses[:index]:
            yield duplicate(f"status.addresses[{index}]", {"Type": kind, "Address": address})


def _claim_faults(item: Object, _: Object) -> Iterator[Fault]:
    """Source: core/validation, ValidatePersistentVolumeClaimStatusUpdate."""
    status = item.get("status") or {}
    for name, amount in sorted((status.get("capacity") or {}).items()):
        yield from basic_quantity(amount, f"status.capacity[{name}]")
    field = "status.allocatedResourceStatus"
    for name, state in sorted((status.get("allocatedResourceStatuses") or {}).items()):
        yield from claim_name_faults(name, field)
        if state not in _RESIZES:
            yield unsupported(field, name, _RESIZES)
    field = "status.allocatedResources"
    for name, amount in sorted((status.get("allocatedResources") or {}).items()):
        wrong = [*claim_name_faults(name, field)] or [*basic_quantity(amount, f"{field}[{name}]")]
        yield from wrong or quantity_faults("storage", parse(amount), f"{field}[{name}]")


def _balancer_faults(item: Object, _: Object, *, of_service: bool) -> Iterator[Fault]:
    """Source: core/validation, ValidateLoadBalancerStatus; networking, ValidateIngressLoadBalancerStatus."""
    field, points = "status.loadBalancer.ingress", at(item, "status", "loadBalancer", "ingress") or ()
    if of_service and points and item["spec"].get("type") != "LoadBalancer":
        yield forbidden(field, "may only be used when `spec.type` is LoadBalancer")
        return
    for index, point in enumerate(points):
        place, name = f"{field}[{index}]", point.get("hostname", "")
        if point.get("ip"):
            yield from address_faults(point["ip"], f"{place}.ip")
        if of_service:
            yield from _mode_faults(point, f"{place}.ipMode")
        if name:
            yield from named(name, dns_subdomain, f"{place}.hostname")
            if parsed_address(name) is not None:
                yield invalid(f"{place}.hostname", name, "must be a DNS name, not an IP address")


def _mode_faults(point: Object, field: str) -> Iterator[Fault]:
    mode, address = point.get("ipMode"), point.get("ip")
    if mode is None:
        if address:
            yield required(field, "must be specified when `ip` is set")
    elif not address:
        yield forbidden(field, "may not be specified when `ip` is not set")
    elif mode not in _MODES:
        yield unsupported(field, mode, _MODES)


def _budget_faults(item: Object, _: Object) -> Iterator[Fault]:
    status = item.get("status") or {}
    yield from condition_faults(status.get("conditions") or (), "status.conditions")
    for key in _HEALTHS:
        yield from not_negative(status.get(key), f"status.{key}")


_COUNTED = (
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
    "DaemonSet",
    "HorizontalPodAutoscaler",
)
_RULES: Mapping[tuple[str, str], Rule] = {
    ("Pod", "status"): pod_status_faults,
    ("Job", "status"): job_status_faults,
    **{(kind, "status"): count_faults for kind in _COUNTED},
    ("CustomResourceDefinition", "status"): _definition_faults,
    ("Namespace", "status"): _namespace_faults,
    ("Namespace", "finalize"): _namespace_finalizer_faults,
    ("ResourceQuota", "status"): _quota_faults,
    ("Node", "status"): _node_faults,
    ("PersistentVolumeClaim", "status"): _claim_faults,
    ("Service", "status"): partial(_balancer_faults, of_service=True),
    ("Ingress", "status"): partial(_balancer_faults, of_service=False),
    ("PodDisruptionBudget", "status"): _budget_faults,
}
