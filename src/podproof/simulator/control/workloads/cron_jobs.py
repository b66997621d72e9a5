"""The CronJob controller, wired to its informers."""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.cron_job.reconcile import reconcile
from podproof.simulator.control.workloads.owners import controlled, controller_of, index_controllers
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object


class CronJobController:
    """Reconciles a CronJob whenever it, or a Job of it, changes, and when it is due."""

    def __init__(self, agenda: Agenda, client: Client, events: EventRecorder, crons: Informer, jobs: Informer) -> None:
        self._agenda, self._crons, self._jobs = agenda, crons, jobs
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        index_controllers(jobs)
        crons.on_change(self._changed)
        jobs.on_change(self._job_changed)

    def _changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add(new)

    def _job_changed(self, old: Object | None, new: Object | None) -> None:
        for job in (old, new):
            owner = controller_of(job) if job is not None else None
            if job is not None and owner is not None and owner["kind"] == "CronJob":
                self._controller.add_key((job["metadata"]["namespace"], owner["name"]))

    def _reconcile(self, key: Key) -> Plan:
        cron_job = self._crons.get(*key)
        if cron_job is None:
            return Plan()
        return reconcile(cron_job, sorted(controlled(self._jobs, cron_job), key=_name), self._agenda.now)


def _name(job: Object) -> str:
    name: str = job["metadata"]["name"]
    return name
