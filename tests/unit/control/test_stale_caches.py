"""Controllers whose view of the cluster is old: what they do meanwhile does no harm, and in the end all is well."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.simulator.api.server import Api
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

DEPLOYMENTS, SETS = "deployments.apps", "replicasets.apps"


def deployment(replicas: int = 3, image: str = "busybox:1.28") -> dict[str, Any]:
    container = {"name": "main", "image": image, "command": ["sleep", "3600"]}
    spec = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    wanted = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": wanted}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Request, int]]:
    """Every request and the code it was answered with, as they come."""
    found: list[tuple[Request, int]] = []
    answer = Api.handle

    def handle(api: Api, request: Request) -> Response:
        response = answer(api, request)
        found.append((request, response.code))
        return response

    monkeypatch.setattr(Api, "handle", handle)
    return found


def _pass(world: World, span: float) -> None:
    world.agenda.run_until(Nanos(world.now + seconds(span)))


def _lag(resource: str) -> Callable[[World], None]:
    def disturb(world: World) -> None:
        world.informers[resource].reflector.wire.lag = seconds(3)

    return disturb


def _cut(resource: str) -> Callable[[World], None]:
    return lambda world: world.informers[resource].reflector.wire.cut()


def _cut_and_compact(resource: str) -> Callable[[World], None]:
    def disturb(world: World) -> None:
        _cut(resource)(world)
        world.agenda.after(seconds(4), world.compact)

    return disturb


DISTURBED = {
    f"{how} of {resource}": make(resource)
    for how, make in {"a watch that lags": _lag, "a watch cut": _cut, "a watch cut, then 410": _cut_and_compact}.items()
    for resource in (DEPLOYMENTS, SETS, "pods")
}


@pytest.mark.parametrize("disturb", DISTURBED.values(), ids=DISTURBED.keys())
def test_a_rollout_ends_right(disturb: Callable[[World], None]) -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create(DEPLOYMENTS, deployment(), "default")
    _pass(world, 5)
    disturb(world)
    user.patch(DEPLOYMENTS, "default", "web", {"spec": deployment(4, "busybox:1.36")["spec"]}, "merge")
    _pass(world, 6)
    for resource in (DEPLOYMENTS, SETS, "pods"):
        world.informers[resource].reflector.wire.mend()
    _pass(world, 60)
    status = user.get(DEPLOYMENTS, "default", "web")["status"]

    assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (4, 4, 4)
    assert len(user.list("pods", "default")[0]) == 4
    assert len(user.list(SETS, "default")[0]) == 2


def test_who_writes_what_is_old_is_refused_and_tries_again(answered: list[tuple[Request, int]]) -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create(DEPLOYMENTS, deployment(), "default")
    _pass(world, 5)
    _lag(SETS)(world)
    chosen = user.list(SETS, "default")[0][0]["metadata"]["name"]
    user.patch(SETS, "default", chosen, {"metadata": {"labels": {"seen": "no"}}}, "merge")
    del answered[:]
    user.delete("pods", "default", user.list("pods", "default")[0][0]["metadata"]["name"])
    _pass(world, 2)
    refused = [request for request, code in answered if code == 409]
    _pass(world, 10)

    assert {(each.resource, each.subresource) for each in refused} == {(SETS, "status")}
    assert len(refused) > 1
    assert user.get(SETS, "default", chosen)["status"]["availableReplicas"] == 3


def test_a_controller_that_does_not_see_its_pods_makes_no_more_of_them() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    _lag("pods")(world)
    user.create(DEPLOYMENTS, deployment(), "default")
    seen = set[int]()
    for _ in range(60):
        _pass(world, 0.1)
        seen.add(len(user.list("pods", "default")[0]))

    assert seen == {3}


def test_a_pod_that_goes_unseen_is_missed_after_the_next_list() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create(DEPLOYMENTS, deployment(), "default")
    _pass(world, 5)
    pods = world.informers["pods"]
    gone = user.list("pods", "default")[0][0]["metadata"]["name"]
    pods.reflector.wire.cut()
    user.delete("pods", "default", gone, grace_seconds=0)
    world.compact()
    _pass(world, 5)
    before = len(user.list("pods", "default")[0])
    pods.reflector.wire.mend()
    _pass(world, 20)

    assert before == 2
    assert len(user.list("pods", "default")[0]) == 3


def workload(version: str, kind: str, **spec: Any) -> dict[str, Any]:
    body = deployment()["spec"]
    whole = {key: body[key] for key in ("selector", "template")} | spec
    return {"apiVersion": version, "kind": kind, "metadata": {"name": kind.lower()}, "spec": whole}


JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox:1.28"}]}}}
ALL: dict[str, dict[str, Any]] = {
    DEPLOYMENTS: deployment(),
    SETS: workload("apps/v1", "ReplicaSet", replicas=1),
    "statefulsets.apps": workload("apps/v1", "StatefulSet", serviceName="s"),
    "daemonsets.apps": workload("apps/v1", "DaemonSet"),
    "jobs.batch": {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": JOB},
    "cronjobs.batch": {
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c"},
        "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": JOB}},
    },
    "services": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
                 "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    "poddisruptionbudgets.policy": {
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    },
    "horizontalpodautoscalers.autoscaling": {
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"},
        "spec": {"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
    },
}  # fmt: skip


def test_no_controller_asks_the_api_server_for_what_its_informers_know(answered: list[tuple[Request, int]]) -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    listed = [each.resource for each, _ in answered if each.verb == "list"]
    for resource, body in ALL.items():
        user.create(resource, body, "default")
    del answered[:]
    _pass(world, 100)
    asked = {(each.verb, each.resource) for each, _ in answered if each.verb in ("get", "list", "watch")}

    assert len(listed) == len(set(listed)) == len(world.informers)
    assert any(each.verb == "create" and each.resource == "jobs.batch" for each, _ in answered)
    assert asked <= {("get", "pods"), ("get", "nodes"), ("get", DEPLOYMENTS)}
    others = [each for each, _ in answered if each.verb == "get" and each.user != "kubelet"]
    assert {each.subresource for each in others} == {"scale"}
