"""What one server serves: the resources of every server, and those that definitions have added to this one."""

from collections.abc import Callable, Sequence

from podproof.simulator.api import discovery
from podproof.simulator.api.custom.serving import DEFINITIONS, resources_of
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.store import DELETED, Change, Store

OnServed = Callable[[Sequence[Resource]], None]


class Catalogue:
    """Follows the definitions in a store; `handle`d requests see a change with the write that made it."""

    def __init__(self, store: Store) -> None:
        self._custom: dict[str, tuple[Resource, ...]] = {}
        self._by_name: dict[str, Resource] = {}
        self._handlers: list[OnServed] = []
        store.watch(DEFINITIONS, self._changed)

    def resources(self) -> tuple[Resource, ...]:
        """Return every served resource: the built-in ones first, then by the order in which they were established."""
        return (*discovery.resources(), *(each for served in self._custom.values() for each in served))

    def versions(self) -> tuple[Resource, ...]:
        """Return every version of every served resource."""
        return (*discovery.versions(), *(each for served in self._custom.values() for each in served))

    def on_served(self, handler: OnServed) -> None:
        """Call `handler` with the versions of a resource, the preferred one first, whenever a definition changes."""
        self._handlers.append(handler)

    def served(self, name: str) -> Resource | None:
        """Return the resource a request names, None where no server has it.

        Raises:
            NotModelledError: Kubernetes has the resource, this server does not.
        """
        return self._by_name.get(name) or discovery.served(name)

    def _changed(self, change: Change) -> None:
        name = change.object["metadata"]["name"]
        served = () if change.type == DELETED else resources_of(change.object)
        if served:
            self._custom[name] = served
        else:
            self._custom.pop(name, None)
        self._by_name = {}
        for resources in self._custom.values():
            self._by_name |= {each.versioned_name: each for each in resources}
            self._by_name[resources[0].name] = resources[0]
        for handler in self._handlers if served else ():
            handler(served)
