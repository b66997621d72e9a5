"""Which form of an answer a client takes, and which form of a body it sent.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, errors.go.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from podproof.simulator.api import bodies, statuses
from podproof.simulator.api.bodies import Body

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
PATCHES: Mapping[str, str] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}

_ANYTHING = ("*/*", "application/*")


class Wanted(NamedTuple):
    """The form of an answer: a media type, and what the object is to be turned into ("": nothing)."""

    media: str = JSON
    shape: str = ""
    group: str = ""
    version: str = ""

    @property
    def content_type(self) -> str:
        """What the answer says of itself."""
        if not self.shape:
            return self.media
        return f"{self.media};g={self.group};v={self.version};as={self.shape}"


def wanted(header: str, shapes: Collection[tuple[str, str, str]] = (), only: Collection[str] = (JSON, YAML)) -> Wanted:
    """Return the first form of an Accept header that can be given; `shapes` are (group, version, kind).

    Raises:
        ApiError: 406, none can be given.
    """
    for media, params in _clauses(header or "*/*"):
        form = only_first(only) if media in _ANYTHING else media
        if form not in only:
            continue
        if not params.get("as"):
            return Wanted(form)
        if (shape := (params.get("g", ""), params.get("v", ""), params["as"])) in shapes:
            return Wanted(form, shape[2], shape[0], shape[1])
    message = f"only the following media types are accepted: {', '.join(only)}"
    raise statuses.failure(406, "NotAcceptable", message)


def only_first(types: Collection[str]) -> str:
    """Return the type that is given where any would do."""
    return next(iter(types))


def _clauses(header: str) -> list[tuple[str, dict[str, str]]]:
    """Return the clauses of an Accept header, the most wanted first, equals in the order written."""
    found = []
    for clause in header.split(","):
        media, *rest = (part.strip() for part in clause.split(";"))
        params = dict(part.split("=", 1) for part in rest if "=" in part)
        found.append((_weight(params.pop("q", "1")), media, params))
    found.sort(key=lambda each: -each[0])
    return [(media, params) for _, media, params in found]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def patch_kind(content_type: str) -> str:
    """Return which kind of patch a body is.

    Raises:
        ApiError: 415, no kind of patch that is known.
    """
    media = _media(content_type)
    if media not in PATCHES:
        raise _unsupported(tuple(PATCHES))
    return PATCHES[media]


def read_body(content_type: str, data: bytes, kind: str = "") -> Body:
    """Return what a body says; `kind` is what it should be, "" where it is no object of the API.

    Raises:
        ApiError: 415 for a type that is not spoken here, 413 for what is too large, 400 for what cannot be read.
    """
    media = _media(content_type) or JSON
    if media not in (JSON, YAML, PROTOBUF, *PATCHES):
        raise _unsupported((JSON, YAML, PROTOBUF))
    bodies.check_size(data)
    if media.endswith("json"):
        return bodies.json_body(data, "" if media in PATCHES else kind)
    if not data.strip():
        return Body(None)
    return Body(_protobuf(data) if media == PROTOBUF else _yaml(data))


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _unsupported(known: Collection[str]) -> Exception:
    listed = ", ".join(known)
    message = f"the body of the request was in an unknown format - accepted media types include: {listed}"
    return statuses.failure(415, "UnsupportedMediaType", message)


def _protobuf(data: bytes) -> Any:
    from podproof.serving.protobuf import decode

    try:
        return decode(data)
    except (ValueError, TypeError, AttributeError) as error:
        raise statuses.bad_request(f"protobuf: {error}") from None


def _yaml(data: bytes) -> Any:
    from podproof.manifests.faults import Fault
    from podproof.manifests.plain_values import documents

    faults: list[Fault] = []
    found = [value for value, _ in documents(data.decode(errors="replace"), faults)]
    if faults or len(found) > 1:
        told = "; ".join(f"line {each.line}: {each.text}" for each in faults) or "one document is wanted, not several"
        raise statuses.bad_request(f"yaml parse error: {told}")
    return found[0] if found else None


def write_body(form: Wanted, body: Any, pretty: bool = False) -> bytes:
    """Return an answer's bytes."""
    if form.media == YAML:
        import yaml

        dumped: str = yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
        return dumped.encode()
    if pretty:
        return json.dumps(body, indent=2).encode() + b"\n"
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"
