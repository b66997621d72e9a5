"""What a kubelet makes of a file of static pods, and what it does not take."""

from typing import Any

import pytest

from podproof.simulator.api.static_pod import StaticPodError, static_pod
from podproof.simulator.model.static_pods import is_mirror, is_mirror_of, is_static, mirror_of
from podproof.simulator.model.times import Nanos

APP = {"name": "app", "image": "busybox"}


def made(node: str = "node1", **spec: Any) -> dict[str, Any]:
    """Return the pod of a file."""
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [APP], **spec}}
    return static_pod(manifest, "web.yaml", node, "default", Nanos(0))


REFUSED = {
    "a secret as a volume": {"volumes": [{"name": "x", "secret": {"secretName": "s"}}]},
    "a configmap in a projected volume": {
        "volumes": [{"name": "x", "projected": {"sources": [{"configMap": {"name": "c"}}]}}]
    },
    "a secret in the environment": {
        "containers": [{**APP, "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]
    },
    "a configmap as the environment": {"containers": [{**APP, "envFrom": [{"configMapRef": {"name": "c"}}]}]},
    "a service account": {"serviceAccountName": "robot"},
}


def test_the_pod_is_named_after_its_node_and_bound_to_it() -> None:
    pod = made()

    assert (pod["metadata"]["name"], pod["metadata"]["namespace"]) == ("web-node1", "default")
    assert pod["spec"]["nodeName"] == "node1"
    assert {"operator": "Exists", "effect": "NoExecute"} in pod["spec"]["tolerations"]
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_the_same_file_is_the_same_pod_and_another_text_another() -> None:
    assert made()["metadata"]["uid"] == made()["metadata"]["uid"]
    assert made()["metadata"]["uid"] != made(terminationGracePeriodSeconds=1)["metadata"]["uid"]
    assert made()["metadata"]["uid"] != made(node="node2")["metadata"]["uid"]


def test_a_mirror_is_told_from_its_pod_and_belongs_to_the_node() -> None:
    pod = made()
    mirror = mirror_of(pod, "node-uid")

    assert (is_static(pod), is_mirror(pod)) == (True, False)
    assert (is_static(mirror), is_mirror(mirror)) == (False, True)
    assert is_mirror_of(mirror, pod)
    assert not is_mirror_of(mirror, made(terminationGracePeriodSeconds=1))
    assert mirror["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "Node", "name": "node1", "uid": "node-uid", "controller": True}
    ]


@pytest.mark.parametrize("spec", REFUSED.values(), ids=REFUSED.keys())
def test_a_static_pod_may_not_need(spec: dict[str, Any]) -> None:
    with pytest.raises(StaticPodError, match="static pods may not reference"):
        made(**spec)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(StaticPodError) as refused:
        made(restartPolicy="Sometimes", serviceAccountName="robot")

    assert [fault.partition(":")[0] for fault in refused.value.faults] == [
        "spec.restartPolicy",
        "static pods may not reference serviceaccounts",
    ]
