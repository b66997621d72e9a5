"""A namespace of a k3s cluster that is this run's own, behind the port."""

from collections.abc import Mapping
from typing import Any

from podproof.clusters.k3s.machines import NAME, Machines
from podproof.clusters.k3s.readiness import is_ready
from podproof.clusters.live.cluster import LiveCluster
from podproof.clusters.live.territory import Territory
from podproof.clusters.live.transport import Transport
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds

_RETURN = seconds(60)
"""How long a node that goes on may take to be Ready."""


class K3sCluster(LiveCluster):
    """A live cluster some of whose nodes can be made to fail."""

    def __init__(
        self, transport: Transport, namespace: str, territory: Territory, machines: Machines, config: Mapping[str, Any]
    ) -> None:
        self._machines = machines
        super().__init__(transport, namespace, NAME, territory, True, config)

    @property
    def nodes(self) -> Machines:
        """The cluster's machines, which are containers."""
        return self._machines

    def close(self) -> None:
        """End the scenario: the next one finds all nodes as this one did."""
        self._machines.restore(self._until_ready)
        super().close()

    def _can(self) -> set[str]:
        return super()._can() | ({"node-failure"} if self._machines.can_fail else set())

    def _until_ready(self, name: str) -> None:
        end = Nanos(self._clock.now + _RETURN)
        while self._clock.now < end and not is_ready(self._record.latest(Ref("Node", "", name))):
            self._clock.step(end, self._watching)
