"""Admission: what each plugin adds to an object, and what it refuses, in the real server's words."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import ApiError, Response

from .conftest import Bench, manifest, pod_spec

LIMITS = "limitranges"
QUOTAS = "resourcequotas"


def limited(bench: Bench, *limits: Any) -> None:
    """Put a limit range into the namespace "default"."""
    bench.user.create(LIMITS, {"metadata": {"name": "lr"}, "spec": {"limits": list(limits)}}, "default")


def quota(bench: Bench, hard: Any, used: Any = None, **spec: Any) -> None:
    """Put a quota into the namespace "default" that has been counted."""
    made = bench.component.create(QUOTAS, {"metadata": {"name": "rq"}, "spec": {"hard": hard, **spec}}, "default")
    zero = dict.fromkeys(hard, "0")
    bench.component.update_status(QUOTAS, {**made, "status": {"hard": hard, "used": {**zero, **(used or {})}}})


def used(bench: Bench) -> Any:
    return bench.user.get(QUOTAS, "default", "rq")["status"]["used"]


def resources(**sides: Any) -> dict[str, Any]:
    return pod_spec(containers=[{"name": "c", "image": "i", "resources": sides}])


def sent(bench: Bench, spec: Any, **params: str) -> Response:
    return bench.ask("create", "pods", body=manifest(spec), **params)


def message(answer: Response) -> str:
    assert answer.code == 403, answer.body
    return str(answer.body["message"])


def test_a_limit_range_fills_in_and_says_so(bench: Bench) -> None:
    limited(
        bench, {"type": "Container", "default": {"cpu": "200m"}, "defaultRequest": {"cpu": "100m", "memory": "1Mi"}}
    )
    inits = [{"name": "i", "image": "i", "resources": {"requests": {"cpu": "1m"}}}]
    made = bench.pod(initContainers=inits)

    assert made["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "1Mi"},
        "limits": {"cpu": "200m"},
    }
    assert made["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c; "
        "memory request for init container i; cpu limit for init container i"
    )


LIMITED = {
    "less than the least": (
        {"type": "Container", "min": {"cpu": "100m"}}, {"requests": {"cpu": "50m"}},
        "minimum cpu usage per Container is 100m, but request is 50m"),
    "no request where there is a least": (
        {"type": "Container", "min": {"cpu": "100m"}}, {},
        "minimum cpu usage per Container is 100m.  No request is specified"),
    "more than the most": (
        {"type": "Container", "max": {"memory": "1Mi"}}, {"limits": {"memory": "2Mi"}},
        "maximum memory usage per Container is 1Mi, but limit is 2Mi"),
    "no limit where there is a most": (
        {"type": "Container", "max": {"memory": "1Mi"}}, {},
        "maximum memory usage per Container is 1Mi.  No limit is specified"),
    "limit and request too far apart": (
        {"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}}, {"requests": {"cpu": "1"}, "limits": {"cpu": "5"}},
        "cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000"),
    "the pod as a whole": (
        {"type": "Pod", "max": {"cpu": "1"}}, {"limits": {"cpu": "1500m"}},
        "maximum cpu usage per Pod is 1, but limit is 1500m"),
    "several at once": (
        {"type": "Container", "max": {"cpu": "1", "memory": "1Mi"}}, {},
        "[maximum cpu usage per Container is 1.  No limit is specified, "
        "maximum memory usage per Container is 1Mi.  No limit is specified]"),
}  # fmt: skip


@pytest.mark.parametrize(("limit", "asked", "why"), LIMITED.values(), ids=LIMITED.keys())
def test_what_a_limit_range_refuses(bench: Bench, limit: Any, asked: Any, why: str) -> None:
    bench.component.create(LIMITS, {"metadata": {"name": "lr"}, "spec": {"limits": [limit]}}, "default")

    assert message(sent(bench, resources(**asked))) == f'pods "p" is forbidden: {why}'


def test_a_limit_range_bounds_claims(bench: Bench) -> None:
    bounds = {"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}
    bench.component.create(LIMITS, {"metadata": {"name": "lr"}, "spec": {"limits": [bounds]}}, "default")

    answer = bench.ask("create", "persistentvolumeclaims", body=claim("2Gi"))

    assert message(answer) == (
        'persistentvolumeclaims "c" is forbidden: '
        "maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi"
    )


def claim(storage: str, **spec: Any) -> dict[str, Any]:
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": asked}


EXCEEDED = {
    "too many pods": (
        {"pods": "1"}, {"pods": "1"}, {}, "exceeded quota: rq, requested: pods=1, used: pods=1, limited: pods=1"),
    "too much of several resources": (
        {"requests.cpu": "1", "limits.memory": "1Mi"}, {}, {"requests": {"cpu": "2"}, "limits": {"memory": "2Mi"}},
        "exceeded quota: rq, requested: limits.memory=2Mi,requests.cpu=2, used: limits.memory=0,requests.cpu=0, "
        "limited: limits.memory=1Mi,requests.cpu=1"),
    "what is counted is not stated": (
        {"requests.cpu": "1", "limits.cpu": "1"}, {}, {},
        "failed quota: rq: must specify limits.cpu for: c; requests.cpu for: c"),
    "too many objects": (
        {"count/pods": "0"}, {}, {}, "exceeded quota: rq, requested: count/pods=1, used: count/pods=0, "
        "limited: count/pods=0"),
}  # fmt: skip


@pytest.mark.parametrize(("hard", "taken", "asked", "why"), EXCEEDED.values(), ids=EXCEEDED.keys())
def test_what_a_quota_refuses(bench: Bench, hard: Any, taken: Any, asked: Any, why: str) -> None:
    quota(bench, hard, taken)

    assert message(sent(bench, resources(**asked))) == f'pods "p" is forbidden: {why}'


def test_a_quota_that_nobody_has_counted_lets_nothing_in(bench: Bench) -> None:
    made = bench.component.create(QUOTAS, {"metadata": {"name": "rq"}, "spec": {"hard": {"pods": "1"}}}, "default")
    bench.component.update_status(QUOTAS, {**made, "status": {"hard": {"pods": "1"}}})

    assert "status unknown for quota: rq, resources: pods" in message(sent(bench, pod_spec()))


def test_what_fits_is_booked(bench: Bench) -> None:
    quota(bench, {"pods": "3", "requests.cpu": "1", "count/configmaps": "1", "secrets": "4"})
    sent(bench, resources(requests={"cpu": "100m"}))
    bench.create("ConfigMap", "c")

    assert used(bench) == {"pods": "1", "requests.cpu": "100m", "count/configmaps": "1", "secrets": "0"}


def test_a_dry_run_books_nothing(bench: Bench) -> None:
    quota(bench, {"pods": "1"})
    assert sent(bench, pod_spec(), dryRun="All").code == 201

    assert used(bench) == {"pods": "0"}


REPLICATED = {
    "selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": pod_spec()},
}


def test_what_components_create_counts_too(bench: Bench) -> None:
    quota(bench, {"count/events.k8s.io": "1", "count/replicasets.apps": "0"})

    with pytest.raises(ApiError, match=r"exceeded quota: rq, requested: count/replicasets\.apps=1"):
        bench.component.create("replicasets.apps", {"metadata": {"name": "r"}, "spec": REPLICATED}, "default")


SCOPES = {
    "best effort pods only": ({"scopes": ["BestEffort"]}, pod_spec(), 403),
    "a pod that requests something": ({"scopes": ["BestEffort"]}, resources(requests={"cpu": "1"}), 201),
    "pods with a deadline only": ({"scopes": ["Terminating"]}, pod_spec(), 201),
    "pods of one class": (
        {"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": "In", "values": ["system-node-critical"]}]}},
        pod_spec(priorityClassName="system-node-critical"), 403),
}  # fmt: skip


@pytest.mark.parametrize(("scope", "spec", "code"), SCOPES.values(), ids=SCOPES.keys())
def test_a_quota_counts_what_is_in_its_scopes(bench: Bench, scope: Any, spec: Any, code: int) -> None:
    quota(bench, {"pods": "0"}, **scope)

    assert sent(bench, spec).code == code


def test_node_ports_count(bench: Bench) -> None:
    quota(bench, {"services.nodeports": "1", "services": "5"})
    ports = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]
    answer = bench.ask(
        "create", "services", body={"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": ports}}
    )

    assert "requested: services.nodeports=2, used: services.nodeports=0" in message(answer)


def priority_class(bench: Bench, name: str, value: int, **more: Any) -> Response:
    return bench.ask(
        "create", "priorityclasses.scheduling.k8s.io", body={"metadata": {"name": name}, "value": value, **more}
    )


def test_the_priority_of_a_class(bench: Bench) -> None:
    priority_class(bench, "high", 1000, preemptionPolicy="Never")
    spec = bench.pod(priorityClassName="high")["spec"]

    assert (spec["priority"], spec["preemptionPolicy"]) == (1000, "Never")


def test_the_default_class_is_named_in_the_pod(bench: Bench) -> None:
    priority_class(bench, "usual", 7, globalDefault=True)
    spec = bench.pod()["spec"]

    assert (spec["priority"], spec["priorityClassName"]) == (7, "usual")


def test_a_priority_of_one_s_own(bench: Bench) -> None:
    assert message(sent(bench, pod_spec(priority=5))) == (
        'pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; '
        "priority admission controller computed 0 from the given PriorityClass name"
    )


def test_there_is_one_default_class(bench: Bench) -> None:
    priority_class(bench, "usual", 7, globalDefault=True)

    assert message(priority_class(bench, "other", 8, globalDefault=True)) == (
        'priorityclasses.scheduling.k8s.io "other" is forbidden: '
        "PriorityClass usual is already marked as default. Only one default can exist"
    )


def storage_class(bench: Bench, name: str, **annotations: str) -> None:
    meta = {"name": name, "annotations": annotations}
    bench.component.create("storageclasses.storage.k8s.io", {"metadata": meta, "provisioner": "p"})


IS_DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}


def test_the_default_storage_class_is_the_one_made_last(bench: Bench) -> None:
    storage_class(bench, "old", **IS_DEFAULT)
    bench.pass_time(1)
    storage_class(bench, "new", **IS_DEFAULT)
    storage_class(bench, "plain")

    assert bench.user.create("persistentvolumeclaims", claim("1Gi"), "default")["spec"]["storageClassName"] == "new"


def test_a_claim_that_wants_no_class_gets_none(bench: Bench) -> None:
    storage_class(bench, "new", **IS_DEFAULT)
    made = bench.user.create("persistentvolumeclaims", claim("1Gi", storageClassName=""), "default")

    assert made["spec"]["storageClassName"] == ""


def test_claims_are_protected_while_in_use(bench: Bench) -> None:
    made = bench.user.create("persistentvolumeclaims", claim("1Gi"), "default")

    assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]


def runtime_class(bench: Bench) -> None:
    body = {
        "metadata": {"name": "heavy"},
        "handler": "runc",
        "overhead": {"podFixed": {"cpu": "100m"}},
        "scheduling": {"nodeSelector": {"kind": "heavy"}, "tolerations": [{"key": "heavy", "operator": "Exists"}]},
    }
    bench.component.create("runtimeclasses.node.k8s.io", body)


def test_a_runtime_class_adds_its_overhead_and_its_place(bench: Bench) -> None:
    runtime_class(bench)
    spec = bench.pod(runtimeClassName="heavy")["spec"]

    assert (spec["overhead"], spec["nodeSelector"]) == ({"cpu": "100m"}, {"kind": "heavy"})
    assert {"key": "heavy", "operator": "Exists"} in spec["tolerations"]


RUNTIME = {
    "a class that is not there": ({"runtimeClassName": "x"}, 'pod rejected: RuntimeClass "x" not found'),
    "another overhead": (
        {"runtimeClassName": "heavy", "overhead": {"cpu": "1"}},
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"),
    "an overhead without a class": (
        {"overhead": {"cpu": "1"}},
        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"),
    "another place": (
        {"runtimeClassName": "heavy", "nodeSelector": {"kind": "light"}},
        "conflict: runtimeClass.scheduling.nodeSelector[kind] = heavy; pod.spec.nodeSelector[kind] = light"),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "why"), RUNTIME.values(), ids=RUNTIME.keys())
def test_what_a_runtime_class_refuses(bench: Bench, spec: Any, why: str) -> None:
    runtime_class(bench)

    assert message(sent(bench, pod_spec(**spec))) == f'pods "p" is forbidden: {why}'


def test_a_new_node_takes_no_pods_before_it_is_ready(bench: Bench) -> None:
    made = bench.ask("create", "nodes", body={"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}).body

    assert made["spec"]["taints"] == [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]


TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
AUTOMOUNTS: dict[str, tuple[Any, Any, bool]] = {
    "neither the account nor the pod says anything": (None, None, True),
    "the account says no": (False, None, False),
    "the pod says no": (None, False, False),
    "the pod's word counts first": (False, True, True),
}


@pytest.mark.parametrize(("account", "pod", "mounted"), AUTOMOUNTS.values(), ids=AUTOMOUNTS.keys())
def test_whether_a_pod_gets_the_token_of_its_account(bench: Bench, account: Any, pod: Any, mounted: bool) -> None:
    said = {} if account is None else {"automountServiceAccountToken": account}
    bench.user.create("serviceaccounts", {"metadata": {"name": "builder"}, **said}, "default")

    spec = {} if pod is None else {"automountServiceAccountToken": pod}
    made = bench.pod(serviceAccountName="builder", **spec)["spec"]

    assert [each["mountPath"] for each in made["containers"][0].get("volumeMounts", ())] == [TOKEN_PATH] * mounted
    assert [each["name"][:16] for each in made.get("volumes", ())] == ["kube-api-access-"] * mounted


def test_a_container_with_a_mount_of_its_own_there_keeps_it(bench: Bench) -> None:
    own = {"name": "own", "mountPath": TOKEN_PATH}
    containers = [{"name": "c", "image": "i", "volumeMounts": [own]}, {"name": "d", "image": "i"}]

    spec = bench.pod(
        automountServiceAccountToken=True, containers=containers, volumes=[{"name": "own", "emptyDir": {}}]
    )["spec"]

    first, second = (each["volumeMounts"] for each in spec["containers"])
    assert [each["name"] for each in first] == ["own"]
    assert [each["name"] for each in second] == [spec["volumes"][1]["name"]]


def test_where_every_container_has_its_own_there_is_no_volume(bench: Bench) -> None:
    own = {"name": "own", "mountPath": TOKEN_PATH}
    containers = [{"name": "c", "image": "i", "volumeMounts": [own]}]

    spec = bench.pod(
        automountServiceAccountToken=True, containers=containers, volumes=[{"name": "own", "emptyDir": {}}]
    )["spec"]

    assert [each["name"] for each in spec["volumes"]] == ["own"]
