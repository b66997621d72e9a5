"""What goes into the API server and what comes out of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from podproof.errors import PodproofError
from podproof.simulator.model.objects import Object

OnEvent = Callable[["WatchEvent"], None]


class Request(NamedTuple):
    """One call of the API. `resource` is the plural ("pods", "deployments.apps"); `params` are the query's.

    verb: get, list, watch, create, update, patch, delete, deletecollection. A patch says its kind in
    `params["patchType"]`: "json", "merge", "strategic" or "apply". `user` is who asks ("kubectl", "kubelet", …);
    `is_component` tells the cluster's own parts from everybody else. `faults` are what strict decoding holds against
    the text that the body was read from, such as a field that it says twice.
    """

    verb: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    body: Any = None
    params: Mapping[str, str] = MappingProxyType({})
    user: str = "kubectl"
    faults: tuple[str, ...] = ()

    @property
    def is_component(self) -> bool:
        """Whether a part of the cluster asks: those write whole and well-formed objects."""
        return self.user == "kubelet" or self.user.startswith("system:")


class Response(NamedTuple):
    """The answer: an HTTP status code and a body. Errors carry a metav1.Status; a watch carries `watch`.

    A log that is followed carries `more`: what was written since it was asked last, and whether that was all.
    """

    code: int
    body: Any = None
    watch: "Watch | None" = None
    warnings: tuple[str, ...] = ()
    more: "Callable[[], tuple[str, bool]] | None" = None


class WatchEvent(NamedTuple):
    """One change: type is ADDED, MODIFIED, DELETED, BOOKMARK or ERROR; the object carries its resourceVersion."""

    type: str
    object: Object


class Watch:
    """An open watch. Events are pushed to `on_event` as they are stored, backlog first; `stop` ends it."""

    def __init__(self, start: Callable[[OnEvent], Callable[[], None]]) -> None:
        self._start = start
        self._stop: Callable[[], None] | None = None

    def subscribe(self, on_event: OnEvent) -> None:
        """Begin to receive events. Called once."""
        self._stop = self._start(on_event)

    def stop(self) -> None:
        """Receive no more events."""
        if self._stop is not None:
            self._stop()
            self._stop = None


class NoLogError(PodproofError):
    """The node has no such log to give; the API server answers 400 with this text."""


class NodeUnreachableError(PodproofError):
    """The API server cannot speak to the kubelet; it answers 500 with this text."""


class ApiError(PodproofError):
    """The API server refused; `status` is its metav1.Status."""

    def __init__(self, status: Object) -> None:
        super().__init__(status)
        self.status = status

    @property
    def code(self) -> int:
        """The HTTP status code."""
        return int(self.status["code"])

    @property
    def reason(self) -> str:
        """The machine-readable reason ("NotFound", "Invalid", "Conflict", …)."""
        return str(self.status.get("reason", ""))

    @property
    def message(self) -> str:
        """The text kubectl shows after `Error from server (Reason):`."""
        return str(self.status.get("message", ""))

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"Error from server{reason}: {self.message}"
