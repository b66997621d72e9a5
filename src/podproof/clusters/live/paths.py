"""Who reaches whom in a real cluster: asked from within the pod, by a container that joins it for this one question.

Which way a packet goes nobody sees there: every other question lacks the capability packet-paths.
"""

from collections.abc import Callable, Sequence
from typing import NoReturn

from podproof.cluster import Cluster
from podproof.clusters.live.joining import Joining
from podproof.paths import Asked, Path, Row
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import SECOND, Nanos

_PATIENCE_S = 15
"""How long the question waits for an answer; a dropped packet has none."""
_ERRORS = ("Connection refused", "No route to host", "Network is unreachable")
_SILENCE = "Connection timed out"


class LivePaths:
    """Asks by `joining` pods. `lack` raises the error of a capability that is missing."""

    def __init__(self, cluster: Cluster, joining: Joining, lack: Callable[[str], NoReturn]) -> None:
        self._cluster, self._joining, self._lack = cluster, joining, lack

    def connects(self, asked: Asked, patience: Nanos | None = None) -> str:
        """Open a connection from within a pod: "" where it opens, else why not, in the words of connect(2)."""
        if asked.source.kind != "Pod" or asked.protocol != "TCP":
            self._lack("packet-paths")
        waits = _PATIENCE_S if patience is None else max(1, patience // SECOND)
        code, said = self._joining.ask(
            asked.source, f"nc -v -z -w {waits} {self._address(asked.target)} {asked.port} 2>&1"
        )
        return "" if code == 0 else next((each for each in _ERRORS if each in said), _SILENCE)

    def become(self, kind: str) -> None:
        """Not to be had: what a cluster's network is nobody can choose."""
        self._lack("packet-paths")

    def path(self, asked: Asked) -> Path:
        """Return only whether the packet arrives: its way is nobody's to see."""
        return Path((), (), "not to be seen in this cluster")

    def run(self, node: str, line: str) -> str:
        """Not to be had: a cluster's machines are nobody's to enter."""
        self._lack("packet-paths")

    def mtu(self, pod: str) -> int:
        """Not to be had."""
        self._lack("packet-paths")

    def rules(self, node: str, table: str, chain: str) -> Sequence[Row]:
        """Not to be had: a cluster's machines are nobody's to enter."""
        self._lack("packet-paths")

    def configure(self, node: str, *, configured: bool) -> None:
        """Not to be had: a cluster's machines are nobody's to change."""
        self._lack("packet-paths")

    def complaints(self, node: str) -> Sequence[str]:
        """Not to be had."""
        self._lack("packet-paths")

    def _address(self, target: Ref | str) -> str:
        if isinstance(target, str):
            return target
        item = self._cluster.get(target)
        kind = target.kind.lower()
        if item is None:
            raise NotSoError(
                f'{kind} "{target.name}" is an end of a path', f"there is no such {kind}", subjects=(target,)
            )
        found = _ADDRESS[target.kind](item) if target.kind in _ADDRESS else ""
        if not found or found == "None":
            raise NotSoError(f'{kind} "{target.name}" has an address', "it has none", subjects=(target,))
        return str(found)


def _of_node(item: Object) -> str:
    return next(str(each["address"]) for each in at(item, "status", "addresses") if each["type"] == "InternalIP")


_ADDRESS: dict[str, Callable[[Object], object]] = {
    "Pod": lambda item: at(item, "status", "podIP"),
    "Service": lambda item: at(item, "spec", "clusterIP"),
    "Node": _of_node,
}
