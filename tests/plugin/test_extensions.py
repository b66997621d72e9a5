"""Steps and clusters that other distributions add: small ones, on a path, by their entry points."""

from collections.abc import Callable
from pathlib import Path

import pytest

from podproof.cli import main

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]
Distribution = Callable[..., None]

STEPS = '''
    """Phrases about parcels."""
    import pytest
    from podproof.steps.phrases import says

    @pytest.fixture
    def parcel():
        return ["a parcel"]

    @says('the parcel holds "{thing}"')
    def the_parcel_holds(parcel, thing):
        """A parcel is what the fixture of that name makes."""
        assert parcel == [thing]
    '''
KIND = """
    from podproof.clusters.simulated import SimulatedCluster

    def made(wanted):
        cluster = SimulatedCluster(wanted.configuration, wanted.seed)
        cluster.name, cluster.capabilities = "acme", frozenset({wanted.detail})
        return cluster
    """
HOLDS = 'Feature: f\n  Scenario: s\n    Then the parcel holds "a parcel"\n'
NEEDS = "Feature: f\n  @needs:a-laser\n  Scenario: s\n    Given 1 second passes\n"


def test_a_feature_says_a_phrase_of_another_distribution(
    feature: Feature, distribution: Distribution, run: Run
) -> None:
    distribution("podproof.steps", "acme = acme", STEPS)
    feature(HOLDS)

    run().assert_outcomes(passed=1)


def test_the_vocabulary_lists_it(
    distribution: Distribution, project: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    distribution("podproof.steps", "acme = acme", STEPS)

    assert main(["steps", "parcel"]) == 0
    assert capsys.readouterr().out.split("\n")[:2] == ["acme", '  the parcel holds "{thing}"']
    assert main(["explain", 'Then the parcel holds "tea"']) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  defined in acme.py"


def test_what_does_not_load_is_named_with_its_distribution_all_at_once(
    feature: Feature, distribution: Distribution, run: Run
) -> None:
    distribution("podproof.steps", "gone = gone.steps\nacme = acme", "1 / 0")
    distribution("podproof.steps", "number = other:NUMBER", "NUMBER = 7", name="other")
    feature(HOLDS)

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            'podproof.steps: "acme = acme" of acme 1.2 does not load: ZeroDivisionError: division by zero',
            "  mend it, or uninstall acme 1.2",
            'podproof.steps: "gone = gone.steps" of acme 1.2 does not load: ModuleNotFoundError: No module named *',
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


REFUSED = {
    "something that is no module": (
        "number = acme:NUMBER",
        "NUMBER = 7",
        'podproof.steps: "number" is 7: wanted a module that defines phrases',
    ),
    "a phrase that there is already": (
        "acme = acme",
        "from podproof.steps.phrases import says\n@says('the manifest \"{name}\"')\ndef again(name): ...",
        'podproof.steps: "acme" defines "the manifest "{name}"", which podproof.steps.manifests does already: *',
    ),
}


@pytest.mark.parametrize(("entry", "text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_steps_are_refused(
    feature: Feature, distribution: Distribution, run: Run, entry: str, text: str, told: str
) -> None:
    distribution("podproof.steps", entry, text)
    feature(HOLDS)

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])


def test_a_scenario_runs_on_a_cluster_of_another_distribution(
    feature: Feature, distribution: Distribution, run: Run
) -> None:
    distribution("podproof.clusters", "acme = acme:made", KIND)
    feature(NEEDS)

    run("--cluster", "acme:a-laser").assert_outcomes(passed=1)
    run("--cluster", "acme:a-raft").assert_outcomes(skipped=1)
    run().assert_outcomes(skipped=1)


WRONG = {
    "a kind that there is not": (
        "acme = acme:made",
        "simulatr",
        "ERROR: --cluster simulatr: 'simulatr' is no cluster podproof can run on: there is simulator, *acme*; "
        "did you mean 'simulator'?",
    ),
    "a kind that does not load": (
        "acme = acme:maid",
        "acme:x",
        'ERROR: --cluster acme:x: podproof.clusters: "acme = acme:maid" of acme 1.2 does not load: AttributeError: *',
    ),
    "a kind that makes nothing": (
        "acme = acme:__name__",
        "acme",
        "ERROR: --cluster acme: podproof.clusters: \"acme\" is 'acme': wanted a function that takes a Wanted *",
    ),
}


@pytest.mark.parametrize(("entry", "given", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_cluster_is_refused(
    feature: Feature, distribution: Distribution, run: Run, entry: str, given: str, told: str
) -> None:
    distribution("podproof.clusters", entry, KIND)
    feature(NEEDS)

    result = run("--cluster", given)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])


def test_two_that_have_one_name_are_both_named(feature: Feature, distribution: Distribution, run: Run) -> None:
    distribution("podproof.clusters", "box = acme:made", KIND)
    distribution("podproof.clusters", "box = other:made", KIND, name="other")
    feature(NEEDS)

    told = '*"box = acme:made" of acme 1.2 and "box = other:made" of other 1.2 have one name: uninstall one of them'
    run("--cluster", "box").stderr.fnmatch_lines([told])


def test_one_that_does_not_load_is_in_nobodys_way(feature: Feature, distribution: Distribution, run: Run) -> None:
    distribution("podproof.clusters", "acme = acme:made\ngone = gone:made", KIND)
    feature(NEEDS)

    run("--cluster", "acme:a-laser").assert_outcomes(passed=1)
