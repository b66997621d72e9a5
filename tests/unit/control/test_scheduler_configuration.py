"""What a KubeSchedulerConfiguration says, and what is wrong with one."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.control.scheduling.configuring import SchedulerConfigurationError, read
from podproof.simulator.control.scheduling.profiles import FILTERS, WEIGHTS, ProfileSpec


def document(**profile: Any) -> dict[str, Any]:
    kind = {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration"}
    return {**kind, "profiles": [profile]}


def profile(**said: Any) -> ProfileSpec:
    (found,) = read(document(**said))
    return found


def test_nothing_said_is_what_a_scheduler_does_anyway() -> None:
    assert profile() == ProfileSpec()


def args(name: str, **said: Any) -> dict[str, Any]:
    return {"pluginConfig": [{"name": name, "args": said}]}


WEIGHED: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "another weight": (
        {"score": {"enabled": [{"name": "ImageLocality", "weight": 9}]}},
        {**WEIGHTS, "ImageLocality": 9},
    ),
    "no weight is the usual one": ({"score": {"enabled": [{"name": "NodeAffinity"}]}}, dict(WEIGHTS)),
    "all off, one on": (
        {"score": {"disabled": [{"name": "*"}], "enabled": [{"name": "ImageLocality", "weight": 2}]}},
        {"ImageLocality": 2},
    ),
    "one off everywhere": (
        {"multiPoint": {"disabled": [{"name": "ImageLocality"}]}},
        {name: weight for name, weight in WEIGHTS.items() if name != "ImageLocality"},
    ),
}


@pytest.mark.parametrize(("plugins", "weights"), WEIGHED.values(), ids=WEIGHED.keys())
def test_what_scores_weigh(plugins: dict[str, Any], weights: dict[str, int]) -> None:
    assert dict(profile(plugins=plugins).weights) == weights


def test_a_filter_that_is_off_and_preemption_that_is_off() -> None:
    off = {"filter": {"disabled": [{"name": "TaintToleration"}]}, "postFilter": {"disabled": [{"name": "*"}]}}

    found = profile(plugins=off)

    assert found.filters == frozenset(FILTERS) - {"TaintToleration"}
    assert not found.preempts


def test_the_spread_of_pods_without_any() -> None:
    rows = [{"topologyKey": "rack", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}]

    assert profile(**args("PodTopologySpread", defaultingType="List", defaultConstraints=rows)).spreads == (
        ("rack", 1, True),
    )
    assert profile(**args("PodTopologySpread", defaultingType="System")).spreads is None
    assert profile(**args("PodTopologySpread", defaultingType="List")).spreads == ()


FAULTS: dict[str, tuple[Any, str]] = {
    "no mapping": ([], "it is no mapping"),
    "another kind": ({"apiVersion": "v1", "kind": "Pod"}, "this says Pod of v1"),
    "a plugin that there is not": (
        document(plugins={"score": {"enabled": [{"name": "Luck"}]}, "filter": {"disabled": [{"name": "Fate"}]}}),
        'score: there is no plugin "Luck"; filter: there is no plugin "Fate"',
    ),
    "one name twice": (
        {**document(), "profiles": [{"schedulerName": "a"}, {"schedulerName": "a"}]},
        'two profiles are called "a"',
    ),
}


@pytest.mark.parametrize(("said", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_all_that_is_wrong_is_told(said: Any, told: str) -> None:
    with pytest.raises(SchedulerConfigurationError) as caught:
        read(said)

    assert told in str(caught.value)


UNMODELLED: dict[str, tuple[dict[str, Any], str]] = {
    "a point that is not asked": ({"plugins": {"reserve": {}}}, "reserve"),
    "an argument that is not read": (
        args("NodeResourcesFit", ignoredResources=["a"]),
        "NodeResourcesFit.ignoredResources",
    ),
    "a strategy": (
        args("NodeResourcesFit", scoringStrategy={"type": "RequestedToCapacityRatio"}),
        "RequestedToCapacityRatio",
    ),
}


@pytest.mark.parametrize(("said", "what"), UNMODELLED.values(), ids=UNMODELLED.keys())
def test_what_is_not_modelled_is_named(said: dict[str, Any], what: str) -> None:
    with pytest.raises(NotModelledError, match=what):
        profile(**said)
