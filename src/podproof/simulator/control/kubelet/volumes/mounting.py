"""Setting up the volumes of one node's pods: once before their containers start, and again at each later sync.

What cannot be set up is tried again and again with growing waits, whether a sync waits for it or not.
Source: pkg/kubelet/volumemanager/volume_manager.go, WaitForAttachAndMount; volumemanager/reconciler/reconciler.go;
pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go.
"""

from collections.abc import Callable, Generator

from podproof.errors import NotModelledError
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.lookups import SourceError, UnattachedError
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.volumes.host_paths import HostFiles
from podproof.simulator.control.kubelet.volumes.payloads import KINDS, payload_of, references
from podproof.simulator.control.kubelet.volumes.writing import write
from podproof.simulator.control.kubelet.worker import Until
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.machine.nodes import Directory, File, Node
from podproof.simulator.machine.permissions import GROUP_MAY_READ, give_to_group
from podproof.simulator.model.objects import Object, at, containers_of
from podproof.simulator.model.times import Nanos

_SHARED_MODE = 0o777
"""Of an empty directory. Source: pkg/volume/emptydir/empty_dir.go, perm."""
Source = tuple[str, str, str]
"""("configmap" or "secret", namespace, name)"""


class VolumeMounter:
    """The volumes of one node. `wanted` says whether a pod is still to run, `resume` goes on with its sync."""

    def __init__(
        self,
        agenda: Agenda,
        recorder: EventRecorder,
        sources: Sources,
        wanted: Callable[[str], bool],
        resume: Callable[[str], None],
    ) -> None:
        self._agenda, self._recorder, self._sources = agenda, recorder, sources
        self._wanted, self._resume = wanted, resume
        self._host = HostFiles()
        self._retries: dict[tuple[str, str], tuple[Nanos, Entry]] = {}
        self._unattached: set[tuple[str, str]] = set()
        self._shown_by: dict[Source, dict[str, None]] = {}

    def mounted(self, local: LocalPod) -> Generator[Nanos | Until, None, bool]:
        """Set up what a pod's containers mount; return whether all of it is there in time."""
        if not local.pod["spec"].get("volumes"):
            return True
        volumes = _mounted_volumes(local.pod)
        new = [name for name in volumes if name not in local.volumes]
        for name, volume in volumes.items():
            if (local.uid, name) not in self._retries:
                self._set_up(local, volume)
        if not new:
            return True
        return (yield from self._waited(local, volumes))

    def shown_by(self, source: Source) -> tuple[str, ...]:
        """Return the uids of the pods that have a ConfigMap or Secret among their files."""
        return tuple(self._shown_by.get(source, ()))

    def forget(self, uid: str) -> None:
        """Drop a pod that is gone."""
        for key in [key for key in self._retries if key[0] == uid]:
            self._retries.pop(key)[1].cancel()
            self._unattached.discard(key)
        for source in [source for source, uids in self._shown_by.items() if uid in uids]:
            del self._shown_by[source][uid]
            if not self._shown_by[source]:
                del self._shown_by[source]

    def _waited(self, local: LocalPod, volumes: dict[str, Object]) -> Generator[Nanos | Until, None, bool]:
        """Wait for all volumes; the kubelet only looks from time to time whether they are there."""
        begun = self._agenda.now
        deadline = Nanos(begun + span("kubelet", "mount_timeout"))
        while not volumes.keys() <= local.volumes.keys():
            if not self._wanted(local.uid):
                return False
            if self._agenda.now >= deadline:
                self._timed_out(local, volumes)
                return False
            yield Until(deadline)
        look = span("kubelet", "mount_look")
        yield Nanos(look - (self._agenda.now - begun) % look)
        return True

    def _timed_out(self, local: LocalPod, volumes: dict[str, Object]) -> None:
        missing = " ".join(sorted(volumes.keys() - local.volumes.keys()))
        waiting = " ".join(sorted(name for uid, name in self._unattached if uid == local.uid))
        which = f"unmounted volumes=[{missing}], unattached volumes=[{waiting}], failed to process volumes=[]"
        message = f"Unable to attach or mount volumes: {which}: context deadline exceeded"
        self._recorder.emit(local.pod, "Warning", "FailedMount", message)

    def _set_up(self, local: LocalPod, volume: Object) -> None:
        name = volume["name"]
        try:
            self._fill(local, volume)
        except UnattachedError:
            self._unattached.add((local.uid, name))
            self._retry_later(local, volume)
            return
        except SourceError as error:
            message = f'MountVolume.SetUp failed for volume "{name}" : {error}'
            self._recorder.emit(local.pod, "Warning", "FailedMount", message)
            self._retry_later(local, volume)
            return
        self._retries.pop((local.uid, name), None)
        self._unattached.discard((local.uid, name))

    def _retry_later(self, local: LocalPod, volume: Object) -> None:
        key = (local.uid, volume["name"])
        last = self._retries.get(key)
        first, ceiling = span("kubelet", "mount_retry_first"), span("kubelet", "mount_retry_ceiling")
        wait = first if last is None else Nanos(min(2 * last[0], ceiling))
        self._retries[key] = wait, self._agenda.after(wait, lambda: self._retry(local, volume))

    def _retry(self, local: LocalPod, volume: Object) -> None:
        if not self._wanted(local.uid):
            del self._retries[local.uid, volume["name"]]
            return
        new = volume["name"] not in local.volumes
        self._set_up(local, volume)
        if new and volume["name"] in local.volumes:
            self._resume(local.uid)

    def _fill(self, local: LocalPod, volume: Object) -> None:
        name = volume["name"]
        if any(kind in volume for kind in KINDS):
            self._write(local, volume)
        elif "hostPath" in volume:
            if name not in local.volumes:
                where = volume["hostPath"]
                local.volumes[name] = self._host.source(where["path"], where.get("type") or "", self._agenda.now)
        elif "persistentVolumeClaim" in volume or "ephemeral" in volume:
            if name not in local.volumes and self._sources.storage is not None:
                storage = self._sources.storage
                made = local.volumes[name] = storage.source(local.pod, volume, self._host, self._agenda.now)
                is_read = (volume.get("persistentVolumeClaim") or {}).get("readOnly")
                if _group(local.pod) is not None and not is_read and storage.takes_group(local.pod, volume):
                    _own(local.pod, made, read_only=False)
        elif "emptyDir" in volume:
            if name not in local.volumes:
                made = local.volumes[name] = Directory(mode=_SHARED_MODE)
                _own(local.pod, made, read_only=False)
        else:
            kind = next((key for key in volume if key != "name"), "no source")
            raise NotModelledError(f"volumes of type {kind}", f"pod {local.pod['metadata']['name']}")

    def _write(self, local: LocalPod, volume: Object) -> None:
        payload = payload_of(volume, local.pod, self._sources)
        if _group(local.pod) is not None:
            payload = {path: file._replace(mode=file.mode | GROUP_MAY_READ) for path, file in payload.items()}
        shown = local.volumes.setdefault(volume["name"], Directory(mode=_SHARED_MODE))
        assert isinstance(shown, Directory)
        write(shown, payload, self._agenda.now)
        _own(local.pod, shown, read_only=True)
        for kind, name in references(volume):
            self._shown_by.setdefault((kind, local.pod["metadata"]["namespace"], name), {})[local.uid] = None


def _group(pod: Object) -> int | None:
    group: int | None = at(pod, "spec", "securityContext", "fsGroup")
    return group


def _own(pod: Object, node: Node, *, read_only: bool) -> None:
    """Give what a volume holds to the pod's fsGroup, where it has one.

    Source: pkg/volume/volume_linux.go, VolumeOwnership.ChangePermissions.
    """
    group = _group(pod)
    if group is None or not isinstance(node, File | Directory):
        return
    give_to_group(node, group, is_directory=isinstance(node, Directory), read_only=read_only)
    if isinstance(node, Directory):
        for below in node.entries.values():
            _own(pod, below, read_only=read_only)


def _mounted_volumes(pod: Object) -> dict[str, Object]:
    """Return the volumes that a container mounts, by name; the kubelet leaves the others alone.

    Source: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, processPodVolumes.
    """
    spec = pod["spec"]
    containers = (*containers_of(spec), *(spec.get("ephemeralContainers") or ()))
    named = {mount["name"] for container in containers for mount in container.get("volumeMounts") or ()}
    return {volume["name"]: volume for volume in spec["volumes"] if volume["name"] in named}
