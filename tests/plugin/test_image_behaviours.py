"""Images whose row in podproof.yaml says what they do, as a pod that runs them shows it."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

POD = """
Feature: f
  Scenario: s
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {{name: own}}
      spec:
        terminationGracePeriodSeconds: 20
        restartPolicy: Never
        containers:
          - name: main
            image: own:1
            args: [--verbose]
            resources: {{limits: {{memory: 100Mi}}}}
            {more}
      \"\"\"
    {steps}
"""
READY = "readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}"
SHOWN = {
    "it listens, and answers": (
        "listens: 8080",
        "",
        ['Then pod "own" shows "Running"', 'Then pod "own" answers on port 8080 with "ok"'],
    ),
    "it listens on several ports": (
        "listens: [8080, 9090]",
        "",
        ['Then pod "own" shows "Running"', 'Then pod "own" answers on port 9090'],
    ),
    "until it has started nobody answers": (
        "listens: 8080, starts-in: 30 seconds",
        "",
        [
            'Then pod "own" shows "Running"',
            'Then pod "own" does not answer on port 8080',
            "When 29 seconds pass",
            'Then pod "own" answers on port 8080',
        ],
    ),
    "a readiness probe sees when it has started": (
        "listens: 8080, starts-in: 30 seconds",
        READY,
        [
            'Then condition "Ready" of pod "own" is "False" within 10 seconds',
            "When 15 seconds pass",
            'Then condition "Ready" of pod "own" is "False"',
            'Then condition "Ready" of pod "own" is "True" within 30 seconds',
        ],
    ),
    "it fails after a time": (
        "fails-after: 40 seconds",
        "",
        [
            'Then pod "own" shows "Running"',
            'Then pod "own" stays "Running" for 35 seconds',
            'Then pod "own" shows "Error" within 10 seconds',
            'Then container "main" of pod "own" exited with code 1',
        ],
    ),
    "it may fail before it has started": (
        "listens: 8080, starts-in: 1 minute, fails-after: 5 seconds",
        "",
        ['Then pod "own" shows "Error" within 10 seconds'],
    ),
    "more memory than the limit kills it": (
        "memory: 128Mi, starts-in: 5 seconds",
        "",
        ['Then pod "own" shows "Running"', 'Then pod "own" shows "OOMKilled" within 10 seconds'],
    ),
    "less memory does not": (
        "memory: 64Mi",
        "",
        ['Then pod "own" shows "Running"', 'Then pod "own" stays "Running" for 1 hour'],
    ),
    "it ends at TERM": (
        "listens: 8080",
        "",
        [
            'Then pod "own" shows "Running"',
            'When pod "own" is deleted',
            "When 3 seconds pass",
            'Then pod "own" does not exist',
        ],
    ),
    "it goes on for a while after TERM": (
        "on-term: 10 seconds",
        "",
        [
            'Then pod "own" shows "Running"',
            'When pod "own" is deleted',
            'Then pod "own" stays "Terminating" for 9 seconds',
            "When 4 seconds pass",
            'Then pod "own" does not exist',
        ],
    ),
    "it ignores TERM, so that its grace period ends it": (
        "on-term: ignores",
        "",
        [
            'Then pod "own" shows "Running"',
            'When pod "own" is deleted',
            'Then pod "own" stays "Terminating" for 19 seconds',
            "When 4 seconds pass",
            'Then pod "own" does not exist',
        ],
    ),
    "it heeds its stop signal as it does TERM": (
        "on-term: 10 seconds, stop-signal: SIGUSR1",
        "",
        [
            'Then pod "own" shows "Running"',
            'When pod "own" is deleted',
            'Then pod "own" stays "Terminating" for 9 seconds',
            "When 4 seconds pass",
            'Then pod "own" does not exist',
        ],
    ),
}


@pytest.mark.parametrize(("row", "more", "steps"), SHOWN.values(), ids=SHOWN.keys())
def test_behaviour(feature: Feature, run: Run, row: str, more: str, steps: list[str]) -> None:
    feature(f"images:\n- {{name: 'own:1', {row}}}\n", "podproof.yaml")
    feature(POD.format(more=more, steps="\n    ".join(steps)))

    run().assert_outcomes(passed=1)


def test_every_fault_of_the_project_is_told_at_once(feature: Feature, run: Run) -> None:
    feature(
        """
        images:
        - {name: "own:1", listens: [80, http], starts-in: soon, memory: much, cpu: [1], on-term: maybe}
        - {name: "two:1", listens: 80, script: sleep 1}
        - {nam: "own:2"}
        registry: [Not A Name]
        timeout: never
        """,
        "podproof.yaml",
    )
    feature("Feature: f\n  Scenario: s\n    Given 1 second passes\n")

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*podproof.yaml: images: [[]0].starts-in: 'soon' is no duration: *",
            "*podproof.yaml: images: [[]0].on-term: 'maybe' is no duration: *",
            "*podproof.yaml: images: [[]0].listens: wanted a port from 1 to 65535 or a list of them, seen 'http'",
            "*podproof.yaml: images: [[]0].memory: wanted a quantity, as 128Mi; seen 'much'",
            "*podproof.yaml: images: [[]0].cpu: wanted a quantity, as 200m; seen [[]1]",
            "*podproof.yaml: images: [[]1]: listens, memory, * stand for a command: write them, or script, or *",
            "*podproof.yaml: images: [[]2]: wanted a name, such as myapp:1.0; seen none",
            "*podproof.yaml: images: [[]2]: there is no key 'nam'; did you mean name?",
            "*podproof.yaml: registry: [[]0]: *",
            "*podproof.yaml: timeout: 'never' is no duration: *",
        ]
    )


SCALED = """
Feature: f
  Scenario: s
    Given the manifest:
      \"\"\"
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: own}
      spec:
        replicas: 2
        selector: {matchLabels: {app: own}}
        template:
          metadata: {labels: {app: own}}
          spec: {containers: [{name: main, image: "own:1", resources: {requests: {cpu: 100m}}}]}
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: own}
      spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: own}}
      \"\"\"
    When 7 minutes pass
    Then deployment "own" has 3 pods
"""


def test_autoscalers_go_by_what_an_image_uses(feature: Feature, run: Run) -> None:
    feature("images:\n- {name: 'own:1', cpu: 120m}\n", "podproof.yaml")
    feature(SCALED)

    run().assert_outcomes(passed=1)
