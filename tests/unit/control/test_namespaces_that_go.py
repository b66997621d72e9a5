"""What controllers make of a namespace that is being deleted while they work in it."""

import pytest

from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World


@pytest.mark.parametrize("later", [0, 0.001, 0.05, 2], ids=lambda later: f"{later} s after the Service was made")
def test_controllers_make_nothing_more_there_and_do_not_mind(later: float) -> None:
    world = World()
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    world.handle(Request("create", "namespaces", body={"metadata": {"name": "n"}}))
    world.handle(Request("create", "services", "n", body=service))
    world.agenda.run_until(Nanos(world.now + seconds(later)))

    world.handle(Request("delete", "namespaces", name="n"))
    world.agenda.run_until(Nanos(world.now + seconds(60)))

    assert world.handle(Request("get", "namespaces", name="n")).code == 404
