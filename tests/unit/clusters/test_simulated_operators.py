"""Operators beside a simulated cluster: whose time passes when, and what is left of them."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from podproof.claims import Eventually
from podproof.claims.predicates import Predicate
from podproof.cluster import Command
from podproof.clusters.operators.resting import can_be_seen
from podproof.clusters.simulated import SimulatedCluster
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds

ANSWERS = """
import json, os, time, urllib.request
server = open(os.environ["KUBECONFIG"]).read().partition("server: ")[2].split()[0]
maps = server + "/api/v1/namespaces/default/configmaps"
print(server, flush=True)
for line in urllib.request.urlopen(maps + "?watch=true"):
    event = json.loads(line)
    name = event["object"]["metadata"]["name"]
    if event["type"] == "ADDED" and name.startswith("asks"):
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        body = json.dumps({"metadata": {"name": name.replace("asks", "answers")}}).encode()
        urllib.request.urlopen(urllib.request.Request(maps, body, {"Content-Type": "application/json"}))
"""
THERE = Predicate("is there", lambda version: version.object is not None, lambda _: "it is not there")

pytestmark = pytest.mark.skipif(not can_be_seen(), reason="this machine does not show its processes")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[SimulatedCluster]:
    made = SimulatedCluster()
    made.operators.run("mine", Command((sys.executable, "-c", ANSWERS), tmp_path))
    yield made
    made.close()


def config_map(name: str) -> Ref:
    return Ref("ConfigMap", "default", name)


def test_what_is_answered_at_once_is_answered_at_the_moment_of_the_event(cluster: SimulatedCluster) -> None:
    cluster.operators.pace(1000)
    cluster.pass_time(seconds(7))
    asked = cluster.record().now
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "asks-1"}})

    verdict = cluster.wait(Eventually(config_map("answers-1"), THERE, seconds(1)), seconds(1))

    assert verdict.held
    assert [version.at for version in cluster.record().timeline(config_map("answers-1"))] == [asked]


def test_between_two_steps_an_operator_gets_no_word(cluster: SimulatedCluster) -> None:
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "asks-1"}})
    cluster.operators.kill("mine")
    cluster.pass_time(seconds(60))

    assert cluster.record().latest(config_map("answers-1")) is None


def test_once_the_last_has_ended_time_costs_nothing_again(cluster: SimulatedCluster) -> None:
    cluster.operators.stop("mine")

    cluster.pass_time(seconds(10**6))

    assert cluster.record().now >= seconds(10**6)


def test_no_port_is_left(cluster: SimulatedCluster) -> None:
    where = urlsplit(cluster.operators.outputs()["mine"].strip())
    assert where.hostname
    assert where.port
    socket.create_connection((where.hostname, where.port)).close()

    cluster.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port))
