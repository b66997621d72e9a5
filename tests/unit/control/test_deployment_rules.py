"""The rules of a Deployment: sizes of its sets, revisions, and what its status says of the rollout."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.control.plans import Emit, Update
from podproof.simulator.control.workloads.deployment.revisions import annotated, cleaned_up, new_set
from podproof.simulator.control.workloads.deployment.scaling import (
    max_surge,
    max_unavailable,
    new_replicas,
    rescaled,
)
from podproof.simulator.control.workloads.deployment.shrinking import shrunk_sizes
from podproof.simulator.control.workloads.deployment.status import condition, next_check, rollout_status
from podproof.simulator.model.times import Nanos, moment, seconds

NOW = moment("2026-01-01T01:00:00Z")


def deployment(replicas: int, **rolling: Any) -> dict[str, Any]:
    """Return a Deployment of a size, with maxSurge and maxUnavailable as given."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling} if rolling else {"type": "RollingUpdate"}
    return {
        "metadata": {"name": "web", "namespace": "default", "generation": 1, "uid": "d"},
        "spec": {"replicas": replicas, "strategy": strategy, "progressDeadlineSeconds": 60},
    }


def set_of(replicas: int, available: int = 0, name: str = "old", notes: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a ReplicaSet that wants and has so many pods; `notes` are its annotations."""
    meta = {"name": name, "namespace": "default", "uid": name, "creationTimestamp": f"2026-01-01T00:00:0{len(name)}Z"}
    notes = {f"deployment.kubernetes.io/{key}": text for key, text in (notes or {}).items()}
    status = {"replicas": replicas, "availableReplicas": available}
    return {"metadata": {**meta, "annotations": notes}, "spec": {"replicas": replicas}, "status": status}


FENCE_POSTS = {
    "a quarter each way when nothing is said": (4, {}, 1, 1),
    "a percentage of surge is rounded up": (3, {"maxSurge": "25%", "maxUnavailable": 0}, 1, 0),
    "a percentage of unavailability is rounded down": (7, {"maxSurge": 0, "maxUnavailable": "25%"}, 0, 1),
    "where both come to nothing one may be unavailable": (3, {"maxSurge": 0, "maxUnavailable": "10%"}, 0, 1),
    "nobody lacks more than there should be": (2, {"maxSurge": 0, "maxUnavailable": 5}, 0, 2),
    "of no pods none may be unavailable": (0, {"maxSurge": 1, "maxUnavailable": 1}, 1, 0),
}


@pytest.mark.parametrize(("replicas", "rolling", "surge", "unavailable"), FENCE_POSTS.values(), ids=FENCE_POSTS.keys())
def test_how_far_a_rollout_may_stray(replicas: int, rolling: dict[str, Any], surge: int, unavailable: int) -> None:
    made = deployment(replicas, **rolling)

    assert (max_surge(made), max_unavailable(made)) == (surge, unavailable)


GROWTH = {
    "as many as the surge leaves room for": (4, 4, 0, 1),
    "all that are wanted where nobody else is": (4, 0, 0, 4),
    "none while the old ones fill the room": (4, 4, 1, 1),
    "no more than are wanted": (4, 1, 3, 4),
}


@pytest.mark.parametrize(("replicas", "old", "new", "allowed"), GROWTH.values(), ids=GROWTH.keys())
def test_how_many_pods_the_new_set_may_have(replicas: int, old: int, new: int, allowed: int) -> None:
    fresh = set_of(new, name="fresh")

    assert new_replicas(deployment(replicas, maxSurge=1), [set_of(old), fresh], fresh) == allowed


SHRINKING = {
    "one may be missing": (4, (1, 0), [(4, 4)], [3]),
    "no more while the new one is not available": (4, (2, 0), [(3, 3)], [3]),
    "each new one that is available lets an old one go": (4, (2, 1), [(3, 3)], [2]),
    "what is not available goes first, as far as the whole may shrink": (4, (1, 0), [(2, 0), (2, 2)], [1, 2]),
    "the sick of a later set go before the healthy of an earlier": (4, (2, 2), [(2, 2), (1, 0)], [1, 0]),
    "a set that has not shrunk yet as it was told stops all": (4, (3, 2), [(2, 3)], [2]),
    "where all new ones are available all old ones go": (4, (4, 4), [(1, 1)], [0]),
}


@pytest.mark.parametrize(("replicas", "new", "old", "sizes"), SHRINKING.values(), ids=SHRINKING.keys())
def test_how_far_old_sets_shrink(
    replicas: int, new: tuple[int, int], old: list[tuple[int, int]], sizes: list[int]
) -> None:
    sets = [set_of(*each, name=f"old{'r' * place}") for place, each in enumerate(old)]

    assert shrunk_sizes(deployment(replicas, maxSurge=1, maxUnavailable=1), set_of(*new, name="new"), sets) == sizes


counts = st.integers(min_value=0, max_value=20)


@given(counts, counts, counts, counts, st.lists(st.tuples(counts, counts), max_size=4))
def test_shrinking_never_takes_what_availability_needs(
    total: int, surge: int, unavailable: int, up: int, old: list[tuple[int, int]]
) -> None:
    """Of the pods that are available no more go than leave what must be there."""
    made = deployment(total, maxSurge=surge, maxUnavailable=unavailable)
    pairs = [(max(each), min(each)) for each in old if max(each)]
    sets = [set_of(*each, name=f"old{'r' * place}") for place, each in enumerate(pairs)]
    sizes = shrunk_sizes(made, set_of(total, min(up, total), name="new"), sets)
    least, before = total - max_unavailable(made), min(up, total) + sum(each for _, each in pairs)
    # A set deletes those of its pods first that are not available.
    after = min(up, total) + sum(min(available, size) for (_, available), size in zip(pairs, sizes, strict=True))

    assert after >= min(least, before)
    assert all(0 <= size <= each for size, (each, _) in zip(sizes, pairs, strict=True))


RESIZES = {
    "the only set with pods takes all": (6, (4, 4), [(0, 0)], {"new": 6}),
    "the new set is full, so the old ones empty": (4, (4, 4), [(1, 1)], {"old": 0}),
    "two sets grow in proportion": (8, (2, 0), [(3, 3)], {"old": 6, "new": 4}),
    "two sets shrink in proportion": (2, (2, 0), [(3, 3)], {"old": 2, "new": 1}),
    "to nothing": (0, (2, 0), [(3, 3)], {"old": 0, "new": 0}),
}


@pytest.mark.parametrize(("total", "new", "old", "sizes"), RESIZES.values(), ids=RESIZES.keys())
def test_a_deployment_is_resized_in_the_middle_of_a_rollout(
    total: int, new: tuple[int, int], old: list[tuple[int, int]], sizes: dict[str, int]
) -> None:
    notes = {"desired-replicas": "4", "max-replicas": "5"}
    fresh = set_of(*new, name="new", notes=notes)
    made = deployment(total, maxSurge="25%", maxUnavailable="25%")
    commands = list(rescaled(made, fresh, [set_of(*each, notes=notes) for each in old]))
    found = {
        each.body["metadata"]["name"]: each.body["spec"]["replicas"] for each in commands if isinstance(each, Update)
    }

    assert found == sizes
    assert all(each.reason == "ScalingReplicaSet" for each in commands if isinstance(each, Emit))


def with_template(image: str, name: str, **labels: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web", **labels}}, "spec": {"containers": [{"image": image}]}}
    made = set_of(1, name=name)
    return {**made, "spec": {**made["spec"], "template": template}}


def test_the_new_set_is_the_oldest_one_of_the_same_template_whatever_its_hash() -> None:
    wanted = with_template("b", "web")
    sets = [with_template("a", "x"), with_template("b", "xxx", **{"pod-template-hash": "2"}), with_template("b", "xx")]
    found = new_set(wanted, sets)

    assert found is not None
    assert found["metadata"]["name"] == "xx"


NOTES = {
    "a first revision": ({}, 1, {"revision": "1"}),
    "a set that comes back remembers its number": ({"revision": "1"}, 3, {"revision": "3", "revision-history": "1"}),
    "and every number before": (
        {"revision": "3", "revision-history": "1"}, 5, {"revision": "5", "revision-history": "1,3"},
    ),
    "no number falls": ({"revision": "4"}, 2, {"revision": "4"}),
}  # fmt: skip


@pytest.mark.parametrize(("known", "number", "told"), NOTES.values(), ids=NOTES.keys())
def test_the_numbers_of_a_set(known: dict[str, str], number: int, told: dict[str, str]) -> None:
    prefix = "deployment.kubernetes.io/"
    each = set_of(1, notes=known)

    assert annotated(deployment(1), each, number) == {f"{prefix}{key}": text for key, text in told.items()}


def test_the_oldest_empty_sets_beyond_the_history_go() -> None:
    made = deployment(1)
    made["spec"]["revisionHistoryLimit"] = 1
    sets = [
        set_of(0, name="third", notes={"revision": "3"}),
        set_of(0, name="one", notes={"revision": "1"}),
        set_of(2, name="t", notes={"revision": "2"}),
    ]

    assert [each.name for each in cleaned_up(made, sets)] == ["one"]  # type: ignore[union-attr]


def told(status: dict[str, Any], new: dict[str, Any], after: int) -> tuple[str, str]:
    """Return status and reason of Progressing, `after` seconds after the last progress."""
    said = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
    moments = {"lastUpdateTime": "2026-01-01T01:00:00Z", "lastTransitionTime": "2026-01-01T01:00:00Z"}
    made = deployment(2) | {"status": {**status, "conditions": [{**said, **moments}]}}
    found = condition(rollout_status(made, [new], new, Nanos(NOW + seconds(after)))["conditions"], "Progressing")
    assert found is not None
    return found["status"], found["reason"]


PROGRESS = {
    "more pods are updated than before": ({}, set_of(1), 0, ("True", "ReplicaSetUpdated")),
    "all are there, new and available": ({}, set_of(2, 2), 0, ("True", "NewReplicaSetAvailable")),
    "nothing moves, yet there is time": (
        {"replicas": 2, "updatedReplicas": 2}, set_of(2), 60, ("True", "ReplicaSetUpdated"),
    ),
    "nothing has moved for too long": (
        {"replicas": 2, "updatedReplicas": 2}, set_of(2), 61, ("False", "ProgressDeadlineExceeded"),
    ),
    "even late, progress is progress": (
        {"replicas": 2, "updatedReplicas": 2}, set_of(2, 1), 100, ("True", "ReplicaSetUpdated"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "new", "after", "said"), PROGRESS.values(), ids=PROGRESS.keys())
def test_how_a_rollout_goes(status: dict[str, Any], new: dict[str, Any], after: int, said: tuple[str, str]) -> None:
    assert told(status, new, after) == said


def test_a_rollout_that_does_not_move_is_looked_at_again_a_second_after_its_deadline() -> None:
    said = {
        "type": "Progressing",
        "status": "True",
        "reason": "ReplicaSetUpdated",
        "lastUpdateTime": "2026-01-01T01:00:00Z",
    }
    made = deployment(2) | {"status": {"conditions": [said]}}

    assert next_check(made, {"replicas": 2}, NOW) == NOW + seconds(61)
