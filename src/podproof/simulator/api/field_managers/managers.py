"""metadata.managedFields as values: who, by which operation, owns which fields.

Source: staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/managedfields.go.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.merging.field_sets import NONE, Fields, difference, read, union, written
from podproof.simulator.model.merging.shapes import Shape, custom_root, root
from podproof.simulator.model.objects import Object

APPLY, UPDATE = "Apply", "Update"


def shape_of(resource: Resource) -> Shape:
    """Return how the objects of a resource merge: by their type, or by the schema of their definition."""
    return root(resource.struct) if resource.custom is None else custom_root(resource.custom.schema)


class Manager(NamedTuple):
    """Who changes an object, how, and through which subresource; `version` is "" for those who apply."""

    name: str
    operation: str
    version: str
    subresource: str = ""

    def __str__(self) -> str:
        """Return the manager as a conflict names it.

        Source: managedfields/internal/conflict.go, printManager.
        """
        text = f'"{self.name}"'
        if self.subresource:
            text = f'{text} with subresource "{self.subresource}"'
        return f"{text} using {self.version}" if self.operation == UPDATE else text


class Owned(NamedTuple):
    """What a manager owns, the version it said so in, and when it last changed something ("" where nobody knows)."""

    fields: Fields
    version: str
    time: str = ""


Managers: TypeAlias = Mapping[Manager, Owned]

_SERVERS: Fields = read(
    {
        "f:apiVersion": {},
        "f:kind": {},
        "f:metadata": {
            ".": {},
            **{
                f"f:{key}": {}
                for key in (
                    "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
                    "resourceVersion",
                )
            },
        },
    }
)  # fmt: skip
"""What nobody owns.

Source: managedfields/internal/stripmeta.go.
"""


def without_servers(fields: Fields) -> Fields:
    """Return a set without what nobody owns."""
    return difference(fields, _SERVERS)


def managers_of(item: Object) -> Managers:
    """Return who owns what of an object; a list that cannot be read says nothing of anybody.

    Source: staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go, FieldManager.Update.
    """
    try:
        return _read(item["metadata"].get("managedFields") or ())
    except ValueError:
        return {}


def _read(listed: Iterable[Mapping[str, Any]]) -> Managers:
    found: dict[Manager, Owned] = {}
    for entry in listed:
        version = entry.get("apiVersion", "")
        operation = entry.get("operation", UPDATE)
        key = Manager(
            entry.get("manager", ""), operation, version if operation == UPDATE else "", entry.get("subresource", "")
        )
        found[key] = Owned(read(entry.get("fieldsV1") or {}), version, entry.get("time", ""))
    return found


def entries(managers: Managers) -> list[dict[str, Any]]:
    """Return metadata.managedFields: those who apply first, then by time and name."""
    ordered = sorted(managers.items(), key=lambda each: (each[0].operation, each[1].time, *each[0]))
    return [_entry(manager, owned) for manager, owned in ordered if owned.fields]


def _entry(manager: Manager, owned: Owned) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": owned.version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": written(owned.fields),
        "subresource": manager.subresource,
    }
    return {key: value for key, value in entry.items() if value}


def all_fields(managers: Managers) -> Fields:
    """Return what anybody owns."""
    fields = NONE
    for owned in managers.values():
        fields = union(fields, owned.fields)
    return fields


def without(managers: Managers, lost: Fields, *spared: Manager) -> dict[Manager, Owned]:
    """Return the managers after some fields are nobody's any more; who is left with nothing is gone."""
    left: dict[Manager, Owned] = {}
    for manager, owned in managers.items():
        fields = owned.fields if manager in spared else difference(owned.fields, lost)
        if fields:
            left[manager] = owned._replace(fields=fields)
    return left
