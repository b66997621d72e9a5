"""One run of tests on a cluster that is not its own: a namespace for each scenario, none left behind."""

import secrets
from collections.abc import Mapping
from typing import Any

from podproof.clusters.live import namespaces
from podproof.clusters.live.clocks import pause
from podproof.clusters.live.cluster import LiveCluster
from podproof.clusters.live.contexts import client_of
from podproof.clusters.live.territory import Territory
from podproof.clusters.live.transport import Transport


def new_id() -> str:
    """Return an id that no other run has."""
    return secrets.token_hex(4)


class Run:
    """Scenarios on one cluster. `config` is its pinned kubeconfig, `id` labels what the run makes."""

    def __init__(self, config: Mapping[str, Any], id: str, name: str = "live", keep: str = "never") -> None:  # noqa: A002
        self.transport = Transport(client_of(config), pause)
        self.id, self.name, self._keep, self._config = id, name, keep, config
        self._open: dict[str, Territory] = {}
        self._going: list[str] = []
        self.kept: list[str] = []
        """The namespaces that stay for someone to look at."""

    def cluster(self, about: str) -> LiveCluster:
        """Return a scenario's cluster: a namespace of its own, in which pods can run.

        Raises:
            NamespaceError: it may not have one.
            UnreachableError: the cluster does not answer.
        """
        name = namespaces.name_of(about, secrets.token_hex(3))
        namespaces.create(self.transport, name, self.id)
        territory = self._open[name] = Territory(name, self.id)
        return self._cluster(name, territory)

    def _cluster(self, namespace: str, territory: Territory) -> LiveCluster:
        return LiveCluster(self.transport, namespace, self.name, territory, new=True, config=self._config)

    def ended(self, cluster: LiveCluster, failed: bool) -> None:
        """Have a scenario's objects deleted, without waiting for it, unless they are kept; once is enough."""
        territory = self._open.pop(cluster.namespace, None)
        if territory is None:
            return
        if namespaces.kept_for(self._keep, failed):
            self.kept.append(cluster.namespace)
            return
        cluster.release()
        self._delete(territory)

    def end(self) -> list[str]:
        """Wait until every namespace is gone and return those that are not."""
        while self._open:
            self._delete(self._open.popitem()[1])
        going, self._going = self._going, []
        return namespaces.wait_until_gone(self.transport, going) if going else []

    def _delete(self, territory: Territory) -> None:
        for resource, name in (*reversed(territory.made), ("namespaces", territory.namespace)):
            namespaces.delete(self.transport, resource, name)
        self._going.append(territory.namespace)
