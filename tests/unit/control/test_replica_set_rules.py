"""The rules of a ReplicaSet: how many pods to make, which to delete first, what its status says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.control.plans import Create, Delete, Outcome, Together, UpdateStatus
from podproof.simulator.control.workloads.expectations import EXPIRY, Expectations
from podproof.simulator.control.workloads.owners import claim
from podproof.simulator.control.workloads.removal_order import first_to_go
from podproof.simulator.control.workloads.replica_set import REPLICA_SETS, REPLICATION_CONTROLLERS, View, reconcile
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.times import Nanos, moment, seconds

NOW = moment("2026-01-01T01:00:00Z")
LABELS = {"app": "x"}


def replica_set(replicas: int, **meta: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": []}}
    whole = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    named = {"name": "rs", "namespace": "default", "uid": "rs", "generation": 1, **meta}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": named, "spec": whole}


def pod(name: str, text: str = "", **change: Any) -> dict[str, Any]:
    """Return a pod of the set from words: ready, going, ended, stray (nobody's) or foreign (of other labels)."""
    words = text.split()
    owner = {"uid": "rs", "controller": True, "kind": "ReplicaSet", "name": "rs"}
    meta: dict[str, Any] = {
        "name": name,
        "namespace": "default",
        "uid": name,
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    meta["labels"] = {"app": "y"} if "foreign" in words else LABELS
    if "stray" not in words:
        meta["ownerReferences"] = [owner]
    if "going" in words:
        meta["deletionTimestamp"] = "2026-01-01T00:59:59Z"
    state = {"type": "Ready", "status": "True" if "ready" in words else "False"}
    ready = {**state, "lastTransitionTime": change.pop("since", "2026-01-01T00:00:10Z")}
    status = {"phase": "Failed" if "ended" in words else change.pop("phase", "Running"), "conditions": [ready]}
    if "restarts" in change:
        status["containerStatuses"] = [{"restartCount": change.pop("restarts")}]
    meta["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": change.pop("cost", "0")}
    meta["creationTimestamp"] = change.pop("created", "2026-01-01T00:00:00Z")
    return {"metadata": meta, "spec": {"nodeName": change.pop("on", "n")}, "status": status}


def done(item: Any, pods: list[Any], *, current: bool = True) -> tuple[int, list[str]]:
    """Return how many pods a look makes, and which it deletes."""
    plan = reconcile(item, View(pods, pods, current), REPLICA_SETS, NOW)
    flat = [each for group in plan.commands if isinstance(group, Together) for each in group.commands]
    gone = sorted(each.name for each in flat if isinstance(each, Delete))
    return sum(isinstance(each, Create) for each in flat), gone


SIZES: dict[str, tuple[int, list[str], tuple[int, int]]] = {
    "too few": (3, ["ready"], (2, 0)),
    "too many": (1, ["ready", "", ""], (0, 2)),
    "just enough": (2, ["", ""], (0, 0)),
    "those that go do not count": (2, ["ready", "going"], (1, 0)),
    "those that ended do not count": (2, ["ready", "ended"], (1, 0)),
    "one of nobody's is taken in": (2, ["ready", "stray"], (0, 0)),
    "one of other labels is let go": (2, ["ready", "foreign"], (1, 0)),
    "no more than so many at a time": (900, [], (500, 0)),
}


@pytest.mark.parametrize(("replicas", "there", "changes"), SIZES.values(), ids=SIZES.keys())
def test_how_many_pods_a_look_makes_and_deletes(replicas: int, there: list[str], changes: tuple[int, int]) -> None:
    made, gone = done(replica_set(replicas), [pod(f"p{place}", text) for place, text in enumerate(there)])

    assert (made, len(gone)) == changes


def test_a_stale_look_changes_nothing() -> None:
    assert done(replica_set(5), [], current=False) == (0, [])


def test_a_set_that_is_deleted_makes_nothing() -> None:
    assert done(replica_set(5, deletionTimestamp="2026-01-01T00:00:00Z"), []) == (0, [])


def test_a_refusal_ends_what_groups_of_creations_come_after_it() -> None:
    plan = reconcile(replica_set(10), View([], [], True), REPLICA_SETS, NOW)

    assert [len(each.commands) for each in plan.commands if isinstance(each, Together)] == [1, 2, 4, 3]


FIRST: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no node before a node": ({"on": ""}, {}),
    "pending before running": ({"phase": "Pending"}, {}),
    "not ready before ready": ({}, {"text": "ready"}),
    "cheap before dear": ({"cost": "-1", "text": "ready"}, {"text": "ready"}),
    "a cost that is no number is none": ({"cost": "-1", "text": "ready"}, {"cost": "much", "text": "ready"}),
    "ready for a short time before a long time": (
        {"text": "ready", "since": "2026-01-01T00:59:00Z"}, {"text": "ready", "since": "2026-01-01T00:00:00Z"},
    ),
    "often restarted before seldom": ({"restarts": 3}, {"restarts": 1}),
    "young before old": ({"created": "2026-01-01T00:59:00Z"}, {"created": "2026-01-01T00:00:00Z"}),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), FIRST.values(), ids=FIRST.keys())
def test_who_goes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    pods = [pod("b-stays", **second), pod("a-goes", **first)]

    assert [each["metadata"]["name"] for each in first_to_go(pods, pods, 1, NOW)] == ["a-goes"]


def test_the_node_with_more_pods_of_the_family_loses_one_first() -> None:
    pods = [pod("alone", "ready", on="one"), pod("beside", "ready", on="two")]
    family = [*pods, pod("sibling", "ready", on="two")]

    assert [each["metadata"]["name"] for each in first_to_go(pods, family, 1, NOW)] == ["beside"]


@given(st.permutations(range(6)), st.integers(1, 5))
def test_who_goes_does_not_depend_on_the_order_they_are_seen_in(order: list[int], count: int) -> None:
    pods = [pod(f"p{place}", "ready" if place % 2 else "", restarts=place % 3) for place in range(6)]
    seen = [pods[place] for place in order]

    assert [each["metadata"]["name"] for each in first_to_go(seen, pods, count, NOW)] == [
        each["metadata"]["name"] for each in first_to_go(pods, pods, count, NOW)
    ]


def status_of(item: Any, pods: list[Any], refusal: ApiError | None = None, kind: Any = REPLICA_SETS) -> Any:
    plan = reconcile(kind.selecting(item), View(pods, pods, True), kind, NOW)
    assert plan.then is not None
    writes = plan.then(Outcome((), (), (), refusal)).commands
    return writes[0].body["status"] if writes and isinstance(writes[0], UpdateStatus) else None


def test_the_status_counts_what_was_there_before_the_look() -> None:
    pods = [pod("a", "ready"), pod("b"), pod("c", "going ready")]

    assert status_of(replica_set(5), pods) == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "terminatingReplicas": 1,
        "observedGeneration": 1,
    }


def test_a_replication_controller_does_not_count_who_goes() -> None:
    item = replica_set(1)
    item["spec"]["selector"] = LABELS

    assert status_of(item, [pod("a", "ready")], kind=REPLICATION_CONTROLLERS) == {
        "replicas": 1,
        "fullyLabeledReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "observedGeneration": 1,
    }


def test_a_refusal_is_a_condition_as_long_as_it_lasts() -> None:
    refusal = ApiError({"code": 403, "reason": "Forbidden", "message": "exceeded quota"})
    failed = status_of(replica_set(1), [], refusal)
    item = {**replica_set(1), "status": failed}

    assert [(each["type"], each["reason"]) for each in failed["conditions"]] == [("ReplicaFailure", "FailedCreate")]
    assert "conditions" not in status_of(item, [pod("a")])


def test_who_is_ready_is_available_only_after_a_while() -> None:
    item = replica_set(2)
    item["spec"]["minReadySeconds"] = 30
    pods = [pod("a", "ready", since="2026-01-01T00:59:30Z"), pod("b", "ready", since="2026-01-01T00:59:31Z")]
    plan = reconcile(item, View(pods, pods, True), REPLICA_SETS, NOW)
    assert plan.then is not None
    after = plan.then(Outcome((), (), (), None))

    assert status_of(item, pods)["availableReplicas"] == 1
    assert after.wake_at == NOW + seconds(1)


def test_an_owner_that_goes_takes_nobody_in_and_lets_nobody_go() -> None:
    going = replica_set(1, deletionTimestamp="2026-01-01T00:00:00Z")
    claims = claim(going, "pods", [pod("a", "stray"), pod("b", "foreign"), pod("c")])

    assert [each["metadata"]["name"] for each in claims.owned] == ["c"]
    assert claims.patches == ()


def test_expectations_are_met_when_all_that_was_asked_for_is_seen() -> None:
    open_ones = Expectations()
    open_ones.expect("rs", Outcome((pod("a"), pod("b")), (), (), None), Nanos(0))
    open_ones.seen("rs", None, pod("a"))
    before = open_ones.met("rs", Nanos(1))
    open_ones.seen("rs", None, pod("b"))

    assert (before, open_ones.met("rs", Nanos(1))) == (False, True)


def test_a_deletion_is_seen_when_the_pod_is_on_its_way() -> None:
    open_ones = Expectations()
    open_ones.expect("rs", Outcome((), (), (("default", "a"),), None), Nanos(0))
    open_ones.seen("rs", pod("a"), pod("a", "ready"))
    before = open_ones.met("rs", Nanos(1))
    open_ones.seen("rs", pod("a"), pod("a", "going"))

    assert (before, open_ones.met("rs", Nanos(1))) == (False, True)


def test_nobody_waits_for_ever() -> None:
    open_ones = Expectations()
    open_ones.expect("rs", Outcome((pod("a"),), (), (), None), Nanos(0))

    assert not open_ones.met("rs", EXPIRY)
    assert open_ones.met("rs", Nanos(EXPIRY + 1))
