"""NetworkPolicy as a table: who may begin a connection to whom."""

from typing import Any

import pytest

from podproof.simulator.model.network_policies import (
    Connection,
    Denied,
    Direction,
    Party,
    isolating,
    named_ports,
    prepared,
    verdict,
)

WEB = Party("10.244.0.2", "shop", {"app": "web"}, {"team": "shop"}, {("http", "TCP"): 8080})
CLIENT = Party("10.244.0.3", "shop", {"app": "client"}, {"team": "shop"})
STRANGER = Party("10.244.1.4", "other", {"app": "client"}, {"team": "other"})
OUTSIDE = Party("203.0.113.7")

DENY_INGRESS: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"]}


def ingress(*rules: dict[str, Any], selector: dict[str, Any] | None = None) -> dict[str, Any]:
    """A policy for `app: web` that lets in what one of its rules names."""
    chosen = {"matchLabels": {"app": "web"}} if selector is None else selector
    return {"podSelector": chosen, "policyTypes": ["Ingress"], "ingress": list(rules)}


def egress(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"app": "client"}}, "policyTypes": ["Egress"], "egress": list(rules)}


def labels(**wanted: str) -> dict[str, Any]:
    return {"matchLabels": wanted}


BLOCK = {"cidr": "203.0.113.0/24", "except": ["203.0.113.128/25"]}

CASES: dict[str, tuple[list[dict[str, Any]], Direction, Connection, bool]] = {
    "nothing selects the pod: everything may come in": (
        [ingress(selector=labels(app="db"))], "Ingress", Connection(STRANGER, WEB, 80), True,
    ),
    "an empty selector takes every pod of the namespace": (
        [DENY_INGRESS], "Ingress", Connection(CLIENT, WEB, 80), False,
    ),
    "no rule: nobody may": ([ingress()], "Ingress", Connection(CLIENT, WEB, 80), False),
    "an empty rule: everybody may": ([ingress({})], "Ingress", Connection(OUTSIDE, WEB, 80), True),
    "a pod selector alone means pods of the policy's own namespace": (
        [ingress({"from": [{"podSelector": labels(app="client")}]})], "Ingress", Connection(CLIENT, WEB, 80), True,
    ),
    "and not those of another": (
        [ingress({"from": [{"podSelector": labels(app="client")}]})], "Ingress", Connection(STRANGER, WEB, 80), False,
    ),
    "a namespace selector means all of its pods": (
        [ingress({"from": [{"namespaceSelector": labels(team="other")}]})],
        "Ingress", Connection(STRANGER, WEB, 80), True,
    ),
    "an empty namespace selector means every pod": (
        [ingress({"from": [{"namespaceSelector": {}}]})], "Ingress", Connection(STRANGER, WEB, 80), True,
    ),
    "which no outside address is": (
        [ingress({"from": [{"namespaceSelector": {}}]})], "Ingress", Connection(OUTSIDE, WEB, 80), False,
    ),
    "both selectors of one peer must hold": (
        [ingress({"from": [{"namespaceSelector": labels(team="other"), "podSelector": labels(app="db")}]})],
        "Ingress", Connection(STRANGER, WEB, 80), False,
    ),
    "two peers are alternatives": (
        [ingress({"from": [{"podSelector": labels(app="db")}, {"namespaceSelector": labels(team="other")}]})],
        "Ingress", Connection(STRANGER, WEB, 80), True,
    ),
    "two rules are alternatives": (
        [ingress({"from": [{"podSelector": labels(app="db")}]}, {"ports": [{"port": 80}]})],
        "Ingress", Connection(STRANGER, WEB, 80), True,
    ),
    "two policies add up": (
        [DENY_INGRESS, ingress({"from": [{"podSelector": labels(app="client")}]})],
        "Ingress", Connection(CLIENT, WEB, 80), True,
    ),
    "an address block lets its addresses in": (
        [ingress({"from": [{"ipBlock": BLOCK}]})], "Ingress", Connection(OUTSIDE, WEB, 80), True,
    ),
    "but not those it leaves out": (
        [ingress({"from": [{"ipBlock": BLOCK}]})], "Ingress", Connection(Party("203.0.113.200"), WEB, 80), False,
    ),
    "a block of another family names nobody here": (
        [ingress({"from": [{"ipBlock": {"cidr": "2001:db8::/32"}}]})], "Ingress", Connection(OUTSIDE, WEB, 80), False,
    ),
    "a port that is named lets only itself through": (
        [ingress({"ports": [{"port": 80}]})], "Ingress", Connection(CLIENT, WEB, 81), False,
    ),
    "a range holds its last port": (
        [ingress({"ports": [{"port": 80, "endPort": 90}]})], "Ingress", Connection(CLIENT, WEB, 90), True,
    ),
    "and ends there": (
        [ingress({"ports": [{"port": 80, "endPort": 90}]})], "Ingress", Connection(CLIENT, WEB, 91), False,
    ),
    "a port's protocol is TCP where it is not said": (
        [ingress({"ports": [{"port": 53}]})], "Ingress", Connection(CLIENT, WEB, 53, "UDP"), False,
    ),
    "a protocol without a port means all of them": (
        [ingress({"ports": [{"protocol": "UDP"}]})], "Ingress", Connection(CLIENT, WEB, 5353, "UDP"), True,
    ),
    "a port's name is the target's": (
        [ingress({"ports": [{"port": "http"}]})], "Ingress", Connection(CLIENT, WEB, 8080), True,
    ),
    "a name the target does not have is no port": (
        [ingress({"ports": [{"port": "grpc"}]})], "Ingress", Connection(CLIENT, WEB, 8080), False,
    ),
    "on the way out too, the name is the target's": (
        [egress({"ports": [{"port": "http"}]})], "Egress", Connection(CLIENT, WEB, 8080), True,
    ),
    "who is isolated for what comes in may still go out": ([DENY_INGRESS], "Egress", Connection(CLIENT, WEB, 80), True),
    "going out needs a rule that names the target": (
        [egress({"to": [{"podSelector": labels(app="web")}]})], "Egress", Connection(CLIENT, WEB, 80), True,
    ),
    "and nowhere else": (
        [egress({"to": [{"podSelector": labels(app="web")}]})], "Egress", Connection(CLIENT, OUTSIDE, 80), False,
    ),
    "an echo request has no port, so only a rule without ports lets it through": (
        [ingress({"ports": [{"port": 80}]})], "Ingress", Connection(CLIENT, WEB, 0, "ICMP"), False,
    ),
}  # fmt: skip


def policy(spec: dict[str, Any], name: str = "policy") -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}


@pytest.mark.parametrize("case", CASES)
def test_who_may_begin_a_connection(case: str) -> None:
    specs, direction, wanted, passes = CASES[case]
    pod = wanted.target if direction == "Ingress" else wanted.source
    found = isolating([prepared(policy(spec)) for spec in specs], pod, direction)
    assert (verdict(found, direction, wanted) is None) is passes


def test_a_refusal_names_every_policy_that_isolates() -> None:
    policies = [prepared(policy(DENY_INGRESS, name)) for name in ("deny", "also")]
    refused = verdict(policies, "Ingress", Connection(CLIENT, WEB, 80))
    assert refused == Denied("Ingress", ("shop/deny", "shop/also"))
    assert str(refused) == (
        "NetworkPolicies shop/deny, shop/also isolate the pod it goes to, and none of them allows this"
    )


def test_a_port_name_is_the_first_container_s_that_has_it() -> None:
    ports = [{"name": "http", "containerPort": 8080}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]
    again = [{"name": "http", "containerPort": 9090}, {"containerPort": 1}]
    pod = {"spec": {"containers": [{"ports": ports}, {"ports": again}]}}
    assert named_ports(pod) == {("http", "TCP"): 8080, ("dns", "UDP"): 53}
