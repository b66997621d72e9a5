"""What volumes, drivers and attachments say of themselves.

Source: pkg/volume/csi/csi_attacher.go, getAttachmentName; csi_plugin.go, skipAttach;
pkg/volume/util/util.go and pkg/controller/volume/attachdetach/reconciler/reconciler.go, isMultiAttachForbidden.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from podproof.simulator.model.objects import Object, at

_SHARED = {"ReadWriteMany", "ReadOnlyMany"}


def attachment_name(volume: Object, node: str) -> str:
    """Return the name of what attaches a driver's volume to a node."""
    csi = volume["spec"]["csi"]
    text = f"{csi['volumeHandle']}{csi['driver']}{node}"
    return f"csi-{sha256(text.encode()).hexdigest()}"


def attachment(volume: Object, node: str) -> dict[str, Any]:
    """Return what asks for a volume to be attached to a node."""
    source = {"persistentVolumeName": volume["metadata"]["name"]}
    spec = {"attacher": volume["spec"]["csi"]["driver"], "nodeName": node, "source": source}
    meta = {"name": attachment_name(volume, node)}
    return {"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": meta, "spec": spec}


def is_attached(item: Object | None) -> bool:
    """Say whether an attachment is done."""
    return item is not None and bool(at(item, "status", "attached"))


def needs_attaching(driver: Object | None) -> bool:
    """Say whether a driver's volumes have to be attached: so it is unless its CSIDriver says otherwise."""
    return driver is None or at(driver, "spec", "attachRequired") is not False


def is_exclusive(volume: Object) -> bool:
    """Say whether a volume may be attached to one node only; what says no access modes is left to its driver."""
    modes: Sequence[str] = volume["spec"].get("accessModes") or ()
    return bool(modes) and not _SHARED.intersection(modes)
