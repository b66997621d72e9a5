"""The default account of every namespace, where it is kept."""

from typing import Any

from podproof.simulator.control.plans import Create, Plan
from podproof.simulator.control.service_accounts import reconcile
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World


def namespace(name: str = "n", **meta: Any) -> Any:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **meta}}


def has_account(world: World, name: str) -> bool:
    return world.handle(Request("get", "serviceaccounts", name, "default")).code == 200


def test_a_namespace_without_an_account_gets_one() -> None:
    meta = {"name": "default", "namespace": "n"}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}

    assert reconcile(namespace(), None) == Plan((Create("serviceaccounts", account),))


def test_one_that_has_it_or_goes_gets_none() -> None:
    going = namespace(deletionTimestamp="2026-01-01T00:00:00Z")

    assert [reconcile(namespace(), {}), reconcile(going, None), reconcile(None, None)] == [Plan()] * 3


def test_accounts_are_there_from_the_start_come_with_a_namespace_and_come_back() -> None:
    world = World()
    before = has_account(world, "default")
    world.keep_accounts()
    kept = has_account(world, "default")
    world.handle(Request("create", "namespaces", body=namespace("new")))
    world.handle(Request("delete", "serviceaccounts", "default", "default"))
    gone = has_account(world, "default")
    world.agenda.run_until(Nanos(world.now + seconds(1)))

    assert (before, kept, gone) == (False, True, False)
    assert has_account(world, "new")
    assert has_account(world, "default")
