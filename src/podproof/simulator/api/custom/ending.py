"""How a CustomResourceDefinition begins to go: its objects go first, and whoever looks is told.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go, REST.Delete.
"""

from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, timestamp

FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
_MESSAGE = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"


def ending(resource: Resource, item: Object, now: Nanos) -> Object:
    """Return a definition as its first deletion leaves it; other objects stay as they are."""
    meta = item["metadata"]
    if resource.struct != "CustomResourceDefinition" or "deletionTimestamp" in meta:
        return item
    held = [each for each in meta.get("finalizers") or () if each != FINALIZER]
    condition = {
        "type": "Terminating",
        "status": "True",
        "lastTransitionTime": timestamp(now),
        "reason": "InstanceDeletionPending",
        "message": _MESSAGE,
    }
    others = [each for each in at(item, "status", "conditions") or () if each["type"] != "Terminating"]
    status = {**(item.get("status") or {}), "conditions": [*others, condition]}
    return {**item, "metadata": {**meta, "finalizers": [*held, FINALIZER]}, "status": status}
