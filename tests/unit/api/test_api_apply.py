"""Server-side apply: who owns which field, what is merged, what conflicts, and what goes."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request, Response

from .conftest import Bench, pod_spec

DEPLOYMENTS = "deployments.apps"


def applied(bench: Bench, resource: str, body: Any, manager: str = "me", **params: str) -> Response:
    name = body["metadata"]["name"]
    asked = {"patchType": "apply", "fieldManager": manager, **params}
    return bench.api.handle(Request("patch", resource, "default", name, body=body, params=asked))


def config_map(**parts: Any) -> dict[str, Any]:
    meta = {"name": "c", **parts.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, **parts}


def deployment(replicas: int | None = None, *containers: Any, **template: Any) -> dict[str, Any]:
    pod = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": list(containers), **template}}
    spec: dict[str, Any] = {"selector": {"matchLabels": {"app": "a"}}, "template": pod}
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


APP = {"name": "app", "image": "busybox:1.28"}


def managed(item: Any) -> dict[tuple[str, str, str], Any]:
    """Return what is owned by (manager, operation, subresource)."""
    return {
        (each["manager"], each["operation"], each.get("subresource", "")): each["fieldsV1"]
        for each in item["metadata"]["managedFields"]
    }


def stored(bench: Bench, resource: str = "configmaps", name: str = "c") -> dict[str, Any]:
    return bench.user.get(resource, "default", name)


def test_what_is_not_there_is_created(bench: Bench) -> None:
    answer = applied(bench, "configmaps", config_map(data={"a": "1"}))

    assert (answer.code, answer.body["data"]) == (201, {"a": "1"})
    assert answer.body["metadata"]["managedFields"] == [
        {
            "manager": "me",
            "operation": "Apply",
            "apiVersion": "v1",
            "time": "2026-01-01T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:a": {}}},
        }
    ]


def test_what_is_stated_no_more_goes_unless_others_own_it(bench: Bench) -> None:
    applied(bench, "configmaps", config_map(data={"a": "1", "b": "1", "c": "1"}))
    applied(bench, "configmaps", config_map(data={"b": "1"}), "other")
    answer = applied(bench, "configmaps", config_map(data={"a": "2"}))

    assert answer.body["data"] == {"a": "2", "b": "1"}
    assert managed(answer.body) == {
        ("me", "Apply", ""): {"f:data": {"f:a": {}}},
        ("other", "Apply", ""): {"f:data": {"f:b": {}}},
    }


def test_what_nobody_ever_stated_stays(bench: Bench) -> None:
    bench.create("ConfigMap", "c", data={"theirs": "1"})
    applied(bench, "configmaps", config_map(data={"mine": "1"}))
    applied(bench, "configmaps", config_map())

    assert stored(bench)["data"] == {"theirs": "1"}


def test_nothing_new_is_no_new_version(bench: Bench) -> None:
    version = applied(bench, "configmaps", config_map(data={"a": "1"})).body["metadata"]["resourceVersion"]
    bench.pass_time(60)

    assert applied(bench, "configmaps", config_map(data={"a": "1"})).body["metadata"]["resourceVersion"] == version


def test_one_conflict(bench: Bench) -> None:
    bench.api.handle(
        Request("create", DEPLOYMENTS, "default", body=deployment(1, APP), params={"fieldManager": "kubectl"})
    )
    answer = applied(bench, DEPLOYMENTS, deployment(3, APP))

    assert (answer.code, answer.body["reason"], answer.body["message"]) == (
        409, "Conflict", 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
    )  # fmt: skip
    assert answer.body["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl" using apps/v1',
            "field": ".spec.replicas",
        }
    ]
    assert stored(bench, DEPLOYMENTS, "d")["spec"]["replicas"] == 1


def test_several_conflicts(bench: Bench) -> None:
    applied(bench, DEPLOYMENTS, deployment(1, APP), "first")
    answer = applied(bench, DEPLOYMENTS, deployment(2, {**APP, "image": "busybox:1.36"}))

    assert answer.body["message"] == (
        'Apply failed with 2 conflicts: conflicts with "first":\n- .spec.replicas\n'
        '- .spec.template.spec.containers[name="app"].image'
    )


def test_the_same_value_is_shared(bench: Bench) -> None:
    applied(bench, "configmaps", config_map(data={"a": "1"}), "first")
    answer = applied(bench, "configmaps", config_map(data={"a": "1"}), "second")

    assert answer.code == 200
    assert set(managed(answer.body)) == {("first", "Apply", ""), ("second", "Apply", "")}


def test_force_takes_the_field_over(bench: Bench) -> None:
    applied(bench, "configmaps", config_map(data={"a": "1", "b": "1"}), "first")
    answer = applied(bench, "configmaps", config_map(data={"a": "2"}), "second", force="true")

    assert answer.body["data"] == {"a": "2", "b": "1"}
    assert managed(answer.body) == {
        ("first", "Apply", ""): {"f:data": {"f:b": {}}},
        ("second", "Apply", ""): {"f:data": {"f:a": {}}},
    }


def test_items_of_a_list_are_told_by_their_keys(bench: Bench) -> None:
    side = {"name": "side", "image": "busybox:1.36", "ports": [{"containerPort": 80}]}
    applied(bench, DEPLOYMENTS, deployment(1, APP), "first")
    both = applied(bench, DEPLOYMENTS, deployment(None, side), "second")
    assert [each["name"] for each in both.body["spec"]["template"]["spec"]["containers"]] == ["app", "side"]
    second = managed(both.body)["second", "Apply", ""]
    assert second["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"side"}'] == {
        ".": {},
        "f:image": {},
        "f:name": {},
        "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
    }

    alone = applied(bench, DEPLOYMENTS, deployment(None), "second")

    assert [each["name"] for each in alone.body["spec"]["template"]["spec"]["containers"]] == ["app"]


def test_an_update_takes_what_it_changes(bench: Bench) -> None:
    applied(bench, "configmaps", config_map(data={"a": "1", "b": "1", "c": "1"}))
    bench.pass_time(5)
    bench.user.patch("configmaps", "default", "c", {"data": {"a": "2", "c": None}}, "merge")

    assert managed(stored(bench)) == {
        ("me", "Apply", ""): {"f:data": {"f:b": {}}},
        ("kubectl", "Update", ""): {"f:data": {"f:a": {}}},
    }
    times = [(each["manager"], each["time"]) for each in stored(bench)["metadata"]["managedFields"]]
    assert times == [("me", "2026-01-01T00:00:00Z"), ("kubectl", "2026-01-01T00:00:05Z")]


def test_who_creates_owns_what_they_said_and_what_that_defaults_to(bench: Bench) -> None:
    pod = bench.create("Pod", "p", spec=pod_spec(), metadata={"labels": {"app": "a"}})

    assert managed(pod) == {
        ("kubectl", "Update", ""): {
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {
                "f:containers": {
                    'k:{"name":"c"}': {
                        ".": {},
                        "f:image": {},
                        "f:imagePullPolicy": {},
                        "f:name": {},
                        "f:resources": {},
                        "f:terminationMessagePath": {},
                        "f:terminationMessagePolicy": {},
                    }
                },
                "f:dnsPolicy": {},
                "f:enableServiceLinks": {},
                "f:restartPolicy": {},
                "f:schedulerName": {},
                "f:securityContext": {},
                "f:terminationGracePeriodSeconds": {},
            },
        }
    }


def test_a_status_has_managers_of_its_own(bench: Bench) -> None:
    pod = bench.pod()
    bench.user.update_status("pods", {**pod, "status": {**pod["status"], "message": "hello"}})

    assert managed(stored(bench, "pods", "p"))["kubectl", "Update", "status"] == {"f:status": {"f:message": {}}}


def test_what_components_create_is_nobody_s_until_somebody_applies(bench: Bench) -> None:
    bench.component.create("configmaps", config_map(data={"a": "1"}), "default")
    assert "managedFields" not in stored(bench)["metadata"]
    answer = applied(bench, "configmaps", config_map(data={"a": "2"}))

    assert answer.body["message"] == (
        'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a'
    )


def test_a_component_takes_over_what_somebody_owned(bench: Bench) -> None:
    applied(bench, DEPLOYMENTS, deployment(1, APP))
    found = stored(bench, DEPLOYMENTS, "d")
    bench.component.update(DEPLOYMENTS, {**found, "spec": {**found["spec"], "replicas": 5}})
    answer = applied(bench, DEPLOYMENTS, deployment(1, APP))

    assert answer.body["message"] == (
        'Apply failed with 1 conflict: conflict with "test" using apps/v1: .spec.replicas'
    )


def test_kubectl_takes_over_what_it_applied_from_its_own_side(bench: Bench) -> None:
    text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"default"},"data":{"a":"1"}}'
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": text}
    body = config_map(data={"a": "1"}, metadata={"annotations": annotations})
    bench.api.handle(
        Request("create", "configmaps", "default", body=body, params={"fieldManager": "kubectl-client-side-apply"})
    )
    refused = applied(bench, "configmaps", config_map(data={"a": "2"}), "somebody")
    taken = applied(bench, "configmaps", config_map(data={"a": "2"}), "kubectl")

    assert (refused.code, taken.code, taken.body["data"]) == (409, 200, {"a": "2"})
    assert '"data":{"a":"2"}' in taken.body["metadata"]["annotations"][next(iter(annotations))]


def test_managers_are_reset_by_an_empty_one(bench: Bench) -> None:
    applied(bench, "configmaps", config_map(data={"a": "1"}))
    bench.user.patch("configmaps", "default", "c", {"metadata": {"managedFields": [{}]}}, "merge")

    assert "managedFields" not in stored(bench)["metadata"]


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "another version": (
        config_map() | {"apiVersion": "v2"}, 400,
        "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1"),
    "managed fields": (config_map(metadata={"managedFields": []}), 400, "metadata.managedFields must be nil"),
    "a field there is none of": (
        config_map(extra="x"), 500,
        "failed to create typed patch object (default/c; /v1, Kind=ConfigMap): .extra: field not declared in schema"),
    "an object that should be there": (
        config_map(metadata={"uid": "x"}), 409,
        'Operation cannot be fulfilled on configmaps "c": uid mismatch: the provided object specified uid x, '
        "and no existing object was found"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_cannot_be_applied(bench: Bench, body: Any, code: int, message: str) -> None:
    answer = applied(bench, "configmaps", body)

    assert (answer.code, answer.body["message"]) == (code, message)


def test_applying_may_be_only_tried(bench: Bench) -> None:
    assert applied(bench, "configmaps", config_map(data={"a": "1"}), dryRun="All").code == 201

    assert bench.store.get("configmaps", "default", "c") is None
