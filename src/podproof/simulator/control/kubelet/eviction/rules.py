"""Who is evicted and what is said of it: pure rules over what pods use.

Source: pkg/kubelet/eviction/helpers.go, eviction_manager.go; pkg/kubelet/types/pod_update.go, IsCriticalPod.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from podproof.simulator.model.objects import Object, at, containers_of
from podproof.simulator.model.qos import pod_limits, pod_requests
from podproof.simulator.model.quantities import BINARY, NANO, Quantity, parse

MEMORY, DISK = "memory", "ephemeral-storage"
_LEAST_CRITICAL_PRIORITY = 2_000_000_000
"""Source: pkg/apis/scheduling/types.go, SystemCriticalPriority."""
_CONFIG_SOURCE = "kubernetes.io/config.source"


@dataclass(frozen=True, slots=True)
class PodUsage:
    """What a pod uses, in bytes: by container what `used` names (memory, ephemeral-storage), and by volume."""

    pod: Object
    containers: Mapping[str, Mapping[str, int]]
    volumes: Mapping[str, int] = field(default_factory=dict)

    def total(self, resource: str) -> int:
        """Return what the pod as a whole uses of a resource; its volumes are disk."""
        own = sum(used[resource] for used in self.containers.values())
        return own + (sum(self.volumes.values()) if resource == DISK else 0)


class Shortage(NamedTuple):
    """A node has less of a resource than its threshold; both in bytes."""

    resource: str
    threshold: int
    available: int


def is_critical(pod: Object) -> bool:
    """Return whether a node never evicts the pod."""
    source = (pod["metadata"].get("annotations") or {}).get(_CONFIG_SOURCE, "api")
    return source != "api" or int(pod["spec"].get("priority") or 0) >= _LEAST_CRITICAL_PRIORITY


def ranked(usages: Iterable[PodUsage], resource: str) -> list[PodUsage]:
    """Return pods in the order in which a shortage evicts them.

    First those that use more than they request, then those of lower priority, then those furthest above their request.
    Source: helpers.go, rankMemoryPressure, rankDiskPressureFunc.
    """

    def order(usage: PodUsage) -> tuple[bool, int, int]:
        excess = usage.total(resource) - _requested(usage.pod, resource)
        return excess <= 0, int(usage.pod["spec"].get("priority") or 0), -excess

    return sorted(usages, key=order)


def _requested(pod: Object, resource: str) -> int:
    amount = pod_requests(pod).get(resource)
    return amount.value if amount is not None else 0


def shortage_message(usage: PodUsage, shortage: Shortage) -> str:
    """Return why a shortage evicts a pod.

    Source: helpers.go, evictionMessage.
    """
    resource = shortage.resource
    told = f"The node was low on resource: {resource}. "
    told += f"Threshold quantity: {bytes_text(shortage.threshold)}, available: {bytes_text(shortage.available)}. "
    for container in containers_of(usage.pod["spec"]):
        used = usage.containers.get(container["name"], {}).get(resource, 0)
        request = at(container, "resources", "requests", resource) or "0"
        if used > parse(request).value:
            told += (
                f"Container {container['name']} was using {bytes_text(used)}, "
                f"request is {parse(request)}, has larger consumption of {resource}. "
            )
    return told


def limit_message(usage: PodUsage) -> str:
    """Return why a pod is evicted for using more disk than it may; "" where it does not.

    Source: eviction_manager.go, localStorageEviction.
    """
    found = (*_volume_faults(usage), *_pod_faults(usage), *_container_faults(usage))
    return found[0] if found else ""


def has_limits(pod: Object) -> bool:
    """Return whether a pod's use of disk is limited at all."""
    volumes = pod["spec"].get("volumes") or ()
    limits = (at(each, "resources", "limits", DISK) for each in containers_of(pod["spec"]))
    return any(at(each, "emptyDir", "sizeLimit") for each in volumes) or any(limits)


def _volume_faults(usage: PodUsage) -> Iterator[str]:
    for volume in usage.pod["spec"].get("volumes") or ():
        limit = at(volume, "emptyDir", "sizeLimit")
        if limit is not None and parse(limit).value and usage.volumes.get(volume["name"], 0) > parse(limit).value:
            yield f'Usage of EmptyDir volume "{volume["name"]}" exceeds the limit "{parse(limit)}". '


def _pod_faults(usage: PodUsage) -> Iterator[str]:
    limit = pod_limits(usage.pod).get(DISK)
    if limit is not None and usage.total(DISK) > limit.value:
        yield f"Pod ephemeral local storage usage exceeds the total limit of containers {limit}. "


def _container_faults(usage: PodUsage) -> Iterator[str]:
    for container in containers_of(usage.pod["spec"]):
        limit = at(container, "resources", "limits", DISK)
        if limit is not None and usage.containers.get(container["name"], {}).get(DISK, 0) > parse(limit).value:
            yield f'Container {container["name"]} exceeded its local ephemeral storage limit "{parse(limit)}". '


def bytes_text(amount: int) -> str:
    """Return bytes as a quantity in powers of 1024."""
    return str(Quantity(amount * NANO, BINARY))
