"""What a kubelet remembers of each of its pods between two syncs."""

from dataclasses import dataclass, field

from podproof.simulator.control.kubelet.container_statuses import StartFailure
from podproof.simulator.machine.files import Directory
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


@dataclass(slots=True)
class LocalPod:
    """One pod of this node. `pod` is the newest the API showed; `published` the status last sent."""

    pod: Object
    published: Object
    failures: dict[str, StartFailure] = field(default_factory=dict)
    volumes: dict[str, Directory] = field(default_factory=dict)
    stopping: bool = False
    ended: bool = False
    removed: bool = False
    grace_override: Nanos | None = None

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

    def container(self, name: str) -> tuple[Object, str]:
        """Return a container of the spec and the field path its events carry."""
        for part in ("initContainers", "containers"):
            for container in self.pod["spec"].get(part) or ():
                if container["name"] == name:
                    return container, f"spec.{part}{{{name}}}"
        raise KeyError(name)
