"""The values of Secrets are in no report, wherever a scenario lets them stand."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

FEATURE = """
    Feature: A password
      It is {value}.

      Scenario: It stands in a step, a table, a log and a failure
        Given the manifest:
          \"\"\"yaml
          apiVersion: v1
          kind: Secret
          metadata: {{name: door}}
          stringData: {{key: '{value}'}}
          ---
          apiVersion: v1
          kind: Pod
          metadata: {{name: foo}}
          spec:
            restartPolicy: Never
            containers:
            - name: main
              image: busybox
              command: [sh, -c, 'echo "it is $KEY" | tee /dev/termination-log; exit 3']
              env: [{{name: KEY, valueFrom: {{secretKeyRef: {{name: door, key: key}}}}}}]
          \"\"\"
        Then pod "foo" shows "Error"
        And it is printed: {value}
        And the log of container "main" of pod "foo" contains "not {value}"

      Scenario Outline: It stands in an example
        Given the manifest:
          \"\"\"yaml
          apiVersion: v1
          kind: Secret
          metadata: {{name: door}}
          data: {{key: '{encoded}'}}
          \"\"\"
        Then it is a bug of <word>

        Examples:
          | word    |
          | {value} |
    """
STEPS = """
    import logging
    import sys
    from pytest_bdd import parsers, then

    @then(parsers.parse("it is printed: {word}"))
    def printed(word):
        print("out", word)
        print("err", word, file=sys.stderr)
        logging.getLogger("door").error("log %s", word)

    @then(parsers.parse("it is a bug of {word}"))
    def bug(cluster, word):
        raise ValueError(f"the door is open: {word}")
    """


@pytest.fixture
def reports(project: pytest.Pytester, feature: Feature, run: Run, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Run the feature with a value, and return the text of each report."""

    def start(value: str) -> dict[str, str]:
        pytest.importorskip("jinja2", reason="no jinja2: pip install 'podproof[report]'")
        project.makeconftest(STEPS)
        encoded = b64encode(value.encode()).decode()
        feature(FEATURE.format(value=value, encoded=encoded))
        files = {
            "--podproof-html": "page.html",
            "--podproof-messages": "messages.ndjson",
            "--podproof-cucumber-json": "cucumber.json",
            "--junitxml": "junit.xml",
        }
        args = [f"--podproof-record={tmp_path}/seen", "-o", "junit_logging=all"]
        result = run(*(f"{option}={tmp_path}/{name}" for option, name in files.items()), *args)
        result.assert_outcomes(failed=2)
        texts = {name: (tmp_path / name).read_text(encoding="utf-8") for name in files.values()}
        seen = [json.loads(path.read_text(encoding="utf-8"))["runs"] for path in (tmp_path / "seen").iterdir()]
        texts["recordings"] = json.dumps(seen, ensure_ascii=False)
        return {**texts, "terminal": "\n".join(result.outlines)}

    return start


def _bodies(xml: str) -> str:
    """Return what JUnit's file says, without the names of tests, which are pytest's."""
    root = ElementTree.fromstring(xml)
    return "\n".join([*(text for each in root.iter() for text in (each.text or "", each.get("message", "")))])


@pytest.mark.parametrize("value", ["hunter2", "s3cr3t&<b", "密码很长"])
def test_no_report_shows_the_value_of_a_secret(reports: Callable[..., dict[str, str]], value: str) -> None:
    told = reports(value)

    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for secret in (value, escaped, b64encode(value.encode()).decode()):
        assert secret not in _bodies(told["junit.xml"])
        for name in ("page.html", "messages.ndjson", "cucumber.json", "recordings"):
            assert secret not in told[name], name
    assert "***" in told["page.html"]
    assert "out ***" in told["junit.xml"]
    assert "the door is open: ***" in told["junit.xml"]


@pytest.mark.parametrize("value", ["passed", "ready", "failed", "Scenario", "100"])
def test_a_secret_that_is_a_word_of_the_reports_own_breaks_none(
    reports: Callable[..., dict[str, str]], value: str
) -> None:
    told = reports(value)

    assert '"success": false' in told["messages.ndjson"]
    assert told["messages.ndjson"].count('"FAILED"') == 2
    assert told["cucumber.json"].count('"failed"') == 2
    assert '<li class="badge failed">' in told["page.html"]


UNRUN = {
    "a scenario that is skipped": ("@skip\n  ", "it ends"),
    "a scenario of a file with faults": ("", "it dances"),
}


@pytest.mark.parametrize(("tag", "step"), UNRUN.values(), ids=UNRUN.keys())
def test_a_secret_that_no_cluster_ever_saw_is_hidden_where_it_is_written(
    feature: Feature, run: Run, project: pytest.Pytester, tmp_path: Path, tag: str, step: str
) -> None:
    pytest.importorskip("jinja2", reason="no jinja2: pip install 'podproof[report]'")
    project.makeconftest("from pytest_bdd import then\n@then('it ends')\ndef ends(): ...")
    manifest = '"""\n    kind: Secret\n    stringData: {key: hunter2}\n    """'
    feature(
        f"Feature: A password\n\n  {tag}Scenario: It is\n    Given the manifest:\n    {manifest}\n    Then {step}\n"
    )

    run(f"--podproof-html={tmp_path}/page.html", f"--podproof-messages={tmp_path}/m.ndjson")

    for name in ("page.html", "m.ndjson"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "hunter2" not in text
        assert "key: ***" in text
