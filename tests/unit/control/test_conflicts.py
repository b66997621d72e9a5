"""Controllers that come too late: somebody else writes all the time, and what they wanted comes about all the same."""

from typing import Any

import pytest

from podproof.simulator.api.server import Api
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

DEPLOYMENTS, SETS = "deployments.apps", "replicasets.apps"


def deployment(image: str) -> dict[str, Any]:
    container = {"name": "main", "image": image, "command": ["sleep", "3600"]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


@pytest.fixture
def conflicts(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """The requests that were answered 409, as they come."""
    found: list[Request] = []
    answer = Api.handle

    def handle(api: Api, request: Request) -> Response:
        response = answer(api, request)
        if response.code == 409:
            found.append(request)
        return response

    monkeypatch.setattr(Api, "handle", handle)
    return found


def test_a_rollout_survives_somebody_who_writes_at_every_turn(conflicts: list[Request]) -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create(DEPLOYMENTS, deployment("busybox:1.28"), "default")
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    user.patch(DEPLOYMENTS, "default", "web", {"spec": deployment("busybox:1.36")["spec"]}, "merge")
    for turn in range(2000):
        world.agenda.run_until(Nanos(world.now + seconds(0.001)))
        note = {"metadata": {"labels": {"turn": str(turn)}}}
        user.patch(DEPLOYMENTS, "default", "web", note, "merge")
        for each in user.list(SETS, "default")[0]:
            user.patch(SETS, "default", each["metadata"]["name"], note, "merge")
    world.agenda.run_until(Nanos(world.now + seconds(60)))
    status = user.get(DEPLOYMENTS, "default", "web")["status"]
    pods = [each for each in user.list("pods", "default")[0] if "deletionTimestamp" not in each["metadata"]]

    assert {each.resource for each in conflicts} == {DEPLOYMENTS, SETS}
    assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (4, 4, 4)
    assert [each["spec"]["containers"][0]["image"] for each in pods] == ["busybox:1.36"] * 4
    assert len(user.list(SETS, "default")[0]) == 2
