"""Who reaches whom: every pair of 1,000 pods on 50 nodes under policies, and what one decision takes."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.figures import Figure
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine.network import Namespace
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

PODS, NODES, TIERS, SERVICES = 1_000, 50, 20, 200


def figures() -> Iterator[Figure]:
    """Measure decisions of the network."""
    world = _world()
    members = [world.network.member(pod["status"]["podIP"]) for pod in world.pods()]
    assert len(members) == PODS
    taken, open_ways = _every_pair(world, members)
    yield Figure("a million decisions under policies", taken, 30, "s", f"{open_ways:,} of them open")
    yield Figure("one decision", _one(world, members), 30, "us", "the median of 10,000")
    yield Figure("one decision by a Service's address", _by_services(world, members), 30, "us", "the median of 10,000")
    world.network.become("calico ipip cross-subnet")
    taken, _ = _every_pair(world, members)
    yield Figure("a million decisions, Calico", taken, 30, "s")
    yield Figure("a walk between two nodes, with every hop", _walks(world, members), 5, "ms", "the mean of 200")


def _every_pair(world: World, members: list[Namespace]) -> tuple[float, int]:
    deliver, opened = world.network.deliver, 0
    addresses = [member.address for member in members]
    began = process_time()
    for member in members:
        for address in addresses:
            opened += deliver(member, address, 80).error == 111
    return process_time() - began, opened


def _one(world: World, members: list[Namespace]) -> float:
    taken = list[float]()
    for number in range(10_000):
        origin, target = members[number % PODS], members[number * 7 % PODS]
        began = perf_counter()
        world.network.deliver(origin, target.address, 80)
        taken.append(perf_counter() - began)
    return 1e6 * median(taken)


def _by_services(world: World, members: list[Namespace]) -> float:
    """Return the median time (us) of a decision among the rules of 200 Services, each with three endpoints."""
    slices = "endpointslices.discovery.k8s.io"
    for number in range(SERVICES):
        _create(world, "services", _service(number))
        _create(world, slices, _slice(number, [member.address for member in members[number : number + 3]]))
    world.agenda.run_until(Nanos(world.now + seconds(1)))
    origin, deliver, taken = members[0], world.network.deliver, list[float]()
    for number in range(10_000):
        address = _address(number % SERVICES)
        began = perf_counter()
        deliver(origin, address, 80)
        taken.append(perf_counter() - began)
    return 1e6 * median(taken)


def _walks(world: World, members: list[Namespace]) -> float:
    began = process_time()
    for number in range(200):
        trace = world.network.trace(members[number], members[-1 - number].address, 80)
        assert trace.hops
    return 1000 * (process_time() - began) / 200


def _world() -> World:
    world = World(nodes=[NodeSpec(f"node{number}") for number in range(NODES)])
    for number in range(PODS):
        _create(world, "pods", _pod(number))
    for tier in range(0, TIERS, 2):
        _create(world, "networkpolicies.networking.k8s.io", _policy(tier))
    world.agenda.run_until(Nanos(world.now + seconds(60)))
    return world


def _create(world: World, resource: str, body: dict[str, Any]) -> None:
    made = world.handle(Request("create", resource, "default", body=body))
    assert made.code == 201, made.body


def _pod(number: int) -> dict[str, Any]:
    app = {"name": "app", "image": "busybox:1.36", "command": ["sleep", "1000000"]}
    meta = {"name": f"p{number}", "labels": {"tier": f"t{number % TIERS}"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [app]}}


def _address(number: int) -> str:
    return f"10.97.0.{number + 1}"


def _service(number: int) -> dict[str, Any]:
    spec = {"clusterIP": _address(number), "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": f"s{number}"}, "spec": spec}


def _slice(number: int, addresses: list[str]) -> dict[str, Any]:
    meta = {"name": f"s{number}", "labels": {"kubernetes.io/service-name": f"s{number}"}}
    rows = [{"addresses": [each]} for each in addresses]
    said = {"addressType": "IPv4", "endpoints": rows, "ports": [{"name": "", "port": 80, "protocol": "TCP"}]}
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, **said}


def _policy(tier: int) -> dict[str, Any]:
    """Return a policy that lets a tier be reached by the next tier only, on port 80."""
    chosen, others = ({"matchLabels": {"tier": f"t{each}"}} for each in (tier, tier + 1))
    rule = {"from": [{"podSelector": others}], "ports": [{"port": 80}]}
    spec = {"podSelector": chosen, "policyTypes": ["Ingress"], "ingress": [rule]}
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": f"t{tier}"}, "spec": spec,
    }  # fmt: skip
