"""An API server of its own for each test, over a store that notices mutated objects."""

from collections.abc import Mapping
from typing import Any

import pytest

from podproof.simulator.api.server import Api
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import Request, Response, WatchEvent
from podproof.simulator.kernel.store import Store
from podproof.simulator.machine.logs import Log
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment, seconds

BEGINNING = moment("2026-01-01T00:00:00Z")


class Bench:
    """The API server under test, who asks it, and the clock it reads."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.store = Store(frozen=True)
        self.api = Api(self.store, lambda: self.now, Chance("test"), self._log)
        self.user = Client(self.api.handle, "kubectl")
        self.component = Client(self.api.handle, "system:test")
        for name in ("default", "other"):
            self.component.create("namespaces", {"metadata": {"name": name}})

    def _log(self, pod: Object, container: str, previous: bool) -> Log:
        return Log.of(f"log of {container}\n", self.now)

    def pass_time(self, span: float) -> None:
        """Let seconds pass."""
        self.now = Nanos(self.now + seconds(span))

    def ask(self, verb: str, resource: str, name: str = "", body: Any = None, **params: str) -> Response:
        """Send a request to the namespace "default" as a user."""
        return self.api.handle(Request(verb, resource, "default", name, body=body, params=params))

    def watched(self, resource: str, **params: str) -> list[WatchEvent]:
        """Return the growing list of what a watch delivers."""
        response = self.api.handle(Request("watch", resource, "default", params=params))
        assert response.watch is not None
        seen: list[WatchEvent] = []
        response.watch.subscribe(seen.append)
        return seen

    def create(self, kind: str, name: str, /, **parts: Any) -> dict[str, Any]:
        """Create an object of a kind as a user and return it as stored."""
        meta = {"name": name, **parts.pop("metadata", {})}
        resource = {"Pod": "pods", "Service": "services", "ConfigMap": "configmaps", "Secret": "secrets"}[kind]
        body = {"apiVersion": "v1", "kind": kind, "metadata": meta, **parts}
        return self.user.create(resource, body, "default")

    def pod(self, name: str = "p", **changes: Any) -> dict[str, Any]:
        """Create a plain pod; keywords change its spec."""
        return self.create("Pod", name, spec={**pod_spec(), **changes})


def pod_spec(**changes: Any) -> dict[str, Any]:
    """Return the spec of a plain pod of one container, changed by keywords."""
    return {"containers": [{"name": "c", "image": "busybox:1.28"}], **changes}


def manifest(spec: Mapping[str, Any], **meta: Any) -> dict[str, Any]:
    """Return a pod's manifest."""
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", **meta}, "spec": dict(spec)}


@pytest.fixture
def bench() -> Bench:
    """Return a fresh API server."""
    return Bench()
