"""The documents in which a server says what it serves.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/discovery, aggregated/handler.go, legacy.go, group.go;
staging/src/k8s.io/apiserver/pkg/endpoints/installer.go, registerResourceHandlers (which verbs a storage has).
"""

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any

from podproof.serving.reviews import REVIEWS
from podproof.simulator.api.discovery import Resource, subresource_verbs

GROUP, VERSION, SHAPE = "apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList"

_ANSWERS: Mapping[str, tuple[str, str, str]] = {
    "binding": ("", "v1", "Binding"),
    "eviction": ("policy", "v1", "Eviction"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
    "scale": ("autoscaling", "v1", "Scale"),
    "exec": ("", "v1", "PodExecOptions"),
    "attach": ("", "v1", "PodAttachOptions"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
}
"""Subresources that speak in a kind of their own: its group, version and name."""
Document = dict[str, Any]


def api_versions(address: str) -> Document:
    """Return `/api`."""
    servers = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": servers}


def group_list(resources: Iterable[Resource]) -> Document:
    """Return `/apis`."""
    groups = [_group(name, versions) for name, versions in _groups(resources).items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(resources: Iterable[Resource], name: str) -> Document | None:
    """Return `/apis/GROUP`, None where there is no such group."""
    versions = _groups(resources).get(name)
    return None if versions is None or not name else {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)}


def resource_list(resources: Iterable[Resource], group: str, version: str) -> Document | None:
    """Return `/api/v1` or `/apis/GROUP/VERSION`, None where it is not served."""
    found = [each for each in resources if (each.group, each.version) == (group, version)]
    if not found:
        return None
    listed = [row for each in found for row in _rows(each)]
    name = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": listed}


def aggregated(resources: Iterable[Resource], legacy: bool) -> Document:
    """Return every group with all its resources in one document: of `/api` (legacy) or of `/apis`."""
    groups = _groups(resources).items()
    items = [_discovered_group(name, versions) for name, versions in groups if bool(name) != legacy]
    return {"kind": SHAPE, "apiVersion": f"{GROUP}/{VERSION}", "metadata": {}, "items": items}


def _groups(resources: Iterable[Resource]) -> dict[str, dict[str, list[Resource]]]:
    found: dict[str, dict[str, list[Resource]]] = {}
    for each in resources:
        found.setdefault(each.group, {}).setdefault(each.version, []).append(each)
    return found


def _group(name: str, versions: Iterable[str]) -> Document:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _rows(resource: Resource) -> list[Document]:
    row: Document = {"name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced}
    row |= {"kind": resource.kind, "verbs": list(_verbs(resource))}
    row |= {"shortNames": list(resource.short)} if resource.short else {}
    row |= {"categories": list(resource.categories)} if resource.categories else {}
    return [row, *(_subresource_row(resource, name) for name in resource.subresources)]


def _subresource_row(resource: Resource, name: str) -> Document:
    group, version, kind = _ANSWERS.get(name, (resource.group, resource.version, resource.kind))
    row: Document = {"name": f"{resource.plural}/{name}", "singularName": "", "namespaced": resource.namespaced}
    if (group, version) != (resource.group, resource.version):
        row |= {"group": group, "version": version}
    return {**row, "kind": kind, "verbs": list(subresource_verbs(name))}


def _discovered_group(name: str, versions: Mapping[str, Iterable[Resource]]) -> Document:
    listed = list(starmap(_discovered, versions.items()))
    return {"metadata": {"name": name, "creationTimestamp": None}, "versions": listed}


def _discovered(version: str, resources: Iterable[Resource]) -> Document:
    return {"version": version, "resources": [_discovered_resource(each) for each in resources], "freshness": "Current"}


def _discovered_resource(resource: Resource) -> Document:
    found: Document = {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(_verbs(resource)),
    }
    found |= {"shortNames": list(resource.short)} if resource.short else {}
    found |= {"categories": list(resource.categories)} if resource.categories else {}
    subresources = [_discovered_subresource(resource, name) for name in resource.subresources]
    return {**found, "subresources": subresources} if subresources else found


def _discovered_subresource(resource: Resource, name: str) -> Document:
    group, version, kind = _ANSWERS.get(name, (resource.group, resource.version, resource.kind))
    return {
        "subresource": name,
        "responseKind": {"group": group, "version": version, "kind": kind},
        "verbs": list(subresource_verbs(name)),
    }


def _verbs(resource: Resource) -> tuple[str, ...]:
    return ("create",) if resource in REVIEWS else resource.verbs
