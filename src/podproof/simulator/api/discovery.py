"""Which resources the API server serves: rows of `data/resources.yaml`."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from podproof.errors import NotModelledError, PodproofError
from podproof.simulator.data import rows
from podproof.simulator.model.custom.types import CustomType

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Resource(NamedTuple):
    """One served resource. `name` is how a request spells it: the plural, with the group where there is one."""

    plural: str
    singular: str
    kind: str
    group: str
    version: str
    namespaced: bool
    short: tuple[str, ...]
    categories: tuple[str, ...]
    subresources: tuple[str, ...]
    names: str
    generation: bool
    returns_deleted: bool
    fields: tuple[str, ...]
    put_creates: bool = False
    conditional: bool = False
    custom: CustomType | None = None
    """What its definition says of it, None where it is built in."""
    stored_as: str = ""
    """The name of the resource whose objects it shows in a version of its own; "" where it has its own."""

    @property
    def name(self) -> str:
        """The plural with its group, as errors and requests write it ("endpointslices.discovery.k8s.io")."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    verbs: tuple[str, ...] = VERBS
    """What can be asked of it; what cannot be listed is only sent, and nothing of it is kept."""

    @property
    def storage(self) -> str:
        """Under which name the store has its objects."""
        return self.stored_as or self.name

    @property
    def is_converted(self) -> bool:
        """Whether its objects may be stored in another version than the one they are shown in."""
        return self.custom is not None or bool(self.stored_as)

    @property
    def requested(self) -> str:
        """How a request spells this very version of it."""
        return self.versioned_name if self.is_converted else self.name

    @property
    def versioned_name(self) -> str:
        """The name with the version in it, as kubectl takes it ("crontabs.v1.stable.example.com")."""
        return f"{self.plural}.{self.version}.{self.group}"

    @property
    def struct(self) -> str:
        """What its rules and its schema are found under: nobody's, where a definition takes a built-in kind's name."""
        if self.custom is None:
            return f"{self.kind}.{self.version}.{self.group}" if self.stored_as else self.kind
        return self.qualified_kind

    @property
    def list_kind(self) -> str:
        """The kind of its lists."""
        return f"{self.kind}List" if self.custom is None else self.custom.list_kind

    @property
    def api_version(self) -> str:
        """What a manifest of this kind writes as apiVersion."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified_kind(self) -> str:
        """The kind with its group, as a refusal writes it ("EndpointSlice.discovery.k8s.io")."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


_OF_SUBRESOURCES: Mapping[str, tuple[str, ...]] = {
    "binding": ("create",),
    "eviction": ("create",),
    "token": ("create",),
    "log": ("get",),
    "exec": ("create", "get"),
    "attach": ("create", "get"),
    "portforward": ("create", "get"),
    "proxy": ("create", "delete", "get", "patch", "update"),
    "finalize": ("update",),
}


def subresource_verbs(name: str) -> tuple[str, ...]:
    """Return what can be asked of a subresource.

    Source: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go, registerResourceHandlers.
    """
    return _OF_SUBRESOURCES.get(name, ("get", "patch", "update"))


class NoMatchError(PodproofError):
    """A kind that Kubernetes does not have; the text is kubectl's."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(api_version, kind)
        self.api_version, self.kind = api_version, kind

    def __str__(self) -> str:
        return f'no matches for kind "{self.kind}" in version "{self.api_version}"'


@cache
def resources() -> tuple[Resource, ...]:
    """Return every served resource in the version its objects are stored in, in the order of the table."""
    return tuple(each for each in versions() if not each.stored_as and "list" in each.verbs)


@cache
def versions() -> tuple[Resource, ...]:
    """Return every served resource in every version that is served, the preferred one of a group first."""
    found = []
    for row in rows("resources")["resources"]:
        facts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        facts.pop("source")
        found.append(Resource(**facts))
    return tuple(found)


def resource_for(api_version: str, kind: str) -> Resource:
    """Return the resource that a manifest's apiVersion and kind name.

    Raises:
        NotModelledError: Kubernetes has the kind, this server does not.
        NoMatchError: Kubernetes does not have it either.
    """
    found = _by_kind().get((api_version, kind))
    if found is not None:
        return found
    if kind in rows("absent_kinds")["kinds"].get(api_version, ()):
        raise NotModelledError(f"kind {kind}", f"a manifest with apiVersion {api_version}")
    raise NoMatchError(api_version, kind)


def served(name: str) -> Resource | None:
    """Return the resource a request names, None where no server has it.

    Raises:
        NotModelledError: Kubernetes has the resource, this server does not.
    """
    found = _by_name().get(name)
    if found is None and name in _absent_names():
        raise NotModelledError(f"the resource {name}", "a request")
    return found


@cache
def _by_kind() -> dict[tuple[str, str], Resource]:
    return {(row.api_version, row.kind): row for row in versions()}


@cache
def _by_name() -> dict[str, Resource]:
    return {name: row for row in reversed(versions()) for name in {row.name, row.requested}}


@cache
def _absent_names() -> frozenset[str]:
    kinds = rows("absent_kinds")["kinds"]
    groups = ((version.rpartition("/")[0], row.values()) for version, row in kinds.items())
    return frozenset(f"{plural}.{group}".rstrip(".") for group, plurals in groups for plural in plurals)
