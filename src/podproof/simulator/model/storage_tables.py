"""The rows kubectl prints for CSI drivers and what they attach.

Each function gives all cells of a row, wide ones included, in the order of the kind's columns.
Source: pkg/printers/internalversion/printers.go.
"""

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.table_cells import NONE, UNSET, Cell, age
from podproof.simulator.model.times import Nanos


def csi_driver(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a CSIDriver's row; what is not set reads as the default of its field."""
    spec = item.get("spec") or {}
    tokens, attach = spec.get("tokenRequests"), spec.get("attachRequired")
    return (
        item["metadata"]["name"],
        True if attach is None else attach,
        bool(spec.get("podInfoOnMount")),
        bool(spec.get("storageCapacity")),
        UNSET if tokens is None else ",".join(row.get("audience", "") for row in tokens),
        bool(spec.get("requiresRepublish")),
        ",".join(spec.get("volumeLifecycleModes") or ()) or NONE,
        age(item, now),
    )


def csi_node(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a CSINode's row."""
    return item["metadata"]["name"], len(at(item, "spec", "drivers") or ()), age(item, now)


def csi_storage_capacity(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a CSIStorageCapacity's row."""
    capacity = item.get("capacity")
    shown = UNSET if capacity is None else str(parse(capacity))
    return item["metadata"]["name"], item.get("storageClassName", ""), shown


def volume_attachment(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a VolumeAttachment's row."""
    return (
        item["metadata"]["name"],
        at(item, "spec", "attacher") or "",
        at(item, "spec", "source", "persistentVolumeName") or "",
        at(item, "spec", "nodeName") or "",
        bool(at(item, "status", "attached")),
        age(item, now),
    )


def volume_attributes_class(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a VolumeAttributesClass's row."""
    return item["metadata"]["name"], item.get("driverName", ""), age(item, now)
