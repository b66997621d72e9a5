"""The network kinds a scenario may choose, by the words it chooses them with."""

from collections.abc import Callable, Mapping

from podproof.errors import PodproofError
from podproof.simulator.network.fabric import Kind
from podproof.simulator.network.kinds.calico import Calico, Mode
from podproof.simulator.network.kinds.cilium import Cilium
from podproof.simulator.network.kinds.flannel import HostGateway, Udp, Vxlan
from podproof.simulator.network.kinds.loopback import Loopback

USUAL = "flannel vxlan"
"""What k3s runs. Source: k3s docs, networking/basic-network-options, Flannel Options."""


class UnknownKindError(PodproofError, ValueError):
    """There is no such network kind; `known` are those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name, self.known = name, known

    def __str__(self) -> str:
        return f'there is no network kind "{self.name}": there are {", ".join(self.known)}'


_KINDS: Mapping[str, Callable[[], Kind]] = {
    "flannel udp": Udp,
    "flannel vxlan": Vxlan,
    "flannel host-gw": HostGateway,
    "none": Loopback,
    "cilium": lambda: Cilium("cilium", tunnel=True, host_routing=True),
    "cilium without host routing": lambda: Cilium("cilium without host routing", tunnel=True, host_routing=False),
    "cilium native": lambda: Cilium("cilium native", tunnel=False, host_routing=True),
    "cilium native without host routing": lambda: Cilium(
        "cilium native without host routing", tunnel=False, host_routing=False
    ),
}
_MODES: Mapping[str, Mode] = {"": "Never", " ipip always": "Always", " ipip cross-subnet": "CrossSubnet"}
_REFLECTED, _UNMESHED = " reflected by ", " without mesh"


def kind(words: str) -> Kind:
    """Return the network kind words choose, as "flannel vxlan" or "calico ipip always reflected by node1".

    Raises:
        UnknownKindError: there is none of that name.
    """
    name = " ".join(words.lower().split())
    if name in _KINDS:
        return _KINDS[name]()
    head, _, reflectors = name.partition(_REFLECTED)
    base = head.removesuffix(_UNMESHED)
    mode = _MODES.get(base.removeprefix("calico")) if base.startswith("calico") else None
    if mode is None:
        modes = tuple(f"calico{each}" for each in _MODES)
        raise UnknownKindError(words, (*_KINDS, *modes, "calico … reflected by NODE,…", "calico … without mesh"))
    named = [each.strip() for each in reflectors.split(",") if each.strip()]
    return Calico(name, mode, named, mesh=base == head)
