"""How resizes of running pods go, seen from the API."""

from typing import Any

from podproof.clusters.simulated import SimulatedCluster
from podproof.manifests import Document, Manifest
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import seconds

FOO = Ref("Pod", "default", "foo")
MIB = 1 << 20


def running(*containers: dict[str, Any], **spec: Any) -> SimulatedCluster:
    """Return a cluster on which a pod called foo runs."""
    cluster = SimulatedCluster()
    rows = [{"image": "busybox:1.28", **container} for container in containers]
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "foo"}, "spec": {"containers": rows, **spec}}
    cluster.apply(Manifest("test", (Document(body, "test", 1),)))
    cluster.pass_time(seconds(5))
    return cluster


def holding(megabytes: int) -> list[str]:
    """Return a command that keeps so much memory."""
    return ["sh", "-c", f"held=$(head -c {megabytes * 1000000} /dev/zero | tr '\\0' x); sleep 3600"]


def limit(memory: str) -> dict[str, Any]:
    return {"limits": {"memory": memory}, "requests": {"memory": memory}}


def shown(cluster: SimulatedCluster) -> Object:
    pod = cluster.get(FOO)
    assert pod is not None
    return pod


def condition(cluster: SimulatedCluster, kind: str) -> Object | None:
    rows = shown(cluster)["status"]["conditions"]
    return next((row for row in rows if row["type"] == kind), None)


def test_less_memory_than_is_used_is_refused_for_the_pod_and_its_container() -> None:
    cluster = running({"name": "app", "command": holding(4), "resources": limit("16Mi")})

    cluster.patch(FOO, {"spec": {"containers": [{"name": "app", "resources": limit("2Mi")}]}}, "resize")
    cluster.pass_time(seconds(30))

    told = condition(cluster, "PodResizeInProgress")
    assert told is not None
    assert (told["reason"], told["message"].replace("4000000", "N")) == (
        "Error",
        f"cannot decrease memory limits: [attempting to set pod memory limit ({2 * MIB}) below current usage (N), "
        f'attempting to set container "app" memory limit ({2 * MIB}) below current usage (N)]',
    )


def test_a_pod_as_a_whole_gets_more_while_it_runs() -> None:
    cluster = running({"name": "app", "command": holding(1)}, resources=limit("4Mi"))

    cluster.patch(FOO, {"spec": {"resources": limit("8Mi")}}, "resize")
    cluster.pass_time(seconds(5))

    status = shown(cluster)["status"]
    assert (status["resources"], status["allocatedResources"]) == (limit("8Mi"), {"memory": "8Mi"})
    assert condition(cluster, "PodResizeInProgress") is None
    assert status["containerStatuses"][0]["restartCount"] == 0


def test_a_container_without_a_limit_of_its_own_may_take_what_its_pod_was_given_later() -> None:
    later = "sleep 10; held=$(head -c 4000000 /dev/zero | tr '\\0' x); sleep 3600"
    cluster = running({"name": "app", "command": ["sh", "-c", later]}, resources=limit("2Mi"))

    cluster.patch(FOO, {"spec": {"resources": limit("32Mi")}}, "resize")
    cluster.pass_time(seconds(20))

    assert shown(cluster)["status"]["containerStatuses"][0]["restartCount"] == 0


def test_a_pod_as_a_whole_cannot_get_less_than_it_uses() -> None:
    cluster = running({"name": "app", "command": holding(4)}, resources=limit("16Mi"))

    cluster.patch(FOO, {"spec": {"resources": limit("2Mi")}}, "resize")
    cluster.pass_time(seconds(30))

    told = condition(cluster, "PodResizeInProgress")
    assert told is not None
    assert told["message"].startswith(
        f"cannot decrease memory limits: attempting to set pod memory limit ({2 * MIB}) below current usage ("
    )
    assert shown(cluster)["status"]["resources"] == limit("16Mi")
