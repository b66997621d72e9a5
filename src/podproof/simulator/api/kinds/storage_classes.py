"""The rules of the group storage.k8s.io.

Source: pkg/apis/storage/v1/defaults.go; pkg/registry/storage/*/strategy.go.
"""

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.storage_classes import (
    attributes_faults,
    attributes_update_faults,
    class_faults,
    class_update_faults,
)
from podproof.simulator.api.validation.storage_drivers import (
    attachment_faults,
    attachment_update_faults,
    capacity_faults,
    capacity_update_faults,
    driver_faults,
    driver_update_faults,
    node_faults,
    node_update_faults,
)
from podproof.simulator.api.validation.storage_warnings import class_warnings


def _default_class(item: Draft) -> None:
    item.setdefault("reclaimPolicy", "Delete")
    item.setdefault("volumeBindingMode", "Immediate")


def _default_driver(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    for key, value in (
        ("attachRequired", True),
        ("podInfoOnMount", False),
        ("storageCapacity", False),
        ("fsGroupPolicy", "ReadWriteOnceWithFSType"),
        ("requiresRepublish", False),
        ("seLinuxMount", False),
    ):
        spec.setdefault(key, value)
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]


def _begin_attachment(item: Draft) -> None:
    item["status"] = {"attached": False}


CLASSES = Rules(
    default=_default_class,
    validate=class_faults,
    validate_update=class_update_faults,
    warnings=class_warnings,
    derives=True,
)
ATTRIBUTES = Rules(validate=attributes_faults, validate_update=attributes_update_faults, derives=True)
DRIVERS = Rules(default=_default_driver, validate=driver_faults, validate_update=driver_update_faults, derives=True)
NODES = Rules(validate=node_faults, validate_update=node_update_faults, derives=True)
CAPACITIES = Rules(validate=capacity_faults, validate_update=capacity_update_faults, derives=True)
ATTACHMENTS = Rules(
    begin=_begin_attachment, validate=attachment_faults, validate_update=attachment_update_faults, derives=True
)
