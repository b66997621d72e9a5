"""The volumes of claims, as a node mounts them: a path of its own, or storage that any node reaches.

Source: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, getPVCExtractPV, checkVolumeFSMode;
pkg/volume/local/local.go.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.lookups import Find, SourceError, UnattachedError
from podproof.simulator.control.kubelet.volumes.host_paths import HostFiles
from podproof.simulator.machine.nodes import Directory, File, copied
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos

Named = dict[str, Directory]
FindVolume = Callable[[str], Object | None]


@dataclass(slots=True)
class StoredVolumes:
    """What stands on the storage that all nodes reach: one directory for each volume, by driver and handle."""

    held: Named = field(default_factory=dict)

    def directory(self, driver: str, handle: str) -> Directory:
        """Return a volume's files, empty where nobody has written any."""
        return self.held.setdefault(f"{driver}/{handle}", Directory())

    def of(self, driver: str) -> "DriverDisks":
        """Return the files of one driver's volumes."""
        return DriverDisks(self, driver)


@dataclass(frozen=True, slots=True)
class DriverDisks:
    """The files of one driver's volumes, and of its snapshots."""

    stored: StoredVolumes
    driver: str

    def drop(self, handle: str) -> None:
        """Throw a volume's files away."""
        self.stored.held.pop(f"{self.driver}/{handle}", None)

    def copy(self, handle: str, other: str) -> None:
        """Let `other` hold what `handle` holds now."""
        self.stored.held[f"{self.driver}/{other}"] = copied(self.stored.directory(self.driver, handle))


@dataclass(frozen=True, slots=True)
class ClaimedStorage:
    """Finds what a claim's volume holds.

    `disks` are the local paths that are there on this node; where none are said, all are.
    """

    claims: Find
    volumes: FindVolume
    stored: StoredVolumes
    disks: Collection[str] = ()
    attached: Callable[[Object], bool] = lambda _: True
    """Says whether a driver's volume is attached to this node, or need not be."""
    driver: FindVolume = lambda _: None
    """Finds a CSIDriver by its name."""

    def source(self, pod: Object, volume: Object, host: HostFiles, now: Nanos) -> Directory | File:
        """Return what a pod's volume shows.

        Raises:
            SourceError: the claim is not bound, or its volume is not there.
            UnattachedError: its volume is still to be attached.
            NotModelledError: nothing here can mount a volume of this kind.
        """
        found = self._bound(pod, volume)
        spec = found["spec"]
        if "hostPath" in spec:
            return host.source(spec["hostPath"]["path"], spec["hostPath"].get("type") or "", now)
        if "local" in spec:
            return self._local(spec["local"]["path"], host, now)
        if "csi" in spec:
            if not self.attached(found):
                raise UnattachedError(found["metadata"]["name"])
            return self.stored.directory(spec["csi"]["driver"], spec["csi"]["volumeHandle"])
        kind = next((key for key in spec if key in _OTHERS), "an unknown kind")
        raise NotModelledError(f"persistent volumes of {kind}", f"persistentvolume {found['metadata']['name']}")

    def takes_group(self, pod: Object, volume: Object) -> bool:
        """Say whether what a claim's volume holds is given to the pod's fsGroup.

        Source: pkg/volume/csi/csi_mounter.go, supportsFSGroup; pkg/volume/local/local.go, SetUpAt.
        """
        spec = self._bound(pod, volume)["spec"]
        if "csi" not in spec:
            return "local" in spec
        driver = self.driver(spec["csi"]["driver"])
        policy = at(driver, "spec", "fsGroupPolicy") if driver is not None else None
        if policy in ("File", "None"):
            return bool(policy == "File")
        alone = {"ReadWriteOnce", "ReadWriteOncePod"}.intersection(spec.get("accessModes") or ())
        return bool(spec["csi"].get("fsType")) and bool(alone)

    def _bound(self, pod: Object, volume: Object) -> Object:
        space, name = pod["metadata"]["namespace"], claim_name(pod, volume)
        claim = self.claims(space, name)
        if claim is None:
            raise SourceError(f'error processing PVC {space}/{name}: failed to fetch PVC from API server: '
                              f'persistentvolumeclaims "{name}" not found')  # fmt: skip
        if at(claim, "status", "phase") != "Bound" or not claim["spec"].get("volumeName"):
            raise SourceError(f"error processing PVC {space}/{name}: PVC is not bound")
        found = self.volumes(claim["spec"]["volumeName"])
        if found is None:
            bound = claim["spec"]["volumeName"]
            raise SourceError(f'error processing PVC {space}/{name}: failed to fetch PV {bound} from API server: '
                              f'persistentvolumes "{bound}" not found')  # fmt: skip
        if (found["spec"].get("volumeMode") or "Filesystem") == "Block":
            raise NotModelledError("block volumes", f"pod {pod['metadata']['name']}")
        return found

    def _local(self, path: str, host: HostFiles, now: Nanos) -> Directory | File:
        if self.disks and path not in self.disks:
            raise SourceError(f'path "{path}" does not exist')
        return host.source(path, "DirectoryOrCreate", now)


def claim_name(pod: Object, volume: Object) -> str:
    """Return the name of the claim behind a volume."""
    if "persistentVolumeClaim" in volume:
        return str(volume["persistentVolumeClaim"]["claimName"])
    return f"{pod['metadata']['name']}-{volume['name']}"


_OTHERS = (
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker",
    "gcePersistentDisk", "glusterfs", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd",
    "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip
