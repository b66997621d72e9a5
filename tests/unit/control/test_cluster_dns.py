"""What the cluster's DNS answers, in a world with a few Services."""

from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

ZONE = "default.svc.cluster.local"
PORTS = [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}]
SERVICES: dict[str, dict[str, Any]] = {
    "web": {"clusterIP": "10.96.0.20", "ports": PORTS},
    "plain": {"clusterIP": "10.96.0.21", "ports": [{"port": 80}]},
    "crew": {"clusterIP": "None", "ports": [{"name": "http", "port": 80}]},
    "bare": {"clusterIP": "None"},
    "empty": {"clusterIP": "None", "ports": [{"port": 80}]},
    "alias": {"type": "ExternalName", "externalName": "example.com"},
    "inner": {"type": "ExternalName", "externalName": f"web.{ZONE}"},
    "lost": {"type": "ExternalName", "externalName": "nowhere.example.com"},
}
READY = [{"addresses": ["10.244.0.8"], "hostname": "a"}, {"addresses": ["10.244.0.9"], "conditions": {"ready": True}}]
WAITING = [{"addresses": ["10.244.0.10"], "conditions": {"ready": False}}]


@pytest.fixture(scope="module")
def world() -> World:
    made = World(names={"example.com": ("192.0.2.1",)})
    user = Client(made.handle, "kubectl")
    for name, spec in SERVICES.items():
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
        user.create("services", body, "default")
    for name, ports in {
        "crew": [{"name": "http", "port": 8080}],
        "bare": [],
        "web": [{"name": "http", "port": 1}],
    }.items():
        meta = {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}}
        rows = READY + WAITING
        body = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "addressType": "IPv4"}
        user.create("endpointslices.discovery.k8s.io", {**body, "endpoints": rows, "ports": ports}, "default")
    made.agenda.run_until(Nanos(made.now + seconds(1)))
    return made


ANSWERS = {
    "a Service has its cluster address": (f"web.{ZONE}", "A", ["A 10.96.0.20"]),
    "whatever the case of its letters": (f"WEB.{ZONE}.", "A", ["A 10.96.0.20"]),
    "no address of the other family": (f"web.{ZONE}", "AAAA", []),
    "no record of another type": (f"web.{ZONE}", "MX", []),
    "a named port": (f"_http._tcp.web.{ZONE}", "SRV", [f"SRV 0 100 80 web.{ZONE}"]),
    "all ports of a Service": (f"web.{ZONE}", "SRV", [f"SRV 0 50 80 web.{ZONE}", f"SRV 0 50 53 web.{ZONE}"]),
    "a port of the other protocol": (f"_http._udp.web.{ZONE}", "SRV", "NXDOMAIN"),
    "a headless Service has those of its endpoints that are ready": (
        f"crew.{ZONE}", "A", ["A 10.244.0.8", "A 10.244.0.9"]),
    "also without ports": (f"bare.{ZONE}", "A", ["A 10.244.0.8", "A 10.244.0.9"]),
    "which then have no locations": (f"bare.{ZONE}", "SRV", []),
    "an endpoint with a hostname": (f"a.crew.{ZONE}", "A", ["A 10.244.0.8"]),
    "one without, by its address": (f"10-244-0-9.crew.{ZONE}", "A", ["A 10.244.0.9"]),
    "one that is not ready": (f"10-244-0-10.crew.{ZONE}", "A", "NXDOMAIN"),
    "an endpoint of a Service with an address": (f"a.web.{ZONE}", "A", ["A 10.244.0.8"]),
    "a named port of endpoints": (f"_http._tcp.crew.{ZONE}", "SRV", [
        f"SRV 0 50 8080 a.crew.{ZONE}", f"SRV 0 50 8080 10-244-0-9.crew.{ZONE}"]),
    "a headless Service without endpoints": (f"empty.{ZONE}", "A", "NXDOMAIN"),
    "no such Service": (f"nobody.{ZONE}", "A", "NXDOMAIN"),
    "no such namespace": ("web.nowhere.svc.cluster.local", "A", "NXDOMAIN"),
    "an ExternalName": (f"alias.{ZONE}", "A", ["CNAME example.com", "A 192.0.2.1"]),
    "the other name only": (f"alias.{ZONE}", "CNAME", ["CNAME example.com"]),
    "an ExternalName of a Service": (f"inner.{ZONE}", "A", [f"CNAME web.{ZONE}", "A 10.96.0.20"]),
    "an ExternalName that leads nowhere": (f"lost.{ZONE}", "A", ["CNAME nowhere.example.com"]),
    "a pod by its address": ("10-244-0-9.default.pod.cluster.local", "A", ["A 10.244.0.9"]),
    "a pod of a namespace that is not there": ("10-244-0-9.nowhere.pod.cluster.local", "A", "NXDOMAIN"),
    "a namespace is a name without records": (ZONE, "A", []),
    "and so is the domain": ("cluster.local", "A", []),
    "a namespace that is not there": ("nowhere.svc.cluster.local", "A", "NXDOMAIN"),
    "the name of a cluster address": ("20.0.96.10.in-addr.arpa", "PTR", [f"PTR web.{ZONE}"]),
    "the names of an endpoint": ("8.0.244.10.in-addr.arpa", "PTR", [
        f"PTR a.{name}.{ZONE}" for name in ("bare", "crew", "web")]),
    "the name of nobody's address": ("7.7.7.7.in-addr.arpa", "PTR", "NXDOMAIN"),
    "a name outside": ("example.com", "A", ["A 192.0.2.1"]),
    "no such name outside": ("example.org", "A", "NXDOMAIN"),
    "the version of the schema": ("dns-version.cluster.local", "TXT", ['TXT "1.1.0"']),
    "what is no name of the schema": (f"a.b.c.d.{ZONE}", "A", "NXDOMAIN"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "wanted"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers(world: World, name: str, kind: str, wanted: list[str] | str) -> None:
    reply = world.network.lookup(name, kind)
    found = [f"{each.type} {each.data}" for each in reply.records]

    assert (sorted(found) if reply.code == "NOERROR" else reply.code) == (
        sorted(wanted) if isinstance(wanted, list) else wanted
    )


def test_addresses_come_in_an_order_that_is_drawn(world: World) -> None:
    orders = {world.network.lookup(f"crew.{ZONE}", "A").addresses for _ in range(20)}

    assert orders == {("10.244.0.8", "10.244.0.9"), ("10.244.0.9", "10.244.0.8")}
