"""From a method, a path and a query to a request of the API.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go, RequestInfoFactory.NewRequestInfo.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from podproof.simulator.api.bodies import Body
from podproof.simulator.kernel.requests import Request

_VERBS = {"GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_OF_MANY = {"get": "list", "delete": "deletecollection"}
_OF_NAMESPACES = ("status", "finalize")
"""What follows the name of a namespace without being a resource in it."""
_BOOLEANS = (
    "watch", "allowWatchBookmarks", "sendInitialEvents", "follow", "previous", "timestamps", "pretty", "force",
    "stdin", "stdout", "stderr", "tty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """What a path asks for: a verb on a resource of a group and version. `rest` is what follows the subresource."""

    verb: str
    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""

    @property
    def resource(self) -> str:
        """The plural with its group, as requests spell it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def request(self, params: Mapping[str, str], body: Body, user: str) -> Request:
        """Return the request for the API function."""
        place = self.resource, self.namespace, self.name, self.subresource
        return Request(self.verb, *place, body.value, params, user, body.faults)


def call_of(method: str, path: str, params: Mapping[str, str]) -> Call | None:
    """Return what is asked for, None where the path leads to no resource."""
    parts = [part for part in path.split("/") if part]
    verb = _VERBS.get(method, method.lower())
    if parts[:1] == ["api"] and len(parts) > 2:
        group, version, tail = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) > 3:
        group, version, tail = parts[1], parts[2], parts[3:]
    else:
        return None
    if tail[0] == "watch" and len(tail) > 1:
        verb, tail = "watch", tail[1:]
    namespace, tail = _namespaced(tail)
    plural, name, subresource = (*tail, "", "")[:3]
    if not name:
        verb = _OF_MANY.get(verb, verb)
    if verb == "list" and params.get("watch") == "true":
        verb = "watch"
    return Call(verb, group, version, plural, namespace, name, subresource, "/".join(tail[3:]))


def _namespaced(tail: list[str]) -> tuple[str, list[str]]:
    """Return the namespace a path is in, and the rest of the path; a namespace itself is in none."""
    if tail[0] != "namespaces" or len(tail) < 3 or tail[2] in _OF_NAMESPACES:
        return "", tail
    return tail[1], tail[2:]


def params_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a query, what says yes or no as "true" or "false".

    Source: staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go, Convert_Slice_string_To_bool.
    """
    return {key: _boolean(value) if key in _BOOLEANS else value for key, value in query.items()}


def _boolean(text: str) -> str:
    return "false" if text == "0" or text.lower() == "false" else "true"
