"""Clusters in containers, on a real Docker engine: what becomes of them, and what is said where nothing does."""

from collections.abc import Iterator
from typing import Any

import pytest

from podproof.claims import Eventually, shows
from podproof.clusters import kinds
from podproof.clusters.k3s.faults import (
    K3sError,
    NoImageError,
    NoNodeFailureError,
    NotLoadedError,
    NotReadyError,
    NotStartedError,
    StartFailedError,
)
from podproof.clusters.live.runs import new_id
from podproof.configuration import Configuration
from podproof.errors import CapabilityError
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import seconds
from tests.k3s.conftest import Image

LOADED = "busybox:0-made-here"


def made(engine: Any, name: str, *changes: str) -> str:
    """Make an image of next to nothing, a shell and what it is told to run."""
    from tools.k3s_image import busybox, packed

    repository, _, tag = name.partition(":")
    files = {"/bin/busybox": busybox().read_bytes()} if changes else {"/x": b""}
    engine.api.import_image_from_data(packed(files), repository=repository, tag=tag, changes=[*changes])
    return name


@pytest.fixture
def run(docker_engine: Any) -> Iterator[str]:
    """The id of a run of which nothing stays."""
    from podproof.clusters.k3s.containers import remove

    made = new_id()
    yield made
    remove(made)


def test_the_image_says_what_testcontainers_waits_for(k3s_manual: Any, docker_engine: Any) -> None:
    container = docker_engine.containers.get(k3s_manual.nodes["node1"])

    assert b"Node controller sync successful" in container.logs()
    assert container.attrs["HostConfig"]["Privileged"]
    assert b"https://127.0.0.1:6443" in container.exec_run(["cat", "/etc/rancher/k3s/k3s.yaml"]).output


def test_agents_images_and_a_node_that_fails_and_returns(docker_engine: Any, k3s_image: Image, run: str) -> None:
    from podproof.clusters.k3s.containers import Containers, Shape
    from podproof.clusters.k3s.runs import K3sRun

    started = Containers(Shape(k3s_image(), 1, (made(docker_engine, LOADED),)), run).start()
    cluster = K3sRun(started, run).cluster("x")
    container = {"name": "a", "image": LOADED, "command": ["sleep", "9"], "imagePullPolicy": "Never"}
    for node in started.nodes:
        spec = {"nodeName": node, "containers": [container]}
        cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": node}, "spec": spec})
    ran = [
        cluster.wait(Eventually(Ref("Pod", cluster.namespace, node), shows("Running"), seconds(20)), seconds(20)).held
        for node in started.nodes
    ]
    cluster.nodes.stop("node2")
    agent = docker_engine.containers.get(started.nodes["node2"])
    paused = agent.status
    cluster.close()
    agent.reload()

    assert (list(started.nodes), ran) == (["node1", "node2"], [True, True])
    assert {"multi-node", "node-failure"} <= cluster.capabilities
    assert (paused, agent.status) == ("paused", "running")


def test_a_node_that_falls_silent_is_not_ready_until_it_speaks_again(
    docker_engine: Any, k3s_image: Image, run: str
) -> None:
    from podproof.clusters.k3s.containers import Containers, Shape
    from podproof.clusters.live.clocks import ours, pause
    from podproof.clusters.live.contexts import client_of
    from podproof.clusters.live.transport import Transport
    from podproof.clusters.live.watching import Watching
    from podproof.simulator.api.discovery import resources
    from podproof.simulator.model.times import Nanos
    from podproof.timeline import Record

    started = Containers(Shape(k3s_image("40"), 1), run).start()
    record = Record(ours, Nanos(0))
    nodes = [each for each in resources() if each.kind == "Node"]
    watching = Watching(Transport(client_of(started.config), pause), "", record, ours, lambda moment: moment, nodes)
    watching.begin()
    agent = docker_engine.containers.get(started.nodes["node2"])

    def until(status: str) -> str:
        for _ in range(100):
            found = record.latest(Ref("Node", "", "node2"))
            said = {each["type"]: each["status"] for each in at(found, "status", "conditions")}["Ready"]
            if said == status:
                break
            watching.wait(1)
            watching.take_in()
        return str(said)

    agent.pause()
    silent = until("Unknown")
    agent.unpause()
    back = until("True")
    watching.end()

    assert (silent, back) == ("Unknown", "True")


def test_a_server_and_a_shared_node_do_not_fail(k3s_manual: Any) -> None:
    from podproof.clusters.k3s.machines import Machines

    alone, shared = Machines({"node1": "a", "node2": "b"}), Machines({"node1": "a", "node2": "b"}, shared=True)

    with pytest.raises(NoNodeFailureError, match="node1 is the server"):
        alone.stop("node1")
    with pytest.raises(CapabilityError, match="run without -n"):
        shared.stop("node2")
    with pytest.raises(ValueError, match="no node"):
        alone.stop("node7")
    assert (alone.can_fail, shared.can_fail) == (True, False)


def test_a_cluster_for_one_scenario_alone_takes_its_container_with_it(docker_engine: Any, k3s_image: Image) -> None:
    from podproof.clusters.k3s.engine import left

    before = {name for name, _ in left(docker_engine)}
    cluster = kinds.made(f"k3s:{k3s_image()}", Configuration())
    its = {name for name, _ in left(docker_engine)} - before
    cluster.close()

    assert sorted(name.partition("/")[0] for name in its) == ["containers", "networks"]
    assert not {name for name, _ in left(docker_engine)} & its


FAULTS: dict[str, tuple[str, type[K3sError], str]] = {
    "an image that is nowhere": ("", NoImageError, "--k3s-image"),
    "one that is something else": (
        ('ENTRYPOINT ["/bin/busybox", "sh", "-c", "echo I am no cluster; exit 3"]'),
        NotReadyError,
        r"the container has ended \(exit code 3\)(?s:.*)I am no cluster",
    ),
    "one that never gets ready": (
        ('ENTRYPOINT ["/bin/busybox", "sh", "-c", "echo not yet; sleep 100"]'),
        NotReadyError,
        r"after [12] s: wrote no kubeconfig; TC_MAX_TRIES(?s:.*)not yet",
    ),
    "one that has no such command": (('ENTRYPOINT ["/bin/no"]'), NotStartedError, "privileged"),
}


@pytest.mark.usefixtures("k3s_image")
@pytest.mark.parametrize(("entry", "error", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_what_keeps_a_cluster_from_being_ready_is_told(
    docker_engine: Any, run: str, monkeypatch: pytest.MonkeyPatch, entry: str, error: type[K3sError], told: str
) -> None:
    from testcontainers.core.config import testcontainers_config

    from podproof.clusters.k3s.containers import Containers, Shape

    monkeypatch.setattr(testcontainers_config, "max_tries", 1)
    image = f"podproof/broken:{run}"
    if entry:
        made(docker_engine, image, entry)

    with pytest.raises(error, match=told):
        Containers(Shape(image), run).start()
    if entry:
        docker_engine.images.remove(image, force=True)


def test_images_that_cannot_be_loaded_are_named(docker_engine: Any, k3s_manual: Any) -> None:
    from podproof.clusters.k3s.loading import load

    node = {"node1": docker_engine.containers.get(k3s_manual.nodes["node1"])}
    deaf = made(docker_engine, "podproof/deaf:1", 'ENTRYPOINT ["/bin/busybox", "sleep", "60"]')
    container = docker_engine.containers.create(deaf)

    with pytest.raises(NoImageError, match=r"no-such-image(?s:.*)--k3s-load takes what the engine has"):
        load(docker_engine, "no-such-image:1", node)
    container.start()
    with pytest.raises(NotLoadedError, match="the node n did not import"):
        load(docker_engine, made(docker_engine, LOADED), {"n": container})
    container.remove(force=True)
    docker_engine.images.remove(deaf, force=True)


def test_the_reaper_that_cannot_be_pulled_is_told_with_its_switch(
    docker_engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testcontainers.core.config import testcontainers_config

    from podproof.clusters.k3s.engine import check_reaper

    monkeypatch.setattr(testcontainers_config, "_ryuk_disabled", False)
    monkeypatch.setattr(testcontainers_config, "ryuk_image", "localhost:1/ryuk:0")

    with pytest.raises(NoImageError, match="TESTCONTAINERS_RYUK_DISABLED=true"):
        check_reaper()


def test_a_fault_of_the_owner_reaches_whoever_waits(docker_engine: Any, run: str) -> None:
    from podproof.clusters.k3s.containers import Shape
    from podproof.clusters.k3s.sharing import Owner, taken

    owner = Owner(Shape("podproof/nowhere:1"), run)
    owner.begin()

    with pytest.raises(StartFailedError, match="podproof/nowhere:1 cannot be had"):
        taken(owner.folder)
    owner.end()
    assert not owner.folder.exists()
