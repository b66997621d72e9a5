"""The store: every object, its versions, and the log of changes that watches are fed from.

Rules for editing: what is stored is never changed in place; a writer hands over a new object that shares the unchanged
parts. Changes are pushed to watchers in the order of their versions, even where a watcher writes in turn.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from podproof.errors import PodproofError
from podproof.simulator.model.objects import Object

ADDED, MODIFIED, DELETED = "ADDED", "MODIFIED", "DELETED"

Key = tuple[str, str]
"""(namespace, name)"""
IndexKeys = Callable[[Object], Iterable[str]]
Indexes = Mapping[str, Mapping[str, IndexKeys]]
"""resource → index → the values an object is found under"""


class Change(NamedTuple):
    """One committed change: the object as it is now (or last was), and as it was before."""

    type: str
    resource: str
    object: Object
    old: Object | None
    version: int


OnChange = Callable[[Change], None]


class ExpiredError(PodproofError):
    """A watch asked to resume at a version the log no longer reaches back to."""

    def __init__(self, wanted: int, oldest: int) -> None:
        super().__init__(wanted, oldest)
        self.wanted, self.oldest = wanted, oldest

    def __str__(self) -> str:
        return f"too old resource version: {self.wanted} ({self.oldest})"


class MutationError(PodproofError):
    """Somebody changed a stored object in place."""

    def __init__(self, resource: str, key: Key, stored: str, seen: str) -> None:
        super().__init__(resource, key, stored, seen)
        self.resource, self.key, self.stored, self.seen = resource, key, stored, seen

    def __str__(self) -> str:
        place = "/".join(part for part in self.key if part)
        seen = f"stored: {self.stored}\n  now: {self.seen}"
        return f"{self.resource} {place} was changed in place, build a new object\n  {seen}"


Objects: TypeAlias = list[Object]
Changes: TypeAlias = list[Change]


class Store:
    """Objects by resource, namespace and name. `frozen` makes every access look for mutated objects (for tests)."""

    def __init__(self, watch_log: int = 10_000, frozen: bool = False) -> None:
        self.version = 1
        self._objects: dict[str, dict[str, dict[str, Object]]] = {}
        self._index_keys: Indexes = {}
        self._found: dict[tuple[str, str, str], dict[Key, None]] = {}
        self._log: deque[Change] = deque(maxlen=watch_log)
        self._watchers: dict[str, dict[int, OnChange]] = {}
        self._serial = self._compacted = 0
        self._unsent: deque[Change] = deque()
        self._sending = False
        self._seal: _Seal | None = _Seal() if frozen else None

    def add_indexes(self, indexes: Indexes) -> None:
        """Keep these secondary indexes from now on; to be called while the store is empty."""
        self._index_keys = {**self._index_keys, **indexes}

    def get(self, resource: str, namespace: str, name: str) -> Object | None:
        """Return the object as stored, None where there is none."""
        found = self._objects.get(resource, {}).get(namespace, {}).get(name)
        if found is not None and self._seal is not None:
            self._seal.check(resource, found)
        return found

    def list(self, resource: str, namespace: str | None = None) -> Objects:
        """Return the objects of one namespace (None: of all), in the order of namespace and name."""
        spaces = self._objects.get(resource, {})
        chosen = sorted(spaces) if namespace is None else [namespace]
        found = [space[name] for key in chosen for space in (spaces.get(key, {}),) for name in sorted(space)]
        if self._seal is not None:
            for item in found:
                self._seal.check(resource, item)
        return found

    def past(self, resource: str, version: int) -> Objects:
        """Return the objects of a resource as they were at a version, in the order of namespace and name.

        Raises:
            ExpiredError: the log no longer reaches back to it.
        """
        found = {_key(item): item for item in self.list(resource)}
        for change in reversed(self._after(version)):
            if change.resource != resource:
                continue
            if change.old is None:
                found.pop(_key(change.object), None)
            else:
                found[_key(change.object)] = change.old
        return [found[key] for key in sorted(found)]

    def indexed(self, resource: str, index: str, value: str) -> Objects:
        """Return the objects found under `value` in an index, in the order of namespace and name."""
        spaces = self._objects.get(resource, {})
        return [spaces[space][name] for space, name in sorted(self._found.get((resource, index, value), ()))]

    def is_indexed(self, resource: str, index: str) -> bool:
        """Say whether a resource has an index."""
        return index in self._index_keys.get(resource, ())

    def put(self, resource: str, item: Object) -> Object:
        """Store an object under a new version and return it as stored."""
        self.version += 1
        meta = item["metadata"]
        stored = {**item, "metadata": {**meta, "resourceVersion": str(self.version)}}
        space = self._objects.setdefault(resource, {}).setdefault(meta.get("namespace", ""), {})
        old = space.get(meta["name"])
        if self._seal is not None:
            self._seal.replace(resource, old, stored)
        space[meta["name"]] = stored
        self._reindex(resource, old, stored)
        self._commit(Change(ADDED if old is None else MODIFIED, resource, stored, old, self.version))
        return stored

    def remove(self, resource: str, namespace: str, name: str, last: Object | None = None) -> Object:
        """Take an object away and return its last state (`last`, or as stored) under the version of its removal.

        Raises:
            KeyError: there is no such object.
        """
        space = self._objects[resource][namespace]
        old = space.pop(name)
        self.version += 1
        gone = last or old
        gone = {**gone, "metadata": {**gone["metadata"], "resourceVersion": str(self.version)}}
        if self._seal is not None:
            self._seal.replace(resource, old, None)
        if not space:
            del self._objects[resource][namespace]
        self._reindex(resource, old, None)
        self._commit(Change(DELETED, resource, gone, old, self.version))
        return gone

    def watch(self, resource: str, on_change: OnChange, since: int | None = None) -> Callable[[], None]:
        """Push every change of a resource after version `since` (None: from now on); return what ends it.

        Raises:
            ExpiredError: the log no longer reaches back to `since`.
        """
        if since is not None:
            for change in self._after(since):
                if change.resource == resource:
                    on_change(change)
        self._serial += 1
        serial, watchers = self._serial, self._watchers.setdefault(resource, {})
        watchers[serial] = on_change

        def stop() -> None:
            watchers.pop(serial, None)

        return stop

    def compact(self) -> None:
        """Forget all changes: a watch that would resume before now is too late. Source: etcd's compaction."""
        self._log.clear()
        self._compacted = self.version

    def check(self) -> None:
        """Look for mutated objects in the whole store.

        Raises:
            MutationError: one was found. Without `frozen` none can be.
        """
        for resource in self._objects:
            self.list(resource)

    def _after(self, since: int) -> Changes:
        full = len(self._log) == self._log.maxlen
        oldest = max(self._compacted, self._log[0].version - 1 if full else 0)
        if since < oldest:
            raise ExpiredError(since, oldest)
        return [change for change in self._log if change.version > since]

    def _commit(self, change: Change) -> None:
        self._log.append(change)
        self._unsent.append(change)
        if self._sending:
            return
        self._sending = True
        try:
            while self._unsent:
                sent = self._unsent.popleft()
                for on_change in tuple(self._watchers.get(sent.resource, {}).values()):
                    on_change(sent)
        finally:
            self._sending = False
            self._unsent.clear()

    def _reindex(self, resource: str, old: Object | None, new: Object | None) -> None:
        for index, keys_of in self._index_keys.get(resource, {}).items():
            before = tuple(keys_of(old)) if old is not None else ()
            after = tuple(keys_of(new)) if new is not None else ()
            if before == after:
                continue
            for value in before:
                self._found[resource, index, value].pop(_key(old), None)
            for value in after:
                self._found.setdefault((resource, index, value), {})[_key(new)] = None


class _Seal:
    """The canonical text of every stored object, to notice when one was changed in place."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, Key], str] = {}

    def check(self, resource: str, item: Object) -> None:
        stored, seen = self._texts[resource, _key(item)], _text(item)
        if stored != seen:
            raise MutationError(resource, _key(item), stored, seen)

    def replace(self, resource: str, old: Object | None, new: Object | None) -> None:
        if old is not None:
            self.check(resource, old)
            del self._texts[resource, _key(old)]
        if new is not None:
            self._texts[resource, _key(new)] = _text(new)


def _key(item: Object | None) -> Key:
    assert item is not None
    meta = item["metadata"]
    return meta.get("namespace", ""), meta["name"]


def _text(item: Object) -> str:
    return json.dumps(item, sort_keys=True)
