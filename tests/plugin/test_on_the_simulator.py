"""The shipped steps on the simulator: what real pods do not do is red, what the simulator cannot do is said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]
MANIFESTS = Path(__file__).parents[2] / "manifests" / "pods"

VIOLATED = {
    "the pod leaves Running after half a minute": (
        "foo.yaml",
        'Then pod "foo" shows "Running"\nAnd pod "foo" stays "Running" for 40 seconds',
        '*"Error"*',
    ),
    "Error comes after thirty seconds, not ten": (
        "foo.yaml",
        'Then pod "foo" shows "Error" within 10 seconds',
        '*"Running"*',
    ),
    "under Always it is restarted": (
        "foo.yaml",
        'When 10 minutes pass\nThen pod "foo" has restarted 0 times',
        "it has restarted * times*",
    ),
    "under Always it shows CrashLoopBackOff": (
        "foo.yaml",
        'Then pod "foo" never shows "CrashLoopBackOff" for 1 hour',
        "at +*",
    ),
    "under Never it is not restarted": (
        "foo-never.yaml",
        'Then pod "foo" has restarted at least 1 time within 1 hour',
        "it has restarted 0 times*",
    ),
    "it exits with three": (
        "foo-never.yaml",
        'Then container "busybox" of pod "foo" exited with code 0',
        'container "busybox" exited with code 3*',
    ),
    "it shows Error between": (
        "foo.yaml",
        'Then pod "foo" passes through within 2 minutes:\n  | Running |\n  | CrashLoopBackOff |',
        "*Error*",
    ),
    "init containers wait for the Service": (
        "myapp-pod.yaml",
        'Then pod "myapp-pod" shows "Init:1/2" within 5 minutes',
        'it shows "Init:0/2"*',
    ),
    "no Service ever existed": (
        "myapp-pod.yaml",
        'When 1 minute passes\nThen pod "myapp-pod" stayed "Init:0/2" until service "myservice" existed',
        'service "myservice" existed: that has not happened*',
    ),
    "the status moved on before the other Service came": (
        "myapp-pod.yaml",
        'When 5 seconds pass\nAnd the service "myservice" is created\nAnd 10 seconds pass\n'
        'And the service "mydb" is created\nAnd 10 seconds pass\n'
        'Then pod "myapp-pod" stayed "Init:0/2" until service "mydb" existed',
        '*before service "mydb" existed*"Init:1/2"*',
    ),
    "a pod that was deleted does not stay": (
        "foo-never.yaml",
        'Then pod "foo" shows "Error"\nWhen pod "foo" is deleted by force\nThen pod "foo" stays "Error" for 1 minute',
        "*it is gone*",
    ),
    "the log says something else": (
        "mypod.yaml",
        'Then the log of container "nginx" of pod "mypod" contains "FAILURE"',
        "SUCCESS*",
    ),
    "nothing listens there": ("mypod-corrected.yaml", 'Then pod "mypod" answers on port 81', "Connection refused*"),
}


@pytest.mark.parametrize(("manifest", "steps", "why"), VIOLATED.values(), ids=VIOLATED.keys())
def test_what_a_pod_does_not_do_is_red(feature: Feature, run: Run, manifest: str, steps: str, why: str) -> None:
    lines = "".join(f"    {line}\n" for line in steps.splitlines())
    feature((MANIFESTS / manifest).read_text(encoding="utf-8"), f"manifests/{manifest}")
    feature(f'Feature: f\n  Scenario: s\n    Given the manifest "{manifest}"\n{lines}')

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["wanted *", f"*{why}", "*over time"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


POD = """
    Feature: f
      Scenario: s
        Given the manifest:
          \"\"\"
          apiVersion: {version}
          kind: {kind}
          metadata: {{name: foo}}
          spec: {{containers: [{{name: main, image: {image}, command: ["sh", "-c", "{script}"]}}]}}
          \"\"\"
        {then}
    """


def pod(
    then: str, script: str = "sleep 60", image: str = "busybox:1.28", kind: str = "Pod", version: str = "v1"
) -> str:
    """Return a feature with one pod."""
    return POD.format(version=version, kind=kind, image=image, script=script, then=then)


def test_a_kind_that_kubernetes_does_not_have_is_refused_in_its_own_words(feature: Feature, run: Run) -> None:
    feature(pod('Then pod "foo" shows "Running"', kind="Pud"))

    result = run()

    result.stdout.fnmatch_lines(['*no matches for kind "Pud" in version "v1"*'])
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_kind_that_the_simulator_does_not_have_is_said_to_be_so(feature: Feature, run: Run) -> None:
    feature(pod('Then pod "foo" shows "Running"', kind="CertificateSigningRequest", version="certificates.k8s.io/v1"))

    result = run()

    result.stdout.fnmatch_lines(["features/it.feature:3", "*the simulator does not model *CertificateSigningRequest*"])
    result.stdout.no_fnmatch_line("*.py:*")


def test_an_image_that_nobody_declared_is_not_found(feature: Feature, run: Run) -> None:
    feature(pod('Then pod "foo" shows "Running"', image="my/own:1"))

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(['but *it shows "*Image*"*', "*what to try*", "*my/own:1*declare*"])


def test_a_script_with_a_syntax_error_ends_as_in_a_real_shell(feature: Feature, run: Run) -> None:
    feature(
        pod(
            'Then container "main" of pod "foo" exited with code 2\n'
            '        And the log of container "main" of pod "foo" contains "syntax error"',
            script="while true; do echo",
        )
    )

    run().assert_outcomes(passed=1)


ENDLESS = {
    "a loop that does nothing": "while true; do :; done",
    "a loop that counts": "while true; do i=$((i + 1)); done",
    "a fork bomb": "bomb() { bomb | bomb & }; bomb",
}


@pytest.mark.parametrize("script", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_endless_script_ends_the_scenario_all_the_same(feature: Feature, run: Run, script: str) -> None:
    feature(pod('When 1 hour passes\n        Then pod "foo" never shows "Pending!"', script=script))

    run().assert_outcomes(passed=1)


def test_a_record_of_each_scenario_is_written_where_asked(feature: Feature, run: Run, tmp_path: Path) -> None:
    feature(pod('Then pod "foo" shows "Running"'))

    run("--podproof-record", str(tmp_path / "records"))

    (path,) = (tmp_path / "records").iterdir()
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["id"] == "features/it.feature::s"
    assert written["runs"][0]["timelines"]["Pod/foo"][-1]["status"] == "Running"


def test_each_scenario_has_a_cluster_of_its_own(feature: Feature, run: Run) -> None:
    feature((MANIFESTS / "foo.yaml").read_text(encoding="utf-8"), "manifests/foo.yaml")
    feature("""
        Feature: f
          Scenario: one
            Given the manifest "foo.yaml"
            Then pod "foo" shows "Running"
          Scenario: two
            Then pod "foo" does not exist
        """)

    run().assert_outcomes(passed=2)


def test_images_of_the_projects_own_are_known(feature: Feature, run: Run, project: pytest.Pytester) -> None:
    (project.path / "podproof.yaml").write_text("unknown-images: run\n")
    feature("""
        Feature: f
          Scenario: s
            Given the manifest:
              \"\"\"
              apiVersion: v1
              kind: Pod
              metadata: {name: foo}
              spec: {containers: [{name: main, image: "my/own:1"}]}
              \"\"\"
            Then pod "foo" shows "Running"
            And pod "foo" stays "Running" for 1 hour
        """)

    run().assert_outcomes(passed=1)


def test_the_seed_decides_what_is_left_to_chance(feature: Feature, run: Run, tmp_path: Path) -> None:
    feature((MANIFESTS / "foo.yaml").read_text(encoding="utf-8"), "manifests/foo.yaml")
    feature('Feature: f\n  Scenario: s\n    Given the manifest "foo.yaml"\n    When 10 minutes pass\n')

    for folder, seed in (("a", "one"), ("b", "one"), ("c", "two")):
        run("--podproof-seed", seed, "--podproof-record", str(tmp_path / folder)).assert_outcomes(passed=1)

    first, again, other = (next((tmp_path / folder).iterdir()).read_bytes() for folder in "abc")
    assert first == again
    assert first != other
