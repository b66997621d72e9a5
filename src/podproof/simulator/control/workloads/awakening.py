"""The workload controllers of a cluster, each begun with the first object of its kind: most clusters need none.

Source: cmd/kube-controller-manager/app/controller_descriptor.go (which controllers there are, and their names).
"""

from collections.abc import Callable, Mapping

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.storage.facts import ATTACHMENTS, DRIVERS
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.objects import Object


class Workloads:
    """Gives each controller its informers, its own name as a client, and its events.

    `informers` are those of the whole cluster, by resource; all of them follow their resource already or soon will.
    `measured` is what the metrics APIs would answer, `resource_of` how requests name the kind of a group.
    """

    def __init__(
        self,
        agenda: Agenda,
        handle: Callable[[Request], Response],
        informers: Callable[[str], Informer],
        measured: Measurements,
        resource_of: Callable[[str, str], str | None],
    ) -> None:
        self._agenda, self._handle, self._informers = agenda, handle, informers
        self._has_volumes = False
        self._measured, self._resource_of = measured, resource_of
        for resource, begin in _BEGINNINGS.items():
            self._begin_with_the_first(resource, begin)
        self._begin_with_the_first("pods", Workloads.ephemeral_volumes, _has_ephemeral_volumes)
        self._begin_with_the_first("persistentvolumes", Workloads.attachments, _is_of_a_driver)

    def _begin_with_the_first(
        self,
        resource: str,
        begin: "Callable[[Workloads], None]",
        needs: Callable[[Object], bool] = lambda _: True,
    ) -> None:
        begun: list[str] = []

        def awake(old: Object | None, new: Object | None) -> None:
            if not begun and needs(new or old or {}):
                begun.append(resource)
                begin(self)

        self._informers(resource).on_change(awake)

    def replica_sets(self) -> None:
        """Begin the ReplicaSet controller."""
        from podproof.simulator.control.workloads.replica_set import REPLICA_SETS
        from podproof.simulator.control.workloads.replica_sets import ReplicaSetController

        sets, pods = self._informers(REPLICA_SETS.resource), self._informers("pods")
        ReplicaSetController(self._agenda, *self._voice("replicaset-controller"), sets, pods, REPLICA_SETS)

    def deployments(self) -> None:
        """Begin the Deployment controller."""
        from podproof.simulator.control.workloads.deployments import DeploymentController

        informers = (self._informers(name) for name in ("deployments.apps", "replicasets.apps", "pods"))
        DeploymentController(self._agenda, *self._voice("deployment-controller"), *informers)

    def jobs(self) -> None:
        """Begin the Job controller."""
        from podproof.simulator.control.workloads.finished_jobs import FinishedJobs
        from podproof.simulator.control.workloads.jobs import JobController

        jobs, pods = self._informers("jobs.batch"), self._informers("pods")
        JobController(self._agenda, *self._voice("job-controller"), jobs, pods)
        FinishedJobs(self._agenda, *self._voice("ttl-after-finished-controller"), jobs)

    def cron_jobs(self) -> None:
        """Begin the CronJob controller."""
        from podproof.simulator.control.workloads.cron_jobs import CronJobController

        crons, jobs = self._informers("cronjobs.batch"), self._informers("jobs.batch")
        CronJobController(self._agenda, *self._voice("cronjob-controller"), crons, jobs)

    def stateful_sets(self) -> None:
        """Begin the StatefulSet controller."""
        from podproof.simulator.control.workloads.stateful_sets import StatefulSetController

        names = ("statefulsets.apps", "pods", "controllerrevisions.apps", "persistentvolumeclaims")
        informers = (self._informers(name) for name in names)
        StatefulSetController(self._agenda, *self._voice("statefulset-controller"), *informers)

    def daemon_sets(self) -> None:
        """Begin the DaemonSet controller."""
        from podproof.simulator.control.workloads.daemon_sets import DaemonSetController

        names = ("daemonsets.apps", "pods", "controllerrevisions.apps", "nodes")
        informers = (self._informers(name) for name in names)
        DaemonSetController(self._agenda, *self._voice("daemonset-controller"), *informers)

    def replication_controllers(self) -> None:
        """Begin the controller of ReplicationControllers."""
        from podproof.simulator.control.workloads.replica_set import REPLICATION_CONTROLLERS
        from podproof.simulator.control.workloads.replica_sets import ReplicaSetController

        kind = REPLICATION_CONTROLLERS
        sets, pods = self._informers(kind.resource), self._informers("pods")
        ReplicaSetController(self._agenda, *self._voice("replication-controller"), sets, pods, kind)

    def autoscalers(self) -> None:
        """Begin the controller of autoscalers."""
        from podproof.simulator.control.workloads.autoscalers import AutoscalerController

        scalers, pods = self._informers("horizontalpodautoscalers.autoscaling"), self._informers("pods")
        voice = self._voice("horizontal-pod-autoscaler")
        AutoscalerController(self._agenda, *voice, scalers, pods, self._measured, self._resource_of)

    def volumes(self) -> None:
        """Begin the controller of persistent volumes."""
        from podproof.simulator.control.storage.controllers import PersistentVolumeController

        if self._has_volumes:
            return
        self._has_volumes = True
        names = ("persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io", "pods")
        informers = [self._informers(name) for name in names]
        PersistentVolumeController(self._agenda, *self._voice("persistentvolume-controller"), *informers)

    def ephemeral_volumes(self) -> None:
        """Begin the controller of volumes that live as long as their pod."""
        from podproof.simulator.control.storage.ephemeral import EphemeralVolumeController

        pods, claims = self._informers("pods"), self._informers("persistentvolumeclaims")
        EphemeralVolumeController(self._agenda, *self._voice("ephemeral-volume-controller"), pods, claims)

    def attachments(self) -> None:
        """Begin the controller that has volumes attached to nodes."""
        from podproof.simulator.control.storage.attaching.controller import NAME, AttachDetachController

        names = ("pods", "persistentvolumeclaims", "persistentvolumes", "nodes", DRIVERS, ATTACHMENTS)
        AttachDetachController(self._agenda, *self._voice(NAME), *map(self._informers, names))

    def _voice(self, name: str) -> tuple[Client, EventRecorder]:
        client = Client(self._handle, f"system:serviceaccount:kube-system:{name}")
        return client, EventRecorder(client, self._agenda, name)


_BEGINNINGS: Mapping[str, Callable[[Workloads], None]] = {
    "replicasets.apps": Workloads.replica_sets,
    "deployments.apps": Workloads.deployments,
    "daemonsets.apps": Workloads.daemon_sets,
    "replicationcontrollers": Workloads.replication_controllers,
    "horizontalpodautoscalers.autoscaling": Workloads.autoscalers,
    "jobs.batch": Workloads.jobs,
    "cronjobs.batch": Workloads.cron_jobs,
    "statefulsets.apps": Workloads.stateful_sets,
    "persistentvolumeclaims": Workloads.volumes,
    "persistentvolumes": Workloads.volumes,
}
"""What is begun when the first object of a resource is seen."""


def _is_of_a_driver(volume: Object) -> bool:
    return "csi" in volume["spec"]


def _has_ephemeral_volumes(pod: Object) -> bool:
    return any("ephemeral" in each for each in pod["spec"].get("volumes") or ())
