"""What a scenario does on the nodes themselves: it is done, or the line says why it could not be."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]
MANIFESTS = Path(__file__).parents[2] / "manifests" / "pods"

SECRET = """
apiVersion: v1
kind: Pod
metadata: {name: needs-secret}
spec:
  volumes: [{name: keys, secret: {secretName: keys}}]
  containers: [{name: app, image: busybox, volumeMounts: [{name: keys, mountPath: /keys}]}]
"""
TWO = "\n---\n".join([SECRET, SECRET.replace("needs-secret", "another")])

DONE = {
    "a sandbox that dies": 'Given the manifest "init-then-app.yaml"\nThen pod "init-then-app" shows "Running"\n'
    'When the sandbox of pod "init-then-app" dies\nThen pod "init-then-app" has an event "SandboxChanged"',
    "a static pod on a node by name": 'Given node "node1" has the static pod file "static-web.yaml"\n'
    'Then pod "static-web-node1" shows "Running"\n'
    'When the static pod file "static-web.yaml" of node "node1" is removed\n'
    'Then pod "static-web-node1" does not exist',
    "a file that never was is removed": 'Given the static pod file "static-web.yaml" is removed\nWhen 1 minute passes',
}
RED = {
    "a sandbox of no pod": ('When the sandbox of pod "foo" dies', "*there is no such pod*"),
    "a sandbox of a pod that has ended": (
        'Given the manifest "last-words.yaml"\nThen pod "last-words" has ".status.phase" equal to "Failed"\n'
        'When the sandbox of pod "last-words" dies',
        "*it has none*",
    ),
    "a node that does not exist": (
        'Given node "node7" has the static pod file "static-web.yaml"',
        '*there is no node "node7"; there are node1*',
    ),
    "a static pod that needs the API": (
        'Given the node has the static pod file "needs-secret.yaml"',
        "*static pods may not reference secrets*",
    ),
    "a file of two pods": (
        'Given the node has the static pod file "two.yaml"',
        "*it holds Pod, Pod*",
    ),
    "a deleted mirror does not stay away": (
        'Given the node has the static pod file "static-web.yaml"\nThen pod "static-web-node1" shows "Running"\n'
        'When pod "static-web-node1" is deleted\nAnd 5 seconds pass\nThen pod "static-web-node1" does not exist',
        "*it is there since*",
    ),
}


def _scenario(feature: Feature, steps: str) -> None:
    for path in MANIFESTS.glob("*.yaml"):
        feature(path.read_text(encoding="utf-8"), f"manifests/{path.name}")
    feature(SECRET, "manifests/needs-secret.yaml")
    feature(TWO, "manifests/two.yaml")
    feature("Feature: Hosts\n  Scenario: One\n" + "".join(f"    {line}\n" for line in steps.splitlines()))


@pytest.mark.parametrize("steps", DONE.values(), ids=DONE.keys())
def test_it_is_done(feature: Feature, run: Run, steps: str) -> None:
    _scenario(feature, steps)

    run().assert_outcomes(passed=1)


@pytest.mark.parametrize(("steps", "why"), RED.values(), ids=RED.keys())
def test_it_is_red_and_says_why(feature: Feature, run: Run, steps: str, why: str) -> None:
    _scenario(feature, steps)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([why])
