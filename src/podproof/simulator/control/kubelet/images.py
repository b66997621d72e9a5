"""Getting a container's image onto the node before it starts.

Source: pkg/kubelet/images/image_manager.go, EnsureImageExists, pullImage.
"""

from collections.abc import Generator

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.back_off import BackOffs
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.registry import PullError, Registry
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.image_names import ImageNameError, default_pull_policy, parse
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, seconds


class ImageManager:
    """The images of one node; pulls run one after another (serializeImagePulls)."""

    def __init__(
        self, agenda: Agenda, runtime: Runtime, registry: Registry, recorder: EventRecorder, back_offs: BackOffs
    ) -> None:
        self._agenda, self._runtime, self._registry = agenda, runtime, registry
        self._recorder, self._back_offs = recorder, back_offs
        self._last_errors: dict[tuple[str, ...], str] = {}
        self._free_at = Nanos(0)

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
        present = self._runtime.images.get(reference) is not None
        if policy == "Never" and not present:
            message = f'Container image "{reference}" is not present with pull policy of Never'
            self._recorder.emit(pod, "Warning", "ErrImageNeverPull", message, path)
            return StartFailure("ErrImageNeverPull", message)
        if present and policy != "Always":
            message = f'Container image "{reference}" already present on machine and can be accessed by the pod'
            self._recorder.emit(pod, "Normal", "Pulled", message, path)
            return None
        return (yield from self._pull(pod, reference, path))

    def forget(self, uid: str) -> None:
        """Drop the pulls of a pod that is gone."""
        self._back_offs.forget(uid)
        self._last_errors = {key: text for key, text in self._last_errors.items() if key[0] != uid}

    def _pull(self, pod: Object, reference: str, path: str) -> Generator[Nanos, None, StartFailure | None]:
        key = (pod["metadata"]["uid"], reference)
        if self._back_offs.in_back_off(key, self._agenda.now):
            message = f'Back-off pulling image "{reference}"'
            self._recorder.emit(pod, "Normal", "BackOff", message, path)
            return StartFailure("ImagePullBackOff", f"{message}: ErrImagePull: {self._last_errors[key]}")
        self._recorder.emit(pod, "Normal", "Pulling", f'Pulling image "{reference}"', path)
        waited = Nanos(max(self._free_at - self._agenda.now, 0))
        try:
            image = self._registry.pull(reference)
        except PullError as error:
            yield self._occupy(waited, span("runtime", "pull"))
            return self._failed(pod, key, reference, error.message, path)
        took = Nanos(span("runtime", "pull") + seconds(image.size / figure("runtime", "pull_bytes_per_second")))
        yield self._occupy(waited, took)
        self._runtime.images.add(reference)
        text = f'Successfully pulled image "{reference}" in {go_duration(took)} ({go_duration(Nanos(waited + took))} '
        self._recorder.emit(pod, "Normal", "Pulled", f"{text}including waiting). Image size: {image.size} bytes.", path)
        return None

    def _occupy(self, waited: Nanos, took: Nanos) -> Nanos:
        self._free_at = Nanos(self._agenda.now + waited + took)
        return Nanos(waited + took)

    def _failed(self, pod: Object, key: tuple[str, ...], reference: str, error: str, path: str) -> StartFailure:
        self._recorder.emit(pod, "Warning", "Failed", f'Failed to pull image "{reference}": {error}', path)
        self._back_offs.count(key, self._agenda.now, self._agenda.now)
        self._last_errors[key] = error
        return StartFailure("ErrImagePull", error)


def go_duration(took: Nanos) -> str:
    """Return a duration as Go prints it once cut to milliseconds: `72ms`, `1.5s`, `2m3s`."""
    if took < SECOND:
        return f"{took // 1_000_000}ms"
    minutes, rest = divmod(took // 1_000_000, 60_000)
    text = f"{rest / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{minutes}m{text}s" if minutes else f"{text}s"
