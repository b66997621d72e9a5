"""The pod's resolver: which names it asks for, in which order. No state, no network.

Source of the rules: resolv.conf(5), search and ndots; pkg/kubelet/network/dns/dns.go, defaultDNSOptions (ndots:5).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from podproof.simulator.machine.effects import Resolved

Lookup = Callable[[str], tuple[str, ...]]
"""Answers a fully qualified name (without the closing dot) with its addresses, none where there is no such name."""

NDOTS = 5
_NDOTS_UNSET = 1


class Resolver(NamedTuple):
    """A pod's resolv.conf; a server that is not the cluster's knows no name here.

    Approximated: where the cluster's is one of several, it is the one that answers.
    """

    servers: tuple[str, ...]
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = (f"ndots:{NDOTS}",)
    of_cluster: bool = True

    @property
    def server(self) -> str:
        """The first of its servers, "" where it has none."""
        return self.servers[0] if self.servers else ""

    @property
    def ndots(self) -> int:
        """How many dots a name must have to be asked for as it is at once."""
        values = [option.partition(":")[2] for option in self.options if option.startswith("ndots:")]
        return int(values[-1]) if values and values[-1].isdigit() else _NDOTS_UNSET

    def text(self) -> str:
        """Return /etc/resolv.conf as the CRI writes it."""
        search = f"search {' '.join(self.search)}\n" if self.search else ""
        servers = "".join(f"nameserver {server}\n" for server in self.servers)
        options = f"options {' '.join(self.options)}\n" if self.options else ""
        return f"{search}{servers}{options}"

    def resolve(self, name: str, lookup: Lookup) -> Resolved:
        """Return the answer for `name`, asking the candidates in order until one has an address."""
        tried: list[str] = []
        for candidate in candidates(name, self.search, self.ndots):
            tried.append(candidate)
            if self.of_cluster and (addresses := lookup(candidate)):
                return Resolved(name, self.server, candidate, addresses, tuple(tried))
        return Resolved(name, self.server, None, (), tuple(tried))


def candidates(name: str, search: Sequence[str], ndots: int = NDOTS) -> tuple[str, ...]:
    """Return the names to ask for: as it is first where it has `ndots` dots, last where it has fewer.

    A name that ends in a dot is asked for as it is, and only so.
    """
    if name.endswith("."):
        return (name.rstrip("."),)
    suffixed = tuple(f"{name}.{domain}" for domain in search)
    return (name, *suffixed) if name.count(".") >= ndots else (*suffixed, name)


def from_hosts(name: str, hosts: str) -> tuple[str, ...]:
    """Return the addresses /etc/hosts has for a name, in the order of its lines."""
    lines = (line.partition("#")[0].split() for line in hosts.splitlines())
    return tuple(words[0] for words in lines if name in words[1:])


def is_address(text: str) -> bool:
    """Say whether a text is an IP address itself."""
    parts = text.split(".")
    if len(parts) == 4:
        return all(part.isdigit() and int(part) < 256 for part in parts)
    return ":" in text and set(text.lower()) <= set("0123456789abcdef:.")
