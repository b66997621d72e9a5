"""Cucumber Messages and Cucumber JSON: every result told apart, every scenario told, the same under workers."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]
Report = Callable[..., list[Mapping[str, Any]]]

SCHEMA = Path(__file__).parents[2] / "node_modules/@cucumber/messages/messages.schema.json"

FEATURE = """
    @pods
    Feature: A pod

      Background:
        Given pod "a" shows "Running" within 1 minute

      Scenario: It runs
        When 10 seconds pass

      Scenario: It stops
        Then pod "a" shows "Completed" within 5 seconds
        And pod "a" shows "Running"

      Scenario: Nobody can say
        Then pod "b" never shows "Running"

      @needs:wings
      Scenario: It flies
        Then pod "a" shows "Running"

      Scenario Outline: It shows <status>
        Then pod "a" shows "<status>"

        Examples: of life
          | status  |
          | Running |

        @late
        Examples: of death
          | status    |
          | Completed |
    """
UNDEFINED = """
    Feature: Another pod

      Scenario: It runs
        Then pod "a" shows "Running"

      Scenario: It dances
        Then pod "a" shows "Running"
        And it dances
    """
STATUSES = {
    "It runs": ["PASSED", "PASSED"],
    "It stops": ["PASSED", "FAILED", "SKIPPED"],
    "Nobody can say": ["PASSED", "PENDING"],
    "It flies": ["SKIPPED", "SKIPPED"],
    "It shows Running": ["PASSED", "PASSED"],
    "It shows Completed": ["PASSED", "FAILED"],
}


@pytest.fixture
def project_of_six(feature: Feature, on: On) -> None:
    """Six scenarios with every result that a step can have once it runs."""
    feature(FEATURE)
    on('shows(0, "a", "Pending"), shows(3, "a", "Running")')


@pytest.fixture
def messages(run: Run, tmp_path: Path) -> Report:
    """Run the project and return the messages it writes."""

    def start(*args: str) -> list[Mapping[str, Any]]:
        run(f"--podproof-messages={tmp_path}/new/m.ndjson", *args)
        lines = (tmp_path / "new" / "m.ndjson").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return start


def kind(messages: list[Mapping[str, Any]], name: str) -> Iterator[Any]:
    return (each[name] for each in messages if name in each)


def results(messages: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return what became of the steps of each pickle that has a case."""
    pickles = {each["id"]: each["name"] for each in kind(messages, "pickle")}
    names = {each["id"]: pickles[each["pickleId"]] for each in kind(messages, "testCase")}
    steps = {step["id"]: step for each in kind(messages, "testCase") for step in each["testSteps"]}
    tries = {each["id"]: names[each["testCaseId"]] for each in kind(messages, "testCaseStarted")}
    found: dict[str, list[str]] = {name: [] for name in tries.values()}
    for each in kind(messages, "testStepFinished"):
        if "pickleStepId" in steps[each["testStepId"]]:
            found[tries[each["testCaseStartedId"]]].append(each["testStepResult"]["status"])
    return found


def timeless(value: Any) -> Any:
    """Return messages without what no two runs share: times, and which worker ran what."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if key not in ("timestamp", "duration", "workerId")}
    return [timeless(each) for each in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("project_of_six")
def test_messages_tell_what_became_of_every_step(messages: Report) -> None:
    told = messages()

    assert results(told) == STATUSES
    assert [each["success"] for each in kind(told, "testRunFinished")] == [False]
    types = {each["testStepResult"].get("exception", {}).get("type", "") for each in kind(told, "testStepFinished")}
    assert types == {"", "failed", "inconclusive"}


@pytest.mark.usefixtures("project_of_six")
def test_messages_are_the_same_whoever_runs_what(messages: Report) -> None:
    assert timeless(messages("-n", "2")) == timeless(messages())


@pytest.mark.usefixtures("project_of_six")
def test_each_message_is_one_of_cucumbers(messages: Report, feature: Feature) -> None:
    if not SCHEMA.exists():
        pytest.skip("no @cucumber/messages: npm install --no-save @cucumber/messages@34")
    validator = pytest.importorskip("jsonschema").Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    feature(UNDEFINED, "features/other.feature")
    feature("no Gherkin at all", "features/none.feature")

    told = messages("--continue-on-collection-errors")

    assert {name for each in told for name in each} >= {"parseError", "hook", "attachment", "stepDefinition"}
    assert [error.message for each in told for error in validator.iter_errors(each)] == []


@pytest.mark.usefixtures("project_of_six")
def test_every_id_a_message_names_was_given_before(messages: Report) -> None:
    given: set[str] = set()
    for message in messages():
        new = list(_own_ids(message))
        assert not given & set(new)
        assert len(new) == len(set(new))
        given.update(new)
        assert set(_named_ids(message)) <= given


def _own_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["id"]] if "id" in value else []
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _own_ids(each)


def _named_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key.endswith("Id"))
        yield from (each for key, several in value.items() if key.endswith("Ids") for each in several)
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _named_ids(each)


def test_steps_that_nothing_defines_are_undefined_and_what_was_not_run_is_skipped(
    messages: Report, feature: Feature, on: On
) -> None:
    on()
    feature(UNDEFINED)

    told = messages()

    assert results(told) == {"It runs": ["SKIPPED"], "It dances": ["SKIPPED", "UNDEFINED"]}
    undefined = [each["testStepResult"] for each in kind(told, "testStepFinished")]
    assert any("no step definition matches" in each.get("message", "") for each in undefined)


def test_a_step_that_two_definitions_take_is_ambiguous(messages: Report, feature: Feature, on: On) -> None:
    more = '@then("it dances")\ndef a(): ...\n@then(parsers.parse("it {does}"))\ndef b(): ...'
    on(more=more)
    feature("Feature: A pod\n  Scenario: It dances\n    Then it dances\n")

    assert results(messages()) == {"It dances": ["AMBIGUOUS"]}


def test_a_file_that_is_no_gherkin_is_a_parse_error_at_its_line(messages: Report, feature: Feature) -> None:
    feature("Feature: A pod\n  Scenario: It runs\n    Given it runs\n    oh\n")

    told = list(kind(messages(), "parseError"))

    assert told
    assert told[0]["source"] == {"uri": "features/it.feature", "location": {"line": 4}}


def test_a_try_that_is_tried_again_is_told_and_does_not_count(messages: Report, feature: Feature, on: On) -> None:
    pytest.importorskip("pytest_rerunfailures", reason="no pytest-rerunfailures: nothing tries a scenario again")
    on(more="tries = []\n@when('it is tried')\ndef tried():\n    tries.append(1)\n    assert len(tries) > 1")
    feature("Feature: A pod\n  Scenario: It runs in the end\n    When it is tried\n")

    told = messages("--reruns", "2")

    assert results(told) == {"It runs in the end": ["FAILED", "PASSED"]}
    assert [each["attempt"] for each in kind(told, "testCaseStarted")] == [0, 1]
    assert [each["willBeRetried"] for each in kind(told, "testCaseFinished")] == [True, False]
    assert [each["success"] for each in kind(told, "testRunFinished")] == [True]


@pytest.mark.usefixtures("project_of_six")
def test_cucumber_json_tells_the_same(run: Run, tmp_path: Path) -> None:
    run(f"--podproof-cucumber-json={tmp_path}/c.json")

    [told] = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert (told["uri"], told["name"], told["tags"]) == ("features/it.feature", "A pod", [{"name": "@pods", "line": 1}])
    found = {each["name"]: [step["result"]["status"] for step in each["steps"]] for each in told["elements"]}
    assert found == {
        **{name: [status.lower() for status in statuses] for name, statuses in STATUSES.items()},
        "It flies": ["skipped", "skipped", "skipped"],
    }
    lines = {each["name"]: each["line"] for each in told["elements"]}
    assert lines == {
        "It runs": 7,
        "It stops": 10,
        "Nobody can say": 14,
        "It flies": 18,
        "It shows Running": 26,
        "It shows Completed": 31,
    }
    [late] = [each for each in told["elements"] if each["name"] == "It shows Completed"]
    assert [tag["name"] for tag in late["tags"]] == ["@pods", "@late"]
    assert "it shows" in late["steps"][1]["result"]["error_message"]


def test_a_scenario_that_is_lost_with_its_worker_is_red(messages: Report, feature: Feature, on: On) -> None:
    on(more="import os\n@when('it takes all down')\ndef down():\n    os._exit(1)")
    feature("Feature: A pod\n  Scenario: It takes all down\n    When it takes all down\n")

    told = messages("-n", "1", "--max-worker-restart=0")

    assert [each["success"] for each in kind(told, "testRunFinished")] == [False]


def test_what_was_run_before_an_interrupt_is_told(project: pytest.Pytester, feature: Feature, on: On) -> None:
    on('shows(0, "a", "Running")', more="@when('somebody presses Ctrl-C')\ndef stop():\n    raise KeyboardInterrupt")
    feature("""
        Feature: A pod
          Scenario: It runs
            Then pod "a" shows "Running"
          Scenario: It is cut short
            When somebody presses Ctrl-C
        """)

    project.runpytest_subprocess("-p", "no:hypothesispytest", "--podproof-messages=m.ndjson")

    told = [json.loads(line) for line in (project.path / "m.ndjson").read_text(encoding="utf-8").splitlines()]
    assert results(told) == {"It runs": ["PASSED"]}
    assert [each["success"] for each in kind(told, "testRunFinished")] == [False]
