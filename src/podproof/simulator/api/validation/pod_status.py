"""Checks of a pod's status that somebody writes: addresses, conditions, containers that would come back from their end.

Source: pkg/apis/core/validation/validation.go, ValidatePodStatusUpdate; pkg/registry/core/pod/strategy.go,
podStatusStrategy.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, unsupported
from podproof.simulator.api.validation.addresses import address_faults, parsed_address
from podproof.simulator.api.validation.scalars import LARGEST_INT32, named, unchanged
from podproof.simulator.model.names import dns_subdomain, qualified_name
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.restart_rules import should_restart

_OF_THE_SYSTEM = ("PodScheduled", "Ready", "Initialized")
_ONE_EACH = "may specify no more than one IP for each IP family"
_HEALTHS = ("Healthy", "Unhealthy", "Unknown")
_OF_CLAIM = "claim:"
_NO_REQUEST = "must match one of the container's resource requests"
_NO_CLAIM = (
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or "
    "'claim:<claimName>' if request is empty"
)
_NEVER: Object = {"restartPolicy": "Never"}
_KINDS = (
    ("containerStatuses", "containers"),
    ("initContainerStatuses", "initContainers"),
    ("ephemeralContainerStatuses", "ephemeralContainers"),
)


def keep_status_together(pod: dict[str, Any], old: Object) -> None:
    """Keep the class of a pod that is not stated, and both spellings of its address the same.

    Source: strategy.go, podStatusStrategy.PrepareForUpdate; pkg/apis/core/v1/conversion.go,
    Convert_v1_PodStatus_To_core_PodStatus.
    """
    status = pod.get("status") or {}
    if not status.get("qosClass") and at(old, "status", "qosClass"):
        status["qosClass"] = old["status"]["qosClass"]
    address, addresses = status.get("podIP", ""), status.get("podIPs") or []
    if address and at(addresses, 0, "ip") != address:
        status["podIPs"] = [{"ip": address}]
    pod["status"] = status


def pod_status_faults(pod: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with the status of a pod that replaces another."""
    status, known = pod.get("status") or {}, old.get("status") or {}
    for index, condition in enumerate(status.get("conditions") or ()):
        if condition.get("type") not in _OF_THE_SYSTEM:
            # The real server looks at the status but tells of the metadata.
            yield from named(condition.get("type", ""), qualified_name, f"metadata.conditions[{index}].Type")
    nominated = status.get("nominatedNodeName", "")
    if nominated and nominated != known.get("nominatedNodeName"):
        yield from named(nominated, dns_subdomain, "status.nominatedNodeName")
    yield from unchanged(status.get("qosClass", ""), known.get("qosClass", ""), "status.qosClass")
    for key, part in _KINDS:
        yield from _revival_faults(status.get(key) or (), known.get(key) or (), old["spec"], part, f"status.{key}")
    yield from _address_list_faults(status.get("podIPs") or (), "status.podIPs")
    hosts = status.get("hostIPs") or ()
    if hosts and status.get("hostIP", "") != hosts[0].get("ip"):
        yield invalid("status.hostIPs[0].ip", hosts[0].get("ip"), "must be equal to `hostIP`")
    yield from _address_list_faults(hosts, "status.hostIPs")
    yield from _claim_faults(status.get("resourceClaimStatuses") or (), pod["spec"])
    for key, part in _KINDS:
        containers = {each["name"]: each for each in pod["spec"].get(part) or ()}
        for index, container in enumerate(status.get(key) or ()):
            yield from _user_faults(at(container, "user", "linux"), f"status.{key}[{index}].linux")
            yield from _device_faults(container, containers.get(container.get("name", "")), f"status.{key}[{index}]")


def _claim_faults(rows: Sequence[Object], spec: Object) -> Iterator[Fault]:
    """Source: validation.go, validatePodResourceClaimStatuses."""
    known = [each.get("name") for each in spec.get("resourceClaims") or ()]
    names = [row.get("name", "") for row in rows]
    for index, (row, name) in enumerate(zip(rows, names, strict=True)):
        field = f"status.resourceClaimStatuses[{index}].name"
        if name not in known:
            yield invalid(field, name, "must match the name of an entry in `spec.resourceClaims`")
        if name in names[:index]:
            yield duplicate(field, name)
        if row.get("resourceClaimName") is not None:
            yield from named(row["resourceClaimName"], dns_subdomain, field)


def _device_faults(status: Object, container: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with what is told of a container's devices; one that the pod has not may say anything.

    Source: validation.go, validateContainerStatusAllocatedResourcesStatus.
    """
    for index, row in enumerate(status.get("allocatedResourcesStatus") or ()):
        place, name = f"{field}.allocatedResourcesStatus[{index}]", row.get("name", "")
        if container is not None and name not in _devices(container):
            yield invalid(f"{place}.name", name, _NO_CLAIM if name.startswith(_OF_CLAIM) else _NO_REQUEST)
        rows = row.get("resources") or ()
        for number, each in enumerate(rows):
            if each.get("health", "") not in _HEALTHS:
                yield unsupported(f"{place}.resources[{number}].health", each.get("health", ""), _HEALTHS)
            if each.get("resourceID") in [other.get("resourceID") for other in rows[:number]]:
                yield duplicate(f"{place}.resources[{number}].resourceID", each.get("resourceID", ""))


def _devices(container: Object) -> Iterator[str]:
    """Yield what a container's devices are called."""
    yield from at(container, "resources", "requests") or ()
    for claim in at(container, "resources", "claims") or ():
        request = claim.get("request")
        yield f"{_OF_CLAIM}{claim.get('name', '')}{f'/{request}' if request else ''}"


def _revival_faults(
    new: Sequence[Object], old: Sequence[Object], spec: Object, part: str, field: str
) -> Iterator[Fault]:
    """Yield a fault for each container that ended for good and would run again.

    Source: validation.go, ValidateContainerStateTransition, ValidateInitContainerStateTransition.
    """
    containers = {each.get("name"): each for each in spec.get(part) or ()}
    policy = _NEVER if part == "ephemeralContainers" else spec
    for index, before in enumerate(old):
        ended = at(before, "state", "terminated")
        if ended is None or should_restart(containers.get(before.get("name"), {}), policy, ended.get("exitCode", 0)):
            continue
        for after in new:
            if after.get("name") == before.get("name") and at(after, "state", "terminated") is None:
                yield forbidden(f"{field}[{index}].state", "may not be transitioned to non-terminated state")


def _address_list_faults(addresses: Sequence[Object], field: str) -> Iterator[Fault]:
    texts = [each.get("ip", "") for each in addresses]
    for index, text in enumerate(texts):
        yield from address_faults(text, f"{field}[{index}]")
    if len(texts) < 2:
        return
    families = {found.version for found in map(parsed_address, texts) if found is not None}
    if len(texts) > 2 or len(families) < 2:
        yield invalid(field, [{"IP": text} for text in texts], _ONE_EACH)
    for index, text in enumerate(texts):
        if text in texts[:index]:
            yield duplicate(f"{field}[{index}]", {"IP": text})


def _user_faults(user: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with who a container is said to run as.

    Source: validation.go, validateLinuxContainerUser.
    """
    if user is None:
        return
    numbers = [(f"{field}.{key}", user.get(key, 0)) for key in ("uid", "gid")]
    groups = enumerate(user.get("supplementalGroups") or ())
    for place, number in (*numbers, *((f"{field}.supplementalGroups[{index}]", group) for index, group in groups)):
        if not 0 <= number <= LARGEST_INT32:
            yield invalid(place, number, f"must be between 0 and {LARGEST_INT32}, inclusive")
