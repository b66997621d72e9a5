"""The stages of a pod's life on its node: sync, terminate, clean up. Each first publishes, then acts.

Source: pkg/kubelet/kubelet.go, SyncPod, SyncTerminatingPod, SyncTerminatedPod; pkg/kubelet/kuberuntime/
kuberuntime_manager.go, SyncPod, killPodWithSyncResult.
"""

from collections.abc import Callable, Generator

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.actions import Actions, compute_actions
from podproof.simulator.control.kubelet.allocation import with_given
from podproof.simulator.control.kubelet.container_start import ContainerStarter, Tried
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.control.kubelet.container_stop import ContainerStops
from podproof.simulator.control.kubelet.deadlines import Deadlines
from podproof.simulator.control.kubelet.hooks import POST_START, Hooks
from podproof.simulator.control.kubelet.network_state import NOT_READY, NetworkState
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.probes import Probes
from podproof.simulator.control.kubelet.resizes import ContainerResizes, with_resizes
from podproof.simulator.control.kubelet.resolvers import resolver_of
from podproof.simulator.control.kubelet.runtime_view import PodRuntime, look_at
from podproof.simulator.control.kubelet.sandboxes import sandbox_config
from podproof.simulator.control.kubelet.status_manager import StatusManager
from podproof.simulator.control.kubelet.volumes.mounting import VolumeMounter
from podproof.simulator.control.kubelet.worker import Outcome, Sync, Until
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import ContainerStatus, SandboxError
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_conditions import is_restarting_all
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.restart_rules import RESTART_ALL
from podproof.simulator.model.times import Nanos

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
        deadlines: Deadlines,
        volumes: VolumeMounter,
        probes: Probes,
        hooks: Hooks,
        find: Callable[[str], LocalPod],
        network: NetworkState,
    ) -> None:
        self._agenda, self._runtime, self._statuses = agenda, runtime, statuses
        self._starter, self._recorder, self._find = starter, recorder, find
        self._deadlines, self._volumes = deadlines, volumes
        self._probes, self._hooks, self._network = probes, hooks, network
        self._stops = ContainerStops(agenda, runtime, recorder, hooks)
        self._resizes = ContainerResizes(runtime, recorder)

    def sync(self, uid: str, runtime: PodRuntime) -> Sync:
        """Bring a pod closer to its spec."""
        local = self._find(uid)
        self._resizes.observe(local, runtime)
        if self._publish(local, runtime) in TERMINAL:
            return Outcome(finished=True)
        if self._network.fault and not local.pod["spec"].get("hostNetwork"):
            return self._without_network(local)
        self._probes.add(local)
        if not (yield from self._volumes.mounted(local)):
            return Outcome(acted=True, failed=True)
        self._starter.prepare(local)
        restart_all = is_restarting_all(local.published)
        actions = compute_actions(local.pod, runtime, image_changed, local.results, restart_all)
        actions = with_resizes(actions, local, runtime)
        if actions.idle:
            return Outcome()
        yield from self._stop(local, actions, runtime)
        if actions.create_sandbox:
            made = yield from self._make_sandbox(local, actions.attempt)
            if not made:
                return Outcome(acted=True, failed=True)
        resized = yield from self._resizes.carry_out(local, actions.resize)
        tried = yield from self._start(local, actions, runtime)
        outcome = _outcome(tried)._replace(again=bool(actions.reset) and not actions.kill_pod)
        return outcome if resized else outcome._replace(failed=True, retry_at=None)

    def _without_network(self, local: LocalPod) -> Outcome:
        """Start nothing, and try again soon.

        Source: pkg/kubelet/kubelet.go, SyncPod; pkg/kubelet/pod_workers.go, completeWork.
        """
        self._recorder.emit(local.pod, "Warning", "NetworkNotReady", f"{NOT_READY}: {self._network.fault}")
        return Outcome(failed=True, retry_at=Nanos(self._agenda.now + span("kubelet", "network_retry")))

    def terminate(self, uid: str, runtime: PodRuntime) -> Sync:
        """Stop a pod's containers with their grace, then its sandbox; the final status goes out at the end."""
        local = self._find(uid)
        self._publish(local, runtime)
        self._probes.stop_killing(local)
        yield from self._kill_all(local)
        local.ended = True
        self._publish(local, look_at(self._runtime, uid), ended=True, may_run=False)
        return Outcome(acted=True, finished=True)

    def clean_up(self, uid: str, runtime: PodRuntime) -> Sync:
        """Let go of a pod that has ended; a deleted one leaves the API."""
        local = self._find(uid)
        self._publish(local, look_at(self._runtime, uid), ended=True, may_run=False)
        self._deadlines.forget(uid)
        local.volumes.clear()
        if local.pod["metadata"].get("deletionTimestamp"):
            self._statuses.delete(local)
        yield Nanos(0)
        return Outcome(acted=True, finished=True)

    def _publish(self, local: LocalPod, runtime: PodRuntime, ended: bool = False, may_run: bool = True) -> str:
        self._deadlines.judge(local)
        phase = self._statuses.publish(local, runtime, ended, may_run)
        self._deadlines.watch(local)
        self._probes.status_made(local)
        return phase

    def _stop(self, local: LocalPod, actions: Actions, runtime: PodRuntime) -> Step:
        if actions.kill_pod and runtime.sandboxes:
            if actions.create_sandbox:
                message = "Pod sandbox changed, it will be killed and re-created."
                self._recorder.emit(local.pod, "Normal", "SandboxChanged", message)
            yield from self._kill_all(local)
            if actions.create_sandbox:
                self._purge_init_containers(local)
            return
        running = {status.id: status for status in runtime.running}
        for stop in actions.stop:
            yield from self._stops.stop(local, [running[stop.id]], stop.message, stop.reason)
        for removal in actions.reset:
            if removal.id in running:
                yield from self._stops.stop(local, [running[removal.id]], "killing", RESTART_ALL)
            self._runtime.remove_container(removal.id)

    def _kill_all(self, local: LocalPod) -> Step:
        yield from self._stops.stop(local, look_at(self._runtime, local.uid).running)
        yield span("runtime", "stop_sandbox")
        for sandbox in self._runtime.sandboxes(local.uid):
            self._runtime.stop_sandbox(sandbox.id)

    def _purge_init_containers(self, local: LocalPod) -> None:
        """Forget what init containers did in the sandbox that is gone: they all run again.

        Source: kuberuntime_container.go, purgeInitContainers.
        """
        names = {container["name"] for container in local.pod["spec"].get("initContainers") or ()}
        for status in self._runtime.containers(local.uid):
            if status.name in names:
                self._runtime.remove_container(status.id)

    def _make_sandbox(self, local: LocalPod, attempt: int) -> Generator[Nanos, None, bool]:
        yield span("runtime", "sandbox")
        try:
            given = with_given(local.pod, local.allocation.given)
            self._runtime.run_sandbox(sandbox_config(given, attempt, self._statuses.node.name))
            for warning in resolver_of(local.pod).warnings if local.pod["spec"].get("dnsConfig") else ():
                self._recorder.emit(local.pod, "Warning", "DNSConfigForming", warning)
        except SandboxError as error:
            message = f"Failed to create pod sandbox: {error.message}"
            self._recorder.emit(local.pod, "Warning", "FailedCreatePodSandBox", message)
            return False
        self._statuses.sandbox_ready(local)
        return True

    def _start(
        self, local: LocalPod, actions: Actions, runtime: PodRuntime
    ) -> Generator[Nanos | Until, None, list[Tried]]:
        """Start ephemeral containers, init containers until one fails, then every app container.

        A pod that ends here has no sandbox any more to start an ephemeral container in.
        """
        tried: list[Tried] = []
        for name in () if actions.kill_pod else actions.start_ephemeral:
            tried.append((yield from self._try(local, name, runtime)))
        for name in actions.start_init:
            tried.append((yield from self._try(local, name, runtime)))
            if tried[-1].failure is not None:
                return tried
        for name in actions.start:
            tried.append((yield from self._try(local, name, runtime)))
        return tried

    def _try(self, local: LocalPod, name: str, runtime: PodRuntime) -> Generator[Nanos | Until, None, Tried]:
        tried = yield from self._starter.start(local, name, runtime)
        if tried.failure is None:
            tried = yield from self._after_start(local, name)
        if tried.failure is None:
            local.failures.pop(name, None)
        else:
            local.failures[name] = tried.failure
        return tried

    def _after_start(self, local: LocalPod, name: str) -> Generator[Nanos | Until, None, Tried]:
        """Run the hook of a container that has started; where it fails the container is killed."""
        if at(local.container(name)[0], "lifecycle", POST_START) is None:
            return Tried()
        started = next(each for each in reversed(self._runtime.containers(local.uid)) if each.name == name)
        failure = yield from self._hooks.after_start(local, name, started.id)
        if not failure:
            return Tried()
        if not local.pod["metadata"].get("deletionTimestamp"):
            yield from self._stops.stop(local, [started], "FailedPostStartHook")
        return Tried(StartFailure("PostStartHookError", failure))


def image_changed(container: Object, running: ContainerStatus) -> bool:
    """Return whether a running container was made from another image than the spec names.

    Source: pkg/kubelet/container/helpers.go, HashContainer (name and image only).
    """
    return bool(container["image"] != running.requested)


def _outcome(tried: list[Tried]) -> Outcome:
    """Return a sync's outcome; it is retried at the end of the shortest back-off if nothing but back-offs failed it.

    Source: pkg/kubelet/container/sync_result.go, MinBackoffExpiration.
    """
    failed = [each for each in tried if each.failure is not None]
    ends = [each.retry_at for each in failed if each.retry_at is not None]
    retry_at = min(ends) if failed and len(ends) == len(failed) else None
    return Outcome(acted=True, failed=bool(failed), retry_at=retry_at)
