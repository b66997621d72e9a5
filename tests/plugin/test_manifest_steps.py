"""Manifests in features: files, doc strings and values; what is refused; and input that is bad in every way."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: foo}\nspec: {restartPolicy: $POLICY}\n"
SEEN = """
    @then(parsers.parse("the policies applied are {policies}"))
    def the_policies_applied_are(cluster, policies):
        assert ", ".join(each["spec"]["restartPolicy"] for each in cluster.applied) == policies
    """
INLINE = """
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: foo}
      spec: {restartPolicy: $POLICY}
      \"\"\"
"""
VALUES = "      | POLICY | Never |\n"

APPLIED = {
    "a file": ('    Given the manifest "pod.yaml"\n', "$POLICY"),
    "a file, as an action": ('    When the manifest "pod.yaml" is applied\n', "$POLICY"),
    "a file by its folder": ('    Given the manifest "pods/pod.yaml"\n', "$POLICY"),
    "a file and values": (f'    Given the manifest "pod.yaml" with the values:\n{VALUES}', "Never"),
    "values that follow a file": (f'    Given the manifest "pod.yaml"\n    And with the values:\n{VALUES}', "Never"),
    "a doc string": (INLINE, "$POLICY"),
    "values that follow a doc string": (f"{INLINE}    And with the values:\n{VALUES}", "Never"),
    "values under a heading": (
        f"{INLINE}    And with the values:\n      | name | value |\n      | $POLICY | Never |\n",
        "Never",
    ),
    "several documents": ('    Given the manifest "two.yaml"\n', "Always, Never"),
}


@pytest.mark.parametrize(("steps", "policies"), APPLIED.values(), ids=APPLIED.keys())
def test_a_manifest_is_applied(feature: Feature, on: On, run: Run, steps: str, policies: str) -> None:
    feature(POD, "manifests/pods/pod.yaml")
    feature(POD.replace("$POLICY", "Always") + "---\n" + POD.replace("$POLICY", "Never"), "manifests/two.yaml")
    feature(
        f"Feature: f\n  Scenario: s\n{steps}    Then the policies applied are {policies}\n", "features/deep/it.feature"
    )
    on(more=SEEN)

    run().assert_outcomes(passed=1)


def test_a_manifest_beside_the_feature_wins(feature: Feature, on: On, run: Run) -> None:
    feature(POD, "manifests/pod.yaml")
    feature(POD.replace("$POLICY", "Never"), "features/manifests/pod.yaml")
    feature('Feature: f\n  Scenario: s\n    Given the manifest "pod.yaml"\n    Then the policies applied are Never\n')
    on(more=SEEN)

    run().assert_outcomes(passed=1)


ACTIONS = {
    "the manifest is applied": '    When the manifest "pod.yaml" is applied\n',
    "a service is created": '    When the service "web" is created on port 80 to 8080\n',
    "a configmap is created": '    When the configmap "web" is created\n',
    "an image is changed": '    When the image of container "main" in pod "foo" is changed to "nginx:1.15"\n',
    "a condition is set": '    When condition "example.com/up" of pod "foo" is set to "True"\n',
    "an object is deleted": '    When pod "foo" is deleted\n',
}


@pytest.mark.parametrize("step", ACTIONS.values(), ids=ACTIONS.keys())
def test_a_refusal_fails_the_step(feature: Feature, on: On, run: Run, step: str) -> None:
    feature(POD, "manifests/pod.yaml")
    feature(f"Feature: f\n  Scenario: s\n{step}")
    on('shows(0, "foo", "Running"), refuse="not on my watch"')

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["but *the API refuses it", "*not on my watch", "*let the next line be: Then it is refused*"]
    )
    result.stdout.no_fnmatch_line("*.py:*")


@pytest.mark.parametrize("step", ACTIONS.values(), ids=ACTIONS.keys())
def test_a_refusal_is_fine_where_the_next_line_expects_it(feature: Feature, on: On, run: Run, step: str) -> None:
    feature(POD, "manifests/pod.yaml")
    refused = '    Then it is refused with "not on my"\n    And it is refused with "watch"\n'
    feature(f"Feature: f\n  Scenario: s\n{step}{refused}")
    on('shows(0, "foo", "Running"), refuse="not on my watch"')

    run().assert_outcomes(passed=1)


REFUSALS = {
    "with other words": ('refuse="too late"', "it is refused with:"),
    "not at all": ("", "nothing was refused in the step before: the API took it as it is"),
}


@pytest.mark.parametrize(("how", "why"), REFUSALS.values(), ids=REFUSALS.keys())
def test_an_expected_refusal_must_come(feature: Feature, on: On, run: Run, how: str, why: str) -> None:
    feature('Feature: f\n  Scenario: s\n    When the service "web" is created\n    Then it is refused with "no"\n')
    on(how)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["features/it.feature:4", f"*{why}"])


NINES = "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD = {
    "no YAML": ("kind: [Pod\nmetadata: x\n", ["*manifests/bad.yaml:2:*: this is no YAML: *"]),
    "a tab": (
        "kind: Pod\nmetadata:\n\tname: foo\n",
        ["*manifests/bad.yaml:3:1: there is a tab here: YAML indents with spaces"],
    ),
    "nothing": ("", ["*manifests/bad.yaml:1:1: there is no document here: *"]),
    "an empty document": ("---\n", ["*manifests/bad.yaml:1:*"]),
    "no kind and no name": ("apiVersion: v1\n", ["*kind is missing", "*metadata.name is missing"]),
    "an alias bomb": (
        f'a: &a ["lol"]\n{NINES}\n',
        ["*manifests/bad.yaml:1:1: its aliases stand for more than 200,000 values*"],
    ),
    "the same key twice": (
        "kind: Pod\nkind: Pod\n",
        ['*manifests/bad.yaml:2:1: the key "kind" is here twice: first on line 1'],
    ),
    "ten megabytes": (
        f"kind: {'x' * 10_000_000}",
        ["*manifests/bad.yaml: this is 9.5 MiB; the API server takes 3 MiB*"],
    ),
}


@pytest.mark.parametrize(("text", "lines"), BAD.values(), ids=BAD.keys())
def test_bad_yaml_is_said_to_be_so(feature: Feature, on: On, run: Run, text: str, lines: list[str]) -> None:
    feature(text, "manifests/bad.yaml")
    feature('Feature: f\n  Scenario: s\n    Given the manifest "bad.yaml"\n')
    on()

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["features/it.feature:3", '  Given the manifest "bad.yaml"', *lines])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_missing_file_is_looked_for_where_it_says(feature: Feature, on: On, run: Run) -> None:
    feature(POD, "manifests/myapp-pod.yaml")
    feature('Feature: f\n  Scenario: s\n    Given the manifest "myap-pod.yaml"\n')
    on()

    result = run()

    result.stdout.fnmatch_lines(
        ['there is no manifest "myap-pod.yaml"; looked in:', "  */manifests", "Did you mean myapp-pod.yaml?"]
    )
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_value_that_is_missing_is_named(feature: Feature, on: On, run: Run) -> None:
    feature(POD, "manifests/pod.yaml")
    feature('Feature: f\n  Scenario: s\n    Given the manifest "pod.yaml" with the values:\n      | POLICE | Never |\n')
    on()

    run().stdout.fnmatch_lines(["*manifests/pod.yaml:4:23: $POLICY has no value; values given: POLICE.*"])


def test_a_fault_in_a_doc_string_is_shown_at_its_line_of_the_feature(feature: Feature, on: On, run: Run) -> None:
    feature("""
        Feature: f
          Scenario: s
            Given the manifest:
              \"\"\"
              apiVersion: v1
              kind: [Pod
              metadata: {name: foo}
              \"\"\"
        """)
    on()

    run().stdout.fnmatch_lines(["*features/it.feature:7:*: this is no YAML:*"])


def test_values_without_a_manifest_are_said_to_be_so(feature: Feature, on: On, run: Run) -> None:
    feature(f"Feature: f\n  Scenario: s\n    Given with the values:\n{VALUES}")
    on()

    run().stdout.fnmatch_lines(["but *there is no such step"])


CREATED = {
    "a service on a port": (
        'the service "web" is created on port 80 to 9376',
        {"kind": "Service", "spec": {"ports": [{"protocol": "TCP", "port": 80, "targetPort": 9376}]}},
    ),
    "a service on its default port": (
        'the service "web" is created',
        {"kind": "Service", "spec": {"ports": [{"protocol": "TCP", "port": 80, "targetPort": 80}]}},
    ),
    "a service for pods": (
        'the service "web" is created on port 80 to 8080 for "app=web,tier=front"',
        {
            "kind": "Service",
            "spec": {
                "ports": [{"protocol": "TCP", "port": 80, "targetPort": 8080}],
                "selector": {"app": "web", "tier": "front"},
            },
        },
    ),
    "a configmap": ('the configmap "web" is created', {"kind": "ConfigMap", "data": {}}),
    "a configmap with data": (
        'the configmap "web" is created with:\n      | key | value |',
        {"kind": "ConfigMap", "data": {"key": "value"}},
    ),
    "a secret with data": (
        'the secret "web" is created with:\n      | key | value |',
        {"kind": "Secret", "type": "Opaque", "data": {"key": "dmFsdWU="}},
    ),
}


@pytest.mark.parametrize(("step", "item"), CREATED.values(), ids=CREATED.keys())
def test_objects_are_created_by_a_phrase(
    feature: Feature, on: On, run: Run, step: str, item: dict[str, object]
) -> None:
    feature(f"Feature: f\n  Scenario: s\n    When {step}\n    Then what was made is right\n")
    whole = {"apiVersion": "v1", "metadata": {"name": "web", "namespace": "default"}, **item}
    on(
        more=f"""
        @then("what was made is right")
        def what_was_made_is_right(cluster): assert cluster.applied == [{whole!r}]
        """
    )

    run().assert_outcomes(passed=1)


def test_the_image_of_an_unknown_container_is_not_changed(feature: Feature, on: On, run: Run) -> None:
    feature(
        'Feature: f\n  Scenario: s\n    When the image of container "mian" in pod "foo" is changed to "nginx:1.15"\n'
    )
    on('shows(0, "foo", "Running")')

    run().stdout.fnmatch_lines(["but *the pod has no such container; it has main"])
