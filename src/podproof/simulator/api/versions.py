"""Objects between the version they are stored in and the one that is asked for.

Source: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/versioning/versioning.go, codec.
"""

from podproof.simulator.api.custom import reading
from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.objects import Object
from podproof.simulator.model.versions import CONVERSIONS, Conversion


def shown(resource: Resource, item: Object) -> Object:
    """Return a stored object as a version of its resource shows it."""
    if resource.stored_as:
        return _conversion(resource).shown(item)
    return item if resource.custom is None else reading.shown(resource, item)


def stored(resource: Resource, item: Object) -> Object:
    """Return an object of any version as it is stored."""
    if resource.stored_as:
        return _conversion(resource).stored(item)
    return item if resource.custom is None else reading.stored(resource, item)


def stored_field(resource: Resource, field: str) -> str:
    """Return what the stored version calls a field that selectors of a version select by."""
    return _conversion(resource).fields.get(field, field) if resource.stored_as else field


def _conversion(resource: Resource) -> Conversion:
    return CONVERSIONS[resource.api_version, resource.kind]
