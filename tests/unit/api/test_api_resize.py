"""The resize subresource: what it takes, and what it refuses."""

from typing import Any

import pytest

from podproof.simulator.api.validation.pod_resize import keep_all_but_resources, resize_faults

CPU = {"requests": {"cpu": "100m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}}


def pod(*resources: dict[str, Any], names: str = "ab", annotations: dict[str, str] | None = None) -> dict[str, Any]:
    containers = [
        {"name": name, "image": "busybox", "imagePullPolicy": "Always", "terminationMessagePolicy": "File", **extra}
        for name, extra in zip(names, ({"resources": each} for each in resources), strict=False)
    ]
    spec = {
        "containers": containers,
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "terminationGracePeriodSeconds": 30,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "annotations": annotations or {}},
        "spec": spec,
        "status": {"phase": "Running"},
    }


def with_side(side: str, **amounts: str) -> dict[str, Any]:
    return {**CPU, side: {**CPU[side], **amounts}}


def of_whole(plain: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
    """Return a pod that asks for resources as a whole."""
    return {**plain, "spec": {**plain["spec"], "resources": resources}}


ROWS = {
    "cpu may change": (pod(CPU), pod(with_side("limits", cpu="300m")), []),
    "memory may shrink": (pod(CPU), pod(with_side("limits", memory="48Mi")), []),
    "the QoS class may not change": (
        pod(CPU),
        pod({"requests": CPU["limits"], "limits": CPU["limits"]}),
        ['spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing'],
    ),
    "a request may not go": (
        pod(CPU),
        pod({**CPU, "requests": {"cpu": "100m"}}),
        ["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"],
    ),
    "disk is not resized": (
        pod(CPU),
        pod(with_side("limits", **{"ephemeral-storage": "1Gi"})),
        ["spec: Forbidden: only cpu and memory resources are mutable"],
    ),
    "containers keep their order": (
        pod(CPU, CPU),
        pod(CPU, CPU, names="ba"),
        [
            "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize",
            "spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize",
        ],
    ),
    "the pod as a whole may get more": (of_whole(pod({}), CPU), of_whole(pod({}), with_side("limits", cpu="300m")), []),
    "what the pod as a whole has cannot be taken away": (
        of_whole(pod({}), CPU),
        of_whole(pod({}), {"requests": CPU["requests"], "limits": {"cpu": "200m"}}),
        ["spec.resources.limits: Forbidden: resource limits cannot be removed"],
    ),
    "a static pod stays as its file says": (
        pod(CPU, annotations={"kubernetes.io/config.mirror": "x"}),
        pod(CPU),
        ["Forbidden: static pods cannot be resized"],
    ),
}


@pytest.mark.parametrize(("old", "new", "faults"), ROWS.values(), ids=ROWS.keys())
def test_a_resize_is_checked(old: dict[str, Any], new: dict[str, Any], faults: list[str]) -> None:
    assert [str(fault).removeprefix(": ") for fault in resize_faults(new, old)] == faults


def test_a_resize_changes_nothing_but_resources() -> None:
    old, new = pod(CPU), pod(with_side("limits", cpu="300m"))
    new["spec"]["containers"][0]["image"] = "nginx"
    new["spec"]["nodeName"] = "elsewhere"

    keep_all_but_resources(new, old)

    assert new["spec"] == pod(with_side("limits", cpu="300m"))["spec"]
