"""The OpenAPI documents, made from the table of served resources and the structural schemas.

Approximated: no descriptions; a struct is named after the group that uses it.
Source: k8s.io/kube-openapi pkg/builder3/openapi.go, handler3/handler.go;
staging/src/k8s.io/apiserver/pkg/endpoints/openapi/openapi.go (extensions).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from podproof.serving.negotiation import JSON, PATCHES, YAML
from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.custom.types import CustomType
from podproof.simulator.model.patches import merge_key
from podproof.simulator.model.schema import element_of, fields_of, required_of, spoken

Document = dict[str, Any]

_META = ("LabelSelector", "LabelSelectorRequirement", "ManagedFieldsEntry", "ObjectMeta", "OwnerReference")
_PLAIN: Mapping[str, Document] = {
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "float64": {"type": "number", "format": "double"},
    "intOrString": {"type": "string", "format": "int-or-string"},
    "quantity": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "microtime": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
    "resources": {"type": "object", "additionalProperties": {"type": "string"}},
    "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
_WRITES = ("dryRun", "fieldManager", "fieldValidation")
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "get": ("pretty",),
    "list": ("allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
             "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"),
    "post": _WRITES,
    "put": _WRITES,
    "patch": (*_WRITES, "force"),
    "delete": ("dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"),
    "deletecollection": ("dryRun", "fieldSelector", "gracePeriodSeconds", "labelSelector", "propagationPolicy"),
}  # fmt: skip


class _Version(NamedTuple):
    """A group and version, and the place its schemas have in a document."""

    group: str
    version: str
    place: str

    @property
    def path(self) -> str:
        return f"apis/{self.group}/{self.version}" if self.group else f"api/{self.version}"

    def name(self, struct: str) -> str:
        if struct in _META:
            return f"io.k8s.apimachinery.pkg.apis.meta.v1.{struct}"
        return f"io.k8s.api.{self.group.partition('.')[0] or 'core'}.{self.version}.{spoken(struct)}"

    def reference(self, struct: str) -> Document:
        return {"$ref": f"{self.place}{self.name(struct)}"}


def index(resources: Sequence[Resource]) -> Document:
    """Return `/openapi/v3`: where the document of each group and version is; the hash tells a newer one."""
    paths = {}
    for each in sorted({_Version(each.group, each.version, "") for each in resources}):
        served = [row for row in resources if (row.group, row.version) == (each.group, each.version)]
        digest = hashlib.sha256(repr(served).encode()).hexdigest()[:32].upper()
        paths[each.path] = {"serverRelativeURL": f"/openapi/v3/{each.path}?hash={digest}"}
    return {"paths": paths}


def v3(resources: Iterable[Resource], group: str, version: str) -> Document | None:
    """Return the document of one group and version, None where it is not served."""
    served = [each for each in resources if (each.group, each.version) == (group, version)]
    if not served:
        return None
    at = _Version(group, version, "#/components/schemas/")
    paths = {path: operations for each in served for path, operations in _paths(at, each, _operation_v3)}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.2"},
        "paths": paths,
        "components": {"schemas": _schemas(at, served)},
    }


def v2(resources: Iterable[Resource]) -> Document:
    """Return the one document of everything, as Swagger 2.0 has it."""
    paths: Document = {}
    definitions: Document = {}
    groups: dict[_Version, list[Resource]] = {}
    for each in resources:
        groups.setdefault(_Version(each.group, each.version, "#/definitions/"), []).append(each)
    for at, served in groups.items():
        definitions |= _schemas(at, served)
        paths |= {path: operations for each in served for path, operations in _paths(at, each, _operation_v2)}
    info = {"title": "Kubernetes", "version": "v1.36.2"}
    return {"swagger": "2.0", "info": info, "paths": paths, "definitions": definitions}


def _paths(at: _Version, resource: Resource, operation: Any) -> Iterator[tuple[str, Document]]:
    """Yield each path of a resource with its operations by method."""
    start = f"/{at.path}/namespaces/{{namespace}}" if resource.namespaced else f"/{at.path}"
    if "list" not in resource.verbs:
        yield f"{start}/{resource.plural}", {"post": operation(at, resource, "post")}
        return
    many = {"get": "list", "post": "post", "delete": "deletecollection"}
    one = {"get": "get", "put": "put", "patch": "patch", "delete": "delete"}
    yield f"{start}/{resource.plural}", {key: operation(at, resource, each) for key, each in many.items()}
    yield f"{start}/{resource.plural}/{{name}}", {key: operation(at, resource, each) for key, each in one.items()}
    if resource.namespaced:
        yield f"/{at.path}/{resource.plural}", {"get": operation(at, resource, "list")}


def _operation(resource: Resource, verb: str) -> Document:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {
        "operationId": f"{verb}_{resource.name}",
        "x-kubernetes-action": verb,
        "x-kubernetes-group-version-kind": kind,
    }


def _patches(resource: Resource) -> Sequence[str]:
    """Return the patches a resource takes: kubectl learns here that custom objects have no strategy."""
    return [media for media in PATCHES if resource.custom is None or "strategic" not in media]


def _operation_v3(at: _Version, resource: Resource, verb: str) -> Document:
    schema = at.reference(resource.kind)
    content = {media: {"schema": schema} for media in (JSON, YAML)}
    made = _operation(resource, verb)
    made["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in _PARAMETERS[verb]]
    if verb in ("post", "put"):
        made["requestBody"] = {"content": content, "required": True}
    if verb == "patch":
        made["requestBody"] = {"content": {media: {"schema": {"type": "object"}} for media in _patches(resource)}}
    return {**made, "responses": {"200": {"description": "OK", "content": content}}}


def _operation_v2(at: _Version, resource: Resource, verb: str) -> Document:
    made = _operation(resource, verb)
    made["parameters"] = [{"name": name, "in": "query", "type": "string"} for name in _PARAMETERS[verb]]
    made["consumes"] = list(_patches(resource)) if verb == "patch" else [JSON, YAML]
    made["produces"] = [JSON, YAML]
    return {**made, "responses": {"200": {"description": "OK", "schema": at.reference(resource.kind)}}}


def _schemas(at: _Version, served: Iterable[Resource]) -> Document:
    """Return the schema of every kind and of every struct that is reached from one."""
    found: Document = {}
    for resource in served:
        root = resource.kind if resource.custom is not None else resource.struct
        waiting, own = [root], resource.kind if resource.custom is not None else ""
        while waiting:
            struct = waiting.pop()
            if at.name(struct) in found:
                continue
            found[at.name(struct)] = _custom_schema(at, resource.custom) if struct == own else _schema(at, struct)
            waiting += ["ObjectMeta"] if struct == own else []
            waiting += [
                each for field in ({} if struct == own else fields_of(struct)) if (each := element_of(struct, field))
            ]
        kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
        found[at.name(resource.kind)]["x-kubernetes-group-version-kind"] = [kind]
    return found


def _custom_schema(at: _Version, custom: CustomType | None) -> Document:
    """Return the schema that a definition gives, with the fields that every object has."""
    told = custom.schema if custom is not None else {}
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": at.reference("ObjectMeta")}
    return {"type": "object", **told, "properties": {**(told.get("properties") or {}), **head}}


def _schema(at: _Version, struct: str) -> Document:
    fields = fields_of(struct)
    if not fields:
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    properties = {field: _property(at, struct, field, notation) for field, notation in fields.items()}
    required = {"required": list(found)} if (found := required_of(struct)) else {}
    return {"type": "object", "properties": properties, **required}


def _property(at: _Version, struct: str, field: str, notation: str) -> Document:
    found = _value(at, notation)
    key = merge_key(struct, field)
    if key is None:
        return found
    return {**found, "x-kubernetes-patch-strategy": "merge", **({"x-kubernetes-patch-merge-key": key} if key else {})}


def _value(at: _Version, notation: str) -> Document:
    if notation.startswith("[]"):
        return {"type": "array", "items": _value(at, notation[2:])}
    if notation.startswith("map:"):
        return {"type": "object", "additionalProperties": _value(at, notation[4:])}
    if notation.startswith("string"):
        return {"type": "string"}
    return dict(_PLAIN[notation]) if notation in _PLAIN else at.reference(notation)
