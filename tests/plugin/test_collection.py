"""The plugin collects feature files, and nothing of a project that has none changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

TWO = """
    @A5
    Feature: Waiting

      @slow
      Scenario: A pod runs
        Then pod "foo" shows "Running"

      @issue:12
      Scenario Outline: Waits for its Services
        Then pod "<pod>" shows "Running"

        Examples:
          | pod |
          | foo |
          | bar |

      Rule: Some rule
        @needs:multi-node
        Scenario: A pod of two nodes
          Then pod "foo" shows "Running"
"""
RUNNING = 'shows(0, "foo", "Running"), shows(3, "bar", "Running")'


def test_each_scenario_and_each_row_of_an_outline_is_a_test(feature: Feature, on: On, run: Run) -> None:
    feature(TWO, "features/pods/init.feature")
    on(RUNNING)

    result = run("--collect-only", "-q")

    assert result.outlines[:4] == [
        "features/pods/init.feature::A pod runs",
        "features/pods/init.feature::Waits for its Services[foo]",
        "features/pods/init.feature::Waits for its Services[bar]",
        "features/pods/init.feature::A pod of two nodes",
    ]


SELECTIONS = {
    "by node id": (["features/it.feature::A pod runs"], 1),
    "by the node id of one row": (["features/it.feature::Waits for its Services[bar]"], 1),
    "by words of the name": (["-k", "Waits"], 2),
    "by a value of a row": (["-k", "bar"], 1),
    "by the tag of the feature": (["-m", "A5"], 3),
    "by the tag of a scenario": (["-m", "slow"], 1),
}


@pytest.mark.parametrize(("args", "passed"), SELECTIONS.values(), ids=SELECTIONS.keys())
def test_tests_can_be_selected(feature: Feature, on: On, run: Run, args: list[str], passed: int) -> None:
    feature(TWO)
    on(RUNNING)

    result = run("--strict-markers", *args)

    assert result.parseoutcomes()["passed"] == passed
    assert "warnings" not in result.parseoutcomes()


def test_a_tag_with_a_colon_selects_too(feature: Feature, on: On, run: Run) -> None:
    feature(TWO)
    on(RUNNING)

    run("-m", "issue:12").assert_outcomes(passed=2, deselected=2)


def test_a_scenario_that_needs_what_the_cluster_lacks_is_skipped_with_the_reason(
    feature: Feature, on: On, run: Run
) -> None:
    feature(TWO)
    on(RUNNING)

    result = run("-rs", "-m", "needs:multi-node")

    result.assert_outcomes(skipped=1, deselected=3)
    result.stdout.fnmatch_lines(["SKIPPED*the cluster scripted lacks multi-node, which the scenario needs"])


def test_under_strict_it_fails_instead(feature: Feature, on: On, run: Run) -> None:
    feature(TWO)
    on(RUNNING)

    run("--podproof-strict", "-m", "needs:multi-node").assert_outcomes(failed=1, deselected=3)


def test_a_cluster_that_has_what_is_needed_runs_it(feature: Feature, on: On, run: Run) -> None:
    feature(TWO)
    on(f'{RUNNING}, can=["multi-node"]')

    run("-m", "needs:multi-node").assert_outcomes(passed=1, deselected=3)


def test_two_workers_run_the_same_tests(feature: Feature, on: On, project: pytest.Pytester) -> None:
    feature(TWO)
    on(RUNNING)

    result = project.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2")

    result.assert_outcomes(passed=3, skipped=1)


def test_a_failure_on_a_worker_tells_as_much(feature: Feature, on: On, project: pytest.Pytester) -> None:
    feature('Feature: f\n  Scenario: s\n    Then pod "foo" shows "Error"\n')
    on(RUNNING)

    result = project.runpytest_subprocess("-p", "no:cacheprovider", "-n", "1")

    result.stdout.fnmatch_lines(
        ["features/it.feature:3", "*wanted*shows*Error*", "FAILED features/it.feature::s - pod*Error*"]
    )


def test_a_background_runs_before_each_scenario(feature: Feature, on: On, run: Run) -> None:
    feature("""
        Feature: f
          Background:
            Given 5 seconds pass
          Scenario: s
            Then pod "foo" stays "Running" for 5 seconds
        """)
    on('shows(0, "foo", "Pending"), shows(4, "foo", "Running")')

    run().assert_outcomes(passed=1)


def test_values_of_a_row_fill_tables_and_doc_strings_too(feature: Feature, on: On, run: Run) -> None:
    feature("""
        Feature: f
          Scenario Outline: s
            Then the log of container "c" of pod "p" is:
              \"\"\"
              <word>
              \"\"\"
            And pod "foo" passes through:
              | <status> |
          Examples:
            | word  | status  |
            | hello | Running |
        """)
    on('shows(0, "foo", "Running"), logs={"c": "hello"}')

    run().assert_outcomes(passed=1)


def test_a_conftest_may_add_phrases(feature: Feature, on: On, run: Run) -> None:
    feature('Feature: f\n  Scenario: s\n    Given a friendly pod\n    Then pod "foo" shows "Running"\n')
    on(
        RUNNING,
        more="""
        @given("a friendly pod")
        def a_friendly_pod(cluster): cluster.applied.append("friendly")
        """,
    )

    run().assert_outcomes(passed=1)


def test_a_nearer_conftest_replaces_a_phrase_of_the_one_above(feature: Feature, on: On, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n    Given a friendly pod\n", "features/a/it.feature")
    nearer = 'from pytest_bdd import given\n@given("a friendly pod")\ndef near(): ...\n'
    feature(nearer, "features/a/conftest.py")
    on(more='@given("a friendly pod")\ndef far(): raise ValueError("not me")')

    run().assert_outcomes(passed=1)


def test_the_hooks_of_pytest_bdd_fire(feature: Feature, on: On, run: Run) -> None:
    feature('Feature: f\n  Scenario: s\n    Then pod "foo" shows "Running"\n    And pod "foo" shows "Error"\n')
    on(
        RUNNING,
        more="""
        def pytest_bdd_before_scenario(scenario): print("before", scenario.name)
        def pytest_bdd_before_step(step): print("step", step.name)
        def pytest_bdd_after_step(step): print("after", step.name)
        def pytest_bdd_step_error(step, exception): print("error", type(exception).__name__)
        def pytest_bdd_after_scenario(scenario): print("done", scenario.name)
        """,
    )

    run("-s").stdout.fnmatch_lines(
        [
            "*before s",
            'step pod "foo" shows "Running"',
            'after pod "foo" shows "Running"',
            'step pod "foo" shows "Error"',
            "error UnprovedError",
            "done s",
        ]
    )


def test_a_projects_own_hook_may_take_a_tag(feature: Feature, on: On, run: Run) -> None:
    feature('Feature: f\n  @todo\n  Scenario: s\n    Then pod "foo" shows "Error"\n')
    on(
        RUNNING,
        more="""
        def pytest_bdd_apply_tag(tag, function):
            if tag == "todo":
                pytest.mark.skip(reason="not yet")(function)
                return True
        """,
    )

    run().assert_outcomes(skipped=1)


def test_fixtures_of_module_scope_live_as_long_as_a_feature(feature: Feature, on: On, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n    Given it counts\n  Scenario: t\n    Given it counts\n")
    feature("Feature: g\n  Scenario: s\n    Given it counts\n", "features/other.feature")
    on(
        more="""
        @pytest.fixture(scope="module")
        def counter(): print("new counter")
        @given("it counts")
        def it_counts(counter): ...
        """
    )

    result = run("-s")

    result.assert_outcomes(passed=3)
    assert result.stdout.str().count("new counter") == 2


def test_a_project_without_feature_files_sees_nothing_of_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        import sys
        def test_it(request):
            names = [name for name in sys.modules if name.startswith("podproof.")]
            assert names == ["podproof.plugin"], names
            assert not request.config.pluginmanager.has_plugin("podproof.run")
            assert "yaml" not in sys.modules
        """
    )

    project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest").assert_outcomes(passed=1)


BOUND = """
    from pytest_bdd import given, scenarios
    scenarios("features")
    @given("a step of their own")
    def theirs(): ...
    """


@pytest.mark.parametrize("module", ["a_test.py", "test_z.py"], ids=["collected before", "collected after"])
def test_a_feature_that_the_project_binds_itself_is_left_alone(
    feature: Feature, run: Run, module: str, project: pytest.Pytester
) -> None:
    feature("Feature: f\n  Scenario: s\n    Given a step of their own\n")
    feature("\n".join(line.strip() for line in BOUND.splitlines()), module)

    run().assert_outcomes(passed=1)


def test_a_feature_nobody_binds_is_not_lost_for_using_no_phrase_of_ours(feature: Feature, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n    Given a step of nobody\n")

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*features/it.feature:3: no step definition matches"])


INI = {
    "a glob picks the files": ("podproof_features = features/ours/*.feature", 1),
    "none leaves all alone": ("podproof_features = none", 0),
    "by default all are run": ("", 2),
}


@pytest.mark.parametrize(("line", "passed"), INI.values(), ids=INI.keys())
def test_an_option_says_which_feature_files_are_run(
    feature: Feature, on: On, run: Run, project: pytest.Pytester, line: str, passed: int
) -> None:
    project.makeini(f"[pytest]\n{line}\n")
    text = 'Feature: f\n  Scenario: s\n    Then pod "foo" shows "Running"\n'
    feature(text, "features/ours/a.feature")
    feature(text, "features/theirs/b.feature")
    on(RUNNING)

    run().assert_outcomes(passed=passed)


def test_a_bug_in_a_step_shows_its_own_traceback_and_nothing_of_the_machinery(
    feature: Feature, on: On, run: Run
) -> None:
    feature("Feature: f\n  Scenario: s\n    Given a broken step\n")
    on(more='@given("a broken step")\ndef a_broken_step(): {}["missing"]')

    result = run()

    result.stdout.fnmatch_lines(["*conftest.py*KeyError"])
    result.stdout.no_fnmatch_line("*pytest_bdd*")
    result.stdout.no_fnmatch_line("*fixtures.py*")


def test_each_distinct_step_text_is_looked_up_once(feature: Feature, on: On, run: Run) -> None:
    scenarios = "".join(f'  Scenario: s{number}\n    Then pod "foo" shows "Running"\n' for number in range(50))
    feature(f"Feature: f\n{scenarios}")
    on(
        RUNNING,
        more="""
        def pytest_collection_finish(session):
            from podproof.plugin.collect import FeatureRun
            print("lookups", [each.lookups for each in FeatureRun.of(session).indexes._indexes.values()])
        def pytest_runtest_call(item):
            import pytest_bdd.scenario
            pytest_bdd.scenario.find_fixturedefs_for_step = None
        """,
    )

    result = run("-s")

    result.assert_outcomes(passed=50)
    result.stdout.fnmatch_lines(["*lookups [[]1[]]"])
