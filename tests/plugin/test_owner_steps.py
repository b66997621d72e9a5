"""Steps about owners, evictions and metrics: what cannot be is red, and says why."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

DEPLOYMENT = '''Given the manifest:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 0
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: main, image: "busybox:1.28"}]}
      """'''
RED = {
    "there is no such owner": (
        'Given the configmap "child" is created\n    When configmap "child" is given the owner secret "nobody"',
        'there is no secret "nobody"',
    ),
    "there is nobody to own": (
        'Given the configmap "owner" is created\n    When configmap "child" is given the owner configmap "owner"',
        'configmaps "child" not found',
    ),
    "there is no pod to evict": ('When pod "nobody" is evicted', 'pods "nobody" not found'),
    "there are no pods to evict": (f'{DEPLOYMENT}\n    When one pod of deployment "web" is evicted', "it has no pods"),
    "an amount is none": (
        'When each pod of deployment "web" uses "much" of "cpu"',
        "quantities must match the regular expression*",
    ),
}


@pytest.mark.parametrize(("steps", "told"), RED.values(), ids=RED.keys())
def test_what_cannot_be_is_red(feature: Feature, run: Run, steps: str, told: str) -> None:
    feature(f"Feature: f\n  Scenario: s\n    {steps}\n")

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{told}*"])
