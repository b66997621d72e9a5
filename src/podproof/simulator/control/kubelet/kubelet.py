"""One node's kubelet, wired: it follows its pods in the API and gives each a worker."""

from collections.abc import Sequence

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.admission import Admission
from podproof.simulator.control.kubelet.allocation import Refused
from podproof.simulator.control.kubelet.back_off import BackOffs, crash_loop_rule, image_pull_rule
from podproof.simulator.control.kubelet.container_logs import container_of_log
from podproof.simulator.control.kubelet.container_start import ContainerStarter
from podproof.simulator.control.kubelet.deadlines import Deadlines
from podproof.simulator.control.kubelet.eviction.evictions import Evictions
from podproof.simulator.control.kubelet.handlers import Network
from podproof.simulator.control.kubelet.hooks import Hooks
from podproof.simulator.control.kubelet.images import ImageManager
from podproof.simulator.control.kubelet.network_state import NetworkState
from podproof.simulator.control.kubelet.pleg import Grid, Pleg
from podproof.simulator.control.kubelet.pod_status import NodeAddress
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.probes import Probes
from podproof.simulator.control.kubelet.probes.probing import Probing
from podproof.simulator.control.kubelet.pull_secrets import PullSecrets
from podproof.simulator.control.kubelet.resizes import Grants
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.static_files import StaticFiles, Ways
from podproof.simulator.control.kubelet.status_manager import StatusManager
from podproof.simulator.control.kubelet.sync import PodSyncs
from podproof.simulator.control.kubelet.volumes.mounting import VolumeMounter
from podproof.simulator.control.kubelet.worker import Sync, Work, Worker
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.machine.exec import Done, ExecResult, Streams
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.registry import Registry
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_conditions import gates_moved
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.static_pods import full_name, is_mirror, is_static


class Kubelet:
    """Runs the pods that are bound to one node."""

    def __init__(
        self,
        node: NodeAddress,
        agenda: Agenda,
        client: Client,
        runtime: Runtime,
        registry: Registry,
        sources: Sources,
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
        secrets = PullSecrets(sources, self._recorder)
        pulls = BackOffs(image_pull_rule())
        self._images = ImageManager(agenda, runtime, registry, self._recorder, pulls, secrets, node.pulls)
        starter = ContainerStarter(agenda, runtime, self._images, self._recorder, self._crash_loops, sources)
        statuses = StatusManager(client, agenda, node)
        self._grants = Grants(self._pods, self._recorder, node.room)
        self.evictions = Evictions(
            agenda, runtime, self._recorder, self._pods, node.name, node.room, self._evict, self._is_over,
            chance.fork("eviction"),
        )  # fmt: skip
        self._admission = Admission(node.room, sources.node, lambda: self.evictions.pressures)
        self._rejected: set[str] = set()
        self._deadlines = Deadlines(agenda, self._ticks, self._recorder, self._wake)
        self._volumes = VolumeMounter(agenda, self._recorder, sources, self._is_wanted, self._resume)
        network = Network(agenda, runtime)
        self._probes = self._probing(network, statuses)
        ways = Ways(self._pods, self._begin_static, self._removed, self._wake, statuses.send_again)
        self._static = StaticFiles(agenda, client, ways, self._ticks, chance.fork("static pods"))
        self.cni = runtime.cni
        self.network = NetworkState(agenda, runtime.cni, chance.fork("network"))
        hooks = Hooks(agenda, runtime, network, self._recorder, self._resume)
        self._syncs = PodSyncs(
            agenda, runtime, statuses, starter, self._recorder, self._deadlines, self._volumes, self._probes, hooks,
            self._pods.__getitem__, self.network,
        )  # fmt: skip

    def _probing(self, network: Network, statuses: StatusManager) -> Probes:
        probing = Probing(self._agenda, self._runtime, network, self._recorder)
        self._statuses = statuses
        probes = Probes(self._agenda, probing.probe, statuses.probed, self._wake)
        statuses.on_change = probes.status_changed
        return probes

    def pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Take notice of a change of a pod that is bound to this node."""
        pod = new or old
        assert pod is not None
        uid = pod["metadata"]["uid"]
        if is_mirror(pod):
            self._static.mirror_changed(old, new)
        elif new is None:
            self._removed(uid, pod)
        elif uid not in self._pods:
            self._add(uid, new)
        else:
            self._updated(self._pods[uid], new)

    def write_static_file(self, file: str, pod: Object | None) -> None:
        """Take notice of a file in the folder of static pods: the pod it is, None where it was removed."""
        self._static.write(file, pod)

    def kill_sandbox(self, uid: str) -> bool:
        """Let the first process of a pod's sandbox die; return whether it had one."""
        ready = [sandbox.id for sandbox in self._runtime.sandboxes(uid) if sandbox.ready]
        for identity in ready:
            self._runtime.kill_sandbox(identity)
        return bool(ready)

    def source_changed(self, kind: str, namespace: str, name: str) -> None:
        """Take notice of a change of a ConfigMap or Secret: files are written anew with a pod's next sync."""
        for uid in self._volumes.shown_by((kind, namespace, name)):
            if uid in self._workers:
                self._workers[uid].resync()

    def take_over(self, pods: list[Object]) -> None:
        """Believe what the API says of this node's pods: this kubelet starts anew and has said nothing yet."""
        for pod in pods:
            local = self._pods.get(pod["metadata"]["uid"])
            if local is not None:
                local.published = pod.get("status") or {}

    def sync_all(self) -> None:
        """Sync every pod, as a kubelet that has just started does."""
        for worker in list(self._workers.values()):
            worker.wake()

    def exec(self, pod: Object, container: str, argv: Sequence[str], streams: Streams, done: Done) -> None:
        """Run a process in a container of a pod; `done` gets how it ended.

        Source: pkg/kubelet/kubelet_pods.go, GetExec, findContainer.
        """
        listed = self._runtime.containers(pod["metadata"]["uid"])
        found = next(
            (each for each in reversed(listed) if each.name == container and each.state == ContainerState.RUNNING), None
        )
        if found is None:
            done(ExecResult(error=f'container not found ("{container}")'))
        else:
            self._runtime.exec(found.id, argv, None, done, streams)

    def log(self, pod: Object, container: str, previous: bool) -> Log:
        """Return a container's log.

        Raises:
            NoLogError: there is none.
        Source: pkg/kubelet/kuberuntime/kuberuntime_logs.go; a container the runtime has removed leaves only a sentence.
        """
        identity = container_of_log(pod, container, previous)
        try:
            return self._runtime.log(identity)
        except KeyError:
            return Log.of(f"unable to retrieve container logs for containerd://{identity}", self._agenda.now)

    # Syncer: the worker's way to a sync, and to the end of a pod.

    def sync(self, uid: str, runtime: PodRuntime) -> Sync:
        """Bring a pod closer to its spec."""
        if is_static(self._pods[uid].pod):
            self._static.reconcile(self._pods[uid])
        return self._syncs.sync(uid, runtime)

    def terminate(self, uid: str, runtime: PodRuntime) -> Sync:
        """Stop a pod's containers; what it took of the node is free then."""
        outcome = yield from self._syncs.terminate(uid, runtime)
        self._admission.forget(self._pods[uid].pod)
        return outcome

    def clean_up(self, uid: str, runtime: PodRuntime) -> Sync:
        """Let go of a pod that has ended, and forget it where the API has it no more."""
        outcome = yield from self._syncs.clean_up(uid, runtime)
        self.evictions.cleaned_up(uid)
        self._retry_resizes()
        if self._pods[uid].removed:
            self._forget(uid)
        return outcome

    def _add(self, uid: str, pod: Object) -> None:
        if uid in self._rejected or pod.get("status", {}).get("phase") in TERMINAL:
            return
        local = LocalPod(pod, pod.get("status") or {})
        refused = self._admission.refusal(pod)
        if refused is not None:
            self._reject(local, refused)
            return
        self._pods[uid] = local
        self._grants.admit(local)
        self._admission.count(local)
        self.evictions.watch(local)
        fork = self._chance.fork(f"{pod['metadata']['namespace']}/{pod['metadata']['name']}")
        self._workers[uid] = Worker(uid, self._agenda, self._pleg, self, self._ticks, fork)
        self._workers[uid].wake()

    def _reject(self, local: LocalPod, refused: Refused) -> None:
        """Fail a pod that the node does not take; nothing of it is ever run.

        Source: pkg/kubelet/kubelet.go, HandlePodAdditions, rejectPod.
        """
        self._rejected.add(local.uid)
        self._recorder.emit(local.pod, "Warning", refused.reason, refused.message)
        self._statuses.reject(local, refused.reason, f"Pod was rejected: {refused.message}")

    def _begin_static(self, pod: Object) -> None:
        self._add(pod["metadata"]["uid"], pod)

    def _updated(self, local: LocalPod, new: Object) -> None:
        """Take over a change of the API; a change of the status alone is our own.

        A further delete may shorten the grace of what is being stopped.

        Source: pkg/kubelet/config/config.go, checkAndUpdatePod (update, graceful delete or reconcile).
        """
        old, local.pod = local.pod, new
        worker = self._workers[local.uid]
        if new["metadata"].get("deletionTimestamp"):
            worker.stop()
            worker.resume()
        elif _asked(old) != _asked(new):
            self._grants.decide(local)
            self._admission.count(local)
            worker.wake()
        elif gates_moved(new):
            worker.wake()

    def _removed(self, uid: str, last: Object | None = None) -> None:
        """The API has the pod no more: what still runs of it is killed, in the grace that it had in the end (`last`).

        Source: pkg/kubelet/kubelet.go, HandlePodRemoves.
        """
        self._rejected.discard(uid)
        local = self._pods.get(uid)
        if local is None:
            return
        local.removed = True
        local.pod = last or local.pod
        worker = self._workers[uid]
        if worker.work is Work.FINISHED:
            self._forget(uid)
        elif worker.work is Work.SYNC:
            worker.stop()
        elif worker.work is Work.TERMINATING:
            worker.resume()

    def _evict(self, local: LocalPod) -> None:
        self._workers[local.uid].stop()

    def _retry_resizes(self) -> None:
        """A pod has left room: who waits for it may get it.

        Source: pkg/kubelet/kubelet.go, HandlePodRemoves; pkg/kubelet/allocation/allocation_manager.go,
        RetryPendingResizes.
        """
        for uid in self._grants.retry():
            self._admission.count(self._pods[uid])
            self._wake(uid)

    def _wake(self, uid: str) -> None:
        if uid in self._workers:
            self._workers[uid].wake()

    def _is_wanted(self, uid: str) -> bool:
        return uid in self._workers and self._workers[uid].work is Work.SYNC

    def _is_over(self, uid: str) -> bool:
        return self._workers[uid].work is Work.FINISHED

    def _resume(self, uid: str) -> None:
        if uid in self._workers:
            self._workers[uid].resume()

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
        watched = (self._deadlines, self._volumes, self._probes)
        for kept in (self._crash_loops, self._images, self._recorder, self._pleg, *watched):
            kept.forget(uid)
        local = self._pods.pop(uid)
        del self._workers[uid]
        if is_static(local.pod):
            self._static.ended(full_name(local.pod))


def _asked(pod: Object) -> tuple[object, ...]:
    meta = pod["metadata"]
    return pod["spec"], meta.get("labels"), meta.get("annotations")
