"""The Job controller, wired to its informers."""

from dataclasses import replace

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Outcome, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.expectations import Expectations
from podproof.simulator.control.workloads.job.failures import BackOff
from podproof.simulator.control.workloads.job.reconcile import looked, reconcile
from podproof.simulator.control.workloads.owners import claim, claimable, controllers_among, index_controllers
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import seconds

BATCH = seconds(1)
"""How long changes of pods are gathered before a Job is looked at. Source: job_controller.go, syncJobBatchPeriod."""


class JobController:
    """Reconciles a Job at once when its spec changes, and a second after anything else of it or its pods does."""

    def __init__(self, agenda: Agenda, client: Client, events: EventRecorder, jobs: Informer, pods: Informer) -> None:
        self._agenda, self._jobs, self._pods = agenda, jobs, pods
        self._expectations = Expectations()
        self._back_offs: dict[str, BackOff] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        index_controllers(pods)
        jobs.on_change(self._job_changed)
        pods.on_change(self._pod_changed)

    def _job_changed(self, old: Object | None, new: Object | None) -> None:
        if new is None:
            assert old is not None
            self._back_offs.pop(old["metadata"]["uid"], None)
            self._expectations.forget(old["metadata"]["uid"])
        elif old is None or old["metadata"].get("generation") != new["metadata"].get("generation"):
            self._controller.add(new)
        else:
            self._controller.add_after(new, BATCH)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        for owner, key in controllers_among("Job", old, new):
            self._expectations.seen(owner["uid"], old, new)
            job = self._jobs.get(*key)
            if job is not None:
                self._controller.add_after(job, BATCH)

    def _reconcile(self, key: Key) -> Plan:
        job, now = self._jobs.get(*key), self._agenda.now
        if job is None:
            return Plan()
        uid = job["metadata"]["uid"]
        claims = claim(job, "pods", claimable(self._pods, job))
        look = looked(job, claims.owned, self._back_offs.get(uid, BackOff()), now)
        plan = reconcile(look, current=self._expectations.met(uid, now))
        follows = plan.then

        def then(outcome: Outcome) -> Plan:
            self._expectations.expect(uid, outcome, now)
            self._back_offs[uid] = look.back_off
            return follows(outcome) if follows else Plan()

        return replace(plan, commands=(*claims.patches, *plan.commands), then=then)
