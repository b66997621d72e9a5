"""A run of tests on a k3s cluster that is its own: namespaces keep scenarios apart, and go with the containers."""

from podproof.clusters.k3s.cluster import K3sCluster
from podproof.clusters.k3s.containers import Started
from podproof.clusters.k3s.machines import NAME, Machines
from podproof.clusters.live.runs import Run
from podproof.clusters.live.territory import Territory


class K3sRun(Run):
    """Scenarios on a cluster that is ready; `shared` says that other processes run scenarios on it too."""

    def __init__(self, started: Started, id: str, keep: str = "never", shared: bool = False) -> None:  # noqa: A002
        super().__init__(started.config, id, NAME, keep)
        self._nodes, self._shared = started.nodes, shared

    def end(self) -> list[str]:
        """Wait for nothing: what there is goes with the containers."""
        return []

    def _cluster(self, namespace: str, territory: Territory) -> K3sCluster:
        return K3sCluster(self.transport, namespace, territory, Machines(self._nodes, self._shared), self._config)
