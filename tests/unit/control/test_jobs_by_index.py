"""Jobs that limit failures by index, and other rules of a whole look: what is made, what is written, what waits.

The rows about indexes are those of pkg/controller/job/job_controller_test.go, TestSyncJobWithJobBackoffLimitPerIndex.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from podproof.simulator.control.plans import Command, Create, Delete, Outcome, Patch, Plan, Together, UpdateStatus
from podproof.simulator.control.workloads.job.counting import FINALIZER
from podproof.simulator.control.workloads.job.failures import BackOff
from podproof.simulator.control.workloads.job.indexes import INDEX
from podproof.simulator.control.workloads.job.per_index import FAILURES, IGNORED
from podproof.simulator.control.workloads.job.reconcile import looked, reconcile
from podproof.simulator.model.times import moment, seconds

NOW = moment("2026-01-01T01:00:00Z")
_LONG_AGO = "2026-01-01T00:30:00Z"


def job(status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return an Indexed Job of two completions whose indexes may fail once."""
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c"}]}}
    whole = {
        "completions": 2, "parallelism": 2, "backoffLimit": 2**31 - 1, "backoffLimitPerIndex": 1,
        "completionMode": "Indexed", "template": template, **spec,
    }  # fmt: skip
    meta = {"name": "j", "namespace": "default", "uid": "j"}
    began = {"startTime": _LONG_AGO, **(status or {})}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": whole, "status": began}


def pod(text: str, place: int) -> dict[str, Any]:
    """Return a pod from words: phase, index, "after N" failures, "ignoring N", "exit N", "going", "disrupted"."""
    phase, index, *rest = text.split()
    notes, status, meta = {INDEX: index, FAILURES: "0"}, dict[str, Any](phase=phase), dict[str, Any]()
    words = iter(rest)
    for word in words:
        match word:
            case "after":
                notes[FAILURES] = next(words)
            case "ignoring":
                notes[IGNORED] = next(words)
            case "exit":
                ended = {"exitCode": int(next(words)), "finishedAt": _LONG_AGO}
                status["containerStatuses"] = [{"name": "c", "state": {"terminated": ended}}]
            case "now":
                ended = {"exitCode": 1, "finishedAt": "2026-01-01T01:00:00Z"}
                status["containerStatuses"] = [{"name": "c", "state": {"terminated": ended}}]
            case "going":
                meta["deletionTimestamp"] = _LONG_AGO
            case _:
                status["conditions"] = [{"type": "DisruptionTarget", "status": "True"}]
    named = {"name": f"p{place}", "namespace": "default", "uid": f"u{place}", "creationTimestamp": _LONG_AGO}
    return {
        "metadata": {**named, "finalizers": [FINALIZER], "annotations": notes, **meta},
        "spec": {},
        "status": status,
    }


@dataclass(frozen=True)
class Seen:
    """What comes of one look: annotations of new pods, what is written first, who is let go, when it looks again."""

    made: list[dict[str, str]]
    status: dict[str, Any]
    let_go: set[str]
    wake_at: int | None

    @property
    def failures(self) -> list[str]:
        """The pods written down as failed."""
        return list((self.status.get("uncountedTerminatedPods") or {}).get("failed", ()))

    @property
    def end(self) -> str:
        """How the Job will end, "" where it goes on."""
        return next((each["reason"] for each in self.status.get("conditions", ()) if each["status"] == "True"), "")


def look(item: dict[str, Any], *texts: str, current: bool = True) -> Seen:
    pods = [pod(text, place) for place, text in enumerate(texts)]
    plan = reconcile(looked(item, pods, BackOff(), NOW), current=current)
    made = [each.body["metadata"]["annotations"] for each in _flat(plan.commands) if isinstance(each, Create)]
    then = plan.then(Outcome((), (), (), None)) if plan.then else Plan()
    status: Any = next((each.body["status"] for each in _flat(then.commands) if isinstance(each, UpdateStatus)), {})
    gone = {each.name for each in _flat(then.commands) if isinstance(each, Patch)}
    return Seen(made, dict(status), gone, then.wake_at)


def _flat(commands: Any) -> list[Command]:
    return [one for each in commands for one in (_flat(each.commands) if isinstance(each, Together) else [each])]


def rule(action: str, code: int) -> dict[str, Any]:
    return {"action": action, "onExitCodes": {"operator": "In", "values": [code]}}


FAIL_INDEX = {"podFailurePolicy": {"rules": [rule("FailIndex", 3)]}}
FAIL_JOB = {"podFailurePolicy": {"rules": [rule("FailJob", 3)]}}
IGNORE = {"podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}}
ROWS: dict[str, tuple[dict[str, Any], list[str], tuple[str, list[str], str]]] = {
    "a failure within an index, and success after it": (
        {}, ["Failed 0", "Succeeded 0 after 1", "Succeeded 1"], ("", ["u0"], "CompletionsReached"),
    ),
    "a failed pod that nobody replaces yet is not written down": ({}, ["Failed 0"], ("", [], "")),
    "one that is replaced already is": ({}, ["Failed 0", "Running 0 after 1", "Running 1"], ("", ["u0"], "")),
    "an index that has failed too often, and the Job goes on": (
        {}, ["Failed 0 after 1", "Running 1"], ("0", ["u0"], ""),
    ),
    "an exit code that is the end of its index": (FAIL_INDEX, ["Failed 0 exit 3", "Running 1"], ("0", ["u0"], "")),
    "another exit code is not": (FAIL_INDEX, ["Failed 0 exit 4", "Running 1"], ("", [], "")),
    "an exit code that is the end of the Job": (
        FAIL_JOB, ["Failed 0 exit 3", "Running 1"], ("", ["u0", "u1"], "PodFailurePolicy"),
    ),
    "a disruption does not count": (IGNORE, ["Failed 0 after 1 disrupted", "Running 1"], ("", [], "")),
    "a failed index and the others done": (
        {}, ["Failed 0 after 1", "Succeeded 1"], ("0", ["u0"], "FailedIndexes"),
    ),
    "more failed indexes than may be": (
        {"maxFailedIndexes": 1, "completions": 3, "parallelism": 3},
        ["Failed 0 after 1", "Failed 1 after 1", "Running 2"], ("0,1", ["u0", "u1", "u2"], "MaxFailedIndexesExceeded"),
    ),
    "as many as may be": (
        {"maxFailedIndexes": 2, "completions": 3, "parallelism": 3},
        ["Failed 0 after 1", "Failed 1 after 1", "Running 2"], ("0,1", ["u0", "u1"], ""),
    ),
    "no limit of failures at all": ({"backoffLimitPerIndex": 0}, ["Failed 0", "Running 1"], ("0", ["u0"], "")),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "told"), ROWS.values(), ids=ROWS.keys())
def test_failed_indexes_counted_pods_and_the_end(
    spec: dict[str, Any], there: list[str], told: tuple[str, list[str], str]
) -> None:
    seen = look(job(**spec), *there)

    assert (seen.status["failedIndexes"], seen.failures, seen.end) == told


REPLACED: dict[str, tuple[dict[str, Any], list[str], list[dict[str, str]]]] = {
    "the first of its index has no failures before it": (
        {}, ["Running 1"], [{INDEX: "0", FAILURES: "0"}],
    ),
    "the next has one more": ({}, ["Failed 0", "Running 1"], [{INDEX: "0", FAILURES: "1"}]),
    "it comes after the one that failed last": (
        {"backoffLimitPerIndex": 5}, ["Failed 0 after 1", "Failed 0 after 3", "Failed 0 after 2", "Running 1"],
        [{INDEX: "0", FAILURES: "4"}],
    ),
    "an ignored failure is told apart": (
        IGNORE, ["Failed 0 disrupted", "Running 1"], [{INDEX: "0", FAILURES: "0", IGNORED: "1"}],
    ),
    "ignored ones go on being told": (
        IGNORE, ["Failed 0 ignoring 1", "Running 1"], [{INDEX: "0", FAILURES: "1", IGNORED: "1"}],
    ),
    "nobody comes after a failed index": ({}, ["Failed 0 after 1", "Running 1"], []),
    "nor in place of one on its way out, where only failed ones are replaced": (
        {"podReplacementPolicy": "Failed"}, ["Running 0 going", "Running 1"], [],
    ),
    "the next index is not that of one on its way out": (
        {"podReplacementPolicy": "Failed", "completions": 3, "parallelism": 3}, ["Running 0 going", "Running 1"],
        [{INDEX: "2", FAILURES: "0"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "made"), REPLACED.values(), ids=REPLACED.keys())
def test_who_comes_in_whose_place(spec: dict[str, Any], there: list[str], made: list[dict[str, str]]) -> None:
    assert look(job(**spec), *there).made == made


WAITS = {
    "after the first failure ten seconds": ("Failed 0 now", 10),
    "after the third forty": ("Failed 0 now after 2", 40),
    "ignored failures count for that": ("Failed 0 now after 1 ignoring 1", 40),
    "never more than ten minutes": ("Failed 0 now after 30", 600),
}


@pytest.mark.parametrize(("failed", "wait"), WAITS.values(), ids=WAITS.keys())
def test_each_index_waits_for_itself(failed: str, wait: int) -> None:
    alone = look(job(backoffLimitPerIndex=99), failed, "Running 1")
    beside_a_free_one = look(job(backoffLimitPerIndex=99), failed)

    assert (alone.made, alone.wake_at) == ([], NOW + seconds(wait))
    assert [each[INDEX] for each in beside_a_free_one.made] == ["1"]


def test_a_pod_that_hands_its_count_on_is_let_go_only_then() -> None:
    assert look(job(), "Failed 0", "Running 1").let_go == set()
    assert look(job(), "Failed 0", "Running 0 after 1", "Running 1").let_go == {"p0"}


def test_of_an_index_only_one_pod_stays() -> None:
    pods = [pod(f"Running {index}", place) for place, index in enumerate("0017")]
    plan = reconcile(looked(job(), pods, BackOff(), NOW), current=True)

    assert [each.name for each in _flat(plan.commands) if isinstance(each, Delete)] == ["p3", "p0"]


def test_an_end_is_not_told_of_what_is_seen_too_late() -> None:
    assert look(job(), "Failed 0 after 1", "Succeeded 1", current=False).end == ""


FOREIGN = {"somebody else's": ("example.com/other", 0), "this controller's": ("kubernetes.io/job-controller", 2)}


@pytest.mark.parametrize(("manager", "count"), FOREIGN.values(), ids=FOREIGN.keys())
def test_a_job_is_left_alone_or_not(manager: str, count: int) -> None:
    assert len(look(job(managedBy=manager)).made) == count


def test_success_lets_all_others_go_uncounted() -> None:
    policy = {"successPolicy": {"rules": [{"succeededIndexes": "0"}]}}
    seen = look(job(**policy), "Succeeded 0", "Running 1")

    assert (seen.end, seen.let_go, seen.failures) == ("SuccessPolicy", {"p0", "p1"}, [])


def test_a_failure_that_counts_for_nothing_keeps_the_next_pod_back_all_the_same() -> None:
    plain = job(**IGNORE, completions=1, parallelism=1)
    for name in ("backoffLimitPerIndex", "completionMode"):
        del plain["spec"][name]

    assert look(plain, "Failed 0 now disrupted").wake_at == NOW + seconds(10)
