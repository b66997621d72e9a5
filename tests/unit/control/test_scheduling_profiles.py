"""The scheduler decides only about pods that name it."""

from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World


def test_a_pod_of_another_scheduler_waits_without_a_word() -> None:
    world = World()
    spec = {"schedulerName": "mine", "containers": [{"name": "app", "image": "busybox:1.28"}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    world.handle(Request("create", "pods", "default", body=body))

    world.agenda.run_until(Nanos(world.now + seconds(600)))

    (pod,) = world.pods()
    assert "nodeName" not in pod["spec"]
    assert world.handle(Request("list", "events", "default")).body["items"] == []
