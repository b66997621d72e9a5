"""NetworkPolicy: who may talk to whom, decided for one connection at one of its ends.

A pod is isolated in a direction as soon as one policy of its namespace selects it for that direction; from then on
only what some rule of some such policy names may pass. Answers always come back: a decision is about who begins.

Source: staging/src/k8s.io/api/networking/v1/types.go, NetworkPolicySpec; the semantics of the API's own documentation.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Literal, NamedTuple

from podproof.simulator.model.objects import Object
from podproof.simulator.model.restart_rules import is_sidecar
from podproof.simulator.model.selectors import Labels, Test, matches

Direction = Literal["Ingress", "Egress"]
DIRECTIONS: tuple[Direction, ...] = ("Ingress", "Egress")
_NONE: Labels = MappingProxyType({})


class Party(NamedTuple):
    """One end of a connection. `namespace` is None where no pod has the address: a pod of the host network has none.

    `ports` are the numbers of a pod's named container ports, by (name, protocol).
    """

    address: str
    namespace: str | None = None
    labels: Labels = _NONE
    namespace_labels: Labels = _NONE
    ports: Mapping[tuple[str, str], int] = MappingProxyType({})


class End(NamedTuple):
    """One end of a connection as the network knows it: its address, and the pod (namespace, name) that has it."""

    address: str
    pod: tuple[str, str] | None = None


class Connection(NamedTuple):
    """What somebody wants to begin: a port of 0 has no meaning (ICMP)."""

    source: Party
    target: Party
    port: int
    protocol: str = "TCP"


class Denied(NamedTuple):
    """Why a connection may not pass: `policies` (namespace/name) isolate that end, and none of them allows it."""

    direction: Direction
    policies: tuple[str, ...]

    def __str__(self) -> str:
        end = "the pod it goes to" if self.direction == "Ingress" else "the pod it comes from"
        several = len(self.policies) > 1
        who, none = ("NetworkPolicies", "none of them allows") if several else ("NetworkPolicy", "it does not allow")
        return f"{who} {', '.join(self.policies)} {'isolate' if several else 'isolates'} {end}, and {none} this"


Allows = Callable[[Connection], bool]


class Policy(NamedTuple):
    """A NetworkPolicy made ready: `rules` has an entry for each direction it isolates, a test for each of its rules."""

    name: str
    namespace: str
    selects: Test
    rules: Mapping[Direction, tuple[Allows, ...]]
    label_keys: frozenset[str]
    has_blocks: bool


def prepared(policy: Object) -> Policy:
    """Return a stored (defaulted and valid) NetworkPolicy as the tests it stands for."""
    meta, spec = policy["metadata"], policy["spec"]
    namespace = meta["namespace"]
    rules = {
        direction: tuple(_rule(row, direction, namespace) for row in spec.get(direction.lower()) or ())
        for direction in DIRECTIONS
        if direction in spec.get("policyTypes") or ()
    }
    selects = partial(matches, spec.get("podSelector") or {})
    blocks = any("ipBlock" in peer for peer in _peers(spec))
    return Policy(f"{namespace}/{meta['name']}", namespace, selects, rules, frozenset(_keys(spec)), blocks)


def isolating(policies: Iterable[Policy], pod: Party, direction: Direction) -> tuple[Policy, ...]:
    """Return the policies that isolate a pod in a direction."""
    return tuple(
        each
        for each in policies
        if direction in each.rules and each.namespace == pod.namespace and each.selects(pod.labels)
    )


def verdict(policies: Sequence[Policy], direction: Direction, wanted: Connection) -> Denied | None:
    """Return why the policies that isolate one end refuse a connection, None where they let it pass."""
    if not policies or any(allows(wanted) for each in policies for allows in each.rules[direction]):
        return None
    return Denied(direction, tuple(each.name for each in policies))


def named_ports(pod: Object) -> dict[tuple[str, str], int]:
    """Return the ports a pod's containers name, by (name, protocol); the first of a name counts.

    Source: pkg/api/v1/pod/util.go, FindPort.
    """
    spec = pod["spec"]
    containers = (*spec["containers"], *(row for row in spec.get("initContainers") or () if is_sidecar(row)))
    found: dict[tuple[str, str], int] = {}
    for row in (row for container in containers for row in container.get("ports") or () if row.get("name")):
        found.setdefault((row["name"], row.get("protocol", "TCP")), row["containerPort"])
    return found


def _rule(row: Object, direction: Direction, namespace: str) -> Allows:
    """Return the test of a rule: one of its peers and one of its ports, each list empty for any."""
    peers = tuple(_peer(each, namespace) for each in row.get("from" if direction == "Ingress" else "to") or ())
    ports = tuple(partial(_is_port, each) for each in row.get("ports") or ())

    def allows(wanted: Connection) -> bool:
        other = wanted.source if direction == "Ingress" else wanted.target
        if peers and not any(is_peer(other) for is_peer in peers):
            return False
        return not ports or any(is_port(wanted) for is_port in ports)

    return allows


def _peer(row: Object, namespace: str) -> Callable[[Party], bool]:
    """Return the test of a peer; a podSelector alone looks in the policy's own namespace, both must hold together."""
    if "ipBlock" in row:
        return partial(_is_within, row["ipBlock"]["cidr"], tuple(row["ipBlock"].get("except") or ()))
    pods, spaces = row.get("podSelector"), row.get("namespaceSelector")

    def is_peer(party: Party) -> bool:
        if party.namespace is None or (pods is not None and not matches(pods, party.labels)):
            return False
        return party.namespace == namespace if spaces is None else matches(spaces, party.namespace_labels)

    return is_peer


def _is_within(block: str, holes: Sequence[str], party: Party) -> bool:
    address = ipaddress.ip_address(party.address)
    return address in _range(block) and not any(address in _range(each) for each in holes)


@lru_cache(maxsize=1024)
def _range(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _is_port(row: Object, wanted: Connection) -> bool:
    """Say whether a connection goes to a port; a name means what the pod it goes to calls so.

    Without a number every port of the protocol is meant.
    """
    protocol, port = row.get("protocol", "TCP"), row.get("port")
    if protocol != wanted.protocol:
        return False
    if port is None:
        return True
    if isinstance(port, str):
        return wanted.target.ports.get((port, protocol)) == wanted.port
    return bool(port <= wanted.port <= row.get("endPort", port))


def _peers(spec: Object) -> Iterator[Object]:
    for rows, peers in ((spec.get("ingress"), "from"), (spec.get("egress"), "to")):
        for row in rows or ():
            yield from row.get(peers) or ()


def _keys(spec: Object) -> Iterator[str]:
    """Yield the label keys a policy looks at, of pods and of namespaces."""
    for selector in (
        spec.get("podSelector"),
        *(each.get(kind) for each in _peers(spec) for kind in ("podSelector", "namespaceSelector")),
    ):
        yield from ((selector or {}).get("matchLabels") or {})
        yield from (row["key"] for row in (selector or {}).get("matchExpressions") or ())
