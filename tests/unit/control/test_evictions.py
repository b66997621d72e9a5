"""Who is evicted and what is said of it."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.eviction.rules import (
    PodUsage,
    Shortage,
    is_critical,
    limit_message,
    ranked,
    shortage_message,
)  # fmt: skip

MI = 1024 * 1024


def usage(
    name: str, used: int, request: str = "", priority: int = 0, disk: int = 0, limit: str = "", size_limit: str = ""
) -> PodUsage:
    """Return a pod that uses `used` MiB of memory, `disk` MiB in its container and as much in its volume."""
    resources: dict[str, Any] = {}
    if request:
        resources["requests"] = {"memory": request}
    if limit:
        resources["limits"] = {"ephemeral-storage": limit}
    volumes = [{"name": "v", "emptyDir": {"sizeLimit": size_limit}}] if size_limit else []
    containers = [{"name": "app", "resources": resources}]
    spec = {"priority": priority, "containers": containers, "volumes": volumes}
    pod = {"metadata": {"name": name}, "spec": spec}
    container = {"memory": used * MI, "ephemeral-storage": disk * MI}
    return PodUsage(pod, {"app": container}, {"v": disk * MI} if size_limit else {})


ORDERS = {
    "who uses more than is requested goes first": ([usage("in", 9, "10Mi"), usage("over", 2, "1Mi")], "over in"),
    "then who has the lower priority": ([usage("high", 9, priority=5), usage("low", 1, priority=1)], "low high"),
    "then who is further above": ([usage("little", 3, "1Mi"), usage("much", 20, "10Mi")], "much little"),
    "priority does not save who uses too much": (
        [usage("modest", 1, "5Mi", priority=0), usage("greedy", 9, "1Mi", priority=9)],
        "greedy modest",
    ),
}


@pytest.mark.parametrize(("usages", "wanted"), ORDERS.values(), ids=ORDERS.keys())
def test_the_order_of_evictions(usages: list[PodUsage], wanted: str) -> None:
    assert " ".join(each.pod["metadata"]["name"] for each in ranked(usages, "memory")) == wanted


LIMITS = {
    "within its limit": (usage("p", 0, disk=5, limit="5Mi"), ""),
    "above it": (
        usage("p", 0, disk=6, limit="5Mi"),
        "Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ",
    ),
    "a volume above its limit is told first": (
        usage("p", 0, disk=6, limit="5Mi", size_limit="1Mi"),
        'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ',
    ),
}


@pytest.mark.parametrize(("pod", "wanted"), LIMITS.values(), ids=LIMITS.keys())
def test_limits_of_disk(pod: PodUsage, wanted: str) -> None:
    assert limit_message(pod) == wanted


def test_a_shortage_names_the_containers_that_use_more_than_they_request() -> None:
    assert shortage_message(usage("p", 200, "100Mi"), Shortage("memory", 100 * MI, 50 * MI)) == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. "
        "Container app was using 200Mi, request is 100Mi, has larger consumption of memory. "
    )


def test_a_container_within_its_request_is_not_named() -> None:
    assert "Container" not in shortage_message(usage("p", 50, "100Mi"), Shortage("memory", 100 * MI, 50 * MI))


CRITICAL = {
    "an ordinary pod is not": ({}, 0, False),
    "a static one is": ({"kubernetes.io/config.source": "file"}, 0, True),
    "one of a system priority is": ({}, 2_000_000_000, True),
}


@pytest.mark.parametrize(("annotations", "priority", "wanted"), CRITICAL.values(), ids=CRITICAL.keys())
def test_who_is_never_evicted(annotations: dict[str, str], priority: int, wanted: bool) -> None:
    assert is_critical({"metadata": {"annotations": annotations}, "spec": {"priority": priority}}) is wanted
