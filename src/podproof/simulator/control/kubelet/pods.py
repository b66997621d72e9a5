"""What a kubelet remembers of each of its pods between two syncs."""

from dataclasses import dataclass, field
from typing import NamedTuple

from podproof.simulator.control.kubelet.allocation import WHOLE_POD, Allocation, Amounts, with_resources
from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.machine.files import Directory, File
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


class Ending(NamedTuple):
    """Why the kubelet itself ends a pod, as its Failed status tells; `disrupts`, whether a condition tells it too."""

    reason: str
    message: str
    disrupts: bool = False


@dataclass(slots=True)
class LocalPod:
    """One pod of this node. `pod` is the newest that the API (or its file) showed; `published` the status last sent.

    `ending` is why the kubelet itself ends it, `mirror` the pod of the API that shows a static one.
    """

    pod: Object
    published: Object
    failures: dict[str, StartFailure] = field(default_factory=dict)
    results: dict[str, dict[str, str]] = field(default_factory=dict)
    volumes: dict[str, Directory | File] = field(default_factory=dict)
    ending: Ending | None = None
    mirror: Object | None = None
    ended: bool = False
    removed: bool = False
    grace_override: Nanos | None = None
    allocation: Allocation = field(default_factory=Allocation)

    @property
    def uid(self) -> str:
        """The pod's uid."""
        return str(self.pod["metadata"]["uid"])

    @property
    def full_name(self) -> str:
        """The pod as kubelet's messages name it.

        Source: pkg/kubelet/util/format/pod.go, Pod.
        """
        meta = self.pod["metadata"]
        return f"{meta['name']}_{meta['namespace']}({meta['uid']})"

    def restarts_shown(self, name: str) -> int:
        """Return how often a container was started again, as last published: one the runtime has lost keeps its count.

        Approximated: the kubelet counts the logs it still has of it.
        Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, calcRestartCountByLogDir.
        """
        rows = (*(self.published.get("initContainerStatuses") or ()), *(self.published.get("containerStatuses") or ()))
        return next((int(row["restartCount"]) for row in rows if row["name"] == name), 0)

    @property
    def resources(self) -> Amounts:
        """What the pod as a whole was given."""
        return self.allocation.given.get(WHOLE_POD) or {}

    def container(self, name: str) -> tuple[Object, str]:
        """Return a container of the spec, with what it was given, and the field path its events carry."""
        for part in ("initContainers", "containers", "ephemeralContainers"):
            for container in self.pod["spec"].get(part) or ():
                if container["name"] == name:
                    return with_resources(container, self.allocation.given), f"spec.{part}{{{name}}}"
        raise KeyError(name)
