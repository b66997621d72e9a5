"""`podproof explain pod/NAME MANIFEST…`: how the scheduler decides about a pod of some manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from podproof.cli import exits
from podproof.errors import PodproofError

if TYPE_CHECKING:
    from podproof.clusters.simulated import SimulatedCluster

POD = re.compile(r"pods?/(?P<name>\S+)")


class UnplacedError(PodproofError):
    """A pod cannot be explained; `why` says what is missing and what to do."""

    def __init__(self, pod: str, why: str) -> None:
        super().__init__(pod, why)
        self.pod, self.why = pod, why

    def __str__(self) -> str:
        return f"pod/{self.pod}: {self.why}"


def explain(name: str, files: Sequence[str], after: str) -> int:
    """Apply manifests to a simulated cluster, let time pass, and print how the scheduler decides about one pod.

    Raises:
        UnplacedError: there are no manifests, one is refused, or none holds the pod.
    """
    from podproof.report.placement import told
    from podproof.simulator.model.objects import Ref

    with applied(name, files, after) as cluster:
        pod = cluster.get(Ref("Pod", cluster.namespace, name))
        assert pod is not None
        print(told(cluster.nodes.placement(pod)), end="")
    return exits.OK


@contextmanager
def applied(name: str, files: Sequence[str], after: str, network: str = "") -> Iterator[SimulatedCluster]:
    """Give a simulated cluster with manifests applied, some time later, in which a pod of that name is.

    Raises:
        UnplacedError: there are no manifests, one is refused, or none holds the pod.
    """
    from podproof import configuration, durations, manifests
    from podproof.clusters.simulated import SimulatedCluster
    from podproof.simulator.model.objects import Ref

    if not files:
        raise UnplacedError(name, f"name the manifests it is in: podproof explain pod/{name} FILE…")
    cluster = SimulatedCluster(configuration.find(Path.cwd()))
    try:
        if network:
            cluster.paths.become(network)
        for file in files:
            refused = [each.refusal.message for each in cluster.apply(manifests.read(Path(file))) if each.refusal]
            if refused:
                raise UnplacedError(name, f"{file} is refused: {'; '.join(refused)}")
        cluster.pass_time(durations.parse(after))
        if cluster.get(Ref("Pod", cluster.namespace, name)) is None:
            known = ", ".join(each["metadata"]["name"] for each in cluster.list("Pod")) or "none"
            raise UnplacedError(name, f"the manifests make no such pod; those they make: {known}")
        yield cluster
    finally:
        cluster.close()
