"""What every cluster holds from the start: the system's priority classes, and the Services of the API and of DNS."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from podproof.simulator.data import rows
from podproof.simulator.machine.network import DNS_POD
from podproof.simulator.model.objects import Object

_DNS_PORTS = [{"name": "dns", "containerPort": 53, "protocol": "UDP"}, {"name": "dns-tcp", "containerPort": 53}]
UNSEEN: Final[Mapping[tuple[str, str], Object]] = {
    DNS_POD: {
        "metadata": {"namespace": DNS_POD[0], "name": DNS_POD[1], "labels": {"k8s-app": "kube-dns"}},
        "spec": {"containers": [{"name": "coredns", "ports": _DNS_PORTS}]},
    }
}
"""Pods that answer and that the API does not show, as policies see them.

Source: cmd/kubeadm/app/phases/addons/dns/manifests.go, CoreDNSDeployment.
"""


def priority_classes() -> Iterator[Object]:
    """Yield the priority classes of the system."""
    for row in rows("priority_classes")["classes"]:
        yield {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": row["name"], "generation": 1},
            "value": row["value"],
            "description": row["description"],
            "preemptionPolicy": "PreemptLowerPriority",
        }


def services() -> tuple[dict[str, Any], ...]:
    """Return the Services that are there from the start."""
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
