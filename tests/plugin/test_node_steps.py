"""Nodes, resizes and descriptions: what is not so is red, and says what was seen. On the simulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

POD = '''    Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: foo
      spec:
        containers:
          - {name: app, image: "busybox:1.28", command: [sleep, "60"], resources: {requests: {cpu: 100m}}}
      """
    Then pod "foo" shows "Running"
'''
TABLE = "      | container | cpu request |\n"
RED = {
    "a taint is not there": ('Then node "node1" has the taint "a:NoSchedule"', "it has no taints"),
    "a node has a taint": (
        'When the kubelet of node "node1" stops\n    And 1 minute passes\n    Then node "node1" has no taints',
        "its taints are node.kubernetes.io/unreachable:NoSchedule",
    ),
    "there is no such node": ('When the kubelet of node "node9" stops', 'there is no node "node9"*node1'),
    "nodes come before pods": (
        f"{POD.strip()}\n    Given the nodes:\n      | name |\n      | one |",
        "the nodes have pods already (foo)*",
    ),
    "a node has no such column": (
        "Given the nodes:\n      | name | disk |\n      | one | 1 |",
        "the columns are name, disk",
    ),
    "a driver is not installed": (
        'When the storage driver "disk" hangs',
        'the storage driver "disk": it is not installed; those that are: none',
    ),
    "a driver is installed twice": (
        'Given the storage driver "disk"\n    And the storage driver "disk"',
        'the storage driver "disk": it is installed already',
    ),
    "a driver has no such setting": (
        'Given the storage driver "disk":\n      | colour | red |',
        "*there is no setting colour; there are topology, capacity, latency",
    ),
    "a driver's capacity is no quantity": (
        'Given the storage driver "disk":\n      | capacity | much |',
        "*it is no quantity: much*",
    ),
    "a driver has other volumes": (
        'Given the storage driver "disk"\n    Then the storage driver "disk" has 2 volumes',
        "it has none",
    ),
    "a decision is another": (
        f'{POD.strip()}\n    Then the scheduler decides about pod "foo":\n      | node | chosen |\n'
        "      | node1 | no |",
        "chosen of node1 is yes",
    ),
    "a decision about no pod": (
        'Then the scheduler decides about pod "foo":\n      | node | chosen |\n      | node1 | no |',
        "there is no such pod",
    ),
    "a node's taint is none": (
        "Given the nodes:\n      | name | taints |\n      | one | broken |",
        "'broken' is no taint*",
    ),
    "a taint that is put on is none": (
        'When node "node1" is tainted with "broken:Never"',
        "'broken:Never' is no taint*",
    ),
    "a taint that is not there cannot be removed": (
        'When the taint "a:NoSchedule" of node "node1" is removed',
        "the node has no such taint",
    ),
    "no node that is not there can be cordoned": ('When node "node9" is cordoned', 'there is no node "node9"*node1'),
    "no node that is not there can be labelled": (
        'When node "node9" is labelled "a=b"',
        'there is no node "node9"*node1',
    ),
    "a node joins under the name of another": (
        "When the nodes join:\n      | name |\n      | node1 |",
        'there is a node "node1" already: a node that joins needs a name of its own',
    ),
    "a node that runs something cannot leave": (
        f'{POD.strip()}\n    When node "node1" leaves the cluster',
        'the nodes have pods already (foo): drain node "node1" first*',
    ),
    "a node's cpu is no quantity": ("Given the nodes:\n      | name | cpu |\n      | one | much |", "it is much"),
    "a description lacks a line": (
        f'{POD.strip()}\n    And kubectl describe pod "foo" shows:\n      """\n      Status: Failed\n      """',
        "no line reads 'Status: Failed' there*",
    ),
    "a description has its lines in another order": (
        f'{POD.strip()}\n    And kubectl describe pod "foo" shows:\n      """\n      Containers:\n      Name: foo\n'
        '      """',
        "no line reads 'Name: foo' there*",
    ),
    "a resize is refused": (
        f'{POD.strip()}\n    When pod "foo" is resized:\n{TABLE}      | other | 1 |',
        "*may not be added or removed on resize*",
    ),
    "an ephemeral container is refused": (
        f'{POD.strip()}\n    When the ephemeral container "Debug" with image "busybox" running "true" '
        'is added to pod "foo"',
        '*spec.ephemeralContainers?0?.name: Invalid value: "Debug"*',
    ),
    "a resize has a column nobody knows": (
        f'{POD.strip()}\n    When pod "foo" is resized:\n      | container | disk |\n      | app | 1 |',
        "the columns are container, disk",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("step", "told"), RED.values(), ids=RED.keys())
def test_what_is_not_so_is_red(feature: Feature, run: Run, step: str, told: str) -> None:
    feature(f"Feature: f\n  Scenario: s\n    {step}\n")

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{told}*"])
