"""What a CustomResourceDefinition says of one version of its kind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podproof.simulator.model.objects import Object, at

Schema = Mapping[str, Any]
"""An openAPIV3Schema, as a definition writes it."""

NO_SCHEMA: Schema = {}
RULES = "x-kubernetes-validations"
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?", re.ASCII)
_MATURITY = {None: 2, "beta": 1, "alpha": 0}


@dataclass(frozen=True, slots=True, eq=False)
class CustomType:
    """One version of a custom kind. `storage` is the version that objects are stored in."""

    schema: Schema
    storage: str
    list_kind: str
    revised: bool
    """Whether an object may have been stored under another schema than this."""
    is_ending: bool
    """Whether the definition goes, and its objects with it."""
    has_rules: bool = False
    """Whether its schema has rules in CEL."""
    columns: Sequence[Object] = ()
    subresources: Object = field(default_factory=dict)

    @property
    def has_status(self) -> bool:
        """Whether the status is written through a path of its own."""
        return "status" in self.subresources

    @property
    def scale(self) -> Object | None:
        """The paths of the scale subresource, None where there is none."""
        found: Object | None = at(self.subresources, "scale")
        return found


def type_of(definition: Object, version: Object) -> CustomType:
    """Return the type that one version of a definition declares."""
    spec = definition["spec"]
    stored = next((each["name"] for each in spec["versions"] if each.get("storage")), version["name"])
    schema = at(version, "schema", "openAPIV3Schema") or NO_SCHEMA
    return CustomType(
        schema=schema,
        has_rules=has_rules(schema),
        storage=f"{spec['group']}/{stored}",
        list_kind=spec["names"]["listKind"],
        revised=definition["metadata"].get("generation", 1) > 1,
        is_ending="deletionTimestamp" in definition["metadata"],
        columns=version.get("additionalPrinterColumns") or (),
        subresources=version.get("subresources") or {},
    )


def served_versions(definition: Object) -> list[Object]:
    """Return the versions of a definition that are served, as kubectl prefers them: v2, v1, v1beta1, v1alpha1, by name.

    Source: staging/src/k8s.io/apimachinery/pkg/version/helpers.go, CompareKubeAwareVersionStrings.
    """
    served = (each for each in definition["spec"]["versions"] if each.get("served"))
    return sorted(served, key=lambda each: _rank(each["name"]))


def _rank(version: str) -> tuple[Any, ...]:
    found = _VERSION.fullmatch(version)
    if found is None:
        return (1, 0, 0, 0, version)
    major, maturity, minor = found.groups()
    return (0, -_MATURITY[maturity], -int(major), -int(minor or 0), version)


def has_rules(schema: Any) -> bool:
    """Say whether a schema has rules (x-kubernetes-validations) anywhere."""
    if isinstance(schema, Mapping):
        return bool(schema.get(RULES)) or any(has_rules(each) for each in schema.values())
    return isinstance(schema, (list, tuple)) and any(has_rules(each) for each in schema)


def property_of(schema: Schema | None, key: str) -> Schema | None:
    """Return the schema of a member of an object, None where the schema does not know it.

    Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/structural.go, Structural.
    """
    if schema is None:
        return None
    found = (schema.get("properties") or {}).get(key)
    if found is not None:
        return dict(found)
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        return others
    return NO_SCHEMA if others is True else None


def items_of(schema: Schema | None) -> Schema | None:
    """Return the schema of the items of a list."""
    found = (schema or {}).get("items")
    return found if isinstance(found, Mapping) else None
