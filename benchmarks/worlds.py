"""Worlds driven directly: an hour of crash loops, a log that floods, many pods."""

import tracemalloc
from collections.abc import Iterator
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time
from typing import Any

from benchmarks.figures import Figure, best
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

CRASHES = ["sh", "-c", "exit 1"]
SLEEPS = ["sleep", "1000000"]
FLOODS = ["sh", "-c", "while true; do echo SUCCESS; done"]


def figures() -> Iterator[Figure]:
    """Measure worlds."""
    yield Figure("an hour of CrashLoopBackOff", 1000 * best(lambda: _run(1, CRASHES, 3600), 5), 20, "ms")
    yield Figure("five minutes of CrashLoopBackOff", 1000 * best(lambda: _run(1, CRASHES, 300), 5), 5, "ms")
    yield Figure("a new world, ready for its first request", 1000 * best(World, 20), 5, "ms")
    flood, sleep = best(lambda: _run(1, FLOODS, 3600), 5), best(lambda: _run(1, SLEEPS, 3600), 5)
    yield Figure("an hour of a pod that floods its log beside one that sleeps", flood / sleep, 2, "times")
    yield Figure("the memory of 100 pods that run", _mebibytes(100), 100, "MiB")
    few, many = best(lambda: _run(100, SLEEPS, 60, 5)), best(lambda: _run(400, SLEEPS, 60, 5))
    yield Figure(
        "400 pods beside 4 times 100 pods", many / (4 * few), 1.25, "times", f"{1000 * many / 400:.2f} ms a pod"
    )
    yield from _requests()
    yield from _crowds()


def _requests() -> Iterator[Figure]:
    """Measure single requests: the median creation of a pod, and a list of 10,000 by a label."""
    world, taken = World(), list[float]()
    for number in range(10_000):
        body = _pod(f"p{number}", SLEEPS)
        body["metadata"]["labels"] = {"app": f"a{number % 10}"}
        began = process_time()
        made = world.handle(Request("create", "pods", "default", body=body))
        taken.append(process_time() - began)
        assert made.code == 201, made.body
    yield Figure("a pod is created", 1e6 * median(taken), 300, "us", "the median of 10,000")
    asked = Request("list", "pods", "default", params={"labelSelector": "app in (a1,a2),app!=a2"})
    yield Figure("a list of 10,000 pods by their labels", 1000 * best(lambda: world.handle(asked), 5), 50, "ms")


def _crowds() -> Iterator[Figure]:
    """Measure pods of two containers, a hundred to a node, until all are ready; each crowd in a process of its own."""
    taken, held = _alone(10_000)
    yield Figure("10,000 pods of two containers, created to ready", taken, 10, "s", _each(10_000, taken))
    for fewer in (1_000, 100):
        (less, _), times = _alone(fewer), 10_000 // fewer
        what = f"10,000 pods of two containers beside {times} times {fewer:,}"
        yield Figure(what, taken / (times * less), 1.25, "times", _each(fewer, less))
    yield Figure("the memory of the process that runs 10,000 pods, at its peak", held, 1024, "MiB")


def _each(pods: int, taken: float) -> str:
    return f"{1000 * taken / pods:.2f} ms a pod at {pods:,}"


def _alone(pods: int) -> tuple[float, float]:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(crowd, (pods,))


def crowd(pods: int) -> tuple[float, float]:
    """Return the processor time (s) until pods are ready, and the most memory this process ever had (MiB)."""
    world = World(nodes=[NodeSpec(f"node{number}") for number in range(pods // 100)])
    began = process_time()
    for number in range(pods):
        made = world.handle(Request("create", "pods", "default", body=_pod(f"p{number}", SLEEPS, 2)))
        assert made.code == 201, made.body
    world.agenda.run_until(Nanos(world.now + seconds(60)))
    taken = process_time() - began
    assert sum(_ready(pod) for pod in world.pods()) == pods
    return taken, getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _ready(pod: Object) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _run(pods: int, command: list[str], span: int, nodes: int = 1) -> World:
    """Run pods for some seconds of virtual time."""
    world = World(nodes=[NodeSpec(f"node{number}") for number in range(nodes)])
    for number in range(pods):
        made = world.handle(Request("create", "pods", "default", body=_pod(f"p{number}", command)))
        assert made.code == 201, made.body
    world.agenda.run_until(Nanos(world.now + seconds(span)))
    return world


def _pod(name: str, command: list[str], containers: int = 1) -> dict[str, Any]:
    apps = [{"name": f"app{index}", "image": "busybox:1.36", "command": command} for index in range(containers)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": apps}}


def _mebibytes(pods: int) -> float:
    """Return how much a world of sleeping pods holds after a minute, without the modules it needs."""
    _run(1, SLEEPS, 60)
    tracemalloc.start()
    world = _run(pods, SLEEPS, 60)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert world.now
    return held / 2**20
