"""A cluster with a definition in it, for the tests of custom objects."""

from collections.abc import Mapping
from typing import Any

from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.times import seconds
from podproof.simulator.world import World

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
CRONTABS = "crontabs.stable.example.com"


def definition(schema: Mapping[str, Any], names: Mapping[str, Any] | None = None, **version: Any) -> dict[str, Any]:
    """Return the definition of CronTab with a schema of its spec, and what else its one version says."""
    known = {"plural": "crontabs", "singular": "crontab", "kind": "CronTab", "shortNames": ["ct"], **(names or {})}
    whole = {"type": "object", "properties": {"spec": schema, "status": {"type": "object", "properties": {
        "replicas": {"type": "integer"}, "selector": {"type": "string"}}}}}  # fmt: skip
    row = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}, **version}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{known['plural']}.stable.example.com"},
        "spec": {"group": "stable.example.com", "scope": "Namespaced", "names": known, "versions": [row]},
    }


def crontab(name: str = "mine", **spec: Any) -> dict[str, Any]:
    """Return a CronTab."""
    return {"apiVersion": "stable.example.com/v1", "kind": "CronTab", "metadata": {"name": name}, "spec": spec}


def pass_time(world: World, span_s: float = 1) -> None:
    """Let a world's time pass."""
    world.agenda.run_until(type(world.now)(world.now + seconds(span_s)))


def world_with(*definitions: Mapping[str, Any]) -> World:
    """Return a cluster in which definitions were created a second ago."""
    world = World()
    for each in definitions:
        assert world.handle(Request("create", CRDS, body=each)).code == 201
    pass_time(world)
    return world


def create(world: World, item: Mapping[str, Any], **params: str) -> Response:
    """Create a CronTab in the namespace default."""
    return world.handle(Request("create", CRONTABS, "default", body=item, params=params))


def crds(world: World, name: str = CRONTABS) -> dict[str, Any]:
    """Return a definition as it is now."""
    found: dict[str, Any] = world.handle(Request("get", CRDS, name=name)).body
    return found


def conditions(item: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the status and the reason of each condition."""
    return {each["type"]: (each["status"], each["reason"]) for each in item["status"]["conditions"] or ()}
