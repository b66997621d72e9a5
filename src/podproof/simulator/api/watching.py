"""Watches: the backlog first, then every change, as the selectors of the watch see it.

Source: staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go, convertToWatchEvent.
"""

from collections.abc import Callable

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.list_options import watch_version
from podproof.simulator.api.selection import Test, chosen, selection
from podproof.simulator.api.versions import shown
from podproof.simulator.kernel.requests import OnEvent, Request, Watch, WatchEvent
from podproof.simulator.kernel.store import ADDED, DELETED, MODIFIED, Change, ExpiredError, Store
from podproof.simulator.model.objects import Object

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Watches:
    """The watches that are open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bookmarked: dict[int, tuple[Resource, OnEvent]] = {}
        self._serial = 0

    def open(self, request: Request, resource: Resource) -> Watch:
        """Return a watch that starts when it is subscribed to.

        Raises:
            ApiError: a selector that does not parse, or a resourceVersion that is none.
        """
        test, since = selection(request, resource), watch_version(request)
        if request.params.get("sendInitialEvents"):
            since = None if request.params["sendInitialEvents"] == "true" else since or self._store.version
        if not resource.is_converted:
            return Watch(lambda on_event: self._start(request, resource, test, since, on_event))
        return Watch(lambda on_event: self._start(request, resource, test, since, _showing(resource, on_event)))

    def bookmark(self) -> None:
        """Tell every watch that asked for bookmarks how far the store is."""
        for resource, on_event in tuple(self._bookmarked.values()):
            on_event(self._bookmark(resource))

    def _start(
        self, request: Request, resource: Resource, test: Test, since: int | None, on_event: OnEvent
    ) -> Callable[[], None]:
        if since is None:
            for item in chosen(request, resource, self._store):
                on_event(WatchEvent(ADDED, item))
            wanted = ("sendInitialEvents", "allowWatchBookmarks")
            if all(request.params.get(each) == "true" for each in wanted):
                on_event(self._bookmark(resource, initial=True))
        try:
            self._check_known(since)
            stop = self._store.watch(resource.storage, lambda change: _push(change, test, on_event), since)
        except ExpiredError as error:
            on_event(WatchEvent("ERROR", statuses.expired(str(error)).status))
            return lambda: None
        return self._with_bookmarks(request, resource, on_event, stop)

    def _check_known(self, since: int | None) -> None:
        """Refuse a version that is still to come: it is of another life of this server.

        Approximated: a real server's versions outlive it, and it would wait for this one.
        """
        if since is not None and since > self._store.version:
            raise ExpiredError(since, self._store.version)

    def _with_bookmarks(
        self, request: Request, resource: Resource, on_event: OnEvent, stop: Callable[[], None]
    ) -> Callable[[], None]:
        if request.params.get("allowWatchBookmarks") != "true":
            return stop
        self._serial += 1
        serial = self._serial
        self._bookmarked[serial] = (resource, on_event)

        def end() -> None:
            self._bookmarked.pop(serial, None)
            stop()

        return end

    def _bookmark(self, resource: Resource, initial: bool = False) -> WatchEvent:
        meta: dict[str, object] = {"resourceVersion": str(self._store.version)}
        if initial:
            meta["annotations"] = {INITIAL_EVENTS_END: "true"}
        return WatchEvent("BOOKMARK", {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta})


def _showing(resource: Resource, on_event: OnEvent) -> OnEvent:
    """Return what passes events on with their objects in the version that is watched."""

    def pass_on(event: WatchEvent) -> None:
        is_object = event.type in (ADDED, MODIFIED, DELETED)
        on_event(WatchEvent(event.type, shown(resource, event.object)) if is_object else event)

    return pass_on


def _push(change: Change, test: Test, on_event: OnEvent) -> None:
    """Pass a change on as the selector sees it: what begins to match is added, what ceases to is deleted."""
    now = change.type != DELETED and test(change.object)
    before = change.old is not None and test(change.old)
    if now:
        on_event(WatchEvent(MODIFIED if before else ADDED, change.object))
    elif before:
        on_event(WatchEvent(DELETED, change.object if change.type == DELETED else _last_seen(change)))


def _last_seen(change: Change) -> Object:
    """Return the object as the watch last saw it, under the version at which it ceased to match."""
    assert change.old is not None
    meta = {**change.old["metadata"], "resourceVersion": str(change.version)}
    return {**change.old, "metadata": meta}
