"""CNI on one node: the chain of plugins that gives a sandbox its network, and takes it away again.

Without a configuration in /etc/cni/net.d the runtime has no network: no sandbox but one on the host's network can be
made. Source: containerd internal/cri/server/sandbox_run.go, setupPodNetwork; status.go, Status; github.com/containerd/
go-cni cni.go, Setup; errors.go, ErrCNINotInitialized.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from podproof.simulator.machine.containers import SandboxConfig, SandboxError
from podproof.simulator.machine.namespaces import Namespace
from podproof.simulator.machine.network import Network
from podproof.simulator.model.host_ports import EVERY_ADDRESS
from podproof.simulator.network.subnets import gateway_of

_UNKNOWN = "rpc error: code = Unknown desc = "
UNINITIALIZED = "cni plugin not initialized"


@dataclass(slots=True)
class Attached:
    """What ADD gave a sandbox: its network, and what ends its host ports."""

    network: Namespace
    forwards: list[Callable[[], None]] = field(default_factory=list)


class Cni:
    """The plugins of one node. `cidr` is the range its pods get addresses from, `address` the node's own."""

    def __init__(self, network: Network, cidr: str, address: str) -> None:
        self._network, self._cidr = network, cidr
        self.host = network.host(address)
        self.bridge = Namespace(gateway_of(cidr), address)
        self.on_change: Callable[[], None] = lambda: None
        self._configured = True

    @property
    def configured(self) -> bool:
        """Whether there is a configuration in /etc/cni/net.d."""
        return self._configured

    @configured.setter
    def configured(self, configured: bool) -> None:
        self._configured = configured
        self.on_change()

    @property
    def fault(self) -> str:
        """Why the runtime says that its network is not ready, "" where it is."""
        return "" if self.configured else UNINITIALIZED

    def add(self, sandbox: str, config: SandboxConfig) -> Attached:
        """Give a sandbox its network: the host's, or one of its own with the next free address and its host ports.

        Raises:
            SandboxError: there is no configuration, or the node's pod range is used up.
        """
        if config.host_network:
            return Attached(self.host)
        if not self.configured:
            raise _failed(sandbox, UNINITIALIZED)
        if not self._network.gives_addresses:
            raise SandboxError(f"{_UNKNOWN}{self._network.exhausted(sandbox)}")
        try:
            network = self._network.join(self._cidr, self.host.address, (config.namespace, config.name))
        except OSError as error:
            raise _failed(sandbox, self._network.exhausted(str(error.strerror))) from None
        return Attached(network, [self._forwarded(network, config, index) for index in self._own(config)])

    def delete(self, attached: Attached) -> None:
        """Take a sandbox's network away: its host ports end, and its address is free again."""
        for end in attached.forwards:
            end()
        if attached.network is not self.host:
            self._network.leave(attached.network)

    def _own(self, config: SandboxConfig) -> list[int]:
        addresses = (EVERY_ADDRESS, self.host.address)
        return [index for index, port in enumerate(config.ports) if port.address in addresses]

    def _forwarded(self, network: Namespace, config: SandboxConfig, index: int) -> Callable[[], None]:
        port = config.ports[index]
        return self._network.forward(self.host, port.port, port.protocol, network, port.container_port)


def _failed(sandbox: str, why: str) -> SandboxError:
    return SandboxError(f'{_UNKNOWN}failed to setup network for sandbox "{sandbox}": {why}')
