"""What every namespace has in it: the default account, and the certificate of the cluster's authority."""

from typing import Any

import pytest

from podproof.simulator.control.namespace_objects import default_account, reconcile, root_certificate
from podproof.simulator.control.plans import Create, Plan, Update
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

LIVES: dict[str, Any] = {"metadata": {"name": "n"}}
GOES: dict[str, Any] = {"metadata": {"name": "n", "deletionTimestamp": "2026-01-01T00:00:00Z"}}


def certificate() -> Any:
    return root_certificate("n", None)


def test_what_a_namespace_lacks_is_made() -> None:
    command = reconcile(LIVES, "serviceaccounts", None, default_account).commands[0]

    assert isinstance(command, Create)
    assert command.body["metadata"] == {"name": "default", "namespace": "n"}


def test_what_it_has_stays() -> None:
    account = {"metadata": {"name": "default"}, "imagePullSecrets": [{"name": "s"}]}

    assert reconcile(LIVES, "serviceaccounts", account, default_account) == Plan()
    assert reconcile(LIVES, "configmaps", certificate(), root_certificate) == Plan()


CHANGES: dict[str, dict[str, Any]] = {
    "other data": {"data": {"ca.crt": "mine"}},
    "more data": {"data": {**certificate()["data"], "more": "x"}},
    "no word of what it is": {"metadata": {"name": "kube-root-ca.crt", "annotations": {"mine": "x"}}},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_certificate_with_changes_is_mended(change: dict[str, Any]) -> None:
    command = reconcile(LIVES, "configmaps", {**certificate(), **change}, root_certificate).commands[0]

    assert isinstance(command, Update)
    assert command.body["data"] == certificate()["data"]
    assert certificate()["metadata"]["annotations"].items() <= command.body["metadata"]["annotations"].items()


@pytest.mark.parametrize("namespace", [None, GOES], ids=["has gone", "goes"])
def test_nothing_is_made_in_a_namespace_that(namespace: Any) -> None:
    assert reconcile(namespace, "serviceaccounts", None, default_account) == Plan()


def settled(world: World) -> None:
    world.agenda.run_until(Nanos(world.now + seconds(1)))


def test_a_cluster_keeps_them_in_every_namespace() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create("namespaces", {"metadata": {"name": "n"}})
    settled(world)
    first = {(each["metadata"]["namespace"], each["metadata"]["uid"]) for each in user.list("serviceaccounts")[0]}
    user.delete("serviceaccounts", "n", "default")
    user.patch("configmaps", "n", "kube-root-ca.crt", {"data": {"ca.crt": "mine"}}, "merge")
    settled(world)

    assert {space for space, _ in first} == {"default", "kube-node-lease", "kube-public", "kube-system", "n"}
    assert ("n", user.get("serviceaccounts", "n", "default")["metadata"]["uid"]) not in first
    assert user.get("configmaps", "n", "kube-root-ca.crt")["data"] == certificate()["data"]


def test_they_do_not_keep_a_namespace_from_going() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    user.create("namespaces", {"metadata": {"name": "n"}})
    settled(world)
    user.delete("namespaces", "", "n")
    settled(world)

    with pytest.raises(ApiError, match="not found"):
        user.get("namespaces", "", "n")
