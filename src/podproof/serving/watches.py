"""A watch on the wire: one JSON line for each event.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go, WatchServer.HandleHTTP; response.go,
newWatchEncoder (a Table's columns come with its first event only).
"""

import json
from collections.abc import Callable, Mapping

from podproof.serving import shapes
from podproof.serving.negotiation import Wanted
from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import WatchEvent
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

Offer = Callable[[bytes], None]


class Lines:
    """Events as lines. The last one is kept: an event goes to every watcher in turn, and is written down once."""

    def __init__(self) -> None:
        self._type = ""
        self._object: Object | None = None
        self._line = b""

    def line(self, type_: str, item: Object) -> bytes:
        """Return an event's line."""
        if item is not self._object or type_ != self._type:
            text = json.dumps({"type": type_, "object": item}, separators=(",", ":"))
            self._type, self._object, self._line = type_, item, text.encode() + b"\n"
        return self._line


def sender(
    lines: Lines, form: Wanted, resource: Resource, params: Mapping[str, str], now: Callable[[], Nanos], offer: Offer,
    end: Callable[[], None],
) -> Callable[[WatchEvent], None]:  # fmt: skip
    """Return what passes a watch's events on in the form that is wanted; an error is the last of them."""
    headed = True

    def shape(item: Object) -> Object:
        nonlocal headed
        if form.shape != shapes.TABLE:
            return shapes.shaped(form, resource, item, params, now())
        made = shapes.table(resource, [item], {}, params, now(), headed)
        headed = False
        return made

    def send(event: WatchEvent) -> None:
        plain = not form.shape or event.type in ("BOOKMARK", "ERROR")
        try:
            offer(lines.line(event.type, event.object if plain else shape(event.object)))
        except Exception as error:  # whoever wrote the object has nothing to do with how it is shown to others
            why = statuses.failure(500, "InternalError", f"Internal error occurred: {error!r}").status
            offer(lines.line("ERROR", why))
            end()
        if event.type == "ERROR":
            end()

    return send
