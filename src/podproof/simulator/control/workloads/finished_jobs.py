"""The controller that deletes finished Jobs once their time to live is over.

Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, processJob, timeLeft.
"""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Delete, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.job.ending import conditions_of
from podproof.simulator.control.workloads.job.reconcile import JOBS
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, moment


def reconcile(job: Object, now: Nanos) -> Plan:
    """Delete a Job whose time is over, with its pods; of another one say when it will be."""
    end = next((each for each in conditions_of(job) if _is_end(each)), None)
    limit = job["spec"].get("ttlSecondsAfterFinished")
    if end is None or limit is None or "deletionTimestamp" in job["metadata"]:
        return Plan()
    due = Nanos(moment(end["lastTransitionTime"]) + int(limit) * SECOND)
    if now < due:
        return Plan(wake_at=due)
    meta = job["metadata"]
    return Plan((Delete(JOBS, meta["namespace"], meta["name"], uid=meta["uid"], propagation="Foreground"),))


def _is_end(condition: Object) -> bool:
    return condition["type"] in ("Complete", "Failed") and condition["status"] == "True"


class FinishedJobs:
    """Looks at each Job that changes, and again when its time is over."""

    def __init__(self, agenda: Agenda, client: Client, events: EventRecorder, jobs: Informer) -> None:
        self._agenda, self._jobs = agenda, jobs
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        jobs.on_change(self._changed)

    def _changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None and "ttlSecondsAfterFinished" in new["spec"]:
            self._controller.add(new)

    def _reconcile(self, key: Key) -> Plan:
        job = self._jobs.get(*key)
        return Plan() if job is None else reconcile(job, self._agenda.now)
