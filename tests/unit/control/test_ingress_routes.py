"""Where requests go by Ingresses, and what load balancers look at."""

from typing import Any

import pytest

from podproof.simulator.control.ingress.routes import Backend, Routes, is_of_class
from podproof.simulator.control.load_balancers import FINALIZER, Pool, concerns
from podproof.simulator.kernel.client import Client
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World


def to(service: str) -> Any:
    return {"service": {"name": service, "port": {"number": 80}}}


def ingress(name: str, *rules: tuple[str, str, str, str], **spec: Any) -> Object:
    rows = [
        {"host": host, "http": {"paths": [{"path": path, "pathType": kind, "backend": to(service)}]}}
        for host, path, kind, service in rules
    ]
    meta = {"name": name, "namespace": "d", "creationTimestamp": spec.pop("made", "T1")}
    return {"metadata": meta, "spec": {"rules": [{k: v for k, v in row.items() if v} for row in rows], **spec}}


MANY = (
    ("a.example", "/", "Prefix", "root"), ("a.example", "/foo", "Prefix", "foo"),
    ("a.example", "/foo/bar", "Exact", "exact"), ("a.example", "/foo/bar", "Prefix", "bar"),
    ("a.example", "/aaa/", "ImplementationSpecific", "slash"), ("*.example", "/", "Prefix", "wild"),
    ("b.example", "/only", "Exact", "only"), ("", "/any", "Prefix", "any"),
)  # fmt: skip
FOUND = {
    "the root takes the rest": ("a.example", "/x", "root"),
    "a prefix": ("a.example", "/foo", "foo"),
    "with a slash behind it": ("a.example", "/foo/", "foo"),
    "and what is below": ("a.example", "/foo/x", "foo"),
    "not what only begins so": ("a.example", "/food", "root"),
    "an exact path before a prefix of its length": ("a.example", "/foo/bar", "exact"),
    "an exact path is no prefix": ("a.example", "/foo/bar/x", "bar"),
    "a prefix with a slash fits without": ("a.example", "/aaa", "slash"),
    "whatever the port and case of the host": ("A.example:8080", "/foo", "foo"),
    "a wildcard": ("c.example", "/", "wild"),
    "which is for one label": ("d.c.example", "/", None),
    "a host of its own before the wildcard": ("b.example", "/only", "only"),
    "even where no path of it fits": ("b.example", "/other", None),
    "a rule for any host": ("else.where", "/any", "any"),
}


@pytest.mark.parametrize(("host", "path", "wanted"), FOUND.values(), ids=FOUND.keys())
def test_routes(host: str, path: str, wanted: str | None) -> None:
    found = Routes([ingress("i", *MANY)]).find(host, path)

    assert (found and found.service) == wanted


def test_the_older_ingress_counts() -> None:
    rule = ("a.example", "/", "Prefix")
    routes = Routes([ingress("a", (*rule, "new"), made="T2"), ingress("b", (*rule, "old"), made="T1")])

    assert routes.find("a.example", "/") == Backend("d", "old", 80)


DEFAULTS = {
    "of the host's own Ingress": ("a.example", "own"),
    "else of the one without rules": ("b.example", "rest"),
    "also for hosts nobody knows": ("c.example", "rest"),
}


@pytest.mark.parametrize(("host", "wanted"), DEFAULTS.values(), ids=DEFAULTS.keys())
def test_default_backends(host: str, wanted: str) -> None:
    routes = Routes([
        ingress("a", ("a.example", "/x", "Exact", "x"), defaultBackend=to("own")),
        ingress("b", ("b.example", "/x", "Exact", "x")),
        ingress("c", defaultBackend=to("rest")),
    ])  # fmt: skip
    found = routes.find(host, "/")

    assert found is not None
    assert found.service == wanted


def test_certificates_by_host() -> None:
    tls = [{"hosts": ["a.example", "*.b.example"], "secretName": "s"}, {"hosts": ["c.example"]}]
    routes = Routes([ingress("i", tls=tls)])

    assert [routes.secret(host) for host in ("a.example", "x.b.example", "c.example", "d.example")] == [
        ("d", "s"), ("d", "s"), None, None
    ]  # fmt: skip


CLASSES = [
    {"metadata": {"name": "ours"}, "spec": {"controller": "x/ours"}},
    {"metadata": {"name": "theirs"}, "spec": {"controller": "x/theirs"}},
]
OURS = {
    "by its class": ({"ingressClassName": "ours"}, {}, True),
    "of another": ({"ingressClassName": "theirs"}, {}, False),
    "of a class that is not there": ({"ingressClassName": "ghost"}, {}, False),
    "of none": ({}, {}, False),
    "by the old annotation": ({}, {"kubernetes.io/ingress.class": "ours"}, True),
    "of another by it": ({"ingressClassName": "ours"}, {"kubernetes.io/ingress.class": "theirs"}, False),
}


@pytest.mark.parametrize(("spec", "notes", "wanted"), OURS.values(), ids=OURS.keys())
def test_whose_an_ingress_is(spec: Any, notes: Any, wanted: bool) -> None:
    assert is_of_class({"metadata": {"annotations": notes}, "spec": spec}, CLASSES, "x/ours") is wanted


def balanced(**more: Any) -> Object:
    meta = {"uid": "u", **more.pop("meta", {})}
    return {"metadata": meta, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], **more}}


CONCERNS: dict[str, tuple[Object | None, Object, bool]] = {
    "a new one": (None, balanced(), True),
    "a new one of another type": (None, balanced(type="ClusterIP"), False),
    "one with a class of its own": (None, balanced(loadBalancerClass="x/y"), False),
    "one whose status changed": (balanced(), {**balanced(), "status": {"loadBalancer": {}}}, False),
    "one whose ports changed": (balanced(), balanced(ports=[]), True),
    "one of another type now": (balanced(), balanced(type="ClusterIP"), True),
    "one that goes and is held": (
        balanced(), balanced(meta={"finalizers": [FINALIZER], "deletionTimestamp": "T"}), True),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), CONCERNS.values(), ids=CONCERNS.keys())
def test_what_a_load_balancer_looks_at(old: Object | None, new: Object, wanted: bool) -> None:
    assert concerns(old, new) is wanted


def test_addresses_are_taken_once_and_given_back() -> None:
    pool = Pool(["1.1.1.1", "2.2.2.2"])
    first, wanted = pool.take(("d", "a")), pool.take(("d", "b"), "1.1.1.1")
    again = pool.take(("d", "a"))
    pool.give_back(("d", "a"))

    assert (first, wanted, again, pool.take(("d", "b"), "1.1.1.1")) == ("1.1.1.1", None, "1.1.1.1", "1.1.1.1")


def test_of_several_default_classes_the_youngest_counts() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    note = {"ingressclass.kubernetes.io/is-default-class": "true"}
    for name in ("old", "b", "a"):
        meta, spec = {"name": name, "annotations": note}, {"controller": "x/y"}
        body = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": meta, "spec": spec}
        user.create("ingressclasses.networking.k8s.io", body)
        world.agenda.run_until(Nanos(world.now + (seconds(2) if name == "old" else 0)))
    spec = {"defaultBackend": to("web")}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"}, "spec": spec}

    assert user.create("ingresses.networking.k8s.io", body, "default")["spec"]["ingressClassName"] == "a"


SPECS: dict[str, dict[str, Any]] = {
    "headless": {"clusterIP": "None"},
    "for the own node only": {"internalTrafficPolicy": "Local"},
    "another proxy's": {},
}


@pytest.mark.parametrize("name", SPECS)
def test_an_ingress_leads_to_services_of_any_kind(name: str) -> None:
    """It asks the endpoints itself: neither an address nor kube-proxy is needed."""
    world = World()
    user = Client(world.handle, "kubectl")
    world.entrances.add_ingress_class("web", default=True)
    labels = {"service.kubernetes.io/service-proxy-name": "mine"} if name == "another proxy's" else {}
    meta, spec = {"name": "web", "labels": labels}, {"selector": {"app": "w"}, "ports": [{"port": 80}], **SPECS[name]}
    user.create("services", {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}, "default")
    pod = {"containers": [{"name": "c", "image": "nginx:1.14"}]}
    about = {"name": "w", "labels": {"app": "w"}}
    user.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": pod}, "default")
    rules = {"defaultBackend": to("web")}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"}, "spec": rules}
    user.create("ingresses.networking.k8s.io", body, "default")
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    delivery = world.network.deliver(world.network.host("192.168.0.10"), "192.168.0.10", 80)

    assert delivery.serve is not None
    assert "Welcome to nginx" in delivery.serve("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "192.0.2.1")
