"""What each verb does, and what the API server answers when it refuses."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.api.discovery import NoMatchError, resource_for
from podproof.simulator.kernel.requests import ApiError

from .conftest import Bench, manifest, pod_spec


def test_a_new_object_gets_what_only_the_server_gives(bench: Bench) -> None:
    given = {"uid": "mine", "generation": 7, "creationTimestamp": None}
    meta = bench.create("ConfigMap", "c", metadata=given)["metadata"]

    assert meta["uid"] != "mine"
    assert meta["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert meta["namespace"] == "default"
    assert "generation" not in meta


def test_a_generated_name_is_short_enough_and_new_each_time(bench: Bench) -> None:
    prefix = "x" * 70
    made = [bench.create("ConfigMap", "", metadata={"generateName": prefix})["metadata"]["name"] for _ in range(3)]

    assert {len(name) for name in made} == {63}
    assert len(set(made)) == 3


def test_the_same_requests_draw_the_same_names_and_uids() -> None:
    first, second = (bench.create("Service", "s", spec={"ports": [{"port": 80}]}) for bench in (Bench(), Bench()))

    assert first == second


REFUSALS = {
    "a name that is taken": ("create", "configmaps", "", {"metadata": {"name": "here"}}, 409, "AlreadyExists",
        'configmaps "here" already exists'),
    "an object that is not there": ("get", "pods", "nope", None, 404, "NotFound", 'pods "nope" not found'),
    "an update of what is not there": ("update", "pods", "nope", manifest(pod_spec()), 404, "NotFound",
        'pods "nope" not found'),
    "a resource nobody serves": ("get", "frogs", "x", None, 404, "NotFound",
        "the server could not find the requested resource"),
    "another namespace than the request's": ("create", "configmaps", "",
        {"metadata": {"name": "c", "namespace": "other"}}, 400, "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request"),
    "another name than the request's": ("update", "configmaps", "here", {"metadata": {"name": "there"}}, 400,
        "BadRequest", "the name of the object (there) does not match the name on the URL (here)"),
    "a body of another kind": ("create", "configmaps", "", {"kind": "Secret", "metadata": {"name": "c"}}, 400,
        "BadRequest", 'Secret in version "v1" cannot be handled as a ConfigMap: '
        "converting (v1.Secret) to (core.ConfigMap): unknown conversion"),
    "an older version": ("update", "configmaps", "here", {"metadata": {"name": "here", "resourceVersion": "1"}}, 409,
        "Conflict", 'Operation cannot be fulfilled on configmaps "here": the object has been modified; '
        "please apply your changes to the latest version and try again"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal(bench: Bench, case: tuple[str, str, str, Any, int, str, str]) -> None:
    bench.create("ConfigMap", "here")
    verb, resource, name, body, code, reason, message = case

    response = bench.ask(verb, resource, name, body)

    assert (response.code, response.body["reason"], response.body["message"]) == (code, reason, message)


def test_an_object_in_a_namespace_that_is_not_there(bench: Bench) -> None:
    with pytest.raises(ApiError) as refusal:
        bench.user.create("configmaps", {"metadata": {"name": "c"}}, "nowhere")

    assert (refusal.value.code, refusal.value.message) == (404, 'namespaces "nowhere" not found')


def test_an_update_meant_for_another_object_of_the_name_is_a_conflict(bench: Bench) -> None:
    here = bench.create("ConfigMap", "c")["metadata"]["uid"]

    response = bench.ask("update", "configmaps", "c", {"metadata": {"name": "c", "uid": "gone"}})

    assert response.code == 409
    assert f"UID in precondition: gone, UID in object meta: {here}" in response.body["message"]


def test_an_update_that_changes_nothing_makes_no_version(bench: Bench) -> None:
    stored = bench.create("ConfigMap", "c", data={"a": "1"})

    assert bench.user.update("configmaps", {**stored, "data": {"a": "1"}}) == stored


def test_an_update_keeps_what_only_the_server_gives(bench: Bench) -> None:
    before = bench.create("ConfigMap", "c", data={"a": "1"})
    bench.pass_time(60)

    after = bench.user.update("configmaps", {"metadata": {"name": "c", "namespace": "default"}, "data": {"a": "2"}})

    assert {key: after["metadata"][key] for key in ("uid", "creationTimestamp")} == {
        key: before["metadata"][key] for key in ("uid", "creationTimestamp")
    }


def test_the_generation_rises_with_the_spec_and_not_with_the_status(bench: Bench) -> None:
    pod = bench.pod()
    pod = bench.component.update_status("pods", {**pod, "status": {**pod["status"], "phase": "Running"}})
    generations = [pod["metadata"]["generation"]]
    image = [{"op": "replace", "path": "/spec/containers/0/image", "value": "busybox:1.36"}]
    generations.append(bench.user.patch("pods", "default", "p", image, "json")["metadata"]["generation"])

    assert generations == [1, 2]


def test_a_status_update_leaves_everything_else(bench: Bench) -> None:
    pod = bench.pod()

    changed = bench.user.update_status(
        "pods", {**pod, "spec": {"containers": []}, "status": {**pod["status"], "phase": "Running"}}
    )

    assert changed["spec"] == pod["spec"]
    assert changed["status"]["phase"] == "Running"


def test_a_spec_update_leaves_the_status(bench: Bench) -> None:
    bench.pod()

    patch = {"status": {"phase": "Failed"}, "metadata": {"labels": {"a": "b"}}}
    changed = bench.user.patch("pods", "default", "p", patch)

    assert changed["status"]["phase"] == "Pending"
    assert changed["metadata"]["labels"] == {"a": "b"}


def test_a_dry_run_answers_and_stores_nothing(bench: Bench) -> None:
    body = {"metadata": {"name": "c"}, "data": {"a": "1"}}

    response = bench.ask("create", "configmaps", body=body, dryRun="All")

    assert response.code == 201
    assert bench.store.list("configmaps") == []


PATCHES = {
    "json": ("json", [{"op": "add", "path": "/data/b", "value": "2"}]),
    "merge": ("merge", {"data": {"b": "2"}}),
    "strategic": ("strategic", {"data": {"b": "2"}}),
}


@pytest.mark.parametrize(("kind", "patch"), PATCHES.values(), ids=PATCHES.keys())
def test_a_patch(bench: Bench, kind: str, patch: Any) -> None:
    bench.create("ConfigMap", "c", data={"a": "1"})

    assert bench.user.patch("configmaps", "default", "c", patch, kind)["data"] == {"a": "1", "b": "2"}


def test_a_patch_that_does_not_fit_is_refused(bench: Bench) -> None:
    bench.create("ConfigMap", "c")

    response = bench.ask("patch", "configmaps", "c", [{"op": "remove", "path": "/data/b"}], patchType="json")

    assert (response.code, response.body["message"]) == (
        422,
        "the server rejected our request due to an error in our request",
    )


def test_what_a_patch_makes_is_validated(bench: Bench) -> None:
    bench.pod()

    with pytest.raises(ApiError, match=r"spec.containers\[0\].image: Required value"):
        bench.user.patch("pods", "default", "p", {"spec": {"containers": [{"name": "c", "image": ""}]}})


SELECTORS = {
    "a label": ({"labelSelector": "app=a"}, ["a"]),
    "one of several labels": ({"labelSelector": "app in (a,b)"}, ["a", "b"]),
    "no label of a key": ({"labelSelector": "!app"}, ["c"]),
    "another label": ({"labelSelector": "app!=a"}, ["b", "c"]),
    "a name": ({"fieldSelector": "metadata.name=b"}, ["b"]),
    "a node": ({"fieldSelector": "spec.nodeName=n1"}, ["b"]),
    "no node": ({"fieldSelector": "spec.nodeName="}, ["a", "c"]),
    "a phase": ({"fieldSelector": "status.phase=Pending"}, ["a", "b", "c"]),
    "a label and a node": ({"labelSelector": "app", "fieldSelector": "spec.nodeName=n1"}, ["b"]),
}


@pytest.mark.parametrize(("params", "names"), SELECTORS.values(), ids=SELECTORS.keys())
def test_a_list_selects_by(bench: Bench, params: dict[str, str], names: list[str]) -> None:
    for name in ("a", "b", "c"):
        labels = {"labels": {"app": name}} if name != "c" else {}
        bench.create("Pod", name, metadata=labels, spec=pod_spec())
    bench.component.bind("default", "b", "n1")

    items = bench.ask("list", "pods", **params).body["items"]

    assert [item["metadata"]["name"] for item in items] == names


WRONG_SELECTORS = {
    "a label selector that does not parse": (
        {"labelSelector": "a in"},
        "unable to parse requirement: found '' expected: '('",
    ),
    "a field that cannot be selected": (
        {"fieldSelector": "spec.foo=x"},
        'Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.foo=x": '
        "field label not supported: spec.foo",
    ),
}


@pytest.mark.parametrize(("params", "message"), WRONG_SELECTORS.values(), ids=WRONG_SELECTORS.keys())
def test_a_selector_is_refused(bench: Bench, params: dict[str, str], message: str) -> None:
    response = bench.ask("list", "pods", **params)

    assert (response.code, response.body["message"]) == (400, message)


def test_a_list_tells_the_version_it_was_made_at(bench: Bench) -> None:
    version = bench.create("ConfigMap", "c")["metadata"]["resourceVersion"]

    assert bench.component.list("configmaps")[1] == version


def test_a_binding_names_the_node_and_says_so(bench: Bench) -> None:
    bench.pod()
    bench.pass_time(5)
    bench.component.bind("default", "p", "n1")
    pod = bench.user.get("pods", "default", "p")

    assert pod["spec"]["nodeName"] == "n1"
    assert pod["metadata"]["generation"] == 1
    assert pod["status"]["conditions"] == [
        {
            "type": "PodScheduled",
            "status": "True",
            "observedGeneration": 1,
            "lastProbeTime": None,
            "lastTransitionTime": "2026-01-01T00:00:05Z",
        }
    ]


def test_a_pod_is_bound_once(bench: Bench) -> None:
    bench.pod()
    bench.component.bind("default", "p", "n1")

    with pytest.raises(ApiError) as refusal:
        bench.component.bind("default", "p", "n2")

    assert (refusal.value.code, refusal.value.message) == (
        409,
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    )


def test_a_pod_that_asks_for_what_is_absent_is_validated_first(bench: Bench) -> None:
    terminal = {"tty": True}
    wrong = pod_spec(containers=[{"name": "c", "image": "", **terminal}])
    response = bench.ask("create", "pods", body=manifest(wrong))
    assert response.code == 422

    right = pod_spec(containers=[{"name": "c", "image": "a", **terminal}], hostPID=True)
    with pytest.raises(NotModelledError, match=r"spec.containers\[0\].tty, spec.hostPID"):
        bench.ask("create", "pods", body=manifest(right))


def test_a_component_may_write_a_pod_that_asks_for_what_is_absent(bench: Bench) -> None:
    assert bench.component.create("pods", manifest(pod_spec(hostPID=True)), "default")["spec"]["hostPID"] is True


def test_a_kind_that_kubernetes_has_and_we_do_not_is_named() -> None:
    with pytest.raises(NotModelledError, match="kind CertificateSigningRequest"):
        resource_for("certificates.k8s.io/v1", "CertificateSigningRequest")


def test_a_kind_that_nobody_has_is_refused_as_kubectl_does() -> None:
    with pytest.raises(NoMatchError, match='no matches for kind "Podd" in version "v1"'):
        resource_for("v1", "Podd")


LEASE: dict[str, Any] = {
    "apiVersion": "coordination.k8s.io/v1",
    "kind": "Lease",
    "metadata": {"name": "l"},
    "spec": {"leaseDurationSeconds": 40},
}


def test_a_put_creates_what_may_be_created_so(bench: Bench) -> None:
    answer = bench.ask("update", "leases.coordination.k8s.io", "l", LEASE)

    assert (answer.code, answer.body["metadata"]["name"]) == (201, "l")


def test_a_put_of_another_kind_finds_nothing(bench: Bench) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}

    assert bench.ask("update", "configmaps", "m", body).body["message"] == 'configmaps "m" not found'


def test_a_put_to_another_name_creates_nothing(bench: Bench) -> None:
    answer = bench.ask("update", "leases.coordination.k8s.io", "k", LEASE)

    assert answer.body["message"] == "the name of the object (l) does not match the name on the URL (k)"


def test_some_kinds_are_replaced_only_by_who_knows_their_version(bench: Bench) -> None:
    made = bench.ask("create", "leases.coordination.k8s.io", body=LEASE).body

    assert bench.ask("update", "leases.coordination.k8s.io", "l", made).code == 200
    assert bench.ask("update", "leases.coordination.k8s.io", "l", LEASE).body["message"] == (
        'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: '
        "must be specified for an update"
    )
