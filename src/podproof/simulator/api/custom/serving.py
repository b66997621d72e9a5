"""Which resources a CustomResourceDefinition adds to the server.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/{customresource_discovery_controller.go,
customresource_handler.go}.
"""

from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.custom.types import served_versions, type_of
from podproof.simulator.model.objects import Object, at

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"


def resources_of(definition: Object) -> tuple[Resource, ...]:
    """Return what a definition serves, the preferred version first; nothing before it is established."""
    if not is_established(definition):
        return ()
    return tuple(_resource(definition, each) for each in served_versions(definition))


def is_established(definition: Object) -> bool:
    """Say whether a definition's objects are served."""
    conditions = at(definition, "status", "conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _resource(definition: Object, version: Object) -> Resource:
    spec, names = definition["spec"], definition["status"]["acceptedNames"]
    custom = type_of(definition, version)
    return Resource(
        plural=names["plural"],
        singular=names.get("singular", ""),
        kind=names["kind"],
        group=spec["group"],
        version=version["name"],
        namespaced=spec["scope"] == "Namespaced",
        short=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=tuple(key for key in ("status", "scale") if key in custom.subresources),
        names="subdomain",
        generation=True,
        returns_deleted=False,
        fields=tuple(each["jsonPath"].lstrip(".") for each in version.get("selectableFields") or ()),
        conditional=True,
        custom=custom,
    )
