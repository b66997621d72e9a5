"""The namespaces that a run makes, one for each scenario, and how they go."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from podproof.clusters.live.clocks import clock_of, ours
from podproof.clusters.live.discovering import Catalogue
from podproof.clusters.live.territory import RUN
from podproof.clusters.live.transport import Transport
from podproof.clusters.live.watching import Watching
from podproof.errors import PodproofError
from podproof.simulator.api.discovery import resources
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record

OWNER: Final = "app.kubernetes.io/managed-by"
PODPROOF: Final = "podproof"
LIMIT: Final = seconds(180)
"""How long (cluster time) namespaces that are being deleted are waited for."""


class NamespaceError(PodproofError):
    """A scenario gets no namespace; `why` is the API server's message."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name, self.why = name, why

    def __str__(self) -> str:
        return f"the namespace {self.name} for the scenario was refused: {self.why}; may this user create namespaces?"


def name_of(about: str, chance: str) -> str:
    """Return the name of a scenario's namespace: the same scenario has the same hash, `chance` keeps runs apart."""
    return f"{PODPROOF}-{hashlib.sha256(about.encode()).hexdigest()[:12]}-{chance}"


def create(transport: Transport, name: str, run: str) -> None:
    """Make a namespace.

    Raises:
        NamespaceError: it is refused.
    """
    meta = {"name": name, "labels": {OWNER: PODPROOF, RUN: run}}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
    response = transport.handle(Request("create", "namespaces", body=body))
    if response.code >= 400:
        raise NamespaceError(name, str(at(response.body, "message")))


def delete(transport: Transport, resource: str, name: str) -> Response:
    """Ask for the deletion of something that no namespace holds; nobody waits for its end."""
    return transport.handle(Request("delete", resource, name=name, body={"propagationPolicy": "Background"}))


def left(transport: Transport, run: str = "") -> list[tuple[str, str]]:
    """Return what runs (or one of them) have left, resource and name: the namespaces last, as they take longest."""
    selector = f"{RUN}={run}" if run else RUN
    found: list[tuple[str, str]] = []
    catalogue = Catalogue(transport)
    catalogue.refresh()
    outside = {each.name: each for each in reversed(catalogue.resources) if not each.namespaced}.values()
    for each in sorted(outside, key=lambda each: each.kind == "Namespace"):
        response = transport.handle(Request("list", each.name, params={"labelSelector": selector}))
        if response.code == 200:
            found += [(each.name, item["metadata"]["name"]) for item in response.body["items"]]
    return found


def wait_until_gone(transport: Transport, names: Iterable[str], limit: Nanos = LIMIT) -> list[str]:
    """Wait until namespaces are gone, at most so long (cluster time), and return those that are not."""
    refs = [Ref("Namespace", "", name) for name in names]
    clock = clock_of(transport)
    record = Record(lambda: clock.now, clock.now)
    kinds = [each for each in resources() if each.kind == "Namespace"]
    watching = Watching(transport, "", record, ours, clock.moment, kinds)
    try:
        watching.begin()
        end = Nanos(clock.now + limit)
        while clock.now < end and any(record.latest(ref) is not None for ref in refs):
            clock.step(end, watching)
    finally:
        watching.end()
        clock.end()
    return [ref.name for ref in refs if record.latest(ref) is not None]


def kept_for(keep: str, failed: Any) -> bool:
    """Say whether a scenario's namespace stays: never, on-failure or always."""
    return keep == "always" or (keep == "on-failure" and bool(failed))
