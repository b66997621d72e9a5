"""The load balancer of a cloud: it gives Services of that type an address of its own.

Source: staging/src/k8s.io/cloud-provider/controllers/service/controller.go, syncLoadBalancerIfNeeded, needsUpdate,
needsCleanup; staging/src/k8s.io/cloud-provider/service/helpers/helper.go, LoadBalancerCleanupFinalizer.
"""

from collections.abc import Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Outcome, Patch, Plan, UpdateStatus
from podproof.simulator.kernel.informer import Key, key_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, seconds

NAME = "service-controller"
FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
RETRY = seconds(5)
"""Source: controller.go, minRetryDelay. Approximated: it does not grow."""

_SERVICES = "services"
_CARED_FOR = ("type", "loadBalancerClass", "loadBalancerSourceRanges", "ports", "sessionAffinity",
              "sessionAffinityConfig", "loadBalancerIP", "externalIPs", "externalTrafficPolicy",
              "healthCheckNodePort")  # fmt: skip


class Pool:
    """The addresses a load balancer has, and who holds which."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = list(addresses)
        self.held: dict[Key, str] = {}

    def take(self, key: Key, wanted: str = "") -> str | None:
        """Return the address that a Service has, or gets now: the one it wants, else the first free one."""
        if key not in self.held:
            free = [each for each in self._addresses if each not in self.held.values() and wanted in ("", each)]
            if not free:
                return None
            self.held[key] = free[0]
        return self.held[key]

    def give_back(self, key: Key) -> bool:
        """Make the address of a Service free again; return whether it had one."""
        return self.held.pop(key, None) is not None


def wants(service: Object) -> bool:
    """Say whether a Service is to have an address from here: one with a class of its own is somebody else's."""
    return service["spec"].get("type") == "LoadBalancer" and not service["spec"].get("loadBalancerClass")


def concerns(old: Object | None, new: Object) -> bool:
    """Say whether a change of a Service is one to look at."""
    if old is None or old["metadata"]["uid"] != new["metadata"]["uid"]:
        return wants(new) or _is_held(new)
    if _is_held(new) and (not wants(new) or "deletionTimestamp" in new["metadata"]):
        return True
    changed = any(old["spec"].get(part) != new["spec"].get(part) for part in _CARED_FOR)
    return (wants(old) or wants(new)) and changed


def reconcile(service: Object | None, pool: Pool, now: Nanos) -> Plan:
    """Give a Service that wants one an address and say so; take it away from one that does not, or goes."""
    if service is None:
        return Plan()
    if wants(service) and "deletionTimestamp" not in service["metadata"]:
        return _ensured(service, pool, now)
    return _removed(service, pool) if _is_held(service) else Plan()


def _ensured(service: Object, pool: Pool, now: Nanos) -> Plan:
    told = Emit(service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer", "")
    commands: tuple[Command, ...] = (told,)
    if not _is_held(service):
        commands = (told, _finalized(service, [*_finalizers(service), FINALIZER]))
    address = pool.take(key_of(service), service["spec"].get("loadBalancerIP", ""))
    if address is None:
        why = "Error syncing load balancer: failed to ensure load balancer: no address is left"
        failed = Emit(service, "Warning", "SyncLoadBalancerFailed", why, "")
        return Plan((*commands, failed), wake_at=Nanos(now + RETRY))
    status = {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}

    def then(outcome: Outcome) -> Plan:
        if outcome.refusal is not None:
            return Plan()
        latest = outcome.changed[-1] if outcome.changed else service
        done = Emit(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer", "")
        return Plan((*_shown(latest, status), done))

    return Plan(commands, then=then)


def _removed(service: Object, pool: Pool) -> Plan:
    commands: list[Command] = []
    if pool.give_back(key_of(service)):
        commands.append(Emit(service, "Normal", "DeletingLoadBalancer", "Deleting load balancer", ""))
    if "deletionTimestamp" not in service["metadata"]:
        commands += _shown(service, {"loadBalancer": {}})
    rest = [each for each in _finalizers(service) if each != FINALIZER]
    done = Emit(service, "Normal", "DeletedLoadBalancer", "Deleted load balancer", "")
    return Plan((*commands, _finalized(service, rest), done))


def _shown(service: Object, status: dict[str, Any]) -> list[Command]:
    known = at(service, "status", "loadBalancer") or {}
    if known == status["loadBalancer"]:
        return []
    return [UpdateStatus(_SERVICES, {**service, "status": {**(service.get("status") or {}), **status}})]


def _finalized(service: Object, finalizers: list[str]) -> Patch:
    meta = service["metadata"]
    return Patch(_SERVICES, meta["namespace"], meta["name"], {"metadata": {"finalizers": finalizers}})


def _finalizers(service: Object) -> list[str]:
    return list(service["metadata"].get("finalizers") or ())


def _is_held(service: Object) -> bool:
    return FINALIZER in _finalizers(service)
