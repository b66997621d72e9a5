"""Services: what the network decides at once is what kube-proxy's rules make of a packet that walks past them."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine.network import Delivery
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.network.trace import Fate, Trace
from podproof.simulator.world import NodeSpec, World

_LOCAL: dict[str, Any] = {"type": "NodePort", "externalTrafficPolicy": "Local"}
FATES = {0: "delivered", 111: "refused", 110: "lost", 113: "unreachable"}


@pytest.fixture(scope="module")
def world() -> World:
    """Two nodes, a server on each, and Services of several kinds before the second."""
    made = World(nodes=[NodeSpec("node1"), NodeSpec("node2")])
    for name, node in (("near", "node1"), ("far", "node2")):
        app = {"name": "web", "image": "nginx:1.14"}
        spec = {"nodeName": node, "containers": [app]}
        create(made, "pods", {"metadata": {"name": name, "labels": {"app": name}}, "spec": spec})
    services: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("far", "far", {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}),
        ("near", "near", {"ports": [{"port": 80}]}),
        ("nobody", "nobody", {"ports": [{"port": 80}]}),
        ("local", "far", {**_LOCAL, "ports": [{"port": 80, "nodePort": 30081}]}),
    )  # fmt: skip
    for name, chosen, more in services:
        create(made, "services", {"metadata": {"name": name}, "spec": {"selector": {"app": chosen}, **more}})
    made.agenda.run_until(Nanos(made.now + seconds(10)))
    return made


def create(world: World, resource: str, body: dict[str, Any]) -> None:
    kind = {"pods": "Pod", "services": "Service"}[resource]
    made = world.handle(Request("create", resource, "default", body={"apiVersion": "v1", "kind": kind, **body}))
    assert made.code == 201, made.body


def address(world: World, name: str) -> str:
    """Return the address a word stands for: pod/, service/, or a node's number."""
    kind, _, rest = name.partition("/")
    if kind == "node":
        return f"192.168.0.{9 + int(rest)}"
    item = world.handle(Request("get", f"{kind}s", "default", rest)).body
    return str(item["status"]["podIP"] if kind == "pod" else item["spec"]["clusterIP"])


CASES = {
    "a Service whose pod is on another node": ("pod/near", "service/far", 80, "delivered"),
    "a Service whose pod is on the same node": ("pod/far", "service/far", 80, "delivered"),
    "a pod's own Service, which leads back to it": ("pod/near", "service/near", 80, "delivered"),
    "a Service asked by a node": ("node/1", "service/far", 80, "delivered"),
    "a Service without endpoints": ("pod/near", "service/nobody", 80, "refused"),
    "a port the Service has not": ("pod/near", "service/far", 81, "lost"),
    "a port of the pod's own node": ("pod/near", "node/1", 30080, "delivered"),
    "a port of another node": ("pod/near", "node/2", 30080, "delivered"),
    "a port that only nodes with a pod of the Service answer on": ("pod/near", "node/2", 30081, "delivered"),
    "a port of a node that nobody has": ("pod/near", "node/2", 30099, "refused"),
}


def seen(decision: Delivery) -> tuple[str, str, str]:
    return FATES[decision.error], decision.client, decision.server


def walked(trace: Trace) -> tuple[str, str, str]:
    fate = "unreachable" if trace.fate is Fate.SILENT else str(trace.fate)
    last = next(hop.packet for hop in reversed(trace.hops))
    return (fate, last.source, last.to) if trace.reaches else (fate, "", "")


@pytest.mark.parametrize(("source", "target", "port", "fate"), CASES.values(), ids=CASES.keys())
def test_who_asks_is_treated_alike(world: World, source: str, target: str, port: int, fate: str) -> None:
    origin = world.network.member(address(world, source))
    decision = seen(world.network.deliver(origin, address(world, target), port))
    walk = walked(world.network.trace(origin, address(world, target), port))

    assert decision[0] == walk[0] == fate
    assert not walk[1] or decision == walk
