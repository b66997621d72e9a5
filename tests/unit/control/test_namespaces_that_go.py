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


def test_a_definition_that_goes_with_a_namespace_holds_nothing_up() -> None:
    world = World()
    names = {"plural": "boxes", "singular": "box", "kind": "Box"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "boxes.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    box = {"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "b"}}
    world.handle(Request("create", "customresourcedefinitions.apiextensions.k8s.io", body=definition))
    world.handle(Request("create", "namespaces", body={"metadata": {"name": "n"}}))
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    made = world.handle(Request("create", "boxes.v1.example.com", "n", body=box)).code

    world.handle(Request("delete", "customresourcedefinitions.apiextensions.k8s.io", name="boxes.example.com"))
    world.handle(Request("delete", "namespaces", name="n"))
    world.agenda.run_until(Nanos(world.now + seconds(60)))

    assert (made, world.handle(Request("get", "namespaces", name="n")).code) == (201, 404)
