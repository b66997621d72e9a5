"""Checks of what drivers of storage say about themselves: CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment.

Source: pkg/apis/storage/validation/validation.go.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.persistent_volumes import inline_volume_faults
from podproof.simulator.api.validation.scalars import (
    LARGEST_INT32,
    driver_name_faults,
    named,
    not_negative,
    not_negative_quantity,
    qualified_name_faults,
    unchanged,
)
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.names import dns_subdomain
from podproof.simulator.model.objects import Object

_GROUP_POLICIES = ("File", "None", "ReadWriteOnceWithFSType")
_LIFECYCLES = ("Persistent", "Ephemeral")
_SHORTEST_TOKEN, _LONGEST_TOKEN = 600, 2**32
_SHORTEST_PERIOD = 10
_LONGEST_NODE_ID = 256
_LARGEST_METADATA = 256 * 1024
_LONGEST_MESSAGE = 1024


def driver_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSIDriver, besides its metadata."""
    spec = item.get("spec") or {}
    required_flags = (
        ("attachRequired", "attachedRequired"),
        ("podInfoOnMount", "podInfoOnMount"),
        ("storageCapacity", "storageCapacity"),
    )
    for key, told in required_flags:
        if key not in spec:
            yield required(f"spec.{told}")
    policy = spec.get("fsGroupPolicy")
    if policy is not None and policy not in _GROUP_POLICIES:
        yield unsupported("spec.fsGroupPolicy", policy, _GROUP_POLICIES)
    yield from _token_faults(spec.get("tokenRequests") or (), "spec.tokenRequests")
    for mode in spec.get("volumeLifecycleModes") or ():
        if mode not in _LIFECYCLES:
            yield unsupported("spec.volumeLifecycleModes", mode, _LIFECYCLES)
    if "seLinuxMount" not in spec:
        yield required("spec.seLinuxMount")
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if period is not None and period < _SHORTEST_PERIOD:
        detail = f"must be greater than or equal to {_SHORTEST_PERIOD} seconds"
        yield invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, detail)


def _token_faults(requests: Sequence[Object], field: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, request in enumerate(requests):
        audience, seconds = request.get("audience", ""), request.get("expirationSeconds")
        if audience in seen:
            yield duplicate(f"{field}[{index}].audience", audience)
            continue
        seen.add(audience)
        if seconds is not None and seconds < _SHORTEST_TOKEN:
            detail = "may not specify a duration less than 10 minutes"
            yield invalid(f"{field}[{index}].expirationSeconds", seconds, detail)
        if seconds is not None and seconds > _LONGEST_TOKEN:
            detail = "may not specify a duration larger than 2^32 seconds"
            yield invalid(f"{field}[{index}].expirationSeconds", seconds, detail)


def driver_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSIDriver that replaces another."""
    yield from driver_faults(item)
    spec, known = item.get("spec") or {}, old.get("spec") or {}
    if spec.get("attachRequired") != known.get("attachRequired"):
        yield invalid("spec.attachedRequired", spec.get("attachRequired"), IMMUTABLE)
    yield from unchanged(
        spec.get("volumeLifecycleModes"), known.get("volumeLifecycleModes"), "spec.volumeLifecycleModes"
    )


def node_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSINode, besides its metadata."""
    names: set[str] = set()
    for index, driver in enumerate((item.get("spec") or {}).get("drivers") or ()):
        field, name = f"spec.drivers[{index}]", driver.get("name", "")
        yield from driver_name_faults(name, f"{field}.name")
        identity = driver.get("nodeID", "")
        if not identity:
            yield required(f"{field}.nodeID")
        if len(identity) > _LONGEST_NODE_ID:
            yield invalid(f"{field}.nodeID", identity, f"must be {_LONGEST_NODE_ID} characters or less")
        yield from not_negative((driver.get("allocatable") or {}).get("count"), f"{field}.allocatable.count")
        if name in names:
            yield duplicate(f"{field}.name", name)
        names.add(name)
        yield from _topology_key_faults(driver.get("topologyKeys") or (), field)


def _topology_key_faults(keys: Sequence[str], field: str) -> Iterator[Fault]:
    for index, key in enumerate(keys):
        if not key:
            yield required(field)
        if key in keys[:index]:
            yield duplicate(field, key)
        yield from qualified_name_faults(key, field)


def node_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSINode that replaces another: of a driver only what is allocatable may change."""
    yield from node_faults(item)
    for known in (old.get("spec") or {}).get("drivers") or ():
        for driver in (item.get("spec") or {}).get("drivers") or ():
            if driver.get("name") != known.get("name"):
                continue
            new, before = ({**each, "allocatable": None} for each in (driver, known))
            if new != before:
                yield invalid("spec.drivers", internal("CSINodeDriver", new), IMMUTABLE)


def capacity_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSIStorageCapacity, besides its metadata."""
    yield from selector_faults(item.get("nodeTopology"), "nodeTopology")
    yield from named(item.get("storageClassName", ""), dns_subdomain, "storageClassName")
    if "capacity" in item:
        yield from not_negative_quantity(item["capacity"], "capacity")


def capacity_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CSIStorageCapacity that replaces another."""
    for key in ("nodeTopology", "storageClassName"):
        if item.get(key) != old.get(key):
            yield invalid(key, item.get(key), IMMUTABLE)


def attachment_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a VolumeAttachment, besides its metadata."""
    yield from _attachment_faults(item)
    spec = item.get("spec") or {}
    yield from driver_name_faults(spec.get("attacher", ""), "spec.attacher")
    name = (spec.get("source") or {}).get("persistentVolumeName")
    if name is not None:
        yield from named(name, dns_subdomain, "spec.source.persistentVolumeName")


def _attachment_faults(item: Object) -> Iterator[Fault]:
    spec, status = item.get("spec") or {}, item.get("status") or {}
    if not spec.get("attacher"):
        yield required("spec.attacher")
    yield from _source_faults(spec.get("source") or {}, "spec.source")
    yield from named(spec.get("nodeName", ""), dns_subdomain, "spec.nodeName")
    metadata: Mapping[str, str] = status.get("attachmentMetadata") or {}
    if sum(len(key) + len(value) for key, value in metadata.items()) > _LARGEST_METADATA:
        yield too_long("status.attachmentMetadata", _LARGEST_METADATA)
    for key in ("attachError", "detachError"):
        yield from _error_faults(status.get(key) or {}, f"status.{key}")


def _error_faults(error: Object, field: str) -> Iterator[Fault]:
    if len(error.get("message", "")) > _LONGEST_MESSAGE:
        # The limit told is not the one that is kept: the real server's own slip.
        yield too_long(f"{field}.message", _LARGEST_METADATA)
    if error.get("errorCode", 0) < 0:
        detail = f"must be between 0 and {LARGEST_INT32}, inclusive"
        yield invalid(f"{field}.errorCode", error["errorCode"], detail)


def _source_faults(source: Object, field: str) -> Iterator[Fault]:
    detail = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    inline, name = source.get("inlineVolumeSpec"), source.get("persistentVolumeName")
    if inline is None and name is None:
        yield required(field, detail)
    elif inline is not None and name is not None:
        yield forbidden(field, detail)
    elif inline is not None:
        yield from inline_volume_faults(inline, f"{field}.inlineVolumeSpec")
    elif not name:
        yield required(f"{field}.persistentVolumeName", "must specify non empty persistentVolumeName")


def attachment_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a VolumeAttachment that replaces another: its spec stays."""
    yield from _attachment_faults(item)
    if item.get("spec") != old.get("spec"):
        yield invalid("spec", internal("VolumeAttachmentSpec", item.get("spec") or {}), IMMUTABLE)
