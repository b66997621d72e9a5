"""What a new cluster has before anybody asks for anything."""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


def first_objects() -> Iterator[tuple[str, Object]]:
    """Yield each resource and object, in the order they come to be."""
    for name in _NAMESPACES:
        yield "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    for each in _priorities():
        yield "priorityclasses.scheduling.k8s.io", each
    for each in _services():
        yield "services", each


def _priorities() -> Iterator[Object]:
    for row in rows("priority_classes")["classes"]:
        yield {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": row["name"], "generation": 1},
            "value": row["value"],
            "description": row["description"],
            "preemptionPolicy": "PreemptLowerPriority",
        }


def _services() -> tuple[dict[str, Any], ...]:
    return (
        _service("default", "kubernetes", "10.96.0.1", [{"name": "https", "port": 443, "targetPort": 6443}]),
        _service(
            "kube-system",
            "kube-dns",
            "10.96.0.10",
            [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
            ],
        ),
    )


def _service(namespace: str, name: str, address: str, ports: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"clusterIP": address, "ports": ports},
    }
