"""Containers that join a pod of a real cluster for one question, whatever is in the pod's own image."""

from itertools import count

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import seconds

IMAGE = "busybox:1.28"
"""Its nslookup asks as programs do, by the search list; later ones do not."""
_LOOKS = 90


class Joining:
    """Asks by ephemeral containers, each with a name of its own."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._numbers = cluster, count(1)

    def ask(self, pod: Ref, script: str) -> tuple[int, str]:
        """Run a script in a container that joins a pod; return its exit code and its log.

        Raises:
            NotSoError: the pod takes no such container, or it never ends.
        """
        name = f"ask-{next(self._numbers)}"
        added = {"name": name, "image": IMAGE, "command": ["sh", "-c", script]}
        done = self._cluster.patch(pod, {"spec": {"ephemeralContainers": [added]}}, "ephemeralcontainers")
        if done.refusal is not None:
            raise NotSoError(f'pod "{pod.name}" can ask the network', done.refusal.message, subjects=(pod,))
        code = self._ended(pod, name)
        said = self._cluster.logs(pod.name, name)
        if not isinstance(said, str):
            raise NotSoError(f'pod "{pod.name}" can ask the network', said.message, subjects=(pod,))
        return code, said

    def _ended(self, pod: Ref, name: str) -> int:
        for _ in range(_LOOKS):
            statuses = at(self._cluster.get(pod), "status", "ephemeralContainerStatuses") or ()
            mine = next((each for each in statuses if each["name"] == name), None)
            ended = at(mine, "state", "terminated")
            if ended:
                return int(ended["exitCode"])
            self._cluster.pass_time(seconds(1))
        seen = at(mine, "state", "waiting", "message") or at(mine, "state") or "its container never began"
        raise NotSoError(f'pod "{pod.name}" can ask the network', str(seen), subjects=(pod,))
