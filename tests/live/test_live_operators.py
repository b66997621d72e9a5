"""Operators beside a cluster that is reached over HTTP."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from podproof.claims import Eventually
from podproof.claims.predicates import Predicate
from podproof.cluster import Command
from podproof.clusters.live.cluster import LiveCluster
from podproof.clusters.live.runs import Run
from podproof.clusters.operators.processes import OperatorError
from podproof.errors import CapabilityError
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds
from tests.contract.conftest import transport_to
from tests.live.conftest import Serve, Served

WRITES = """
import json, os, sys, time, urllib.request
config = open(os.environ["KUBECONFIG"]).read()
server = config.partition("server: ")[2].split()[0]
space = os.environ["PODPROOF_NAMESPACE"]
assert f"namespace: {space}" in config
body = {"metadata": {"name": "was-here"}, "data": {"who": os.environ["PODPROOF_OPERATOR"]}}
asked = urllib.request.Request(
    f"{server}/api/v1/namespaces/{space}/configmaps", json.dumps(body).encode(), {"Content-Type": "application/json"}
)
print("writes", os.getpid(), flush=True)
urllib.request.urlopen(asked)
time.sleep(600)
"""


@pytest.fixture
def cluster(serve: Serve) -> Iterator[LiveCluster]:
    made = _cluster(serve(pace="realtime"))
    yield made
    made.close()


def _cluster(served: Served) -> LiveCluster:
    return LiveCluster(transport_to(served), "default", config=served.serving.kubeconfig())


def _command(text: str, folder: Path) -> Command:
    return Command((sys.executable, "-c", text), folder)


def test_an_operator_gets_the_namespace_and_what_it_does_is_recorded(cluster: LiveCluster, tmp_path: Path) -> None:
    cluster.operators.run("mine", _command(WRITES, tmp_path))
    ref = Ref("ConfigMap", "default", "was-here")
    written = Predicate("is written", lambda version: version.object is not None, lambda _: "it is not there")

    assert cluster.wait(Eventually(ref, written, seconds(30)), seconds(30)).held

    pid = int(cluster.operators.outputs()["mine"].split()[1])
    cluster.close()
    assert not Path(f"/proc/{pid}").exists()


def test_an_operator_that_ends_by_itself_is_told_with_what_it_wrote(cluster: LiveCluster, tmp_path: Path) -> None:
    cluster.operators.run("mine", _command("raise SystemExit('no password')", tmp_path))

    with pytest.raises(OperatorError, match=r'"mine" has ended with exit code 1; it wrote:\nno password'):
        cluster.pass_time(seconds(30))


def test_an_operator_is_stopped_killed_and_started_again(cluster: LiveCluster, tmp_path: Path) -> None:
    operators = cluster.operators
    operators.run("mine", _command("import time; time.sleep(600)", tmp_path))
    operators.stop("mine")
    operators.run("mine")
    operators.kill("mine")

    cluster.pass_time(seconds(0))


def test_what_a_real_cluster_cannot_do_is_named(cluster: LiveCluster, serve: Serve) -> None:
    assert "operators" in cluster.capabilities
    with pytest.raises(CapabilityError, match="dropped-watches"):
        cluster.operators.drop_watches()

    moved_from_here = _cluster(serve())
    assert "operators" not in moved_from_here.capabilities
    with pytest.raises(CapabilityError, match="operators"):
        _ = moved_from_here.operators
    moved_from_here.close()


def test_what_an_operator_holds_goes_when_its_scenario_is_over(serve: Serve, tmp_path: Path) -> None:
    run = Run(serve(pace="realtime").serving.kubeconfig(), "r1")
    made = run.cluster("about")
    made.operators.run("mine", _command("import time; time.sleep(600)", tmp_path))
    held = {"name": "held", "finalizers": ["example.com/mine", "kubernetes.io/theirs"]}
    made.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": held})
    made.close()

    made.release()

    found = made.get(Ref("ConfigMap", made.namespace, "held"))
    assert found is not None
    assert found["metadata"]["finalizers"] == ["kubernetes.io/theirs"]
    run.ended(made, failed=False)
