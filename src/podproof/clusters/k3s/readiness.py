"""When a container has become a cluster: its nodes are Ready, and its default namespace has its account.

No line of a log is waited for: which one k3s writes last depends on its release.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml
from testcontainers.core.container import DockerContainer

from podproof.clusters.k3s.faults import NotReadyError
from podproof.clusters.live.clocks import WallClock, ours, pause
from podproof.clusters.live.contexts import client_of
from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.clusters.live.watching import Watching
from podproof.simulator.api.discovery import resources
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import SECOND, Nanos
from podproof.timeline import Record

KUBECONFIG: Final = "/etc/rancher/k3s/k3s.yaml"
PORT: Final = 6443
_LOOK = 0.2
"""Seconds between two looks into the container: Docker tells nobody when a file appears in one."""
_TAIL = 15
_NEEDED = ("Node", "ServiceAccount")


class Readiness:
    """Waits for a cluster, at most `limit` (s) in all. `stopped` says whether nobody wants it any more."""

    def __init__(self, server: DockerContainer, limit: float, stopped: Callable[[], bool]) -> None:
        self._server, self._limit, self._stopped = server, limit, stopped
        self._began = ours()

    def kubeconfig(self) -> Mapping[str, Any]:
        """Return the kubeconfig that leads to the server from here.

        Raises:
            NotReadyError: it was not written in time, or the container has ended.
        """
        container = self._server.get_wrapped_container()
        while True:
            found = container.exec_run(["cat", KUBECONFIG]) if self._runs("wrote no kubeconfig") else None
            if found is not None and found.exit_code == 0 and found.output.strip():
                return self._reached(found.output.decode())
            pause(_LOOK)

    def until_ready(self, config: Mapping[str, Any], nodes: int) -> None:
        """Wait for so many nodes that are Ready, and for the default namespace's account.

        Raises:
            NotReadyError: they did not come in time, or the container has ended.
        """
        transport, clock = Transport(client_of(config), pause), WallClock()
        record = Record(lambda: clock.now, clock.now)
        kinds = [each for each in resources() if each.kind in _NEEDED]
        missing = "its API server does not answer"
        while True:
            watching = Watching(transport, "default", record, ours, clock.moment, kinds)
            try:
                watching.begin()
                while missing := _missing(record, nodes):
                    self._runs(missing)
                    clock.step(Nanos(clock.now + SECOND), watching)
                return
            except UnreachableError as error:
                missing = str(error)
            finally:
                watching.end()
            self._runs(missing)

    def _runs(self, missing: str) -> bool:
        """Make sure that there is still something to wait for."""
        container, waited = self._server.get_wrapped_container(), (ours() - self._began) / SECOND
        container.reload()
        ended = container.status not in ("created", "running")
        if ended or waited >= self._limit or self._stopped():
            what = f"the container has ended (exit code {_exit_code(container)})" if ended else missing
            log = container.logs(tail=_TAIL).decode(errors="replace")
            raise NotReadyError(self._server.image, what, waited, log)
        return True

    def _reached(self, text: str) -> Mapping[str, Any]:
        """Return a kubeconfig whose server is reached from here."""
        server = self._server
        config: dict[str, Any] = yaml.safe_load(text)
        port = server.get_exposed_port(PORT)
        config["clusters"][0]["cluster"]["server"] = f"https://{server.get_container_host_ip()}:{port}"
        return config


def _missing(record: Record, nodes: int) -> str:
    """Return what a cluster still lacks, "" where nothing."""
    ready = [ref.name for ref in record.refs("Node") if is_ready(record.latest(ref))]
    if len(ready) < nodes:
        return f"of {nodes} nodes {', '.join(ready) or 'none'} is Ready"
    account = record.latest(Ref("ServiceAccount", "default", "default"))
    return "" if account is not None else "the namespace default has no default ServiceAccount"


def is_ready(node: Object | None) -> bool:
    """Say whether a node is Ready."""
    conditions = at(node, "status", "conditions") or ()
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def _exit_code(container: Any) -> Any:
    return container.attrs["State"].get("ExitCode")
