"""What enforces NetworkPolicies: each node's policy agent, which follows policies, namespaces and the labels of pods.

Most pods look alike to the policies of a cluster: whoever has the same values of the labels that some policy asks for
is one identity, and a decision is made once for two identities, a port and a protocol.
"""

from collections.abc import Mapping
from types import MappingProxyType

from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.network_policies import (
    Connection,
    Denied,
    End,
    Party,
    Policy,
    isolating,
    named_ports,
    prepared,
    verdict,
)
from podproof.simulator.model.objects import Object

_NOBODY: Mapping[Key, Object] = MappingProxyType({})
NETWORK_POLICIES = "networkpolicies.networking.k8s.io"


class PolicyAgent:
    """Decides about connections between two ends by the policies there are.

    `unseen` are pods that the API does not show, but that answer all the same.
    """

    def __init__(
        self, policies: Informer, pods: Informer, namespaces: Informer, unseen: Mapping[Key, Object] = _NOBODY
    ) -> None:
        self._pods, self._namespaces, self._unseen = pods, namespaces, unseen
        self._policies: dict[Key, Policy] = {}
        self._label_keys: frozenset[str] = frozenset()
        self._has_blocks = False
        self._forget()
        policies.on_change(self._policy_changed)
        namespaces.on_change(self._namespace_changed)

    def verdict(self, source: End, target: End, port: int, protocol: str) -> Denied | None:
        """Return why a connection from one end to another may not begin: at its source first, then at its target."""
        if not self._policies:
            return None
        key = (self._identity(source), self._identity(target), port, protocol)
        if key not in self._decided:
            self._decided[key] = self._decision(*key)
        return self._decided[key]

    def _decision(self, source: int, target: int, port: int, protocol: str) -> Denied | None:
        wanted = Connection(self._parties[source], self._parties[target], port, protocol)
        policies = self._policies.values()
        leaving = verdict(isolating(policies, wanted.source, "Egress"), "Egress", wanted)
        return leaving or verdict(isolating(policies, wanted.target, "Ingress"), "Ingress", wanted)

    def _identity(self, end: End) -> int:
        pod = None if end.pod is None else self._pods.get(*end.pod) or self._unseen.get(end.pod)
        seen = self._seen.get(end)
        if seen is None or seen[0] is not pod:
            party = Party(end.address) if pod is None else self._party(end.address, pod)
            self._seen[end] = seen = (pod, self._interned(party))
        return seen[1]

    def _party(self, address: str, pod: Object) -> Party:
        """Return what the policies can see of a pod: nothing else tells it from another."""
        meta = pod["metadata"]
        labels = {key: value for key, value in (meta.get("labels") or {}).items() if key in self._label_keys}
        space = self._namespaces.get("", meta["namespace"])
        spaces = ((space or {}).get("metadata") or {}).get("labels") or {}
        return Party(address if self._has_blocks else "", meta["namespace"], labels, spaces, named_ports(pod))

    def _interned(self, party: Party) -> int:
        labels, ports = frozenset(party.labels.items()), frozenset(party.ports.items())
        key = (party.address, party.namespace, labels, ports)
        number = self._numbers.setdefault(key, len(self._parties))
        if number == len(self._parties):
            self._parties.append(party)
        return number

    def _forget(self) -> None:
        """Let everything be decided anew."""
        self._seen: dict[End, tuple[Object | None, int]] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        self._parties: list[Party] = []
        self._decided: dict[tuple[int, int, int, str], Denied | None] = {}

    def _policy_changed(self, old: Object | None, new: Object | None) -> None:
        for gone in (old,) if old is not None else ():
            self._policies.pop(key_of(gone), None)
        if new is not None:
            self._policies[key_of(new)] = prepared(new)
        self._label_keys = frozenset().union(*(each.label_keys for each in self._policies.values()))
        self._has_blocks = any(each.has_blocks for each in self._policies.values())
        self._forget()

    def _namespace_changed(self, old: Object | None, new: Object | None) -> None:
        labels = [(item or {}).get("metadata", {}).get("labels") for item in (old, new)]
        if labels[0] != labels[1]:
            self._forget()
