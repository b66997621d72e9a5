"""Starting one container: back-off, image, configuration, creation, start.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff; kuberuntime_container.go, startContainer.
"""

from collections.abc import Generator, Mapping
from typing import NamedTuple

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.back_off import BackOffs
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.control.kubelet.environment import container_environment
from podproof.simulator.control.kubelet.images import ImageManager, go_duration
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.resizes import own_memory_limit
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.kubelet.security import refuse_root, rights_of
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.volumes.mounts import mounts_of
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import (
    ContainerConfig,
    ContainerState,
    CreateError,
    SandboxStatus,
    StartError,
)
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.expansion import expand_all
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


class Tried(NamedTuple):
    """How a start ended: not at all wrong (None), or a failure and when the back-off that caused it ends."""

    failure: StartFailure | None = None
    retry_at: Nanos | None = None


class ContainerStarter:
    """Starts the containers of one node."""

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        images: ImageManager,
        recorder: EventRecorder,
        crash_loops: BackOffs,
        sources: Sources,
    ) -> None:
        self._agenda, self._runtime, self._images = agenda, runtime, images
        self._recorder, self._crash_loops, self._sources = recorder, crash_loops, sources

    def prepare(self, local: LocalPod) -> None:
        """Look for what the pod's starts will need and warn where it is missing."""
        self._images.secrets.tell_missing(local.pod)

    def start(self, local: LocalPod, name: str, runtime: PodRuntime) -> Generator[Nanos, None, Tried]:
        """Start a container of a pod whose sandbox is ready."""
        container, path = local.container(name)
        held = self._back_off(local, container, path, runtime)
        if held is not None:
            return held
        failure = yield from self._images.ensure(local.pod, container, path)
        if failure is not None:
            return Tried(self._reported(local, failure, path))
        try:
            config = self._configured(local, container, runtime)
        except SourceError as error:
            self._recorder.emit(local.pod, "Warning", "Failed", f"Error: {error}", path)
            return Tried(StartFailure("CreateContainerConfigError", str(error)))
        yield span("runtime", "create")
        try:
            identity = self._runtime.create_container(self._sandbox(local).id, config)
        except CreateError as error:
            self._recorder.emit(local.pod, "Warning", "Failed", f"Error: {error}", path)
            return Tried(StartFailure("CreateContainerError", str(error)))
        self._recorder.emit(local.pod, "Normal", "Created", "Container created", path)
        yield span("runtime", "start")
        try:
            self._runtime.start_container(identity)
        except StartError as error:
            self._recorder.emit(local.pod, "Warning", "Failed", f"Error: {error.message}", path)
            return Tried(StartFailure("RunContainerError", error.message))
        self._recorder.emit(local.pod, "Normal", "Started", "Container started", path)
        return Tried()

    def _reported(self, local: LocalPod, failure: StartFailure, path: str) -> StartFailure:
        self._recorder.emit(local.pod, "Warning", "Failed", f"Error: {failure.reason}", path)
        return failure

    def _back_off(self, local: LocalPod, container: Object, path: str, runtime: PodRuntime) -> Tried | None:
        """Return why the container may not start yet; where it may, count its last exit."""
        name = container["name"]
        ended = (status for status in runtime.containers if status.name == name)
        last = next((status for status in ended if status.state is ContainerState.EXITED), None)
        if last is None or last.finished_at is None:
            return None
        key = (local.uid, name, container["image"], str(container.get("resources") or {}))
        if not self._crash_loops.waits(key, last.finished_at, self._agenda.now):
            self._crash_loops.count(key, last.finished_at, self._agenda.now)
            return None
        text = f"Back-off restarting failed container {name} in pod {local.full_name}"
        self._recorder.emit(local.pod, "Warning", "BackOff", text, path)
        wait = self._crash_loops.wait(key)
        message = f"back-off {go_duration(wait)} restarting failed container={name} pod={local.full_name}"
        return Tried(StartFailure("CrashLoopBackOff", message), Nanos(last.finished_at + wait))

    def _configured(self, local: LocalPod, container: Object, runtime: PodRuntime) -> ContainerConfig:
        last = runtime.latest(container["name"])
        env = self._environment(local, container)
        mounts, rights = mounts_of(local.pod, container, local.volumes, env), rights_of(local.pod, container)
        image = self._runtime.images.get(container["image"])
        refuse_root(local.pod, container, image.user if image is not None else "")
        given = container.get("resources") or {}
        return ContainerConfig(
            name=container["name"],
            attempt=last.attempt + 1 if last is not None else local.restarts_shown(container["name"]),
            image=container["image"],
            command=_expanded(container.get("command"), env),
            args=_expanded(container.get("args"), env),
            env=env,
            working_dir=container.get("workingDir", ""),
            mounts=mounts,
            memory_limit=own_memory_limit(local, given),
            resources=given,
            message_path=container.get("terminationMessagePath", ""),
            log_as_message=container.get("terminationMessagePolicy") == "FallbackToLogsOnError",
            stdin=bool(container.get("stdin")),
            **rights._asdict(),
        )

    def _sandbox(self, local: LocalPod) -> SandboxStatus:
        return next(sandbox for sandbox in self._runtime.sandboxes(local.uid) if sandbox.ready)

    def _environment(self, local: LocalPod, container: Object) -> Mapping[str, str]:
        own = self._sandbox(local).address or local.published.get("podIP", "")
        host = local.published.get("hostIP", "")
        addresses = {"status.podIP": own, "status.podIPs": own, "status.hostIP": host, "status.hostIPs": host}
        return container_environment(local.pod, container, self._sources, addresses, local.volumes)


def _expanded(words: tuple[str, ...] | None, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return command or args with `$(NAME)` replaced, None where the image's own hold."""
    return tuple(expand_all(words, env)) if words else None
