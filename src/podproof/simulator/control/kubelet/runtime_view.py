"""A pod as its node's runtime shows it: the value each sync starts from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from podproof.simulator.machine.containers import ContainerState, ContainerStatus, SandboxStatus
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object


class PodRuntime(NamedTuple):
    """One look at a pod. Sandboxes and containers come newest first."""

    sandboxes: tuple[SandboxStatus, ...] = ()
    containers: tuple[ContainerStatus, ...] = ()

    def latest(self, name: str) -> ContainerStatus | None:
        """Return the newest container called `name`."""
        return next((status for status in self.containers if status.name == name), None)

    def exits(self, spec: Object) -> dict[str, int | None]:
        """Return the newest init and app containers there are: the exit code, None where one has not ended."""
        rows = (*(spec.get("initContainers") or ()), *spec["containers"])
        newest = ((row["name"], self.latest(row["name"])) for row in rows)
        return {
            name: (status.exit_code or 0) if status.state is ContainerState.EXITED else None
            for name, status in newest
            if status is not None
        }

    @property
    def address(self) -> str:
        """The address of the newest sandbox, "" while it has none."""
        return self.sandboxes[0].address if self.sandboxes else ""

    @property
    def resources(self) -> Mapping[str, Any]:
        """What the pod as a whole has in its newest sandbox, nothing while it has none."""
        return self.sandboxes[0].resources if self.sandboxes else {}

    @property
    def running(self) -> tuple[ContainerStatus, ...]:
        """The containers that run, newest first."""
        return tuple(status for status in self.containers if status.state is ContainerState.RUNNING)

    @property
    def active(self) -> tuple[ContainerStatus, ...]:
        """The containers of the present sandbox, newest first; none where that is not ready."""
        if not self.sandboxes or not self.sandboxes[0].ready:
            return ()
        return tuple(status for status in self.containers if status.sandbox_id == self.sandboxes[0].id)


def look_at(runtime: Runtime, uid: str) -> PodRuntime:
    """Return a pod as its runtime shows it at this moment."""
    return PodRuntime(tuple(reversed(runtime.sandboxes(uid))), tuple(reversed(runtime.containers(uid))))


def sandbox_change(pod: Object, runtime: PodRuntime) -> tuple[bool, int]:
    """Return whether a new sandbox is needed, and the attempt it (or the present one) counts as.

    Source: pkg/kubelet/kuberuntime/util/util.go, PodSandboxChanged.
    """
    if not runtime.sandboxes:
        return True, 0
    newest = runtime.sandboxes[0]
    several_ready = sum(sandbox.ready for sandbox in runtime.sandboxes) > 1
    without_address = not newest.address and not pod["spec"].get("hostNetwork")
    if several_ready or not newest.ready or without_address:
        return True, newest.attempt + 1
    return False, newest.attempt


def has_initialized(spec: Object, runtime: PodRuntime) -> bool:
    """Return whether an app container of the present sandbox was ever made: all init containers are done then.

    Source: pkg/kubelet/container/helpers.go, HasAnyActiveRegularContainerStarted.
    """
    apps = {container["name"] for container in spec["containers"]}
    return any(status.name in apps for status in runtime.active)
