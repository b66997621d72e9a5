"""Registries, pull secrets and configuration that changes, in features: what is so, and what is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

STORY = "Feature: it\n  Scenario: so\n    "
POD = '''Given the manifest:
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: shop
      spec:
        imagePullSecrets: [{name: regcred}]
        containers:
          - name: app
            image: busybox:1.28
            command: ["sh", "-c", "while true; do cat /etc/settings/colour; echo; sleep 10; done"]
            volumeMounts: [{name: settings, mountPath: /etc/settings}]
        volumes:
          - name: settings
            configMap: {name: settings, optional: true}
      """
    '''
SECRET = 'Given the secret "regcred" is created for user "ann" with password "{}" of the registry "docker.io"\n    '
PRIVATE = 'Given the image "busybox:1.28" is private to user "ann" with password "sesame"\n    '
RED = 'Given the configmap "settings" is created with:\n      | colour | red |\n    '
BLUE = 'When the configmap "settings" is changed to:\n      | colour | blue |\n    '

HOLDS = {
    "an image that is there": 'Given the registry has the image "busybox:1.28"\n    '
    + POD
    + 'Then pod "shop" shows "Running"',
    "a private one with its secret": PRIVATE + SECRET.format("sesame") + POD + 'Then pod "shop" shows "Running"',
    "one that is private to nobody in particular": 'Given the image "busybox:1.28" is private\n    '
    + SECRET.format("any")
    + POD
    + 'Then pod "shop" shows "Running"',
    "files that follow their source": RED
    + POD
    + 'Then pod "shop" shows "Running"\n    '
    + BLUE
    + 'Then the log of container "app" of pod "shop" contains "blue" within 2 minutes',
}
VIOLATED = {
    "an image that is gone": (
        'Given the registry has no image "busybox:1.28"\n    ' + POD + 'Then pod "shop" shows "Running"',
        "*it shows *",
    ),
    "a private one without a secret": (PRIVATE + POD + 'Then pod "shop" shows "Running"', "*it shows *"),
    "a private one with the wrong password": (
        PRIVATE + SECRET.format("guess") + POD + 'Then pod "shop" shows "Running"',
        "*it shows *",
    ),
    "files do not change at once": (
        RED
        + POD
        + 'Then pod "shop" shows "Running"\n    '
        + BLUE
        + 'Then the log of container "app" of pod "shop" contains "blue" within 20 seconds',
        "*it reads:*",
    ),
    "a reference that is none": ('Given the registry has no image "Bad::x"', "*couldn't parse image name*"),
    "a configmap that is not there cannot change": (BLUE, "*not found*"),
}


@pytest.mark.parametrize("steps", HOLDS.values(), ids=HOLDS.keys())
def test_what_is_so_is_green(steps: str, feature: Feature, run: Run) -> None:
    feature(STORY + steps)

    run().assert_outcomes(passed=1)


@pytest.mark.parametrize(("steps", "told"), VIOLATED.values(), ids=VIOLATED.keys())
def test_what_is_not_so_is_red(steps: str, told: str, feature: Feature, run: Run) -> None:
    feature(STORY + steps)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([told])
