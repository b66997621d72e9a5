"""The three controllers of endpoints, wired to the informers they share."""

from collections.abc import Callable
from functools import partial

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.endpoints import mirroring, slices, subsets
from podproof.simulator.control.endpoints.labels import (
    MIRRORING_CONTROLLER,
    SLICES_CONTROLLER,
    index_by_service,
    labels_of,
    managed_by,
    service_key,
    slices_of,
)
from podproof.simulator.control.endpoints.slices import SLICES
from podproof.simulator.control.endpoints.subsets import ENDPOINTS
from podproof.simulator.control.endpoints.tracker import SliceTracker
from podproof.simulator.control.endpoints.triggers import TriggerTimes
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Outcome, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import is_ready, selects
from podproof.simulator.model.times import Nanos


class EndpointControllers:
    """Reconcile a Service whenever it changes, or a pod it selects, or somebody else changes its endpoints."""

    def __init__(self, agenda: Agenda, client: Client, informer: Callable[[str], Informer]) -> None:
        self._services, self._pods, self._nodes = informer("services"), informer("pods"), informer("nodes")
        self._endpoints, self._slices = informer(ENDPOINTS), informer(SLICES)
        index_by_service(self._slices)
        self._agenda, self._tracker = agenda, SliceTracker()
        self._changes = 0
        self._members: dict[Key, tuple[int, Object, list[Object]]] = {}
        self._times = TriggerTimes(), TriggerTimes()
        made, events = partial(Controller, agenda, client), partial(EventRecorder, client, agenda)
        work = span("control", "work")
        self._subsets_queue = made(events("endpoint-controller"), self._subsets_of, work)
        self._slices_queue = made(events("endpoint-slice-controller"), self._slices_of, work)
        self._mirrors_queue = made(events("endpoint-slice-mirroring-controller"), self._mirrors_of, work)
        self._services.on_change(self._service_changed)
        self._pods.on_change(self._pod_changed)
        self._endpoints.on_change(self._endpoints_changed)
        self._slices.on_change(self._slice_changed)

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        service = new or old
        assert service is not None
        self._subsets_queue.add(service)
        self._slices_queue.add(service)
        if self._endpoints.get(*key_of(service)) is not None:
            self._mirrors_queue.add(service)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        self._changes += 1
        if old is not None and new is not None and concern(old) == concern(new):
            return
        seen = [pod for pod in (old, new) if pod is not None]
        for service in self._services.list(seen[0]["metadata"]["namespace"]):
            if any(selects(service, pod) for pod in seen):
                self._subsets_queue.add(service)
                self._slices_queue.add(service)

    def _endpoints_changed(self, old: Object | None, new: Object | None) -> None:
        """Look at Endpoints again that somebody else changed: to set them right, or to mirror them."""
        seen = new or old
        assert seen is not None
        service = self._services.get(*key_of(seen))
        if service is not None and not service["spec"].get("selector"):
            self._mirrors_queue.add(seen)
        elif new is None and service is not None:
            self._subsets_queue.add(seen)

    def _slice_changed(self, old: Object | None, new: Object | None) -> None:
        """Look again at a Service one of whose slices somebody else touched."""
        for each in (old, new):
            key = service_key(each) if each is not None else ("", "")
            if each is None or not key[1]:
                continue
            if managed_by(each) == SLICES_CONTROLLER and self._tracker.is_foreign(key, old, new):
                self._slices_queue.add_after(_named(key), slices.CHANGE_DELAY)
            elif managed_by(each) == MIRRORING_CONTROLLER and new is None:
                self._mirrors_queue.add_after(_named(key), slices.CHANGE_DELAY)

    def _subsets_of(self, key: Key) -> Plan:
        service, endpoints = self._services.get(*key), self._endpoints.get(*key)
        if service is None:
            self._times[0].forget(key)
            self._members.pop(key, None)
            return Plan() if endpoints is None else subsets.removal(endpoints)
        if not _is_selecting(service):
            return Plan()
        pods = self._selected(service)
        return subsets.reconcile(service, pods, endpoints, self._times[0].look(service, pods))

    def _slices_of(self, key: Key) -> Plan:
        """Return the plan of a Service's slices; those of one that is gone are the garbage collector's."""
        service = self._services.get(*key)
        if service is None:
            self._times[1].forget(key)
            self._tracker.forget(key)
            return Plan()
        if not _is_selecting(service):
            return Plan()
        there = self._there(key, SLICES_CONTROLLER)
        if self._tracker.is_stale(key, there):
            return Plan(wake_at=Nanos(self._agenda.now + span("control", "retry_first")))
        pods = self._selected(service)
        triggered = self._times[1].look(service, pods)
        plan = slices.reconcile(service, pods, there, partial(self._nodes.get, ""), triggered)
        return Plan(plan.commands, then=partial(self._written, key)) if plan.commands else plan

    def _written(self, key: Key, outcome: Outcome) -> Plan:
        self._tracker.note(key, outcome)
        return Plan()

    def _mirrors_of(self, key: Key) -> Plan:
        there = self._there(key, MIRRORING_CONTROLLER)
        return mirroring.reconcile(self._services.get(*key), self._endpoints.get(*key), there)

    def _there(self, key: Key, manager: str) -> list[Object]:
        found = (each for each in slices_of(self._slices, key) if managed_by(each) == manager)
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def _selected(self, service: Object) -> list[Object]:
        """Return the pods a Service selects; the two controllers mostly ask for them at the same moment."""
        key = key_of(service)
        known = self._members.get(key)
        if known is not None and known[0] == self._changes and known[1] is service:
            return known[2]
        found = [pod for pod in self._pods.list(key[0]) if selects(service, pod)]
        self._members[key] = (self._changes, service, found)
        return found


def concern(pod: Object) -> tuple[object, ...]:
    """Return what of a pod its Services' endpoints show: most changes of a status change nothing of it.

    Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, podEndpointsChanged.
    """
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    names = spec.get("nodeName"), spec.get("hostname"), spec.get("subdomain")
    return labels_of(pod), meta.get("deletionTimestamp"), status.get("podIP"), status.get("phase"), is_ready(pod), names


def _is_selecting(service: Object) -> bool:
    return bool(service["spec"].get("selector")) and service["spec"].get("type") != "ExternalName"


def _named(key: Key) -> Object:
    return {"metadata": {"namespace": key[0], "name": key[1]}}
