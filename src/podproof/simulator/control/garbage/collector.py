"""The garbage collector, wired to the informers of every resource.

Source: pkg/controller/garbagecollector/graph_builder.go, processGraphChanges.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.garbage.rules import (
    Dependent,
    Owner,
    attempt,
    is_orphaning,
    is_waiting,
    orphan,
    owner_state,
    release,
)
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.objects import Object

NAME = "garbage-collector"

Kinds = Mapping[tuple[str, str], tuple[str, bool]]
"""(apiVersion, kind) → the resource's name, and whether it is namespaced."""
Place = tuple[str, str, str]
"""Resource, namespace and name of an object."""


class GarbageCollector:
    """Follows who owns whom; `informers` are by the names of their resources."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventSeries, informers: Mapping[str, Informer], kinds: Kinds
    ) -> None:
        self._informers, self._kinds = {**informers}, {**kinds}
        self._dependents: dict[str, dict[Place, None]] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        for resource, informer in informers.items():
            informer.on_change(partial(self._changed, resource))

    def follow(self, resource: str, kinds: Mapping[tuple[str, str], bool], informer: Informer) -> None:
        """Follow a resource that was added later; `kinds` are its (apiVersion, kind), and whether it is namespaced."""
        self._kinds.update({kind: (resource, namespaced) for kind, namespaced in kinds.items()})
        if resource not in self._informers:
            self._informers[resource] = informer
            informer.on_change(partial(self._changed, resource))

    def _changed(self, resource: str, old: Object | None, new: Object | None) -> None:
        before, after = _references(old), _references(new)
        if before is not after and before != after:
            self._follow(resource, old, new)
            if new is not None and (old is not None or not all(self._is_known(new, each) for each in after)):
                self._add(resource, new)
        if new is None:
            self._gone(old)
        elif (is_waiting(new) or is_orphaning(new)) and not (old and (is_waiting(old) or is_orphaning(old))):
            self._add(resource, new)

    def _follow(self, resource: str, old: Object | None, new: Object | None) -> None:
        """Keep the dependents of every owner; tell owners who wait for them that they are let go."""
        before = {each["uid"]: each for each in _references(old)}
        after = {each["uid"] for each in _references(new)}
        place = (resource, *key_of(new or old or {}))
        for uid in after:
            self._dependents.setdefault(uid, {})[place] = None
        for uid, reference in before.items():
            if uid in after and new is not None:
                continue
            self._dependents.get(uid, {}).pop(place, None)
            if not self._dependents.get(uid):
                self._dependents.pop(uid, None)
            self._tell_owner(old or {}, reference)
        self._unblock(old, new)

    def _unblock(self, old: Object | None, new: Object | None) -> None:
        """Tell owners whom a reference blocked until now."""
        blocked = {each["uid"] for each in _references(old) if each.get("blockOwnerDeletion")}
        for reference in _references(new):
            if reference["uid"] in blocked and not reference.get("blockOwnerDeletion"):
                self._tell_owner(new or {}, reference)

    def _tell_owner(self, item: Object, reference: Object) -> None:
        found = self._owner(item, reference)
        if found is not None and is_waiting(found.object):
            self._add(found.resource, found.object)

    def _gone(self, old: Object | None) -> None:
        uid = (old or {})["metadata"]["uid"]
        for place in tuple(self._dependents.get(uid, ())):
            self._controller.add_key(_key(place))

    def _add(self, resource: str, item: Object) -> None:
        self._controller.add_key(_key((resource, *key_of(item))))

    def _reconcile(self, key: Key) -> Plan:
        resource, item = key[0], self._at(_place(key))
        if item is None:
            return Plan()
        uid = item["metadata"]["uid"]
        dependents = list(self._dependents_of(uid))
        if is_orphaning(item):
            return orphan(resource, item, dependents)
        if is_waiting(item):
            for each in dependents:
                if "deletionTimestamp" not in each.object["metadata"]:
                    self._add(each.resource, each.object)
            return release(resource, item, dependents)
        states = [self._state(item, reference) for reference in _references(item)]
        return attempt(resource, item, states, dependents)

    def _dependents_of(self, uid: str) -> Iterator[Dependent]:
        for place in self._dependents.get(uid, ()):
            item = self._at(place)
            if item is not None:
                yield Dependent(place[0], item)

    def _state(self, item: Object, reference: Object) -> Owner:
        if (reference["apiVersion"], reference["kind"]) not in self._kinds:
            # A real collector cannot tell either, and tries again and again.
            return Owner.SOLID
        found = self._owner(item, reference)
        return owner_state(reference, found.object if found else None)

    def _is_known(self, item: Object, reference: Object) -> bool:
        return self._state(item, reference) is Owner.SOLID

    def _owner(self, item: Object, reference: Object) -> Dependent | None:
        """Return what has the name that a reference gives, in the object's own namespace or in none."""
        resource, namespaced = self._kinds.get((reference["apiVersion"], reference["kind"]), ("", False))
        space = item["metadata"].get("namespace", "") if namespaced else ""
        informer = self._informers.get(resource)
        found = informer.get(space, reference["name"]) if informer else None
        return None if found is None else Dependent(resource, found)

    def _at(self, place: Place) -> Object | None:
        informer = self._informers.get(place[0])
        return informer.get(place[1], place[2]) if informer else None


def _references(item: Object | None) -> list[Object]:
    found: list[Object] = (item or _NOTHING)["metadata"].get("ownerReferences") or _NONE
    return found


_NONE: list[Object] = []
_NOTHING: Object = {"metadata": {}}


def _key(place: Place) -> Key:
    return place[0], f"{place[1]}/{place[2]}"


def _place(key: Key) -> Place:
    namespace, _, name = key[1].partition("/")
    return key[0], namespace, name
