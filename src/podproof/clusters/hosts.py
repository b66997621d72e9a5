"""What a scenario does on the simulated nodes themselves, past the API."""

from podproof.simulator.api.static_pod import StaticPodError
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object
from podproof.simulator.world import World


class SimulatedHosts:
    """The machines of a simulated cluster's nodes."""

    def __init__(self, world: World, namespace: str) -> None:
        self._world, self._namespace = world, namespace

    def kill_sandbox(self, pod: str) -> bool:
        """Let the sandbox of a pod die; return whether it had one."""
        found = self._world.handle(Request("get", "pods", self._namespace, pod))
        return found.code == 200 and self._world.kill_sandbox(found.body)

    def write_static_pod(self, file: str, manifest: Object | None, node: str = "") -> tuple[str, ...]:
        """Write a file of static pods, or (None) remove it; return why the kubelet does not take it, if so."""
        if node and node not in self._world.nodes:
            return (f'there is no node "{node}"; there are {", ".join(self._world.nodes)}',)
        try:
            self._world.write_static_pod(file, manifest, self._namespace, node)
        except StaticPodError as error:
            return error.faults
        return ()
