"""A network namespace as programs see it: its address, and who listens on its ports."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from podproof.simulator.machine.effects import Service
from podproof.simulator.network.subnets import is_loopback


class Listener(NamedTuple):
    """Who serves a port of a namespace."""

    serve: Service
    address: str


@dataclass(slots=True, eq=False)
class Namespace:
    """One sandbox's network: an address, and what listens on it. `node` is the address of the node it is on.

    `pod` (namespace, name) is whose own network it is; a node's is nobody's.
    """

    address: str
    node: str = ""
    pod: tuple[str, str] | None = None
    listeners: dict[tuple[str, int], Listener] = field(default_factory=dict)

    def listen(self, port: int, serve: Service, address: str = "0.0.0.0", protocol: str = "TCP") -> Callable[[], None]:
        """Serve on a port until the returned function is called.

        Raises:
            OSError: EADDRINUSE, the port is taken.
        """
        key = (protocol, port)
        if key in self.listeners:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self.listeners[key] = listener = Listener(serve, address)

        def stop() -> None:
            if self.listeners.get(key) is listener:
                del self.listeners[key]

        return stop

    def listener(self, address: str, port: int, protocol: str) -> Listener | None:
        """Return who serves a port for those who come to `address`."""
        found = self.listeners.get((protocol, port))
        if found is None or found.address in ("0.0.0.0", "::", "", address):
            return found
        return found if found.address in ("localhost", "127.0.0.1") and is_loopback(address) else None
