"""What a sync has to do: a pure function of the pod, the look at its runtime and its probes' results.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodActions; kuberuntime_container.go,
computeInitContainerActions.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from podproof.simulator.control.kubelet.container_statuses import Results
from podproof.simulator.control.kubelet.restarts import pod_may_restart, should_start
from podproof.simulator.control.kubelet.runtime_view import PodRuntime, sandbox_change
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.model.objects import Object
from podproof.simulator.model.restart_rules import RESTART_ALL, is_sidecar, rule_action, should_restart

Changed = Callable[[Object, ContainerStatus], bool]
"""Whether a running container no longer is what the spec says."""


class Stop(NamedTuple):
    """A container to stop, with the message of its Killing event."""

    id: str
    name: str
    message: str
    reason: str


class Removal(NamedTuple):
    """A container to remove from the runtime, so that all of a pod's start anew; `kill`: it has not ended yet."""

    id: str
    name: str
    kill: bool


class Actions(NamedTuple):
    """What to do, in this order: kill the pod or single containers, remove some, make a sandbox, start containers.

    Ephemeral containers start first, then init, then app containers; `resize` are the ids of containers that get other
    resources while they run.
    """

    kill_pod: bool = False
    create_sandbox: bool = False
    attempt: int = 0
    stop: tuple[Stop, ...] = ()
    start_init: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    resize: tuple[str, ...] = ()
    start_ephemeral: tuple[str, ...] = ()
    reset: tuple[Removal, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        starts = self.start_ephemeral or self.start_init or self.start
        return not (self.kill_pod or self.create_sandbox or self.stop or self.reset or starts or self.resize)


def compute_actions(
    pod: Object, runtime: PodRuntime, changed: Changed, results: Results, restart_all: bool = False
) -> Actions:
    """Return what brings the runtime closer to the spec.

    `restart_all`: the containers of the pod are to be restarted together, which removes them all first.
    """
    needed, attempt = sandbox_change(pod, runtime)
    if restart_all:
        return Actions(needed, needed, attempt, reset=_resets(pod["spec"], runtime))
    if needed:
        return _with_new_sandbox(pod, runtime, attempt)
    ephemeral = _ephemeral_to_start(pod["spec"], runtime)
    init = _InitActions(pod, runtime, changed, results)
    if init.kill_pod or not init.initialized:
        stop, start = tuple(init.stop), tuple(init.start)
        return Actions(init.kill_pod, False, attempt, stop, start, start_ephemeral=ephemeral)
    return _app_actions(pod, runtime, changed, results, attempt, init)._replace(start_ephemeral=ephemeral)


def _ephemeral_to_start(spec: Object, runtime: PodRuntime) -> tuple[str, ...]:
    """Return the ephemeral containers nobody has started yet: none is ever started twice, nor waits for init."""
    names = (container["name"] for container in spec.get("ephemeralContainers") or ())
    return tuple(name for name in names if runtime.latest(name) is None)


def _resets(spec: Object, runtime: PodRuntime) -> tuple[Removal, ...]:
    """Return the app and init containers to remove, those last whose exit asked for it: it can be asked again then.

    Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, getContainersToReset.
    """
    asked: list[Removal] = []
    others: list[Removal] = []
    for container in (*spec["containers"], *(spec.get("initContainers") or ())):
        for status in runtime.containers:
            if status.name == container["name"]:
                ended = status.state is ContainerState.EXITED
                asks = ended and rule_action(container, status.exit_code or 0) == RESTART_ALL
                (asked if asks else others).append(Removal(status.id, status.name, kill=not ended))
    return (*others, *asked)


def _with_new_sandbox(pod: Object, runtime: PodRuntime, attempt: int) -> Actions:
    spec = pod["spec"]
    if not pod_may_restart(spec) and attempt != 0 and runtime.containers:
        return Actions(kill_pod=True, attempt=attempt)
    start = tuple(c["name"] for c in spec["containers"] if not _is_done(c, spec, runtime))
    if not start and _has_initialized(spec, runtime):
        return Actions(kill_pod=True, attempt=attempt)
    if spec.get("initContainers"):
        return Actions(True, True, attempt, start_init=(spec["initContainers"][0]["name"],))
    return Actions(True, True, attempt, start=start)


def _is_done(container: Object, spec: Object, runtime: PodRuntime) -> bool:
    latest = runtime.latest(container["name"])
    if latest is None or latest.state is not ContainerState.EXITED:
        return False
    return not should_restart(container, spec, latest.exit_code or 0)


def _has_initialized(spec: Object, runtime: PodRuntime) -> bool:
    return not spec.get("initContainers") or any(runtime.latest(c["name"]) for c in spec["containers"])


def _app_actions(
    pod: Object, runtime: PodRuntime, changed: Changed, results: Results, attempt: int, init: "_InitActions"
) -> Actions:
    start: list[str] = []
    stop = list(init.stop)
    kept = 0
    for container in pod["spec"]["containers"]:
        latest = runtime.latest(container["name"])
        if latest is None or latest.state is not ContainerState.RUNNING:
            if should_start(container, pod, runtime):
                start.append(container["name"])
                if latest is not None and latest.state is ContainerState.UNKNOWN:
                    stop.append(_unknown("Container", latest))
            continue
        end, restart = _reason_to_stop(container, latest, pod["spec"], changed, results)
        if end is None:
            kept += 1
            continue
        if restart:
            start.append(container["name"])
        stop.append(end)
    if not kept and not start:
        return Actions(kill_pod=True, attempt=attempt, stop=tuple(stop))
    return Actions(False, False, attempt, tuple(stop), tuple(init.start), tuple(start))


def _reason_to_stop(
    container: Object, latest: ContainerStatus, spec: Object, changed: Changed, results: Results
) -> tuple[Stop | None, bool]:
    """Return why a running container is to be stopped (None: it is not), and whether it is started again."""
    name, probes = container["name"], results.get(latest.id) or {}
    if changed(container, latest):
        message, reason, restart = f"Container {name} definition changed", "", True
    elif probes.get("liveness") == "Failure":
        message, reason, restart = f"Container {name} failed liveness probe", "LivenessProbe", _revives(container, spec)
    elif probes.get("startup") == "Failure":
        message, reason, restart = f"Container {name} failed startup probe", "StartupProbe", _revives(container, spec)
    else:
        return None, False
    return Stop(latest.id, name, f"{message}, will be restarted" if restart else message, reason), restart


def _unknown(kind: str, latest: ContainerStatus) -> Stop:
    message = f'{kind} is in "unknown" state, try killing it before restart'
    return Stop(latest.id, latest.name, message, "Unknown")


def _revives(container: Object, spec: Object) -> bool:
    policy = container.get("restartPolicy") or spec.get("restartPolicy", "Always")
    return bool(policy != "Never")


class _InitActions:
    """The init containers' part, found from the last backwards: done ones may have been removed from the runtime."""

    def __init__(self, pod: Object, runtime: PodRuntime, changed: Changed, results: Results) -> None:
        self._pod, self._runtime, self._changed, self._results = pod, runtime, changed, results
        self._containers: Sequence[Object] = pod["spec"].get("initContainers") or ()
        self.kill_pod = False
        self.start: list[str] = []
        self.stop: list[Stop] = []
        self.initialized = not self._containers or self._apps_created()
        if self._containers:
            self._walk()
        self.start.reverse()

    def _apps_created(self) -> bool:
        alive = (ContainerState.CREATED, ContainerState.RUNNING)
        latest = (self._runtime.latest(c["name"]) for c in self._pod["spec"]["containers"])
        return any(status is not None and status.state in alive for status in latest)

    def _walk(self) -> None:
        earlier_done = self.initialized
        for index in range(len(self._containers) - 1, -1, -1):
            container = self._containers[index]
            sidecar = is_sidecar(container)
            latest = self._runtime.latest(container["name"])
            if latest is None:
                if earlier_done and sidecar:
                    self.start.append(container["name"])
                continue
            if earlier_done and not sidecar:
                continue
            if not self._look_at(index, container, latest):
                return
            earlier_done = True
        if not earlier_done:
            self.start.append(self._containers[0]["name"])

    def _look_at(self, index: int, container: Object, latest: ContainerStatus) -> bool:
        """Decide about the newest init container seen so far; False where the pod has failed."""
        if latest.state is ContainerState.UNKNOWN:
            return self._unknown(container, latest)
        if latest.state is ContainerState.CREATED:
            self.start.append(container["name"])
        elif latest.state is ContainerState.RUNNING:
            return self._running(index, container, latest)
        elif is_sidecar(container):
            self.start.append(container["name"])
        elif latest.exit_code:
            return self._failed(container, latest.exit_code)
        else:
            self._proceed(index)
        return True

    def _running(self, index: int, container: Object, latest: ContainerStatus) -> bool:
        if not is_sidecar(container):
            if self._changed(container, latest):
                self._replace(container, latest)
            return True
        stop, restart = _reason_to_stop(container, latest, self._pod["spec"], self._changed, self._results)
        if stop is not None:
            message = f"Init c{stop.message[1:].removesuffix(', will be restarted')}"
            self.stop.append(Stop(stop.id, stop.name, message, stop.reason))
            if restart:
                self.start.append(container["name"])
        if (
            container.get("startupProbe") is not None
            and (self._results.get(latest.id) or {}).get("startup") != "Success"
        ):
            return True
        if stop is None or stop.reason != "StartupProbe":
            self._proceed(index)
        return True

    def _replace(self, container: Object, latest: ContainerStatus) -> None:
        name = container["name"]
        message = f"Init container {name} definition changed, will be restarted"
        self.stop.append(Stop(latest.id, name, message, ""))
        self.start.append(name)

    def _unknown(self, container: Object, latest: ContainerStatus) -> bool:
        if not is_sidecar(container) and not _revives(container, self._pod["spec"]):
            self.kill_pod = True
            self.start.clear()
            return False
        self.stop.append(_unknown("Init container", latest))
        self.start.append(container["name"])
        return True

    def _failed(self, container: Object, exit_code: int) -> bool:
        spec = self._pod["spec"]
        own_rules = container.get("restartPolicyRules") or container.get("restartPolicy")
        policy_restarts = spec.get("restartPolicy", "Always") != "Never"
        if not (should_restart(container, spec, exit_code) if own_rules else policy_restarts):
            self.kill_pod = True
            self.start.clear()
            return False
        self.start.append(container["name"])
        return True

    def _proceed(self, index: int) -> None:
        if index == len(self._containers) - 1:
            self.initialized = True
        elif not self.initialized:
            following = self._containers[index + 1]["name"]
            if self._runtime.latest(following) is None and following not in self.start:
                self.start.append(following)
