"""What a node clears away by itself: dead containers of pods that have ended, and images that nobody uses.

Source: pkg/kubelet/images/image_gc_manager.go, GarbageCollect, DeleteUnusedImages; pkg/kubelet/kubelet.go,
StartGarbageCollection; pkg/kubelet/kuberuntime/kuberuntime_gc.go, evictContainers.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.timings import figure
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class Disk(NamedTuple):
    """A node's disk: what it holds in all and what is left of it, in bytes."""

    capacity: int
    available: int

    @property
    def used_percent(self) -> int:
        """The used part in whole percent, as the kubelet rounds it."""
        return 100 - self.available * 100 // self.capacity


def bytes_over(disk: Disk) -> int:
    """Return how much is to be cleared away; 0 while less than the high threshold is used.

    Source: image_gc_manager.go, GarbageCollect (down to the low threshold).
    """
    if disk.used_percent < int(figure("image_garbage", "high")):
        return 0
    return disk.capacity * (100 - int(figure("image_garbage", "low"))) // 100 - disk.available


def too_little_message(disk: Disk, freed: int) -> str:
    """Return what is said when clearing away images was not enough."""
    return (
        f"Insufficient free disk space on the node's image filesystem ({disk.used_percent}% of "
        f"{size_text(disk.capacity)} used). Failed to free sufficient space by deleting unused images (freed {freed} "
        "bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data."
    )


def size_text(amount: float) -> str:
    """Return bytes in the unit that fits them, with one decimal."""
    unit = 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{int(amount)} B"


class Clearing:
    """Clears the disk of one node. `is_over` says of a pod's uid whether the kubelet is done with it."""

    def __init__(
        self,
        runtime: Runtime,
        recorder: EventRecorder,
        pods: Mapping[str, LocalPod],
        is_over: Callable[[str], bool],
        node: Object,
    ) -> None:
        self._runtime, self._recorder, self._pods = runtime, recorder, pods
        self._is_over, self._node = is_over, node
        self._failed_before = False

    def disk_of_images(self) -> int:
        """Return the bytes that the images of the node take."""
        return sum(image.size for image in self._runtime.images.present())

    def remove_dead_containers(self) -> None:
        """Remove what is left of the containers of pods that have ended; their logs go with them."""
        for uid in [uid for uid in self._pods if self._is_over(uid)]:
            for status in self._runtime.containers(uid):
                if status.state is ContainerState.EXITED:
                    self._runtime.remove_container(status.id)

    def remove_unused_images(self, needed: int | None = None) -> int:
        """Remove images that no container was made from, all or until `needed` bytes are free; return the bytes freed.

        Approximated: those that came first go first; a kubelet goes by when it saw them used last.
        """
        used = {status.image_id for uid in self._pods for status in self._runtime.containers(uid)}
        freed = 0
        for image in [each for each in self._runtime.images.present() if each.repo_digest not in used]:
            if needed is not None and freed >= needed:
                break
            self._runtime.images.remove(image)
            freed += image.size
        return freed

    def collect(self, disk: Disk) -> None:
        """Clear images away where too much of the disk is used; who fails twice in a row says so once more."""
        needed = bytes_over(disk)
        freed = self.remove_unused_images(needed) if needed else 0
        failed = freed < needed
        if failed:
            told = too_little_message(disk, freed)
            self._recorder.emit(self._node, "Warning", "FreeDiskSpaceFailed", told)
            if self._failed_before:
                self._recorder.emit(self._node, "Warning", "ImageGCFailed", told)
        self._failed_before = failed
