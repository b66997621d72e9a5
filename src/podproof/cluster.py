"""The port: what a step may ask of a cluster, whichever cluster it is.

Times are cluster time in integer nanoseconds (`Nanos`), counted from the start of the record: virtual on the simulator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from podproof.claims import Claim, Verdict
from podproof.manifests import Manifest
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API's own refusal of a request; `causes` name each fault's field, as the Status has them."""

    code: int
    reason: str
    message: str
    causes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one object of a manifest: kubectl's word ("created", "configured", …) or a refusal."""

    ref: Ref
    outcome: str
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a port: the body of a reply, or, where none came, `error` in the network's own words."""

    body: str
    error: str = ""


class Cluster(Protocol):
    """What a step may ask of a cluster."""

    name: str
    namespace: str
    capabilities: frozenset[str]

    def apply(self, manifest: Manifest) -> Sequence[Applied]:
        """Apply each document in order, as kubectl apply does; a refusal is an outcome, not an exception."""

    def create(self, item: Object) -> Applied:
        """Create one object."""

    def patch(self, ref: Ref, body: Mapping[str, Any], subresource: str = "") -> Applied:
        """Apply a strategic merge patch."""

    def delete(self, ref: Ref, grace_seconds: int | None = None) -> Applied:
        """Ask for deletion, as kubectl delete does, without waiting for its end."""

    def get(self, ref: Ref) -> Object | None:
        """Return the object as the API has it now, None where there is none."""

    def list(self, kind: str) -> Sequence[Object]:
        """Return the namespace's objects of a kind, ordered by name."""

    def logs(self, pod: str, container: str = "", previous: bool = False) -> "str | Refusal":
        """Return a container's log, or the API's own refusal."""

    def reach(self, pod: str, port: int) -> Answer:
        """Ask a pod for `GET /` on a port, from outside of it."""

    def record(self) -> Record:
        """Return everything the cluster has shown so far in this scenario."""

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Let time pass until the claim is decided or `within` is over, and return the verdict."""

    def pass_time(self, span: Nanos) -> None:
        """Let `span` of cluster time pass."""

    def close(self) -> None:
        """End the scenario: remove what it made, leave nothing running."""
