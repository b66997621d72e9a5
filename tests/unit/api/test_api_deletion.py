"""Deletion: grace, finalizers, preconditions, and what becomes of a namespace."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import ApiError

from .conftest import Bench, manifest, pod_spec


def bound(bench: Bench, grace: int = 30) -> None:
    bench.pod(terminationGracePeriodSeconds=grace)
    bench.component.bind("default", "p", "n1")


def test_a_bound_pod_gets_its_grace(bench: Bench) -> None:
    bound(bench)
    meta = bench.user.delete("pods", "default", "p")["metadata"]

    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"], meta["generation"]) == (
        "2026-01-01T00:00:30Z",
        30,
        2,
    )
    assert bench.user.get("pods", "default", "p")["metadata"] == meta


GRACES = {
    "an unbound pod goes at once": (False, "Pending", None, False),
    "a failed pod goes at once": (True, "Failed", None, False),
    "a succeeded pod goes at once": (True, "Succeeded", None, False),
    "no grace at all": (True, "Running", 0, False),
    "a running pod stays": (True, "Running", None, True),
    "a negative grace is one second": (True, "Running", -5, True),
}


@pytest.mark.parametrize(("is_bound", "phase", "grace", "stays"), GRACES.values(), ids=GRACES.keys())
def test_when_a_pod_goes(bench: Bench, is_bound: bool, phase: str, grace: int | None, stays: bool) -> None:
    pod = bench.pod()
    if is_bound:
        bench.component.bind("default", "p", "n1")
        pod = bench.user.get("pods", "default", "p")
    bench.component.update_status("pods", {**pod, "status": {**pod["status"], "phase": phase}})
    bench.user.delete("pods", "default", "p", grace)

    assert (bench.store.get("pods", "default", "p") is not None) == stays


def test_a_negative_grace_is_stored_as_one(bench: Bench) -> None:
    bound(bench)

    assert bench.user.delete("pods", "default", "p", -5)["metadata"]["deletionGracePeriodSeconds"] == 1


AGAIN = {
    "a longer grace changes nothing": (60, 30, "2026-01-01T00:00:30Z"),
    "no word of a grace changes nothing": (None, 30, "2026-01-01T00:00:30Z"),
    "a shorter grace counts from the first deletion": (5, 5, "2026-01-01T00:00:05Z"),
}


@pytest.mark.parametrize(("grace", "left", "ends"), AGAIN.values(), ids=AGAIN.keys())
def test_a_second_deletion(bench: Bench, grace: int | None, left: int, ends: str) -> None:
    bound(bench)
    bench.user.delete("pods", "default", "p")
    bench.pass_time(3)
    meta = bench.user.delete("pods", "default", "p", grace)["metadata"]

    assert (meta["deletionGracePeriodSeconds"], meta["deletionTimestamp"], meta["generation"]) == (left, ends, 2)


def test_the_kubelet_s_last_deletion_is_seen_as_a_change_and_a_removal(bench: Bench) -> None:
    bound(bench)
    bench.user.delete("pods", "default", "p")
    seen = bench.watched("pods", resourceVersion=str(bench.store.version))
    bench.component.delete("pods", "default", "p", 0)

    assert [event.type for event in seen] == ["MODIFIED", "DELETED"]
    assert seen[1].object["metadata"]["deletionGracePeriodSeconds"] == 0


def test_a_deletion_meant_for_another_pod_of_the_name_is_a_conflict(bench: Bench) -> None:
    bound(bench)

    with pytest.raises(ApiError, match="Precondition failed: UID in precondition: gone"):
        bench.component.delete("pods", "default", "p", 0, uid="gone")


def test_a_finalizer_keeps_an_object_until_it_is_taken_away(bench: Bench) -> None:
    bench.create("ConfigMap", "c", metadata={"finalizers": ["example.com/wait"]})
    bench.user.delete("configmaps", "default", "c")
    assert bench.user.get("configmaps", "default", "c")["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"

    bench.user.patch("configmaps", "default", "c", {"metadata": {"finalizers": None}}, "merge")

    assert bench.store.get("configmaps", "default", "c") is None


def test_a_finalizer_cannot_be_added_while_the_object_goes(bench: Bench) -> None:
    bench.create("ConfigMap", "c", metadata={"finalizers": ["example.com/wait"]})
    bench.user.delete("configmaps", "default", "c")

    with pytest.raises(ApiError, match="no new finalizers can be added if the object is being deleted"):
        bench.user.patch("configmaps", "default", "c", {"metadata": {"finalizers": ["example.com/more"]}})


def test_kinds_that_answer_with_a_status(bench: Bench) -> None:
    uid = bench.create("ConfigMap", "c")["metadata"]["uid"]
    answer = bench.user.delete("configmaps", "default", "c")

    assert (answer["kind"], answer["status"], answer["details"]) == (
        "Status",
        "Success",
        {"name": "c", "kind": "configmaps", "uid": uid},
    )


def test_a_collection_is_deleted_by_its_selector(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.create("ConfigMap", name, metadata={"labels": {"app": name}})
    bench.ask("deletecollection", "configmaps", labelSelector="app=a")

    assert [item["metadata"]["name"] for item in bench.store.list("configmaps")] == ["b"]


def test_a_dry_deletion_deletes_nothing(bench: Bench) -> None:
    bench.create("ConfigMap", "c")
    bench.ask("delete", "configmaps", "c", dryRun="All")

    assert bench.store.get("configmaps", "default", "c") is not None


def inhabited(bench: Bench) -> None:
    """Put a running pod and a ConfigMap into the namespace "other"."""
    bench.user.create("pods", manifest(pod_spec()), "other")
    bench.component.bind("other", "p", "n1")
    bench.user.create("configmaps", {"metadata": {"name": "c"}}, "other")


def test_a_namespace_stays_until_its_controller_has_emptied_it(bench: Bench) -> None:
    inhabited(bench)
    answer = bench.user.delete("namespaces", "", "other")
    assert (answer["status"]["phase"], answer["metadata"]["deletionTimestamp"]) == (
        "Terminating",
        "2026-01-01T00:00:00Z",
    )

    bench.component.finalize({**answer, "spec": {"finalizers": []}})

    assert bench.store.get("namespaces", "", "other") is None


PROPAGATIONS = {
    "in the background it goes at once": ("Background", None),
    "in the foreground it waits": ("Foreground", ["foregroundDeletion"]),
    "orphans are forgotten first": ("Orphan", ["orphan"]),
}


@pytest.mark.parametrize(("policy", "finalizers"), PROPAGATIONS.values(), ids=PROPAGATIONS.keys())
def test_what_becomes_of_the_dependents(bench: Bench, policy: str, finalizers: list[str] | None) -> None:
    bench.create("ConfigMap", "c")
    bench.user.delete("configmaps", "default", "c", propagation=policy)
    left = bench.store.get("configmaps", "default", "c")

    assert (left and left["metadata"]["finalizers"]) == finalizers


def test_a_job_leaves_its_pods_alone_unless_told_otherwise(bench: Bench) -> None:
    template = {"spec": pod_spec(restartPolicy="Never")}
    bench.component.create("jobs.batch", {"metadata": {"name": "j"}, "spec": {"template": template}}, "default")
    answer = bench.user.delete("jobs.batch", "default", "j")

    assert answer["metadata"]["finalizers"] == ["orphan"]


OPTIONS = {
    "a policy there is none of": (
        {"propagationPolicy": "Sideways"},
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": '
        'supported values: "Foreground", "Background", "Orphan", "nil"',
    ),
    "two ways to say it": (
        {"propagationPolicy": "Orphan", "orphanDependents": True},
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": '
        "orphanDependents and deletionPropagation cannot be both set",
    ),
    "another way to try": (
        {"dryRun": ["Some"]},
        'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    ),
}


@pytest.mark.parametrize(("options", "message"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options_that_are_none(bench: Bench, options: dict[str, Any], message: str) -> None:
    bench.create("ConfigMap", "c")
    answer = bench.ask("delete", "configmaps", "c", options)

    assert (answer.code, answer.body["message"]) == (422, message)


def test_a_deletion_that_is_only_tried(bench: Bench) -> None:
    bound(bench)
    bench.create("ConfigMap", "c")
    pod = bench.ask("delete", "pods", "p", {"dryRun": ["All"]}).body
    answer = bench.ask("delete", "configmaps", "c", dryRun="All").body

    assert (pod["metadata"]["deletionGracePeriodSeconds"], answer["status"]) == (30, "Success")
    assert bench.store.get("configmaps", "default", "c") is not None
    assert "deletionTimestamp" not in bench.user.get("pods", "default", "p")["metadata"]


def test_the_cluster_keeps_its_own_namespaces(bench: Bench) -> None:
    with pytest.raises(ApiError) as refusal:
        bench.user.delete("namespaces", "", "default")

    assert (refusal.value.code, refusal.value.message) == (
        403,
        'namespaces "default" is forbidden: this namespace may not be deleted',
    )


def test_nothing_new_comes_into_a_namespace_that_goes(bench: Bench) -> None:
    inhabited(bench)
    bench.user.delete("namespaces", "", "other")

    with pytest.raises(ApiError) as refusal:
        bench.user.create("pods", manifest(pod_spec(), name="late"), "other")

    assert (refusal.value.code, refusal.value.message) == (
        403,
        'pods "late" is forbidden: unable to create new content in namespace other because it is being terminated',
    )
