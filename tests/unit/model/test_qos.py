"""QoS classes and a pod's resources as a whole."""

from typing import Any

import pytest

from podproof.simulator.model import qos


def container(name: str = "c", requests: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    limits = more.pop("limits", None)
    listed = {"requests": requests or {}, "limits": limits or {}}
    return {"name": name, "resources": listed, **more}


BOTH = {"cpu": "1", "memory": "1Gi"}

CLASSES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing asked": ({"containers": [container()]}, "BestEffort"),
    "zero is nothing": ({"containers": [container(requests={"cpu": "0"})]}, "BestEffort"),
    "other resources do not count": ({"containers": [container(requests={"example.com/gpu": "1"})]}, "BestEffort"),
    "a request alone": ({"containers": [container(requests={"cpu": "1"})]}, "Burstable"),
    "limits that equal requests, for both": ({"containers": [container(requests=BOTH, limits=BOTH)]}, "Guaranteed"),
    "equal in other words": (
        {"containers": [container(requests={"cpu": "1000m", "memory": "1024Mi"}, limits=BOTH)]},
        "Guaranteed",
    ),
    "one resource of two": ({"containers": [container(requests={"cpu": "1"}, limits={"cpu": "1"})]}, "Burstable"),
    "one container of two": ({"containers": [container(requests=BOTH, limits=BOTH), container("d")]}, "Burstable"),
    "an init container counts": (
        {"containers": [container(requests=BOTH, limits=BOTH)], "initContainers": [container("i")]},
        "Burstable",
    ),
    "the pod's own resources decide": (
        {"containers": [container()], "resources": {"requests": BOTH, "limits": BOTH}},
        "Guaranteed",
    ),
}


@pytest.mark.parametrize(("spec", "wanted"), CLASSES.values(), ids=CLASSES.keys())
def test_quality_of_service(spec: dict[str, Any], wanted: str) -> None:
    assert qos.qos_class(spec) == wanted


def cpu(amount: str) -> dict[str, str]:
    return {"cpu": amount}


SIDECAR = {"restartPolicy": "Always"}

REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "containers run together": ({"containers": [container("a", cpu("1")), container("b", cpu("2"))]}, "3"),
    "the largest init container may be more": (
        {
            "containers": [container("a", cpu("1"))],
            "initContainers": [container("i", cpu("2")), container("j", cpu("5"))],
        },
        "5",
    ),
    "init containers run one by one": (
        {
            "containers": [container("a", cpu("3"))],
            "initContainers": [container("i", cpu("2")), container("j", cpu("2"))],
        },
        "3",
    ),
    "a sidecar stays beside the app": (
        {"containers": [container("a", cpu("1"))], "initContainers": [container("s", cpu("2"), **SIDECAR)]},
        "3",
    ),
    "a sidecar runs beside later init containers": (
        {
            "containers": [container("a", cpu("1"))],
            "initContainers": [container("s", cpu("2"), **SIDECAR), container("i", cpu("4"))],
        },
        "6",
    ),
    "and not beside earlier ones": (
        {
            "containers": [container("a", cpu("1"))],
            "initContainers": [container("i", cpu("4")), container("s", cpu("2"), **SIDECAR)],
        },
        "4",
    ),
    "overhead comes on top": ({"containers": [container("a", cpu("1"))], "overhead": cpu("250m")}, "1250m"),
    "the pod's own request replaces the sum": (
        {"containers": [container("a", cpu("1"))], "resources": {"requests": cpu("4")}},
        "4",
    ),
}


@pytest.mark.parametrize(("spec", "wanted"), REQUESTS.values(), ids=REQUESTS.keys())
def test_what_a_pod_requests(spec: dict[str, Any], wanted: str) -> None:
    assert str(qos.pod_requests({"spec": spec})["cpu"]) == wanted


def test_overhead_is_no_limit_of_its_own() -> None:
    spec = {"containers": [container("a", limits=cpu("1"))], "overhead": {"cpu": "1", "memory": "1Gi"}}

    limits = qos.pod_limits({"spec": spec})

    assert {name: str(amount) for name, amount in limits.items()} == {"cpu": "2"}


def resized(reason: str = "Deferred") -> dict[str, Any]:
    pending = [{"type": "PodResizePending", "status": "True", "reason": reason}]
    status = {"name": "a", "allocatedResources": cpu("4"), "resources": {"requests": cpu("2")}}
    spec = {"containers": [container("a", cpu("6"))]}
    return {"spec": spec, "status": {"conditions": pending, "containerStatuses": [status]}}


def test_a_resize_counts_as_the_largest_of_asked_allotted_and_done() -> None:
    assert str(qos.pod_requests(resized(), with_status=True)["cpu"]) == "6"


def test_an_infeasible_resize_does_not_count_what_is_asked() -> None:
    assert str(qos.pod_requests(resized("Infeasible"), with_status=True)["cpu"]) == "4"
