"""ResourceQuota: what a namespace may hold; who would exceed it is refused, who fits is booked in the quota's status.

Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go, CheckRequest.
"""

from collections.abc import Mapping

from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking, Plugin
from podproof.simulator.model.objects import Object, at, replaced
from podproof.simulator.model.qos import Resources, resources
from podproof.simulator.model.quantities import Quantity
from podproof.simulator.model.quota_usage import counted, in_scope, missing, usage

QUOTAS = "resourcequotas"
_UPDATED = {"services": ("",), "persistentvolumeclaims": ("",), "pods": ("resize",)}
"""Which updates count; of other resources only creations do."""


def _judge(asking: Asking) -> tuple[str, ...]:
    around, resource = asking.around, asking.resource
    if not resource.namespaced or resource.storage == "events":
        return ()
    if asking.operation == UPDATE and asking.subresource not in _UPDATED.get(resource.name, ()):
        return ()
    quotas = [quota for quota in around.store.list(QUOTAS, asking.namespace) if _is_interested(asking, quota)]
    booked = [(quota, _booked(asking, quota)) for quota in quotas]
    for quota, used in booked:
        if used is not None and not around.dry:
            around.store.put(QUOTAS, replaced(quota, ("status", "used"), used))
    return ()


def _is_interested(asking: Asking, quota: Object) -> bool:
    """Say whether a quota counts such objects at all.

    Raises:
        ApiError: 403, the object does not state what the quota counts, or nobody has counted yet.
    """
    name, resource = quota["metadata"]["name"], asking.resource.name
    matched = counted(resource, at(quota, "status", "hard") or ())
    if not matched or not in_scope(quota, resource, asking.draft):
        return False
    if why := missing(resource, asking.draft, matched):
        raise asking.refusal(f"failed quota: {name}: {why}")
    if not set(matched) <= (at(quota, "status", "used") or {}).keys():
        raise asking.refusal(f"status unknown for quota: {name}, resources: {','.join(matched)}")
    return True


def _booked(asking: Asking, quota: Object) -> Mapping[str, str] | None:
    """Return the usage there will be, None where the write changes none of it.

    Raises:
        ApiError: 403, it would exceed the quota.
    """
    hard, used = resources(at(quota, "status", "hard")), resources(at(quota, "status", "used"))
    asked = {name: amount for name, amount in _change(asking, quota).items() if amount.nano and name in hard}
    if not asked:
        return None
    new = {name: used[name] + amount if name in used else amount for name, amount in asked.items()}
    exceeded = sorted(name for name, amount in new.items() if amount.nano > hard[name].nano)
    if exceeded:
        shown = [f"{word}: {_printed(amounts, exceeded)}" for word, amounts in
                 (("requested", asked), ("used", used), ("limited", hard))]  # fmt: skip
        raise asking.refusal(f"exceeded quota: {quota['metadata']['name']}, {', '.join(shown)}")
    return {name: str(amount) for name, amount in {**used, **new}.items()}


def _change(asking: Asking, quota: Object) -> Resources:
    """Return what is asked for beyond what the object has already; less never counts."""
    resource, now = asking.resource.name, asking.around.now
    wanted = usage(resource, asking.draft, now)
    if asking.old is None or not in_scope(quota, resource, asking.old):
        return wanted
    before = usage(resource, asking.old, now)
    return {name: _beyond(amount, before.get(name)) for name, amount in wanted.items()}


def _beyond(amount: Quantity, before: Quantity | None) -> Quantity:
    return amount if before is None else Quantity(max(0, amount.nano - before.nano), amount.notation)


def _printed(amounts: Resources, names: list[str]) -> str:
    return ",".join(f"{name}={amounts[name]}" for name in names if name in amounts)


RESOURCE_QUOTA = Plugin(
    "ResourceQuota",
    kinds=(),
    operations=(CREATE, UPDATE),
    subresources=("", "resize"),
    validate=_judge,
    components=True,
)
