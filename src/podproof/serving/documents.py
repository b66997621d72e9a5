"""The paths that lead to no object: discovery, version, health, and the list of them all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from podproof.serving import discovery, negotiation, openapi
from podproof.serving.negotiation import Wanted
from podproof.serving.reviews import REVIEWS
from podproof.simulator.api.discovery import Resource

VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "podproof",
    "platform": "linux/amd64",
}
"""What `kubectl version` shows. Source: staging/src/k8s.io/apimachinery/pkg/version/types.go, Info."""

_HEALTH = ("/healthz", "/livez", "/readyz")


class Document(NamedTuple):
    """A document and the form it is given in; a text is given as it is."""

    body: Any
    form: Wanted = Wanted()


def document(path: str, accept: str, host: str, served: Sequence[Resource]) -> Document | None:
    """Return what a path leads to, None where it leads nowhere; `served` are all resources of the cluster.

    Raises:
        ApiError: 406, the client takes no form that it has.
    """
    path = path.rstrip("/") or "/"
    if path.startswith(_HEALTH):
        return Document("ok") if path.count("/") < 3 else None
    if path == "/version":
        return Document(VERSION)
    parts = path.strip("/").split("/")
    if parts[0] in ("api", "apis"):
        return _discovery(parts, accept, host, (*served, *REVIEWS))
    if parts[0] == "openapi":
        return _openapi(parts[1:], accept, served)
    return Document({"paths": _paths(served)}) if path == "/" else None


def _openapi(parts: Sequence[str], accept: str, served: Sequence[Resource]) -> Document | None:
    negotiation.wanted(accept, only=(negotiation.JSON,))
    found: Any = None
    match parts:
        case ["v2"]:
            found = openapi.v2(served)
        case ["v3"]:
            found = openapi.index(served)
        case ["v3", "api", version]:
            found = openapi.v3(served, "", version)
        case ["v3", "apis", group, version]:
            found = openapi.v3(served, group, version)
    return None if found is None else Document(found)


def _discovery(parts: Sequence[str], accept: str, host: str, served: Sequence[Resource]) -> Document | None:
    shape = (discovery.GROUP, discovery.VERSION, discovery.SHAPE)
    form = negotiation.wanted(accept, (shape,) if len(parts) == 1 else ())
    found: Any = None
    match parts:
        case ["api" | "apis"] if form.shape:
            found = discovery.aggregated(served, legacy=parts[0] == "api")
        case ["api"]:
            found = discovery.api_versions(host)
        case ["apis"]:
            found = discovery.group_list(served)
        case ["api", version]:
            found = discovery.resource_list(served, "", version)
        case ["apis", group]:
            found = discovery.group(served, group)
        case ["apis", group, version]:
            found = discovery.resource_list(served, group, version)
    return None if found is None else Document(found, form)


def _paths(served: Sequence[Resource]) -> list[str]:
    groups = {part for each in served if each.group for part in (each.group, f"{each.group}/{each.version}")}
    return [
        "/api",
        "/api/v1",
        "/apis",
        *sorted(f"/apis/{part}" for part in groups),
        *_HEALTH,
        "/openapi/v2",
        "/openapi/v3",
        "/version",
    ]
