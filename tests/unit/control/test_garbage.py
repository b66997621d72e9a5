"""The garbage collector and the namespace controller, on a world of their own."""

from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

ROLES = "roles.rbac.authorization.k8s.io"


class Cluster:
    """A world, and a user who makes ConfigMaps that own each other."""

    def __init__(self) -> None:
        self.world = World()
        self.user = Client(self.world.handle, "kubectl")

    def make(self, name: str, *owners: Any, block: bool = False, **meta: Any) -> dict[str, Any]:
        """Create a ConfigMap with owners."""
        references = [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": each["metadata"]["name"], "uid": each["metadata"]["uid"],
             "blockOwnerDeletion": block}
            for each in owners
        ]  # fmt: skip
        meta = {"name": name, "ownerReferences": references, **meta}
        return self.user.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}, "default")

    def names(self, namespace: str = "default") -> list[str]:
        """Return the ConfigMaps there are, besides the one that every namespace has."""
        found = (each["metadata"]["name"] for each in self.user.list("configmaps", namespace)[0])
        return [name for name in found if name != "kube-root-ca.crt"]

    def get(self, name: str) -> dict[str, Any]:
        """Return a ConfigMap."""
        return self.user.get("configmaps", "default", name)

    def delete(self, name: str, propagation: str = "Background") -> None:
        """Delete a ConfigMap and let what follows happen."""
        self.user.delete("configmaps", "default", name, propagation=propagation)
        self.settle()

    def settle(self, span: float = 1) -> None:
        """Let seconds pass."""
        self.world.agenda.run_until(Nanos(self.world.now + seconds(span)))


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_what_is_owned_goes_with_its_owner(cluster: Cluster) -> None:
    owner = cluster.make("owner")
    child = cluster.make("child", owner)
    cluster.make("grandchild", child)
    cluster.make("free")
    cluster.settle()
    cluster.delete("owner")

    assert cluster.names() == ["free"]


def test_one_owner_is_enough_to_stay(cluster: Cluster) -> None:
    first, second = cluster.make("first"), cluster.make("second")
    cluster.make("child", first, second)
    cluster.settle()
    cluster.delete("first")

    assert [each["name"] for each in cluster.get("child")["metadata"]["ownerReferences"]] == ["second"]


def test_an_owner_that_never_was_is_no_reason_to_stay(cluster: Cluster) -> None:
    cluster.make("child", {"metadata": {"name": "nobody", "uid": "0"}})
    cluster.settle()

    assert cluster.names() == []


def test_an_owner_of_the_same_name_is_another(cluster: Cluster) -> None:
    owner = cluster.make("owner")
    cluster.make("child", {"metadata": {**owner["metadata"], "uid": "another"}})
    cluster.settle()

    assert cluster.names() == ["owner"]


def test_orphans_forget_their_owner(cluster: Cluster) -> None:
    cluster.make("child", cluster.make("owner"))
    cluster.settle()
    cluster.delete("owner", "Orphan")

    assert cluster.names() == ["child"]
    assert "ownerReferences" not in cluster.get("child")["metadata"]


def test_in_the_foreground_an_owner_goes_last(cluster: Cluster) -> None:
    cluster.make("child", cluster.make("owner"), block=True, finalizers=["example.com/wait"])
    cluster.settle()
    cluster.delete("owner", "Foreground")
    assert cluster.names() == ["child", "owner"]
    assert cluster.get("owner")["metadata"]["finalizers"] == ["foregroundDeletion"]

    cluster.user.patch("configmaps", "default", "child", {"metadata": {"finalizers": None}}, "merge")
    cluster.settle()

    assert cluster.names() == []


def test_a_dependent_that_does_not_block_is_not_waited_for(cluster: Cluster) -> None:
    cluster.make("child", cluster.make("owner"), finalizers=["example.com/wait"])
    cluster.settle()
    cluster.delete("owner", "Foreground")

    assert cluster.names() == ["child"]


def test_a_circle_goes_in_the_foreground_too(cluster: Cluster) -> None:
    first = cluster.make("first")
    second = cluster.make("second", first, block=True)
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "second", "uid": second["metadata"]["uid"],
                 "blockOwnerDeletion": True}  # fmt: skip
    cluster.user.patch("configmaps", "default", "first", {"metadata": {"ownerReferences": [reference]}})
    cluster.settle()
    cluster.delete("first", "Foreground")

    assert cluster.names() == []


def test_a_namespace_is_emptied_and_goes(cluster: Cluster) -> None:
    cluster.user.create("namespaces", {"metadata": {"name": "n"}})
    cluster.user.create("configmaps", {"metadata": {"name": "c"}}, "n")
    cluster.user.create(ROLES, {"metadata": {"name": "r"}}, "n")
    cluster.user.delete("namespaces", "", "n")
    cluster.settle()

    assert [
        each["metadata"]["name"] for each in cluster.user.list("namespaces")[0] if each["metadata"]["name"] == "n"
    ] == []
    assert (cluster.names("n"), cluster.user.list(ROLES, "n")[0]) == ([], [])


def test_a_namespace_says_what_it_waits_for(cluster: Cluster) -> None:
    cluster.user.create("namespaces", {"metadata": {"name": "n"}})
    cluster.user.create("configmaps", {"metadata": {"name": "c", "finalizers": ["example.com/wait"]}}, "n")
    cluster.user.delete("namespaces", "", "n")
    cluster.settle(60)
    conditions = cluster.user.get("namespaces", "", "n")["status"]["conditions"]

    assert {each["type"]: (each["status"], each["reason"], each["message"]) for each in conditions} == {
        "NamespaceDeletionDiscoveryFailure": (
            "False", "ResourcesDiscovered", "All resources successfully discovered"),
        "NamespaceDeletionGroupVersionParsingFailure": (
            "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
        "NamespaceDeletionContentFailure": (
            "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
        "NamespaceContentRemaining": (
            "True", "SomeResourcesRemain", "Some resources are remaining: configmaps. has 1 resource instances"),
        "NamespaceFinalizersRemaining": (
            "True", "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances"),
    }  # fmt: skip


def test_pods_go_before_what_they_may_need(cluster: Cluster) -> None:
    cluster.user.create("namespaces", {"metadata": {"name": "n"}})
    cluster.user.create("configmaps", {"metadata": {"name": "c"}}, "n")
    spec = {"containers": [{"name": "c", "image": "busybox:1.28", "command": ["sleep", "3600"]}]}
    cluster.user.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}, "n")
    cluster.settle(10)
    cluster.user.delete("namespaces", "", "n")
    cluster.settle(20)
    assert (cluster.names("n"), len(cluster.user.list("pods", "n")[0])) == (["c"], 1)

    cluster.settle(20)

    assert cluster.names("n") == []
    assert all(each["metadata"]["name"] != "n" for each in cluster.user.list("namespaces")[0])


def test_an_owner_of_an_unknown_kind_is_taken_to_be_there(cluster: Cluster) -> None:
    references = [{"apiVersion": "example.com/v1", "kind": "Thing", "name": "t", "uid": "0"}]
    meta = {"name": "child", "ownerReferences": references}
    cluster.user.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}, "default")
    cluster.settle()

    assert cluster.names() == ["child"]
