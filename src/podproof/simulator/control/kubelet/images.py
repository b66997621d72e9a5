"""Getting a container's image onto the node before it starts.

Source: pkg/kubelet/images/image_manager.go, EnsureImageExists, pullImage.
"""

from collections.abc import Generator, Mapping

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.back_off import BackOffs
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.control.kubelet.pull_secrets import PulledImages, PullSecrets
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.registry import PullError, Registry, pull_with
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.image_names import ImageNameError, default_pull_policy, parse
from podproof.simulator.model.objects import Object
from podproof.simulator.model.registry_credentials import Credential
from podproof.simulator.model.times import SECOND, Nanos, seconds


class ImageManager:
    """The images of one node; `parallel` pulls run at a time, the others wait for their turn.

    Source: pkg/kubelet/images/puller.go, newSerialImagePuller (the default), newParallelImagePuller.
    """

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        registry: Registry,
        recorder: EventRecorder,
        back_offs: BackOffs,
        secrets: PullSecrets,
        parallel: int = 1,
    ) -> None:
        self._agenda, self._runtime, self._registry = agenda, runtime, registry
        self._recorder, self._back_offs, self.secrets = recorder, back_offs, secrets
        self._pulled = PulledImages()
        self._last_errors: dict[str, dict[str, str]] = {}
        self._free_at = [Nanos(0)] * parallel

    def ensure(self, pod: Object, container: Object, path: str) -> Generator[Nanos, None, StartFailure | None]:
        """Make the image present; yields the time it takes, returns why it could not be done."""
        reference = container["image"]
        try:
            parse(reference)
        except ImageNameError as error:
            message = f'Failed to apply default image tag "{reference}": {error}'
            self._recorder.emit(pod, "Warning", "InspectFailed", message, path)
            return StartFailure("InvalidImageName", message)
        policy = container.get("imagePullPolicy") or default_pull_policy(reference)
        credentials = self.secrets.of_pod(pod, reference)
        there = self._runtime.images.get(reference) is not None
        usable = there and self._pulled.accessible(reference, credentials)
        if policy == "Never" and not usable:
            message = f'Container image "{reference}" is not present with pull policy of Never'
            self._recorder.emit(pod, "Warning", "ErrImageNeverPull", message, path)
            return StartFailure("ErrImageNeverPull", message)
        if usable and policy != "Always":
            message = f'Container image "{reference}" already present on machine and can be accessed by the pod'
            self._recorder.emit(pod, "Normal", "Pulled", message, path)
            return None
        return (yield from self._pull(pod, reference, credentials, path))

    def forget(self, uid: str) -> None:
        """Drop the pulls of a pod that is gone."""
        self._back_offs.forget(uid)
        self._last_errors.pop(uid, None)

    def _pull(
        self, pod: Object, reference: str, credentials: Mapping[Credential, bool], path: str
    ) -> Generator[Nanos, None, StartFailure | None]:
        key = (pod["metadata"]["uid"], reference)
        if self._back_offs.in_back_off(key, self._agenda.now):
            message = f'Back-off pulling image "{reference}"'
            self._recorder.emit(pod, "Normal", "BackOff", message, path)
            return StartFailure("ImagePullBackOff", f"{message}: ErrImagePull: {self._last_errors[key[0]][reference]}")
        self._recorder.emit(pod, "Normal", "Pulling", f'Pulling image "{reference}"', path)
        waited = Nanos(max(min(self._free_at) - self._agenda.now, 0))
        try:
            image, opened_by = pull_with(self._registry, reference, tuple(credentials))
        except PullError as error:
            yield self._occupy(waited, span("runtime", "pull"))
            return self._failed(pod, key, reference, error.message, path)
        took = Nanos(span("runtime", "pull") + seconds(image.size / figure("runtime", "pull_bytes_per_second")))
        yield self._occupy(waited, took)
        self._runtime.images.add(reference)
        self._pulled.record(reference, opened_by, opened_by is not None and credentials[opened_by])
        text = f'Successfully pulled image "{reference}" in {go_duration(took)} ({go_duration(Nanos(waited + took))} '
        self._recorder.emit(pod, "Normal", "Pulled", f"{text}including waiting). Image size: {image.size} bytes.", path)
        return None

    def _occupy(self, waited: Nanos, took: Nanos) -> Nanos:
        self._free_at.remove(min(self._free_at))
        self._free_at.append(Nanos(self._agenda.now + waited + took))
        return Nanos(waited + took)

    def _failed(self, pod: Object, key: tuple[str, ...], reference: str, error: str, path: str) -> StartFailure:
        self._recorder.emit(pod, "Warning", "Failed", f'Failed to pull image "{reference}": {error}', path)
        self._back_offs.count(key, self._agenda.now, self._agenda.now)
        self._last_errors.setdefault(key[0], {})[reference] = error
        return StartFailure("ErrImagePull", error)


def go_duration(took: Nanos) -> str:
    """Return a duration as Go prints it once cut to milliseconds: `72ms`, `1.5s`, `2m3s`."""
    if took < SECOND:
        return f"{took // 1_000_000}ms"
    minutes, rest = divmod(took // 1_000_000, 60_000)
    text = f"{rest / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{minutes}m{text}s" if minutes else f"{text}s"
