"""Custom objects between the version they are stored in and the one that is asked for: conversion None.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/nop_converter.go;
customresource_handler.go, schemaCoercingConverter, unstructuredDefaulter.
"""

from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.custom.shaping import default, pruned
from podproof.simulator.model.objects import Object


def shown(resource: Resource, item: Object) -> Object:
    """Return a stored object as a version of its resource shows it."""
    custom = resource.custom
    if custom is None or (item["apiVersion"] == resource.api_version and not custom.revised):
        return item
    draft, _ = pruned(custom.schema, item)
    draft["apiVersion"] = resource.api_version
    default(custom.schema, draft)
    return draft


def stored(resource: Resource, item: Object) -> Object:
    """Return an object of any version as it is stored."""
    custom = resource.custom
    return item if custom is None or item["apiVersion"] == custom.storage else {**item, "apiVersion": custom.storage}
