"""The quota controller: keeps each quota's status in line with its spec and with what its namespace holds.

Source: pkg/controller/resourcequota/resource_quota_controller.go, syncResourceQuota; resource_quota_monitor.go.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Plan, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import Resources, resources
from podproof.simulator.model.quantities import Quantity
from podproof.simulator.model.quota_usage import counted, in_scope, usage
from podproof.simulator.model.times import Nanos

NAME = "resourcequota-controller"
_ENDED = ("Failed", "Succeeded")

Listed = Callable[[str], Iterable[Object]]
"""A resource's name to its objects in the quota's namespace."""


def reconcile(quota: Object, tracked: Iterable[str], listed: Listed, now: Nanos, period: Nanos) -> Plan:
    """Count what a quota's namespace holds of the `tracked` resources; again after `period`."""
    hard = resources(quota["spec"].get("hard"))
    known = resources(at(quota, "status", "used"))
    counts = {**known, **_counts(quota, tracked, listed, now)}
    used = {name: counts[name] for name in sorted(hard) if name in counts}
    wake = Nanos(now + period)
    if resources(at(quota, "status", "hard")) == hard and known == used and at(quota, "status", "hard") is not None:
        return Plan(wake_at=wake)
    status = {"hard": _written(hard), "used": _written(used)}
    return Plan((UpdateStatus("resourcequotas", {**quota, "status": status}),), wake_at=wake)


def _counts(quota: Object, tracked: Iterable[str], listed: Listed, now: Nanos) -> Resources:
    found: Resources = {}
    for resource in tracked:
        names = counted(resource, quota["spec"].get("hard") or ())
        total = dict.fromkeys(names, Quantity(0))
        for item in listed(resource) if names else ():
            if in_scope(quota, resource, item):
                used = usage(resource, item, now)
                total = {name: total[name] + used[name] if name in used else total[name] for name in names}
        found |= total
    return found


def _written(amounts: Resources) -> Mapping[str, str]:
    return {name: str(amount) for name, amount in amounts.items()}


class QuotaController:
    """Counts anew when a quota's limits change, and when something that counted has gone."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventSeries, quotas: Informer, tracked: Mapping[str, Informer]
    ) -> None:
        self._agenda, self._quotas, self._tracked = agenda, quotas, tracked
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        quotas.on_change(self._quota_changed)
        for resource, informer in tracked.items():
            informer.on_change(partial(self._changed, resource))

    def _quota_changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None and (old is None or old["spec"] != new["spec"]):
            self._controller.add(new)

    def _changed(self, resource: str, old: Object | None, new: Object | None) -> None:
        if old is None or (new is not None and not _frees(resource, old, new)):
            return
        for quota in self._quotas.list(old["metadata"].get("namespace", "")):
            if counted(resource, quota["spec"].get("hard") or ()):
                self._controller.add(quota)

    def _reconcile(self, key: Key) -> Plan:
        quota = self._quotas.get(*key)
        if quota is None:
            return Plan()
        period = span("control", "quota_resync")
        return reconcile(quota, self._tracked, lambda name: self._tracked[name].list(key[0]), self._agenda.now, period)


def _frees(resource: str, old: Object, new: Object) -> bool:
    """Say whether an update may give back what an object used.

    Source: pkg/quota/v1/install/update_filter.go, DefaultUpdateFilter.
    """
    if resource == "pods":
        return _phase(new) in _ENDED and _phase(old) not in _ENDED
    return resource in ("services", "persistentvolumeclaims") and old["spec"] != new["spec"]


def _phase(pod: Object) -> object:
    return at(pod, "status", "phase")
