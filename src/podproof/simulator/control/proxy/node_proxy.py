"""One node's kube-proxy: it writes into the node's tables what has changed since it last did."""

from collections.abc import Callable, Iterable, Mapping

from podproof.simulator.control.proxy import chain_names as names
from podproof.simulator.control.proxy.backends import Backend, usable
from podproof.simulator.control.proxy.frame import LAST, SHARED, erect
from podproof.simulator.control.proxy.rules import Host, PortRules, gathered, port_rules
from podproof.simulator.control.proxy.service_ports import ServicePort
from podproof.simulator.kernel.informer import Key
from podproof.simulator.network.iptables.tables import Tables

Ports = Mapping[ServicePort, tuple[Backend, ...]]
"""The ports of a Service, each with its endpoints."""


class NodeProxy:
    """Keeps the rules of one node. `of` gives the ports of a Service, none where it is gone."""

    def __init__(self, host: Host, tables: Tables, of: Callable[[Key], Ports], keys: Iterable[Key]) -> None:
        self.host, self.tables = host, tables
        self._of = of
        self._written: dict[Key, list[PortRules]] = {}
        self._changed: set[Key] = set(keys)
        erect(tables)
        self.sync()

    def change(self, key: Key) -> None:
        """Write a Service again before the next packet."""
        self._changed.add(key)

    def sync(self) -> None:
        """Write what has changed: a Service's own chains, and the chains that all share.

        Source: pkg/proxy/iptables/proxier.go, syncProxyRules (tryPartialSync).
        """
        if not self._changed:
            return
        for key in sorted(self._changed):
            self._write(key)
        self._changed.clear()
        found = gathered(rules for _, ports in sorted(self._written.items()) for rules in ports)
        for place in SHARED:
            last = [LAST] if place == ("nat", names.SERVICES) else []
            rules = [*found.get(place, ()), *last]
            if self.tables.chain(*place).rules != rules:
                self.tables.chain(*place, rules)

    def _write(self, key: Key) -> None:
        before = {name for rules in self._written.pop(key, ()) for name in rules.own}
        ports = self._of(key)
        made = [port_rules(port, usable(port, found, self.host.name), self.host) for port, found in ports.items()]
        for rules in made:
            for name, own in rules.own.items():
                self.tables.chain("nat", name, own)
                before.discard(name)
        for name in before:
            self.tables.remove("nat", name)
        if made:
            self._written[key] = made
