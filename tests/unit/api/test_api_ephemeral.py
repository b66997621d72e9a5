"""The ephemeralcontainers subresource: what it takes, and what it refuses."""

from typing import Any

import pytest

from podproof.simulator.api.validation.pod_ephemeral import ephemeral_update_faults
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.world import World

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "app", "image": "busybox"}]},
}
DEBUG = {"name": "debug", "image": "busybox:1.36"}
FIELD = "spec.ephemeralContainers[0]"
NEVER = "Forbidden: cannot be set for an Ephemeral Container"

REFUSED = {
    "a name of an app": ({"name": "app"}, f'{FIELD}.name: Duplicate value: "app"'),
    "no image": ({"image": ""}, f"{FIELD}.image: Required value"),
    "ports": ({"ports": [{"containerPort": 80}]}, f"{FIELD}.ports: {NEVER}"),
    "a probe": ({"livenessProbe": {"exec": {"command": ["true"]}}}, f"{FIELD}.livenessProbe: {NEVER}"),
    "a hook": ({"lifecycle": {"preStop": {"exec": {"command": ["true"]}}}}, f"{FIELD}.lifecycle: {NEVER}"),
    "resources": ({"resources": {"limits": {"cpu": "1"}}}, f"{FIELD}.resources: {NEVER}"),
    "a target nobody is": ({"targetContainerName": "nobody"}, f'{FIELD}.targetContainerName: Not found: "nobody"'),
}


@pytest.fixture
def world() -> World:
    made = World()
    made.handle(Request("create", "pods", "default", body=POD))
    return made


def patched(world: World, body: dict[str, Any], kind: str = "strategic") -> Response:
    params = {"patchType": kind}
    return world.handle(Request("patch", "pods", "default", "p", "ephemeralcontainers", body, params))


def added(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"ephemeralContainers": list(containers)}}


@pytest.mark.parametrize(("change", "fault"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(world: World, change: dict[str, Any], fault: str) -> None:
    response = patched(world, added({**DEBUG, **change}))

    assert response.code == 422
    assert fault in response.body["message"]


def test_a_second_one_joins_the_first_and_counts_as_a_generation(world: World) -> None:
    patched(world, added(DEBUG))
    response = patched(world, added({**DEBUG, "name": "more"}))

    assert {each["name"] for each in response.body["spec"]["ephemeralContainers"]} == {"debug", "more"}
    assert response.body["metadata"]["generation"] == 3


def test_nothing_else_changes(world: World) -> None:
    body = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "app", "image": "nginx"}]}}
    response = patched(world, body)

    assert response.code == 200
    assert "labels" not in response.body["metadata"]
    assert response.body["spec"]["containers"][0]["image"] == "busybox"


def test_one_that_is_there_neither_changes_nor_goes(world: World) -> None:
    patched(world, added(DEBUG))
    changed = patched(world, added({**DEBUG, "image": "nginx"}))
    removed = patched(world, {"spec": {"ephemeralContainers": None}}, "merge")

    start = 'Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be'
    assert changed.code == removed.code == 422
    assert changed.body["message"].startswith(f"{start} changed\n")
    assert removed.body["message"].startswith(f"{start} removed\n")


def test_a_static_pod_takes_none() -> None:
    mirror = {**POD, "metadata": {"name": "p", "annotations": {"kubernetes.io/config.mirror": "x"}}}

    faults = [str(fault).removeprefix(": ") for fault in ephemeral_update_faults(mirror, mirror)]

    assert faults == ["Forbidden: static pods do not support ephemeral containers"]


def test_one_may_keep_its_input_open(world: World) -> None:
    assert patched(world, added({**DEBUG, "stdin": True})).code == 200
