"""In which order the containers of a pod are told to end, and how long each may take."""

from typing import Any

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.manifests import Document, Manifest
from podproof.simulator.control.kubelet.container_stop import grace_of, waits_for
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds

SPEC = {
    "initContainers": [
        {"name": "setup"},
        {"name": "first", "restartPolicy": "Always"},
        {"name": "second", "restartPolicy": "Always"},
    ],
    "containers": [{"name": "web"}, {"name": "worker"}],
}
ORDER = {
    "an app waits for nobody": ("web", set()),
    "an ordinary init container waits for nobody": ("setup", set()),
    "the last sidecar waits for the apps": ("second", {"web", "worker"}),
    "the first sidecar waits for the apps and the later sidecar": ("first", {"web", "worker", "second"}),
}
GRACE = {
    "the spec's": ({"terminationGracePeriodSeconds": 10}, {}, None, 10),
    "thirty seconds by default": ({}, {}, None, 30),
    "the delete's before the spec's": (
        {"terminationGracePeriodSeconds": 9},
        {"deletionGracePeriodSeconds": 5},
        None,
        5,
    ),
    "a single second, where the delete says so": ({}, {"deletionGracePeriodSeconds": 1}, None, 1),
    "the kubelet's own, where it is shorter": ({}, {"deletionGracePeriodSeconds": 50}, seconds(3), 3),
    "a second at least, where a delete is forced": ({}, {"deletionGracePeriodSeconds": 0}, None, 1),
}
RESTARTS_ALL = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [42]}}
LOOP = "while true; do sleep 1; done"


@pytest.mark.parametrize(("name", "others"), ORDER.values(), ids=ORDER.keys())
def test_who_waits_for_whom(name: str, others: set[str]) -> None:
    assert waits_for(SPEC, name) == others


@pytest.mark.parametrize(("spec", "meta", "override", "wanted"), GRACE.values(), ids=GRACE.keys())
def test_the_grace_is(spec: dict[str, Any], meta: dict[str, Any], override: Nanos | None, wanted: int) -> None:
    local = LocalPod({"metadata": {"uid": "u", **meta}, "spec": spec}, {}, grace_override=override)

    assert grace_of(local) == seconds(wanted)


def shell(name: str, script: str, **more: Any) -> dict[str, Any]:
    """Return a container of one script."""
    return {"name": name, "image": "busybox:1.28", "command": ["sh", "-c", script], **more}


def pod(*apps: dict[str, Any], init: tuple[dict[str, Any], ...] = (), **spec: Any) -> Manifest:
    """Return a pod called foo."""
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "foo"},
        "spec": {"containers": list(apps), "initContainers": list(init), **spec},
    }
    return Manifest("test", (Document(body, "test", 1),))


def ends(cluster: SimulatedCluster, started: float, limit: int = 120) -> float:
    """Return how many seconds after `started` the pod was gone."""
    ref = Ref("Pod", "default", "foo")
    for _ in range(limit * 10):
        if cluster.get(ref) is None:
            return cluster.record().now / 1e9 - started
        cluster.pass_time(seconds(0.1))
    raise AssertionError("the pod is still there")


LIVES = {
    "apps that handle TERM are gone at once": (pod(shell("app", f"trap 'exit 0' TERM; {LOOP}")), None, 0, 2),
    "process 1 without a handler takes all its grace": (pod(shell("app", "sleep 3600")), None, 30, 31),
    "a delete may shorten the grace": (pod(shell("app", "sleep 3600")), 5, 5, 6),
    "a sidecar waits in its own grace, and is killed two seconds after it": (
        pod(
            shell("app", "sleep 3600"),
            init=(shell("side", "sleep 3600", restartPolicy="Always"),),
            terminationGracePeriodSeconds=10,
        ),
        None, 12, 13,
    ),
    "sidecars take turns within the grace": (
        pod(
            shell("app", f"trap 'sleep 3; exit 0' TERM; {LOOP}"),
            init=(
                shell("one", f"trap 'sleep 3; exit 0' TERM; {LOOP}", restartPolicy="Always"),
                shell("two", f"trap 'sleep 3; exit 0' TERM; {LOOP}", restartPolicy="Always"),
            ),
        ),
        None, 9, 13,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("manifest", "grace", "least", "most"), LIVES.values(), ids=LIVES.keys())
def test_a_deleted_pod_is_gone_after(manifest: Manifest, grace: int | None, least: float, most: float) -> None:
    cluster = SimulatedCluster()
    cluster.apply(manifest)
    cluster.pass_time(seconds(10))
    started = cluster.record().now / 1e9

    cluster.delete(Ref("Pod", "default", "foo"), grace)

    assert least <= ends(cluster, started) <= most


def test_a_second_delete_shortens_the_grace_that_runs() -> None:
    cluster, ref = SimulatedCluster(), Ref("Pod", "default", "foo")
    cluster.apply(pod(shell("app", "sleep 3600")))
    cluster.pass_time(seconds(5))
    started = cluster.record().now / 1e9
    cluster.delete(ref)
    cluster.pass_time(seconds(4))

    cluster.delete(ref, 8)

    assert 8 <= ends(cluster, started) <= 9


def test_a_forced_delete_takes_the_object_at_once() -> None:
    cluster, ref = SimulatedCluster(), Ref("Pod", "default", "foo")
    cluster.apply(pod(shell("app", "sleep 3600")))
    cluster.pass_time(seconds(5))

    cluster.delete(ref, 0)

    assert cluster.get(ref) is None


KEPT: dict[str, Any] = {"volumeMounts": [{"name": "kept", "mountPath": "/kept"}]}
ON_NODE = [{"name": "kept", "hostPath": {"path": "/kept", "type": "DirectoryOrCreate"}}]


def kept_on_the_node(cluster: SimulatedCluster) -> str:
    """Return the names of the files that pods have left in /kept."""
    body = pod(shell("app", "ls /kept", **KEPT), volumes=ON_NODE, restartPolicy="Never").documents[0].object
    cluster.apply(Manifest("test", (Document({**body, "metadata": {"name": "reader"}}, "test", 1),)))
    cluster.pass_time(seconds(5))
    return str(cluster.logs("reader", "app"))


def test_a_forced_delete_leaves_the_containers_two_seconds() -> None:
    cluster = SimulatedCluster()
    script = f"trap 'touch /kept/told; sleep 1; touch /kept/after-1; sleep 2; touch /kept/after-3' TERM; {LOOP}"
    cluster.apply(pod(shell("app", script, **KEPT), volumes=ON_NODE))
    cluster.pass_time(seconds(5))

    cluster.delete(Ref("Pod", "default", "foo"), 0)
    cluster.pass_time(seconds(10))

    assert kept_on_the_node(cluster).split() == ["after-1", "told"]


def test_a_restart_of_all_containers_runs_no_hook_and_leaves_two_seconds() -> None:
    cluster = SimulatedCluster()
    hook = {"preStop": {"exec": {"command": ["touch", "/kept/hook"]}}}
    exits = "test -e /kept/told || sleep 5 && test -e /kept/told || exit 42; sleep 100"
    cluster.apply(
        pod(
            shell("worker", f"trap 'touch /kept/told; sleep 5; touch /kept/late' TERM; {LOOP}", lifecycle=hook, **KEPT),
            shell("leader", exits, restartPolicy="Never", restartPolicyRules=[RESTARTS_ALL], **KEPT),
            volumes=ON_NODE,
        )
    )

    cluster.pass_time(seconds(20))

    assert kept_on_the_node(cluster).split() == ["told"]
