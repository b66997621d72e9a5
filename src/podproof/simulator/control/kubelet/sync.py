"""The stages of a pod's life on its node: sync, terminate, clean up. Each first publishes, then acts.

Source: pkg/kubelet/kubelet.go, SyncPod, SyncTerminatingPod, SyncTerminatedPod; pkg/kubelet/kuberuntime/
kuberuntime_manager.go, SyncPod, killPodWithSyncResult.
"""

from collections.abc import Callable, Generator, Iterable

from podproof.errors import NotModelledError
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.actions import Actions, compute_actions
from podproof.simulator.control.kubelet.container_start import ContainerStarter, Tried
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.kubelet.status_manager import StatusManager
from podproof.simulator.control.kubelet.worker import Outcome, Sync, Until
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import ContainerState, ContainerStatus, SandboxConfig
from podproof.simulator.machine.files import Directory
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.times import Nanos, seconds

Step = Generator[Nanos | Until, None, None]


class PodSyncs:
    """The syncs of one node's pods. `find` gives what the kubelet remembers of a pod."""

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        statuses: StatusManager,
        starter: ContainerStarter,
        recorder: EventRecorder,
        find: Callable[[str], LocalPod],
    ) -> None:
        self._agenda, self._runtime, self._statuses = agenda, runtime, statuses
        self._starter, self._recorder, self._find = starter, recorder, find

    def sync(self, uid: str, runtime: PodRuntime) -> Sync:
        """Bring a pod closer to its spec."""
        local = self._find(uid)
        if self._statuses.publish(local, runtime) in TERMINAL:
            return Outcome(finished=True)
        actions = compute_actions(local.pod, runtime, image_changed, {})
        if actions.idle:
            return Outcome()
        _make_volumes(local)
        yield from self._stop(local, actions, runtime)
        if actions.create_sandbox:
            yield from self._make_sandbox(local, actions.attempt)
            runtime = PodRuntime()
        tried = yield from self._start(local, actions, runtime)
        return _outcome(tried)

    def terminate(self, uid: str, runtime: PodRuntime) -> Sync:
        """Stop a pod's containers with their grace, then its sandbox; the final status goes out at the end."""
        local = self._find(uid)
        self._statuses.publish(local, runtime)
        yield from self._kill_all(local)
        local.ended = True
        self._statuses.publish(local, self._now(uid), ended=True, may_run=False)
        return Outcome(acted=True, finished=True)

    def clean_up(self, uid: str, runtime: PodRuntime) -> Sync:
        """Let go of a pod that has ended; a deleted one leaves the API."""
        local = self._find(uid)
        self._statuses.publish(local, self._now(uid), ended=True, may_run=False)
        local.volumes.clear()
        if local.pod["metadata"].get("deletionTimestamp"):
            self._statuses.delete(local)
        yield Nanos(0)
        return Outcome(acted=True, finished=True)

    def _now(self, uid: str) -> PodRuntime:
        return PodRuntime(tuple(reversed(self._runtime.sandboxes(uid))), tuple(reversed(self._runtime.containers(uid))))

    def _stop(self, local: LocalPod, actions: Actions, runtime: PodRuntime) -> Step:
        if actions.kill_pod and runtime.sandboxes:
            if runtime.sandboxes[0].ready is False and actions.create_sandbox:
                message = "Pod sandbox changed, it will be killed and re-created."
                self._recorder.emit(local.pod, "Normal", "SandboxChanged", message)
            yield from self._kill_all(local)
            return
        running = {status.id: status for status in runtime.running}
        for stop in actions.stop:
            yield from self._stop_containers(local, [running[stop.id]], stop.message)

    def _kill_all(self, local: LocalPod) -> Step:
        running = [status for status in self._now(local.uid).containers if status.state is ContainerState.RUNNING]
        yield from self._stop_containers(local, running, "")
        yield span("runtime", "stop_sandbox")
        for sandbox in self._runtime.sandboxes(local.uid):
            self._runtime.stop_sandbox(sandbox.id)

    def _stop_containers(self, local: LocalPod, running: Iterable[ContainerStatus], message: str) -> Step:
        """Send every container its stop signal at once and wait until all have ended.

        Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer.
        """
        stopped = list(running)
        for status in stopped:
            text = message or f"Stopping container {status.name}"
            self._recorder.emit(local.pod, "Normal", "Killing", text, local.container(status.name)[1])
            self._runtime.stop_container(status.id, grace_of(local))
        while self._any_runs(local.uid, {status.id for status in stopped}):
            yield Until()

    def _any_runs(self, uid: str, among: set[str]) -> bool:
        return any(
            status.id in among and status.state is ContainerState.RUNNING for status in self._runtime.containers(uid)
        )

    def _make_sandbox(self, local: LocalPod, attempt: int) -> Step:
        yield span("runtime", "sandbox")
        meta = local.pod["metadata"]
        space = meta["namespace"]
        search = (f"{space}.svc.cluster.local", "svc.cluster.local", "cluster.local")
        hostname = local.pod["spec"].get("hostname") or meta["name"][:63].rstrip("-.")
        self._runtime.run_sandbox(SandboxConfig(local.uid, space, meta["name"], hostname, attempt, search=search))
        self._statuses.sandbox_ready(local)

    def _start(self, local: LocalPod, actions: Actions, runtime: PodRuntime) -> Generator[Nanos, None, list[Tried]]:
        """Start init containers until one fails, then every app container, whatever becomes of the others."""
        tried: list[Tried] = []
        for name in actions.start_init:
            tried.append((yield from self._try(local, name, runtime)))
            if tried[-1].failure is not None:
                return tried
        for name in actions.start:
            tried.append((yield from self._try(local, name, runtime)))
        return tried

    def _try(self, local: LocalPod, name: str, runtime: PodRuntime) -> Generator[Nanos, None, Tried]:
        tried = yield from self._starter.start(local, name, runtime)
        if tried.failure is None:
            local.failures.pop(name, None)
        else:
            local.failures[name] = tried.failure
        return tried


def image_changed(container: Object, running: ContainerStatus) -> bool:
    """Return whether a running container was made from another image than the spec names.

    Source: pkg/kubelet/container/helpers.go, HashContainer (name and image only).
    """
    return bool(container["image"] != running.requested)


def grace_of(local: LocalPod) -> Nanos:
    """Return how long (ns) a container may take to end after its stop signal.

    Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, setTerminationGracePeriod, minimumGracePeriodInSeconds.
    """
    if local.grace_override is not None:
        asked = local.grace_override
    else:
        meta, spec = local.pod["metadata"], local.pod["spec"]
        asked = seconds(meta.get("deletionGracePeriodSeconds") or spec.get("terminationGracePeriodSeconds", 30))
    return Nanos(max(asked, span("kubelet", "minimum_grace")))


def _outcome(tried: list[Tried]) -> Outcome:
    """Return a sync's outcome; it is retried at the end of the shortest back-off if nothing but back-offs failed it.

    Source: pkg/kubelet/container/sync_result.go, MinBackoffExpiration.
    """
    failed = [each for each in tried if each.failure is not None]
    ends = [each.retry_at for each in failed if each.retry_at is not None]
    retry_at = min(ends) if failed and len(ends) == len(failed) else None
    return Outcome(acted=True, failed=bool(failed), retry_at=retry_at)


def _make_volumes(local: LocalPod) -> None:
    for volume in local.pod["spec"].get("volumes") or ():
        if "emptyDir" not in volume:
            kind = next((key for key in volume if key != "name"), "no source")
            raise NotModelledError(f"volumes of type {kind}", f"pod {local.pod['metadata']['name']}")
        local.volumes.setdefault(volume["name"], Directory())
