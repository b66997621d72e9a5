"""Paths of packets: what is not so is red, and says what was seen. On the simulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

PODS = """    Given the nodes:
      | name | address    | pod CIDR      |
      | one  | 10.168.0.2 | 100.96.1.0/24 |
      | two  | 10.168.0.3 | 100.96.2.0/24 |
    And the manifest:
      '''
      apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec: {nodeName: one, containers: [{name: c, image: "nginx:1.14"}]}
      '''
    Then pod "a" answers on port 80
""".replace("'''", '"""')
RED = {
    "nobody listens": ('Then node "one" can reach pod "a" on port 81', "Connection refused; *nobody listens"),
    "somebody is reached": ('Then node "two" cannot reach pod "a" on port 80', "it does; *two flannel.1: sent"),
    "the error is another": (
        'Then node "one" cannot reach pod "a" on port 81: "Connection timed out"',
        "the error is Connection refused",
    ),
    "a hop is another": (
        'Then the path from node "one" to pod "a" on port 80 is:\n      | hop | interface |\n'
        "      | one | eth0 |\n      | one | veth* |\n      | a | eth0 |",
        "row 1: interface is cni0, not eth0*one cni0: sent",
    ),
    "there are more hops": (
        'Then the path from node "one" to pod "a" on port 80 is:\n      | hop |\n      | one |',
        "there are 3 rows, not 1",
    ),
    "a column is none": (
        'Then the path from node "one" to pod "a" on port 80 is:\n      | node |\n      | one |',
        "the columns are some of hop, interface, what happened*there is node",
    ),
    "nothing is dropped": (
        'Then the packet from node "one" to pod "a" is dropped at "one" by "a rule"',
        "the packet's way:*a eth0: delivered",
    ),
    "a network is of no kind": ('Given the cluster\'s network is "weave"', 'no network kind "weave"*flannel udp'),
    "a pod is not there": ('Then pod "a" can reach pod "b" on port 80', 'there is no such pod'),
    "a Secret is no end of a path": ('Then pod "a" can reach secret "b" on port 80', "it is a Secret"),
    "iptables refuses a rule": (
        'When the command "iptables -A FORWARD --dport 80 -j DROP" runs on node "one"',
        'unknown option "--dport"',
    ),
    "the kernel refuses a route": (
        'When the command "ip route add 10.9.0.0/16 via 10.7.0.1 dev eth0" runs on node "one"',
        "Error: Nexthop has invalid gateway.",
    ),
    "a device is not there": (
        'When the command "ip route add 10.9.0.0/16 dev eth7" runs on node "one"',
        'Cannot find device "eth7"',
    ),
    "a command prints something else": (
        'Then the command "ip route" on node "one" prints "nothing"',
        "it prints:*default via 10.168.0.1 dev eth0",
    ),
    "a command is unknown": ('When the command "tc qdisc show" runs on node "one"', "does not model the command tc"),
    "a chain has other rules": (
        'Then chain "FLANNEL-FWD" of table "filter" on node "one" has the rules:\n      | packets |\n      | 7 |',
        "there are 2 rows, not 1*-s 100.96.0.0/16",
    ),
    "a chain is not there": (
        'Then chain "NONE" of table "filter" on node "one" has the rules:\n      | packets |\n      | 7 |',
        "iptables: No chain/target/match by that name.",
    ),
    "an MTU is another": ('Then pod "a" has the MTU 1500', "its eth0 has the MTU 1450"),
    "nothing is complained of": ('Then the network of node "one" complains that "x"', "it complains of nothing"),
}  # fmt: skip


def test_what_is_not_so_is_red(feature: Feature, run: Run) -> None:
    lines = "\n".join(f"  Scenario: {name}\n{PODS}    {step}" for name, (step, _) in RED.items())
    feature(f"Feature: Red\n{lines}\n")

    result = run()

    result.assert_outcomes(failed=len(RED))
    told = result.stdout.str()
    unsaid = {name: part for name, (_, seen) in RED.items() for part in seen.split("*") if part not in told}
    assert unsaid == {}


ADDRESSES = {
    "ranges that overlap": (
        "      | name | pod CIDR      |\n      | a    | 10.1.0.0/23   |\n      | b    | 10.1.1.0/24   |",
        'the pod ranges of "a" (10.1.0.0/23) and "b" (10.1.1.0/24) overlap',
    ),
    "an address twice": (
        "      | name | address  |\n      | a    | 10.0.0.1 |\n      | b    | 10.0.0.1 |",
        '"a" and "b" have the same address, 10.0.0.1: give each node an address and a range of its own',
    ),
    "a range another has in turn": (
        "      | name | pod CIDR      |\n      | a    |               |\n      | b    | 10.244.0.0/15 |",
        "overlap",
    ),
    "no address": ("      | name | address |\n      | a    | here    |", "it is here"),
    "no range": ("      | name | pod CIDR    |\n      | a    | 10.1.0.1/24 |", "10.1.0.1/24 has host bits set"),
}


def test_addresses_that_nodes_cannot_have_are_told(feature: Feature, run: Run) -> None:
    lines = "\n".join(f"  Scenario: {name}\n    Given the nodes:\n{table}" for name, (table, _) in ADDRESSES.items())
    feature(f"Feature: Red\n{lines}\n")

    result = run()

    result.assert_outcomes(failed=len(ADDRESSES))
    told = result.stdout.str()
    assert [seen for _, seen in ADDRESSES.values() if seen not in told] == []
