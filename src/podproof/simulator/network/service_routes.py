"""What kube-proxy's rules make of a packet to a Service's address, as who sends it meets it."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias


class Routed(NamedTuple):
    """What becomes of a packet to a Service: it goes "to" an address and a port, or is refused, or dropped.

    `node` is the address of the node that masquerades it, "" where it keeps its source.
    """

    fate: Literal["to", "refuse", "drop"]
    address: str = ""
    port: int = 0
    node: str = ""


Route: TypeAlias = Callable[[str, str, str, int, str], Routed | None]
"""Answers (node, source, address, port, protocol); the node is that of who sends, "" outside of the cluster.

None is for a packet to no Service.
"""


def no_services(node: str, source: str, address: str, port: int, protocol: str) -> Routed | None:
    """Return None: there is no Service."""
    return None
