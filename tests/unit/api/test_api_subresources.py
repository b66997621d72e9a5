"""Subresources that are no part of their object: scale, eviction, token."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request, Response

from .conftest import Bench, manifest, pod_spec

SETS, BUDGETS = "replicasets.apps", "poddisruptionbudgets.policy"


def workload(bench: Bench, resource: str = SETS, kind: str = "ReplicaSet") -> None:
    """Put a workload of three replicas into the namespace "default"."""
    selector: Any = {"app": "a"} if kind == "ReplicationController" else {"matchLabels": {"app": "a"}}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": pod_spec()}
    spec = {"replicas": 3, "selector": selector, "template": template}
    version = "v1" if kind == "ReplicationController" else "apps/v1"
    bench.component.create(
        resource,
        {"apiVersion": version, "kind": kind, "metadata": {"name": "w", "generation": 1}, "spec": spec},
        "default",
    )


def below(
    bench: Bench, verb: str, resource: str, name: str, subresource: str, body: Any = None, **params: str
) -> Response:
    return bench.api.handle(Request(verb, resource, "default", name, subresource, body, params))


KINDS = {
    "a ReplicaSet": (SETS, "ReplicaSet"),
    "a Deployment": ("deployments.apps", "Deployment"),
    "a StatefulSet": ("statefulsets.apps", "StatefulSet"),
    "a ReplicationController": ("replicationcontrollers", "ReplicationController"),
}


@pytest.mark.parametrize(("resource", "kind"), KINDS.values(), ids=KINDS.keys())
def test_the_scale_of(bench: Bench, resource: str, kind: str) -> None:
    workload(bench, resource, kind)
    scale = below(bench, "get", resource, "w", "scale").body
    stored = bench.user.get(resource, "default", "w")["metadata"]

    assert scale == {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: stored[key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")},
        "spec": {"replicas": 3},
        "status": {"replicas": 0, "selector": "app=a"},
    }


def test_a_deployments_status_brings_its_annotations_and_counts_as_no_change_of_it(bench: Bench) -> None:
    workload(bench, "deployments.apps", "Deployment")
    old = bench.user.get("deployments.apps", "default", "w")
    meta = {**old["metadata"], "annotations": {"deployment.kubernetes.io/revision": "1"}}
    new = bench.component.update_status("deployments.apps", {**old, "metadata": meta, "status": {"replicas": 3}})

    assert new["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    assert new["metadata"]["generation"] == old["metadata"]["generation"]


def test_a_workload_is_scaled(bench: Bench) -> None:
    workload(bench)
    scale = below(bench, "get", SETS, "w", "scale").body
    answer = below(bench, "update", SETS, "w", "scale", {**scale, "spec": {"replicas": 5}})
    stored = bench.user.get(SETS, "default", "w")

    assert (answer.body["spec"], stored["spec"]["replicas"], stored["metadata"]["generation"]) == (
        {"replicas": 5},
        5,
        2,
    )


def test_a_workload_is_scaled_by_a_patch(bench: Bench) -> None:
    workload(bench)
    answer = below(bench, "patch", SETS, "w", "scale", {"spec": {"replicas": 0}}, patchType="merge")

    assert (answer.body["spec"], bench.user.get(SETS, "default", "w")["spec"]["replicas"]) == ({}, 0)


SCALES: dict[str, tuple[Any, int, str]] = {
    "less than none": (
        {"spec": {"replicas": -1}}, 422,
        'Scale.autoscaling "w" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'),
    "another version": (
        {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}, 409,
        'Operation cannot be fulfilled on replicasets.apps "w": the object has been modified; '
        "please apply your changes to the latest version and try again"),
    "no scale": ({"kind": "Pod", "apiVersion": "v1"}, 400, 'Pod in version "v1" cannot be handled as a Scale'),
    "no number": (
        {"spec": {"replicas": "5"}}, 400,
        'Scale in version "v1" cannot be handled as a Scale: '
        "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "message"), SCALES.values(), ids=SCALES.keys())
def test_a_scale_that_is_refused(bench: Bench, body: Any, code: int, message: str) -> None:
    workload(bench)
    answer = below(bench, "update", SETS, "w", "scale", body)

    assert (answer.code, answer.body["message"]) == (code, message)


def running(bench: Bench, *, ready: bool = True, phase: str = "Running") -> None:
    """Put a pod on a node that is ready, or not."""
    bench.user.create("pods", manifest(pod_spec(), labels={"app": "a"}), "default")
    bench.component.bind("default", "p", "n1")
    pod = bench.user.get("pods", "default", "p")
    status = {"phase": phase, "conditions": [{"type": "Ready", "status": str(ready)}]}
    bench.component.update_status("pods", {**pod, "status": status})


def budget(bench: Bench, allowed: int, name: str = "b", healthy: int = 1, seen: int = 1, **spec: Any) -> None:
    body = {"metadata": {"name": name, "generation": 1}, "spec": {"selector": {"matchLabels": {"app": "a"}}, **spec}}
    made = bench.component.create(BUDGETS, body, "default")
    status = {
        "observedGeneration": seen, "disruptionsAllowed": allowed, "desiredHealthy": 2, "currentHealthy": healthy,
        "expectedPods": 2,
    }  # fmt: skip
    bench.component.update_status(BUDGETS, {**made, "status": status})


def evicted(bench: Bench, **params: str) -> Response:
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p", "namespace": "default"}}
    return below(bench, "create", "pods", "p", "eviction", body, **params)


def test_an_evicted_pod_goes_gracefully_and_says_why(bench: Bench) -> None:
    running(bench)
    answer = evicted(bench)
    pod = bench.user.get("pods", "default", "p")

    assert (answer.code, answer.body["status"]) == (201, "Success")
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 30
    assert [each for each in pod["status"]["conditions"] if each["type"] == "DisruptionTarget"] == [
        {
            "type": "DisruptionTarget",
            "status": "True",
            "observedGeneration": 1,
            "lastProbeTime": None,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
            "reason": "EvictionByEvictionAPI",
            "message": "Eviction API: evicting",
        }
    ]


def test_a_budget_that_allows_one_remembers_who_went(bench: Bench) -> None:
    running(bench)
    budget(bench, 1, healthy=3)
    assert evicted(bench).code == 201
    status = bench.user.get(BUDGETS, "default", "b")["status"]

    assert (status["disruptionsAllowed"], status["disruptedPods"]) == (0, {"p": "2026-01-01T00:00:00Z"})
    assert [(each["type"], each["status"], each["reason"]) for each in status["conditions"]] == [
        ("DisruptionAllowed", "False", "InsufficientPods")
    ]


def test_a_budget_that_allows_none(bench: Bench) -> None:
    running(bench)
    budget(bench, 0)
    answer = evicted(bench)

    assert (answer.code, answer.body["reason"], answer.body["message"]) == (
        429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
    )  # fmt: skip
    assert answer.body["details"] == {
        "causes": [
            {
                "reason": "DisruptionBudget",
                "message": "The disruption budget b needs 2 healthy pods and has 1 currently",
            }
        ]
    }
    assert "deletionTimestamp" not in bench.user.get("pods", "default", "p")["metadata"]


WHYS: dict[str, tuple[int, list[dict[str, str]], str]] = {
    "fewer healthy than it wants": (1, [], "needs 2 healthy pods and has 1 currently"),
    "no sync, whatever it counted": (3, [{"reason": "SyncFailed", "message": "no scale"}],
        "does not allow evicting pods currently because it failed sync: no scale"),
    "a reason of somebody's": (3, [{"reason": "Frozen", "message": "not today"}],
        "does not allow evicting pods currently (Frozen): not today"),
    "others that have just gone": (3, [{"reason": "InsufficientPods", "message": ""}],
        "does not allow evicting pods currently"),
}  # fmt: skip


@pytest.mark.parametrize(("healthy", "conditions", "why"), WHYS.values(), ids=WHYS.keys())
def test_what_keeps_a_budget_from_allowing_any(
    bench: Bench, healthy: int, conditions: list[dict[str, str]], why: str
) -> None:
    running(bench)
    budget(bench, 0, healthy=healthy)
    known = bench.user.get(BUDGETS, "default", "b")
    rows = [{"type": "DisruptionAllowed", "status": "False", **each} for each in conditions]
    bench.component.update_status(BUDGETS, {**known, "status": {**known["status"], "conditions": rows}})

    assert evicted(bench).body["details"]["causes"][0]["message"] == f"The disruption budget b {why}"


@pytest.mark.parametrize("subresource", ["eviction", "binding"])
def test_what_is_posted_names_no_other_namespace(bench: Bench, subresource: str) -> None:
    bench.create("Pod", "p", spec=pod_spec())
    body = {"metadata": {"name": "p", "namespace": "other"}, "target": {"name": "n1"}}
    answer = below(bench, "create", "pods", "p", subresource, body)

    assert (answer.code, answer.body["message"]) == (
        400, "the namespace of the provided object does not match the namespace sent on the request",
    )  # fmt: skip


def test_an_eviction_that_names_nobody(bench: Bench) -> None:
    running(bench)
    answer = below(bench, "create", "pods", "p", "eviction", {"apiVersion": "policy/v1", "kind": "Eviction"})

    assert (answer.code, answer.body["message"]) == (400, "name in URL does not match name in Eviction object")


def test_a_budget_that_nobody_has_counted(bench: Bench) -> None:
    running(bench)
    budget(bench, 5, seen=0)
    details = evicted(bench).body["details"]

    assert (details["retryAfterSeconds"], details["causes"][0]["message"]) == (
        10, "The disruption budget b is still being processed by the server.",
    )  # fmt: skip


def test_two_budgets(bench: Bench) -> None:
    running(bench)
    budget(bench, 5)
    budget(bench, 5, name="c")
    answer = evicted(bench)

    assert (answer.code, answer.body["message"]) == (
        500,
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    )


FREE: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "a pod that has ended": ({"phase": "Failed"}, {}, 201),
    "a pod that has not begun": ({"phase": "Pending"}, {}, 201),
    "an unhealthy pod beside enough healthy ones": ({"ready": False}, {"healthy": 2}, 201),
    "an unhealthy pod beside too few": ({"ready": False}, {"healthy": 1}, 429),
    "any unhealthy pod": ({"ready": False}, {"healthy": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}, 201),
}


@pytest.mark.parametrize(("pod", "stated", "code"), FREE.values(), ids=FREE.keys())
def test_whom_an_exhausted_budget_guards(bench: Bench, pod: Any, stated: Any, code: int) -> None:
    running(bench, **pod)
    budget(bench, 0, **stated)

    assert evicted(bench).code == code


def test_an_eviction_that_is_only_tried(bench: Bench) -> None:
    running(bench)
    budget(bench, 1, healthy=3)
    assert evicted(bench, dryRun="All").code == 201

    assert bench.user.get(BUDGETS, "default", "b")["status"]["disruptionsAllowed"] == 1
    assert "deletionTimestamp" not in bench.user.get("pods", "default", "p")["metadata"]


def test_a_token_of_an_account(bench: Bench) -> None:
    bench.component.create("serviceaccounts", {"metadata": {"name": "robot"}}, "default")
    answer = below(bench, "create", "serviceaccounts", "robot", "token", {"spec": {"expirationSeconds": 600}})

    assert (answer.code, answer.body["status"]["expirationTimestamp"]) == (201, "2026-01-01T00:10:00Z")
    assert len(answer.body["status"]["token"].split(".")) == 3


def test_a_token_that_would_not_live_long(bench: Bench) -> None:
    bench.component.create("serviceaccounts", {"metadata": {"name": "robot"}}, "default")
    answer = below(bench, "create", "serviceaccounts", "robot", "token", {"spec": {"expirationSeconds": 10}})

    assert (answer.code, answer.body["message"]) == (
        422,
        'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: '
        "may not specify a duration less than 10 minutes",
    )


TOKENS: dict[str, tuple[dict[str, Any], str]] = {
    "another account": ({"metadata": {"name": "other"}}, "name in URL does not match name in TokenRequest object"),
    "another namespace": ({"metadata": {"namespace": "other"}},
        "the namespace of the provided object does not match the namespace sent on the request"),
    "no list of audiences": ({"spec": {"audiences": "vault"}},
        'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal string into Go '
        "struct field TokenRequestSpec.spec.audiences of type []string"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), TOKENS.values(), ids=TOKENS.keys())
def test_a_token_is_refused_with(bench: Bench, body: dict[str, Any], message: str) -> None:
    bench.component.create("serviceaccounts", {"metadata": {"name": "robot"}}, "default")
    answer = below(bench, "create", "serviceaccounts", "robot", "token", body)

    assert (answer.code, answer.body["message"]) == (400, message)


@pytest.mark.parametrize(("verb", "subresource"), [("get", "binding"), ("update", "eviction"), ("create", "status")])
def test_what_cannot_be_done_below_an_object(bench: Bench, verb: str, subresource: str) -> None:
    bench.create("Pod", "p", spec=pod_spec())
    answer = below(bench, verb, "pods", "p", subresource, {})

    assert (answer.code, answer.body["message"]) == (
        405, "the server does not allow this method on the requested resource",
    )  # fmt: skip


BINDINGS: dict[str, tuple[dict[str, Any], int, str]] = {
    "another pod's name": ({"metadata": {"name": "q"}, "target": {"name": "n1"}}, 400,
        "name in URL does not match name in Binding object"),
    "a target that is no node": ({"target": {"kind": "Pod", "name": "n1"}}, 500,
        'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'),
    "two faults": ({"target": {"kind": "Pod"}}, 500,
        '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]'),
    "another pod's uid": ({"metadata": {"name": "p", "uid": "1"}, "target": {"name": "n1"}}, 409,
        'Operation cannot be fulfilled on pods "p": Precondition failed: UID in precondition: 1, UID in object meta: '),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "message"), BINDINGS.values(), ids=BINDINGS.keys())
def test_a_binding_is_refused_with(bench: Bench, body: dict[str, Any], code: int, message: str) -> None:
    bench.pod()
    response = bind(bench, body)

    assert response.code == code
    assert response.body["message"].startswith(message)


def bind(bench: Bench, body: dict[str, Any], **params: str) -> Response:
    named = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"}, **body}
    return bench.api.handle(Request("create", "pods", "default", "p", "binding", named, params))


def test_a_gated_pod_is_not_bound(bench: Bench) -> None:
    bench.pod(schedulingGates=[{"name": "a.io/wait"}])

    assert bind(bench, {"target": {"name": "n1"}}).body["message"] == (
        'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates'
    )


def test_a_binding_brings_its_labels_and_annotations(bench: Bench) -> None:
    bench.pod()
    meta = {"name": "p", "labels": {"zone": "a"}, "annotations": {"by": "me"}}

    assert bind(bench, {"metadata": meta, "target": {"name": "n1"}}).code == 201
    found = bench.user.get("pods", "default", "p")["metadata"]
    assert (found["labels"], found["annotations"]) == ({"zone": "a"}, {"by": "me"})


def test_a_binding_that_is_tried_only_binds_nothing(bench: Bench) -> None:
    bench.pod()

    assert bind(bench, {"target": {"name": "n1"}}, dryRun="All").code == 201
    assert "nodeName" not in bench.user.get("pods", "default", "p")["spec"]
