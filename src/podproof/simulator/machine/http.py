"""HTTP/1.1 as text: what servers here answer and clients here ask."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from podproof.simulator.model.times import SECOND, Nanos

REASONS = {
    200: "OK", 204: "No Content", 301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
"""Source: RFC 9110, section 15."""
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HttpRequest(NamedTuple):
    """A request; header names are in lower case, `target` is the path with its query."""

    method: str
    target: str
    headers: Mapping[str, str] = _NO_HEADERS
    body: str = ""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def line(self) -> str:
        """The request line as access logs show it."""
        return f"{self.method} {self.target} HTTP/1.1"

    def text(self) -> str:
        """Return the request as it goes over the wire."""
        return _message(self.line, self.headers, self.body)


class HttpResponse(NamedTuple):
    """A response; header names are in lower case."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = _NO_HEADERS
    reason: str = ""

    def text(self) -> str:
        """Return the response as it goes over the wire, with its length; the usual reason where it has none."""
        length = {"content-length": str(len(self.body.encode(errors="surrogateescape")))}
        first = f"HTTP/1.1 {self.status} {self.reason or REASONS.get(self.status, '')}".rstrip()
        return _message(first, {**self.headers, **length}, self.body)


def get(host: str, target: str = "/", headers: Mapping[str, str] | None = None) -> HttpRequest:
    """Return a plain GET."""
    return HttpRequest("GET", target or "/", {"host": host, "connection": "close", **(headers or {})})


def parse_request(text: str) -> HttpRequest | None:
    """Return what a text asks, None where it is no HTTP request."""
    parts = _parsed(text)
    if parts is None:
        return None
    words = parts[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        return None
    return HttpRequest(words[0], words[1], parts[1], parts[2])


def parse_response(text: str) -> HttpResponse | None:
    """Return what a server answered, None where it does not speak HTTP."""
    parts = _parsed(text)
    if parts is None:
        return None
    version, _, rest = parts[0].partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/") or not status.isdigit():
        return None
    return HttpResponse(int(status), parts[2], parts[1], rest[4:])


def http_date(moment: Nanos) -> str:
    """Return a moment as the Date header writes it. Source: RFC 9110, section 5.6.7."""
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def log_date(moment: Nanos) -> str:
    """Return a moment as access logs write it: 21/Nov/2026:02:25:13 +0000."""
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def _message(first: str, headers: Mapping[str, str], body: str) -> str:
    lines = [first, *(f"{'-'.join(part.capitalize() for part in key.split('-'))}: {headers[key]}" for key in headers)]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def _parsed(text: str) -> tuple[str, dict[str, str], str] | None:
    head, separator, body = text.partition("\r\n\r\n")
    if not separator:
        head, separator, body = text.partition("\n\n")
    if not separator:
        return None
    first, *lines = head.splitlines() or [""]
    pairs = (line.partition(":") for line in lines)
    return first, {key.strip().lower(): value.strip() for key, _, value in pairs}, body
