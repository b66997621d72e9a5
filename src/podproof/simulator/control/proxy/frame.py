"""What kube-proxy writes whatever Services there are: the jumps to its chains, and the chains that mark and masquerade.

Source: pkg/proxy/iptables/proxier.go, iptablesJumpChains, syncProxyRules.
"""

from podproof.simulator.control.proxy import chain_names as names
from podproof.simulator.network.iptables.matches import AddressType, Comment, Marked, Match, State
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.iptables.targets import ACCEPT, DROP, RETURN, Jump, Mark, Masquerade

MARK = 0x4000
"""Source: pkg/proxy/apis/config/v1alpha1/defaults.go, IPTables.MasqueradeBit 14."""

_NEW = State(("NEW",))
_JUMPS: tuple[tuple[str, str, str, str, tuple[Match, ...]], ...] = (
    ("filter", names.EXTERNAL, "INPUT", "kubernetes externally-visible service portals", (_NEW,)),
    ("filter", names.EXTERNAL, "FORWARD", "kubernetes externally-visible service portals", (_NEW,)),
    ("filter", names.NODE_PORTS, "INPUT", "kubernetes health check service ports", ()),
    ("filter", names.SERVICES, "FORWARD", "kubernetes service portals", (_NEW,)),
    ("filter", names.SERVICES, "OUTPUT", "kubernetes service portals", (_NEW,)),
    ("filter", names.FORWARD, "FORWARD", "kubernetes forwarding rules", ()),
    ("filter", names.PROXY_FIREWALL, "INPUT", "kubernetes load balancer firewall", (_NEW,)),
    ("filter", names.PROXY_FIREWALL, "OUTPUT", "kubernetes load balancer firewall", (_NEW,)),
    ("filter", names.PROXY_FIREWALL, "FORWARD", "kubernetes load balancer firewall", (_NEW,)),
    ("nat", names.SERVICES, "OUTPUT", "kubernetes service portals", ()),
    ("nat", names.SERVICES, "PREROUTING", "kubernetes service portals", ()),
    ("nat", names.POSTROUTING, "POSTROUTING", "kubernetes postrouting rules", ()),
    ("filter", names.KUBELET_FIREWALL, "INPUT", "", ()),
    ("filter", names.KUBELET_FIREWALL, "OUTPUT", "", ()),
)

LAST = Rule(
    Jump(names.NODE_PORTS),
    matches=(
        Comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain"),
        AddressType("LOCAL", "dst"),
    ),
)
"""The rule that ends KUBE-SERVICES of nat."""

SHARED = (
    ("nat", names.SERVICES), ("nat", names.NODE_PORTS), ("filter", names.SERVICES), ("filter", names.EXTERNAL),
    ("filter", names.PROXY_FIREWALL), ("filter", names.NODE_PORTS),
)  # fmt: skip
"""The chains that the rules of all Services are in."""


def erect(tables: Tables) -> None:
    """Write the frame into a node's tables. Each jump goes to the front, as the source does it."""
    for table, chain, source, comment, matches in _JUMPS:
        tables.chain(table, chain)
        told = (Comment(comment),) if comment else ()
        tables.chain(table, source).insert(Rule(Jump(chain), matches=(*matches, *told)))
    for table, chain, rules in _CHAINS:
        tables.chain(table, chain, rules)


_CHAINS: tuple[tuple[str, str, tuple[Rule, ...]], ...] = (
    ("nat", names.POSTROUTING, (
        Rule(RETURN, matches=(Marked(MARK, MARK, negated=True),)),
        Rule(Mark(MARK, 0)),
        Rule(Masquerade(random_fully=True), matches=(Comment("kubernetes service traffic requiring SNAT"),)),
    )),
    ("nat", names.MARK_MASQ, (Rule(Mark(MARK, MARK)),)),
    ("filter", names.KUBELET_FIREWALL, (
        Rule(DROP, "! 127.0.0.0/8", "127.0.0.0/8", matches=(
            Comment("block incoming localnet connections"),
            State(("RELATED", "ESTABLISHED", "DNAT"), negated=True),
        )),
    )),
    ("filter", names.FORWARD, (
        Rule(DROP, matches=(State(("INVALID",)),)),
        Rule(ACCEPT, matches=(Comment("kubernetes forwarding rules"), Marked(MARK, MARK))),
        Rule(ACCEPT, matches=(Comment("kubernetes forwarding conntrack rule"), State(("RELATED", "ESTABLISHED")))),
    )),
)  # fmt: skip
