"""The rules of a Job: indexes, what counts as a failure, how long to wait, how many pods to make, how it ends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.control.workloads.job.counting import FINALIZER, tally, with_counted, with_uncounted
from podproof.simulator.control.workloads.job.ending import end_of, reached
from podproof.simulator.control.workloads.job.failures import BackOff, judged
from podproof.simulator.control.workloads.job.indexes import INDEX, first_free, parsed, written
from podproof.simulator.control.workloads.job.making import missing, surplus
from podproof.simulator.model.times import Nanos, moment, seconds

NOW = moment("2026-01-01T01:00:00Z")
_START = "2026-01-01T00:59:00Z"


def job(status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a Job of one completion; `spec` changes it."""
    template = {"spec": {"restartPolicy": "Never"}}
    whole = {"completions": 1, "parallelism": 1, "backoffLimit": 2, "template": template, **spec}
    return {"metadata": {"name": "j"}, "spec": whole, "status": {"startTime": _START, **(status or {})}}


def pod(text: str, place: int = 0, **more: Any) -> dict[str, Any]:
    """Return a pod from words: its phase, and perhaps going, counted (let go already), or an index."""
    phase, *words = text.split()
    numbers = [each for each in words if each.isdigit()]
    stamp = "2026-01-01T00:59:30Z"
    meta: dict[str, Any] = {"name": f"p{place}", "namespace": "default", "uid": f"u{place}", "creationTimestamp": stamp}
    meta["finalizers"] = [] if "counted" in words else [FINALIZER]
    if "going" in words:
        meta["deletionTimestamp"] = stamp
    if numbers:
        meta["annotations"] = {INDEX: numbers[0]}
    return {"metadata": meta, "spec": {}, "status": {"phase": phase, **more}}


def pods(*texts: str) -> list[dict[str, Any]]:
    return [pod(text, place) for place, text in enumerate(texts)]


SPANS = {
    "none": (set(), ""),
    "one": ({3}, "3"),
    "two in a row": ({3, 4}, "3,4"),
    "three in a row": ({3, 4, 5}, "3-5"),
    "with a gap": ({0, 2, 3, 4, 7}, "0,2-4,7"),
}


@pytest.mark.parametrize(("numbers", "text"), SPANS.values(), ids=SPANS.keys())
def test_how_indexes_are_written(numbers: set[int], text: str) -> None:
    assert written(numbers) == text


@given(st.sets(st.integers(min_value=0, max_value=60)))
def test_what_is_written_is_read(numbers: set[int]) -> None:
    assert parsed(written(numbers), 61) == numbers


def test_indexes_beyond_the_completions_are_left_out() -> None:
    assert parsed("0,3-9", 5) == {0, 3, 4}


def test_the_first_indexes_that_nobody_has() -> None:
    assert first_free({0, 2}, 5, 2) == [1, 3]


FAIL = {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}
IGNORE = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
COUNT = {"action": "Count", "onExitCodes": {"operator": "NotIn", "values": [1]}}
JUDGEMENTS: dict[str, tuple[list[Any], int, bool, tuple[bool, str]]] = {
    "without a rule it counts": ([], 42, False, (True, "")),
    "an exit code that is the end": (
        [FAIL], 42, False,
        (True, "Container main for pod default/p0 failed with exit code 42 matching FailJob rule at index 0"),
    ),
    "another exit code counts": ([FAIL], 1, False, (True, "")),
    "a disruption does not count": ([FAIL, IGNORE], 137, True, (False, "")),
    "the first rule that matches decides": ([COUNT, FAIL], 42, False, (True, "")),
    "a rule of another container does not match": (
        [{"action": "FailJob", "onExitCodes": {"containerName": "side", "operator": "In", "values": [42]}}],
        42, False, (True, ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "code", "disrupted", "told"), JUDGEMENTS.values(), ids=JUDGEMENTS.keys())
def test_what_a_failed_pod_means(rules: list[Any], code: int, disrupted: bool, told: tuple[bool, str]) -> None:
    conditions = [{"type": "DisruptionTarget", "status": "True"}] if disrupted else []
    statuses = [{"name": "main", "state": {"terminated": {"exitCode": code}}}]
    failed = pod("Failed", conditions=conditions, containerStatuses=statuses)
    found = judged(failed, job(podFailurePolicy={"rules": rules}))

    assert (found.counts, found.message) == told


WAITS = {"the first failure": (1, 10), "each further one doubles": (3, 40), "no longer than ten minutes": (20, 600)}


@pytest.mark.parametrize(("failures", "wait"), WAITS.values(), ids=WAITS.keys())
def test_how_long_a_failed_pod_keeps_the_next_one_back(failures: int, wait: int) -> None:
    assert BackOff(failures, NOW).until() == NOW + seconds(wait)


def test_a_success_is_the_end_of_all_waiting() -> None:
    ended = [{"state": {"terminated": {"exitCode": 0, "finishedAt": "2026-01-01T00:59:59Z"}}}]
    done = pod("Succeeded", containerStatuses=ended)

    assert BackOff(5, Nanos(0)).after([done], []).until() == 0


MISSING: dict[str, tuple[dict[str, Any], list[str], int]] = {
    "as many as may run at once": ({"completions": 5, "parallelism": 3}, [], 3),
    "no more than are still to be completed": ({"completions": 2, "parallelism": 5}, [], 2),
    "none where all run": ({"completions": 2, "parallelism": 2}, ["Running", "Pending"], 0),
    "one for each that has failed": ({"completions": 2, "parallelism": 2}, ["Running", "Failed"], 1),
    "what is done is done": ({"completions": 3, "parallelism": 3}, ["Running", "Succeeded"], 1),
    "none while suspended": ({"suspend": True}, [], 0),
    "a queue of work is full until one is done": ({"completions": None, "parallelism": 2}, [], 2),
    "and gets nobody new after that": ({"completions": None, "parallelism": 3}, ["Succeeded", "Running"], 0),
    "one on its way out is replaced at once": ({}, ["Running going"], 1),
    "or only when it is gone": ({"podReplacementPolicy": "Failed"}, ["Running going"], 0),
}


@pytest.mark.parametrize(("spec", "there", "count"), MISSING.values(), ids=MISSING.keys())
def test_how_many_pods_to_make(spec: dict[str, Any], there: list[str], count: int) -> None:
    made = job(**spec)

    assert missing(made, tally(made, pods(*there))) == count


def test_when_fewer_may_run_at_once_the_surplus_goes() -> None:
    made = job(completions=5, parallelism=1)

    assert len(surplus(made, tally(made, pods("Running", "Running", "Running")), NOW)) == 2


ENDS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], str]] = {
    "not yet": ({}, {}, ["Running"], ""),
    "as many failures as allowed are none too many": ({}, {}, ["Failed", "Failed"], ""),
    "one more is": ({}, {}, ["Failed", "Failed", "Failed"], "BackoffLimitExceeded"),
    "those of earlier looks count": ({}, {"failed": 2}, ["Failed"], "BackoffLimitExceeded"),
    "those that are counted already count once": ({}, {"failed": 2}, ["Failed counted"], ""),
    "too late": ({"activeDeadlineSeconds": 60}, {}, ["Running"], "DeadlineExceeded"),
    "just in time": ({"activeDeadlineSeconds": 61}, {}, ["Running"], ""),
    "a suspended one is never late": ({"activeDeadlineSeconds": 1, "suspend": True}, {}, [], ""),
    "enough of the indexes that matter": (
        {"completionMode": "Indexed", "completions": 3,
         "successPolicy": {"rules": [{"succeededIndexes": "0-1", "succeededCount": 1}]}},
        {}, ["Succeeded 1", "Running 0"], "SuccessPolicy",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "status", "there", "reason"), ENDS.values(), ids=ENDS.keys())
def test_how_a_job_ends(spec: dict[str, Any], status: dict[str, Any], there: list[str], reason: str) -> None:
    made = job(status, **spec)
    end = end_of(made, tally(made, pods(*there)), NOW)

    assert (end.reason if end else "") == reason


def test_completions_end_a_job_when_nobody_runs_any_more() -> None:
    made = job()
    sums = tally(made, pods("Succeeded", "Running"))

    assert reached(made, sums, active=1) is None
    assert reached(made, sums, active=0) is not None


def test_restarts_in_place_use_up_the_limit() -> None:
    made = job(template={"spec": {"restartPolicy": "OnFailure"}})
    running = pod("Running", containerStatuses=[{"restartCount": 2}])
    end = end_of(made, tally(made, [running]), NOW)

    assert end is not None
    assert end.reason == "BackoffLimitExceeded"


@given(st.lists(st.sampled_from(["Running", "Succeeded", "Failed"]), max_size=12), st.integers(1, 4))
def test_each_pod_counts_once_however_often_it_is_seen(phases: list[str], looks: int) -> None:
    """A pod keeps its finalizer until its uid is written; it may be seen with it any number of times."""
    made, there = job(completions=100), pods(*phases)
    for _ in range(looks):
        sums = tally(made, there)
        status = with_uncounted(made["status"], sums, sums.failed)
        made = {**made, "status": status}
    made = {**made, "status": with_counted(made["status"])}

    assert made["status"].get("succeeded", 0) == phases.count("Succeeded")
    assert made["status"].get("failed", 0) == phases.count("Failed")
