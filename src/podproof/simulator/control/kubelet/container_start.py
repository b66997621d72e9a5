"""Starting one container: back-off, image, configuration, creation, start.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff; kuberuntime_container.go, startContainer.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from podproof.errors import NotModelledError
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.back_off import BackOffs
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.control.kubelet.images import ImageManager, go_duration
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import ContainerConfig, ContainerState, CreateError, Mount, StartError
from podproof.simulator.machine.files import Directory
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.expansion import environment, expand_all
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse as parse_quantity
from podproof.simulator.model.times import Nanos

ServiceEnvironment = Callable[[Object], Mapping[str, str]]
"""The service variables of a pod, as its kubelet's cache of Services gives them."""


@dataclass(frozen=True, slots=True)
class Tried:
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
        services: ServiceEnvironment,
    ) -> None:
        self._agenda, self._runtime, self._images = agenda, runtime, images
        self._recorder, self._crash_loops, self._services = recorder, crash_loops, services

    def start(self, local: LocalPod, name: str, runtime: PodRuntime) -> Generator[Nanos, None, Tried]:
        """Start a container of a pod whose sandbox is ready."""
        container, path = local.container(name)
        held = self._back_off(local, container, path, runtime)
        if held is not None:
            return held
        failure = yield from self._images.ensure(local.pod, container, path)
        if failure is not None:
            return Tried(self._reported(local, failure, path))
        yield span("runtime", "create")
        try:
            identity = self._create(local, container, runtime)
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

    def _create(self, local: LocalPod, container: Object, runtime: PodRuntime) -> str:
        last = runtime.latest(container["name"])
        env = self._environment(local, container)
        limit = at(container, "resources", "limits", "memory")
        config = ContainerConfig(
            name=container["name"],
            attempt=last.attempt + 1 if last is not None else 0,
            image=container["image"],
            command=_expanded(container.get("command"), env),
            args=_expanded(container.get("args"), env),
            env=env,
            working_dir=container.get("workingDir", ""),
            mounts=tuple(_mount(local, mount) for mount in container.get("volumeMounts") or ()),
            memory_limit=int(parse_quantity(limit).value) if limit is not None else None,
        )
        sandbox = next(sandbox for sandbox in self._runtime.sandboxes(local.uid) if sandbox.ready)
        return self._runtime.create_container(sandbox.id, config)

    def _environment(self, local: LocalPod, container: Object) -> Mapping[str, str]:
        return environment(container.get("env") or (), self._services(local.pod), lambda path: field_value(local, path))


def field_value(local: LocalPod, path: str) -> str:
    """Return the value a fieldRef names.

    Raises:
        NotModelledError: the simulator does not offer this field.
    Source: pkg/fieldpath/fieldpath.go, ExtractFieldPathAsString; pkg/kubelet/kubelet_pods.go,
    podFieldSelectorRuntimeValue.
    """
    meta, spec, status = local.pod["metadata"], local.pod["spec"], local.published
    where = f"pod {meta['namespace']}/{meta['name']}"
    for kind in ("labels", "annotations"):
        if path.startswith(f"metadata.{kind}['") and path.endswith("']"):
            return str((meta.get(kind) or {}).get(path[len(f"metadata.{kind}['") : -2], ""))
    values = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        "status.hostIP": status.get("hostIP", ""),
        "status.podIP": status.get("podIP", ""),
    }
    if path not in values:
        raise NotModelledError(f"the field reference {path}", where)
    return str(values[path])


def _expanded(words: tuple[str, ...] | None, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return command or args with `$(NAME)` replaced, None where the image's own hold."""
    return tuple(expand_all(words, env)) if words else None


def _mount(local: LocalPod, mount: Object) -> Mount:
    source: Directory = local.volumes[mount["name"]]
    if mount.get("subPath") or mount.get("subPathExpr"):
        raise NotModelledError("subPath of a volume mount", f"pod {local.pod['metadata']['name']}")
    return Mount(mount["mountPath"], source, bool(mount.get("readOnly")))
