"""Which resources a CustomResourceDefinition adds to the server.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/{customresource_discovery_controller.go,
customresource_handler.go}; staging/src/k8s.io/apimachinery/pkg/version/helpers.go, CompareKubeAwareVersionStrings.
"""

import re
from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.custom.types import type_of
from podproof.simulator.model.objects import Object, at

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"

_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?", re.ASCII)
_MATURITY = {None: 2, "beta": 1, "alpha": 0}


def resources_of(definition: Object) -> tuple[Resource, ...]:
    """Return what a definition serves, the preferred version first; nothing before it is established."""
    if not is_established(definition):
        return ()
    served = [each for each in definition["spec"]["versions"] if each.get("served")]
    served.sort(key=lambda each: _rank(each["name"]))
    return tuple(_resource(definition, each) for each in served)


def is_established(definition: Object) -> bool:
    """Say whether a definition's objects are served."""
    conditions = at(definition, "status", "conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _rank(version: str) -> tuple[Any, ...]:
    """Return a key that sorts versions as kubectl prefers them: v2, v1, v1beta1, v1alpha1, then by name."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return (1, 0, 0, 0, version)
    major, maturity, minor = found.groups()
    return (0, -_MATURITY[maturity], -int(major), -int(minor or 0), version)


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
        custom=custom,
    )
