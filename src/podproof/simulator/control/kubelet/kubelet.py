"""One node's kubelet, wired: it follows its pods in the API and gives each a worker."""

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.back_off import BackOffs, crash_loop_rule, image_pull_rule
from podproof.simulator.control.kubelet.container_logs import container_of_log
from podproof.simulator.control.kubelet.container_start import ContainerStarter, ServiceEnvironment
from podproof.simulator.control.kubelet.images import ImageManager
from podproof.simulator.control.kubelet.pleg import Grid, Pleg
from podproof.simulator.control.kubelet.pod_status import NodeAddress
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.kubelet.status_manager import StatusManager
from podproof.simulator.control.kubelet.sync import PodSyncs, grace_of
from podproof.simulator.control.kubelet.worker import Sync, Work, Worker
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.machine.registry import Registry
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_phase import TERMINAL


class Kubelet:
    """Runs the pods that are bound to one node."""

    def __init__(
        self,
        node: NodeAddress,
        agenda: Agenda,
        client: Client,
        runtime: Runtime,
        registry: Registry,
        services: ServiceEnvironment,
        chance: Chance,
    ) -> None:
        self.node = node
        self._agenda, self._runtime = agenda, runtime
        self._recorder = EventRecorder(client, agenda, "kubelet", node.name)
        self._pods: dict[str, LocalPod] = {}
        self._workers: dict[str, Worker] = {}
        self._chance = chance
        self._ticks = Grid(span("kubelet", "sync_ticker"), chance.below(span("kubelet", "sync_ticker")))
        phase = chance.below(span("kubelet", "relist_period"))
        self._pleg = Pleg(agenda, runtime, phase, self._wake, self._prune)
        runtime.on_change = self._runtime_changed
        self._crash_loops = BackOffs(crash_loop_rule())
        self._images = ImageManager(agenda, runtime, registry, self._recorder, BackOffs(image_pull_rule()))
        starter = ContainerStarter(agenda, runtime, self._images, self._recorder, self._crash_loops, services)
        statuses = StatusManager(client, agenda, node)
        self._syncs = PodSyncs(agenda, runtime, statuses, starter, self._recorder, self._pods.__getitem__)

    def pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Take notice of a change of a pod that is bound to this node."""
        pod = new or old
        assert pod is not None
        uid = pod["metadata"]["uid"]
        if new is None:
            self._removed(uid)
        elif uid not in self._pods:
            self._add(uid, new)
        else:
            self._updated(self._pods[uid], new)

    def log(self, pod: Object, container: str, previous: bool) -> str:
        """Return a container's log.

        Raises:
            NoLogError: there is none.
        Source: pkg/kubelet/kuberuntime/kuberuntime_logs.go; a container the runtime has removed leaves only a sentence.
        """
        identity = container_of_log(pod, container, previous)
        try:
            return self._runtime.log(identity).text()
        except KeyError:
            return f"unable to retrieve container logs for containerd://{identity}"

    # Syncer: the worker's way to a sync, and to the end of a pod.

    def sync(self, uid: str, runtime: PodRuntime) -> Sync:
        """Bring a pod closer to its spec."""
        return self._syncs.sync(uid, runtime)

    def terminate(self, uid: str, runtime: PodRuntime) -> Sync:
        """Stop a pod's containers."""
        return self._syncs.terminate(uid, runtime)

    def clean_up(self, uid: str, runtime: PodRuntime) -> Sync:
        """Let go of a pod that has ended, and forget it where the API has it no more."""
        outcome = yield from self._syncs.clean_up(uid, runtime)
        if self._pods[uid].removed:
            self._forget(uid)
        return outcome

    def _add(self, uid: str, pod: Object) -> None:
        if pod.get("status", {}).get("phase") in TERMINAL:
            return
        self._pods[uid] = LocalPod(pod, pod.get("status") or {})
        fork = self._chance.fork(f"{pod['metadata']['namespace']}/{pod['metadata']['name']}")
        self._workers[uid] = Worker(uid, self._agenda, self._pleg, self, self._ticks, fork)
        self._workers[uid].wake()

    def _updated(self, local: LocalPod, new: Object) -> None:
        """Take over a change of the API; a change of the status alone is our own.

        Source: pkg/kubelet/config/config.go, checkAndUpdatePod (update, graceful delete or reconcile).
        """
        old, local.pod = local.pod, new
        worker = self._workers[local.uid]
        if new["metadata"].get("deletionTimestamp"):
            worker.stop()
            self._hurry(old, local)
        elif _asked(old) != _asked(new):
            worker.wake()

    def _hurry(self, old: Object, local: LocalPod) -> None:
        """A second delete may only shorten the grace; what is being stopped then ends earlier."""
        field = "deletionGracePeriodSeconds"
        if old["metadata"].get(field) is None or old["metadata"][field] == local.pod["metadata"].get(field):
            return
        self._stop_running(local)

    def _stop_running(self, local: LocalPod) -> None:
        for status in self._runtime.containers(local.uid):
            if status.state is ContainerState.RUNNING:
                self._runtime.stop_container(status.id, grace_of(local))

    def _removed(self, uid: str) -> None:
        """The API has the pod no more: what still runs of it is killed.

        Source: pkg/kubelet/kubelet.go, HandlePodRemoves.
        """
        local = self._pods.get(uid)
        if local is None:
            return
        local.removed = True
        worker = self._workers[uid]
        if worker.work is Work.FINISHED:
            self._forget(uid)
        elif worker.work is Work.SYNC:
            worker.stop()
        elif worker.work is Work.TERMINATING:
            local.grace_override = span("kubelet", "minimum_grace")
            self._stop_running(local)

    def _wake(self, uid: str) -> None:
        if uid in self._workers:
            self._workers[uid].wake()

    def _runtime_changed(self, uid: str) -> None:
        self._pleg.note(uid)
        if uid in self._workers:
            self._workers[uid].resume()

    def _prune(self, uid: str, name: str) -> None:
        """Keep one dead container of each name.

        Source: pkg/kubelet/pod_container_deletor.go, getContainersToDeleteInPod (MaxPerPodContainerCount is 1).
        """
        dead = [
            status.id
            for status in self._runtime.containers(uid)
            if status.name == name and status.state is ContainerState.EXITED
        ]
        for identity in dead[:-1]:
            self._runtime.remove_container(identity)

    def _forget(self, uid: str) -> None:
        for sandbox in self._runtime.sandboxes(uid):
            self._runtime.remove_sandbox(sandbox.id)
        for kept in (self._crash_loops, self._images, self._recorder, self._pleg):
            kept.forget(uid)
        del self._pods[uid], self._workers[uid]


def _asked(pod: Object) -> tuple[object, ...]:
    meta = pod["metadata"]
    return pod["spec"], meta.get("labels"), meta.get("annotations")
