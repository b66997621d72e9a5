"""Requests of the API on the wire, through the connection that the kubernetes client makes of a kubeconfig."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

import urllib3

from podproof.errors import NotModelledError, PodproofError
from podproof.simulator.api.discovery import Resource, served
from podproof.simulator.kernel.requests import Request, Response

CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 60.0
ATTEMPTS: Final = 10
"""Source: staging/src/k8s.io/client-go/rest/request.go, Request.MaxRetries as NewRequest sets it."""

_METHODS = {"get": "GET", "list": "GET", "create": "POST", "update": "PUT", "patch": "PATCH", "delete": "DELETE"}
_PATCHES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


class UnreachableError(PodproofError, OSError):
    """An API server does not answer; `what` was asked of `url`, `why` is what the network said."""

    def __init__(self, what: str, url: str, why: str) -> None:
        super().__init__(what, url, why)
        self.what, self.url, self.why = what, url, why

    def __str__(self) -> str:
        return f"{self.what}: the API server at {self.url} did not answer: {self.why}; is the cluster up and reachable?"


class Client(Protocol):
    """What is used of `kubernetes.client.ApiClient`."""

    configuration: Any
    rest_client: Any


class Transport:
    """Calls of one API server. `pause` waits so many seconds of our time."""

    def __init__(self, client: Client, pause: Callable[[float], object]) -> None:
        self._configuration, self._pool = client.configuration, client.rest_client.pool_manager
        self._pause = pause
        self.others: Mapping[str, Resource] = {}
        """What this server has beside the built-in kinds, as far as it was asked, by the names of requests."""
        self.url = str(client.configuration.host).rstrip("/")

    def handle(self, request: Request) -> Response:
        """Make a call and return its answer; a refusal is an answer.

        Raises:
            UnreachableError: none came.
        """
        params = dict(request.params)
        kind = _PATCHES[params.pop("patchType", "strategic")] if request.verb == "patch" else "application/json"
        body = None if request.body is None else json.dumps(request.body).encode()
        path = path_of(self.resource(request.resource), request.namespace, request.name, request.subresource)
        return self.call(_METHODS[request.verb], path, params, body, kind)

    def resource(self, name: str) -> Resource:
        """Return what a request names.

        Raises:
            NotModelledError: nobody has told of it.
        """
        found = self.others.get(name) or served(name)
        if found is None:
            raise NotModelledError(f"the resource {name}", "a request")
        return found

    def call(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: bytes | None = None,
        content_type: str = "application/json", accept: str = "application/json",
    ) -> Response:  # fmt: skip
        """Make a call by its path; a server that asks for a pause (Retry-After) gets it.

        Source: staging/src/k8s.io/client-go/rest/with_retry.go, withRetry.IsNextRetry.

        Raises:
            UnreachableError: no answer came.
        """
        headers = {"Accept": accept, **({"Content-Type": content_type} if body is not None else {})}
        for attempt in range(1, ATTEMPTS + 1):
            reply = self._sent(method, path, params or {}, body, headers)
            wait = asked_to_wait(reply)
            if wait is None or attempt == ATTEMPTS:
                break
            self._pause(wait)
        return _response(reply)

    def opened(self, path: str, params: Mapping[str, str], read_seconds: float) -> urllib3.BaseHTTPResponse:
        """Return the answer of a GET as it begins; its body is read as it comes.

        Raises:
            UnreachableError: no answer came.
        """
        return self._sent("GET", path, params, None, {}, read_seconds, stream=True)

    def _sent(
        self, method: str, path: str, params: Mapping[str, str], body: bytes | None, headers: Mapping[str, str],
        read_seconds: float = READ_SECONDS, stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:  # fmt: skip
        query = f"?{urlencode(params)}" if params else ""
        said = {"User-Agent": "podproof", "Accept": "application/json", **headers, **self._authorization()}
        try:
            reply: urllib3.BaseHTTPResponse = self._pool.request(
                method, f"{self.url}{path}{query}", body=body, headers=said, preload_content=not stream,
                retries=False, redirect=False,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"{method} {path}", self.url, str(error)) from None
        return reply

    def _authorization(self) -> dict[str, str]:
        """Return what says who asks; asking for it renews a token that has expired."""
        settings = self._configuration.auth_settings()
        return {each["key"]: each["value"] for each in settings.values() if each["in"] == "header" and each["value"]}


def path_of(resource: Resource, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """Return the path of a resource, one of its objects, or a part of that."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    place = f"/namespaces/{quote(namespace)}" if namespace and resource.namespaced else ""
    tail = [resource.plural, *(quote(each) for each in (name, subresource) if each)]
    return f"{root}{place}/{'/'.join(tail)}"


def asked_to_wait(reply: urllib3.BaseHTTPResponse) -> float | None:
    """Return how long (s) a server that is too busy wants to be left alone, None where it does not."""
    after = reply.headers.get("Retry-After", "")
    return float(after) if (reply.status == 429 or reply.status >= 500) and after.isdecimal() else None


def _response(reply: urllib3.BaseHTTPResponse) -> Response:
    text = reply.data.decode(errors="surrogateescape")
    if "json" not in reply.headers.get("Content-Type", ""):
        return Response(reply.status, text if reply.status < 400 else _status(reply.status, text))
    return Response(reply.status, json.loads(text))


def _status(code: int, text: str) -> dict[str, Any]:
    """Return a Status for a refusal that has none of its own, as a proxy before the API server sends it."""
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": text.strip()}
