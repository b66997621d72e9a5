"""`podproof explain pod.spec.containers`: what a field is, as `kubectl explain` tells it, and what it is by default.

The documents are those that `podproof serve` hands to kubectl. What the fields of built-in kinds are for is told in the
words of the kubernetes client, where that is installed: they are not podproof's to carry.
Source: staging/src/k8s.io/kubectl/pkg/explain/v2/templates/plaintext.tmpl.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from textwrap import indent, wrap
from typing import Any

from podproof.cli import exits
from podproof.cli.defaults import defaults_at
from podproof.errors import PodproofError
from podproof.serving import openapi
from podproof.simulator.api.discovery import Resource

PATH = re.compile(r"[A-Za-z][\w-]*(?:\.[$\w-]+)*")
_FEW = 4
"""How many values a list of fields shows of an enumeration."""
_WORDLESS = "descriptions of built-in kinds come with the kubernetes client: pip install 'podproof[live]'"

_Schema = Mapping[str, Any]


class UnknownFieldError(PodproofError, LookupError):
    """There is no such kind or field; `told` is how kubectl says so, `near` what comes near."""

    def __init__(self, told: str, near: tuple[str, ...]) -> None:
        super().__init__(told, near)
        self.told, self.near = told, near

    def __str__(self) -> str:
        return f"{self.told}\ndid you mean {' or '.join(self.near)}?" if self.near else self.told


@dataclass(frozen=True, slots=True)
class _Place:
    """A schema, and where it stands: `struct` is what it is called, "" where it has no name of its own."""

    document: _Schema
    resource: Resource
    schema: _Schema
    struct: str = ""
    path: tuple[str, ...] = ()
    seen: frozenset[str] = field(default=frozenset())

    @property
    def is_cycle(self) -> bool:
        return self.struct in self.seen

    def inside(self) -> _Place:
        """Return what has the fields: the schema that is referred to, that of a list's items or of a map's values."""
        if reference := self.schema.get("$ref"):
            name = str(reference).rpartition("/")[2]
            found = self.document["components"]["schemas"][name]
            return replace(self, schema=found, struct=name.rpartition(".")[2]).inside()
        inner = self.schema.get("items") or self.schema.get("additionalProperties")
        return replace(self, schema=inner).inside() if isinstance(inner, Mapping) else self

    def at(self, name: str) -> _Place:
        """Return the place of a field."""
        found = self.schema["properties"][name]
        return replace(self, schema=found, struct="", path=(*self.path, name), seen=self.seen | {self.struct} - {""})

    @property
    def names(self) -> Sequence[str]:
        return sorted(self.schema.get("properties") or ())

    def text(self, name: str = "") -> str:
        """Return what is said of the struct, or of one of its fields."""
        told = self.schema["properties"][name] if name else self.schema
        if own := told.get("description"):
            return str(own)
        return _words(self.resource, self.struct).get(name, "") if self.struct else ""

    @property
    def type(self) -> str:
        """The type as kubectl writes it: `string`, `[]Container`, `map[string]Object`."""
        schema = self.schema
        if isinstance(items := schema.get("items"), Mapping):
            return f"[]{replace(self, schema=items).type}"
        if isinstance(values := schema.get("additionalProperties"), Mapping):
            return f"map[string]{replace(self, schema=values).type}"
        if reference := schema.get("$ref"):
            return str(reference).rpartition(".")[2]
        return "Object" if schema.get("type", "object") == "object" else str(schema["type"])


def explain(text: str, files: Sequence[str], *, recursive: bool = False, version: str = "") -> int:
    """Print what a field is; the definitions of kinds that are not built in stand in `files`.

    Raises:
        UnknownFieldError: there is no such kind or field.
    """
    name, *path = text.split(".")
    resources = _served(files)
    resource = _resource(resources, name, version)
    document = openapi.v3(resources, resource.group, resource.version)
    assert document is not None
    print("\n".join(_page(_kind(document, resource), path, recursive=recursive)))
    if resource.custom is None and not _words(resource, resource.kind):
        print(_WORDLESS, file=sys.stderr)
    return exits.OK


def _served(files: Sequence[str]) -> tuple[Resource, ...]:
    """Return what a cluster serves to which the manifests were applied."""
    from podproof import durations, manifests
    from podproof.clusters.simulated import SimulatedCluster
    from podproof.simulator.api import discovery

    if not files:
        return discovery.resources()
    cluster = SimulatedCluster()
    try:
        for file in files:
            refused = [each.refusal.message for each in cluster.apply(manifests.read(Path(file))) if each.refusal]
            if refused:
                raise UnknownFieldError(f"{file} is refused: {'; '.join(refused)}", ())
        cluster.pass_time(durations.parse("10 seconds"))
        return cluster.world.catalogue.resources()
    finally:
        cluster.close()


def _resource(resources: Sequence[Resource], name: str, version: str) -> Resource:
    """Return the resource that is called so by its plural, its singular, its kind or a short name."""
    named = {each: (each.plural, each.singular, each.kind.lower(), *each.short) for each in resources}
    found = [each for each, names in named.items() if name.lower() in names]
    chosen = [each for each in found if each.api_version == version] if version else found
    if chosen:
        return chosen[0]
    if found:
        known = ", ".join(each.api_version for each in found)
        raise UnknownFieldError(f"{name} is not served in version {version}, but in {known}", ())
    every = [each for names in named.values() for each in names]
    told = (
        f'the server doesn\'t have a resource type "{name}" (a kind of a definition: name the file it is in), '
        "and no phrase is one word\npodproof steps lists them all"
    )
    raise UnknownFieldError(told, tuple(get_close_matches(name.lower(), every, n=1)))


def _kind(document: _Schema, resource: Resource) -> _Place:
    wanted = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    schemas: Mapping[str, _Schema] = document["components"]["schemas"]
    found = next(each for each in schemas.values() if wanted in each.get("x-kubernetes-group-version-kind", ()))
    return _Place(document, resource, found, "" if resource.custom else resource.kind)


def _page(kind: _Place, path: Sequence[str], *, recursive: bool) -> Iterator[str]:
    if kind.resource.group:
        yield f"GROUP:      {kind.resource.group}"
    yield f"KIND:       {kind.resource.kind}"
    yield f"VERSION:    {kind.resource.version}\n"
    place, told, default = kind, [kind.text()], ""
    for name in path:
        parent = place.inside()
        if name not in parent.names:
            known = tuple(get_close_matches(name, parent.names, n=1))
            raise UnknownFieldError(f'field "{name}" does not exist', known)
        default = defaults_at(parent.resource, parent.path, parent.schema).get(name, "")
        place = parent.at(name)
        told = [parent.text(name)]
    if path:
        yield f"FIELD: {path[-1]} <{place.type}>"
        yield from _values(place.schema, "ENUM:\n    ", "\n    ", None)
        if default:
            yield f"DEFAULT: {default}"
        yield "\n"
    inside = place.inside()
    told += [inside.text()] if inside is not place and inside.struct else []
    yield "DESCRIPTION:"
    yield indent(_wrapped("\n".join(filter(None, told)) or "<empty>", 76), "    ") + "\n    "
    if inside.names:
        yield "FIELDS:"
        yield from _fields(inside, 1, recursive=recursive)
    yield ""


def _fields(place: _Place, level: int, *, recursive: bool) -> Iterator[str]:
    """Yield the fields of a struct, below each what is said of it, or (`recursive`) its own fields."""
    margin, required = "  " * level, place.schema.get("required") or ()
    defaults = {} if recursive else defaults_at(place.resource, place.path, place.schema)
    for name in place.names:
        below = place.at(name)
        yield f"{margin}{name}\t<{below.type}>{' -required-' if name in required else ''}"
        yield from _values(below.schema, f"{margin}enum: ", ", ", _FEW)
        if name in defaults:
            yield f"{margin}default: {defaults[name]}"
        if recursive and not (inner := below.inside()).is_cycle:
            yield from _fields(inner, level + 1, recursive=True)
        if not recursive:
            text = _wrapped(place.text(name) or below.inside().text() or "<no description>", 78 - 2 * level)
            yield f"{indent(text, f'{margin}  ')}\n"


def _values(schema: _Schema, opening: str, between: str, limit: int | None) -> Iterator[str]:
    """Yield the values a field is held to, where it is."""
    values = ['""' if each == "" else str(each) for each in schema.get("enum") or ()]
    if values:
        yield opening + between.join(values[:limit]) + (", ...." if limit and len(values) > limit else "")


def _wrapped(text: str, width: int) -> str:
    lines = (wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())
    return "\n".join("\n".join(each) for each in lines)


def _words(resource: Resource, struct: str) -> Mapping[str, str]:
    """Return what the kubernetes client says of a struct ("") and of its fields; nothing where it is not installed."""
    from podproof.clusters.live import contexts, words

    if resource.custom is not None and struct != "ObjectMeta":
        return {}
    return words.of(resource.version, struct) if contexts.is_installed() else {}
