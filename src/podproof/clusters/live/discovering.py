"""What a cluster serves beside the built-in kinds, asked of it when somebody names a kind that is none of them.

Source: staging/src/k8s.io/client-go/discovery/discovery_client.go, GroupsAndMaybeResources (one document first, else
one for each group and version, which older servers have).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from podproof.clusters.live.transport import Transport
from podproof.simulator.api.discovery import Resource, resource_for, resources, versions
from podproof.simulator.model.custom.types import NO_SCHEMA, CustomType

AGGREGATED: Final = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
_NEEDED = frozenset(("get", "list", "watch"))


class Catalogue:
    """The kinds of one cluster: the built-in ones as they are known here, the others as it tells of them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._others: tuple[Resource, ...] = ()

    @property
    def resources(self) -> Sequence[Resource]:
        """Every kind that is known by now, in each version it is served in, the preferred one first."""
        return (*resources(), *self._others)

    def kind(self, kind: str) -> Resource | None:
        """Return a kind by its name alone, None where the cluster has none of it."""
        return self._found(lambda each: each.kind == kind)

    def of_manifest(self, api_version: str, kind: str) -> Resource:
        """Return the kind that a manifest names.

        Raises:
            NoMatchError: the cluster does not serve it.
            NotModelledError: nor does the simulator, and this cluster is one.
        """
        found = self._found(lambda each: (each.api_version, each.kind) == (api_version, kind))
        return resource_for(api_version, kind) if found is None else found

    def refresh(self) -> None:
        """Ask the cluster what it serves."""
        built_in = {(each.group, each.plural) for each in versions()}
        told = [each for each in self._told() if (each.group, each.plural) not in built_in]
        self._others = tuple(told)
        self._transport.others = {name: each for each in reversed(told) for name in (each.name, each.versioned_name)}

    def _found(self, wanted: Any) -> Resource | None:
        found = next((each for each in self.resources if wanted(each)), None)
        if found is not None:
            return found
        self.refresh()
        return next((each for each in self._others if wanted(each)), None)

    def _told(self) -> Iterator[Resource]:
        response = self._transport.call("GET", "/apis", accept=AGGREGATED)
        if response.code != 200 or not isinstance(response.body, Mapping):
            return
        if response.body.get("kind") == "APIGroupDiscoveryList":
            for group in response.body["items"]:
                for version in group["versions"]:
                    for row in version.get("resources") or ():
                        yield from _aggregated(group["metadata"].get("name", ""), version["version"], row)
            return
        for group in response.body.get("groups") or ():
            for version in group["versions"]:
                found = self._transport.call("GET", f"/apis/{version['groupVersion']}")
                for row in found.body.get("resources") or () if found.code == 200 else ():
                    yield from _plain(group["name"], version["version"], row)


def _aggregated(group: str, version: str, row: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield what a row of the one document tells of, where that can be followed."""
    if set(row.get("verbs") or ()) >= _NEEDED:
        below = tuple(each["subresource"] for each in row.get("subresources") or ())
        kind, namespaced = row["responseKind"]["kind"], row["scope"] == "Namespaced"
        yield _resource(group, version, row["resource"], kind, namespaced, row, below)


def _plain(group: str, version: str, row: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield what a row of a group's own document tells of, where that can be followed."""
    if "/" not in row["name"] and set(row.get("verbs") or ()) >= _NEEDED:
        yield _resource(group, version, row["name"], row["kind"], row["namespaced"], row, ())


def _resource(
    group: str, version: str, plural: str, kind: str, namespaced: bool, row: Mapping[str, Any], below: tuple[str, ...]
) -> Resource:
    """Return a kind as it is worked with from here: patched by merging, since its lists have no keys that are known."""
    singular = row.get("singularResource") or row.get("singularName") or kind.lower()
    short, categories = tuple(row.get("shortNames") or ()), tuple(row.get("categories") or ())
    custom = CustomType(NO_SCHEMA, version, f"{kind}List", revised=False, is_ending=False)
    return Resource(
        plural, singular, kind, group, version, namespaced, short, categories, below, names="", generation=False,
        returns_deleted=True, fields=(), custom=custom,
    )  # fmt: skip
