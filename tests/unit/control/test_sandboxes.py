"""A pod's sandbox: what it is made of, what its death does, and what happens while it cannot be made."""

from typing import Any

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.manifests import Document, Manifest
from podproof.simulator.control.kubelet.deadlines import deadline_of
from podproof.simulator.control.kubelet.resolvers import resolver_of
from podproof.simulator.control.kubelet.sandboxes import sandbox_config
from podproof.simulator.machine.containers import SandboxError
from podproof.simulator.machine.hosts_file import hosts_file
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import moment, seconds

META = {"uid": "u", "namespace": "shop", "name": "web"}
SEARCH = ("shop.svc.cluster.local", "svc.cluster.local", "cluster.local")
CONFIGS: dict[str, tuple[dict[str, Any], tuple[str, str, tuple[str, ...]]]] = {
    "a pod has its name and the cluster's DNS": ({}, ("web", "10.96.0.10", SEARCH)),
    "a hostname goes before the name": ({"hostname": "db"}, ("db", "10.96.0.10", SEARCH)),
    "on the host's network it has the node's name and DNS": ({"hostNetwork": True}, ("node7", "192.168.0.1", ())),
    "on the host's network it may ask the cluster": (
        {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"},
        ("node7", "10.96.0.10", SEARCH),
    ),
    "any pod may ask the node's DNS": ({"dnsPolicy": "Default"}, ("web", "192.168.0.1", ())),
}
DEADLINES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "none without the field": ({}, {"startTime": "2026-01-01T00:00:05Z"}, None),
    "none before the start": ({"activeDeadlineSeconds": 6}, {}, None),
    "counted from the start, in whole seconds": (
        {"activeDeadlineSeconds": 6},
        {"startTime": "2026-01-01T00:00:05Z"},
        "2026-01-01T00:00:11Z",
    ),
}
RESOLVERS: dict[str, tuple[dict[str, Any], tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "the cluster's": ({}, (("10.96.0.10",), SEARCH, ("ndots:5",))),
    "settings of its own come behind, none twice": (
        {"dnsConfig": {"nameservers": ["1.1.1.1", "10.96.0.10"], "searches": ["a.b", "cluster.local"]}},
        (("10.96.0.10", "1.1.1.1"), (*SEARCH, "a.b"), ("ndots:5",)),
    ),
    "an option of its own takes the other's place": (
        {"dnsConfig": {"options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]}},
        (("10.96.0.10",), SEARCH, ("ndots:2", "edns0")),
    ),
    "nothing but its own": (
        {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1"]}},
        (("1.1.1.1",), (), ()),
    ),
}
HOSTS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "the pod's name": ({}, ("web", "")),
    "a hostname below a subdomain": ({"hostname": "db", "subdomain": "crew"}, ("db", "crew.shop.svc.cluster.local")),
    "the full name, if it is asked for": (
        {"subdomain": "crew", "setHostnameAsFQDN": True},
        ("web.crew.shop.svc.cluster.local", "crew.shop.svc.cluster.local"),
    ),
    "another name altogether": ({"hostnameOverride": "x.example.org", "subdomain": "crew"}, ("x.example.org", "")),
    "no more than 63 letters": ({"hostname": "a" * 70}, ("a" * 63, "")),
}
FOO = Ref("Pod", "default", "foo")


@pytest.mark.parametrize(("spec", "wanted"), CONFIGS.values(), ids=CONFIGS.keys())
def test_what_a_sandbox_is_made_of(spec: dict[str, Any], wanted: tuple[str, str, tuple[str, ...]]) -> None:
    config = sandbox_config({"metadata": META, "spec": {"containers": [], **spec}}, 0, "node7")

    assert (config.hostname, *config.nameservers, config.search) == wanted


@pytest.mark.parametrize(("spec", "wanted"), RESOLVERS.values(), ids=RESOLVERS.keys())
def test_the_resolver_of_a_pod_is(spec: dict[str, Any], wanted: tuple[tuple[str, ...], ...]) -> None:
    resolver = resolver_of({"metadata": META, "spec": spec})

    assert (resolver.servers, resolver.search, resolver.options, resolver.warnings) == (*wanted, ())


LIMITED = {
    "too many name servers": (
        {"nameservers": ["1.1.1.1", "2.2.2.2", "3.3.3.3"]},
        "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
        "10.96.0.10 1.1.1.1 2.2.2.2",
    ),
    "too many search paths": (
        {"searches": [f"s{number}" for number in range(30)]},
        "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
        + " ".join([*SEARCH, *(f"s{number}" for number in range(29))]),
    ),
    "too long search paths": (
        {"searches": ["a" * 1000, "b" * 1000]},
        "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
        + " ".join([*SEARCH, "a" * 1000]),
    ),
}


@pytest.mark.parametrize(("config", "told"), LIMITED.values(), ids=LIMITED.keys())
def test_a_resolver_has_limits(config: dict[str, Any], told: str) -> None:
    assert resolver_of({"metadata": META, "spec": {"dnsConfig": config}}).warnings == (told,)


@pytest.mark.parametrize(("spec", "wanted"), HOSTS.values(), ids=HOSTS.keys())
def test_the_name_of_a_host_is(spec: dict[str, Any], wanted: tuple[str, str]) -> None:
    config = sandbox_config({"metadata": META, "spec": {"containers": [], **spec}}, 0, "node7")

    assert (config.hostname, config.domain) == wanted


def test_a_full_name_that_is_too_long_fails_the_sandbox() -> None:
    spec = {"containers": [], "hostname": "a" * 50, "subdomain": "crew", "setHostnameAsFQDN": True}

    with pytest.raises(SandboxError) as error:
        sandbox_config({"metadata": META, "spec": spec}, 0, "node7")

    assert error.value.message.endswith("is too long (64 is the max, 78 characters requested)")


def test_the_hosts_file_names_the_domain_and_the_aliases() -> None:
    aliases = [{"ip": "10.1.2.3", "hostnames": ["db", "db.local"]}]
    spec = {"containers": [], "hostname": "one", "subdomain": "crew", "hostAliases": aliases}

    text = hosts_file("10.244.0.2", sandbox_config({"metadata": META, "spec": spec}, 0, "node7"))

    assert text.endswith(
        "10.244.0.2\tone.crew.shop.svc.cluster.local\tone\n\n# Entries added by HostAliases.\n10.1.2.3\tdb\tdb.local\n"
    )


def test_what_is_shared_with_the_host_without_effect_is_accepted() -> None:
    cluster = SimulatedCluster()
    mount = {"name": "v", "mountPath": "/v", "mountPropagation": "HostToContainer"}
    container = {"name": "app", "image": "busybox:1.28", "command": ["sh", "-c", "sleep 3600"], "volumeMounts": [mount]}

    cluster.apply(pod(hostIPC=True, containers=[container], volumes=[{"name": "v", "emptyDir": {}}]))
    cluster.pass_time(seconds(5))

    shown = cluster.get(FOO)
    assert shown is not None
    assert shown["status"]["phase"] == "Running"


@pytest.mark.parametrize(("spec", "status", "wanted"), DEADLINES.values(), ids=DEADLINES.keys())
def test_a_deadline_is(spec: dict[str, Any], status: dict[str, Any], wanted: str | None) -> None:
    assert deadline_of(spec, status) == (None if wanted is None else moment(wanted))


def pod(name: str = "foo", **spec: Any) -> Manifest:
    """Return a pod that sleeps."""
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "containers": [{"name": "app", "image": "busybox:1.28", "command": ["sh", "-c", "sleep 3600"]}],
            "terminationGracePeriodSeconds": 0,
            **spec,
        },
    }
    return Manifest("test", (Document(body, "test", 1),))


def events(cluster: SimulatedCluster, reason: str) -> list[Object]:
    """Return the events of a reason."""
    return [event for event in cluster.list("Event") if event["reason"] == reason]


def seen(cluster: SimulatedCluster) -> Object:
    """Return the pod's status."""
    found = cluster.get(FOO)
    assert found is not None
    status: Object = found["status"]
    return status


def test_a_sandbox_without_an_address_is_tried_again_until_there_is_one() -> None:
    cluster = SimulatedCluster()
    taken = [cluster.world.network.join("10.244.0.0/24") for _ in range(253)]
    cluster.apply(pod())
    cluster.pass_time(seconds(40))

    tries = [event["message"] for event in events(cluster, "FailedCreatePodSandBox")]
    assert len(tries) in (3, 4)
    assert all("no IP addresses available in range set: 10.244.0.1-10.244.0.254" in message for message in tries)
    assert seen(cluster)["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}

    cluster.world.network.leave(taken[0])
    cluster.pass_time(seconds(20))
    assert seen(cluster)["phase"] == "Running"


def test_a_new_sandbox_runs_every_init_container_again() -> None:
    cluster = SimulatedCluster()
    steps = [{"name": name, "image": "busybox:1.28", "command": ["true"]} for name in ("one", "two")]
    cluster.apply(pod(initContainers=steps))
    cluster.pass_time(seconds(20))
    before = [each["containerID"] for each in seen(cluster)["initContainerStatuses"]]

    assert cluster.hosts.kill_sandbox("foo")
    cluster.pass_time(seconds(20))

    after = [each["containerID"] for each in seen(cluster)["initContainerStatuses"]]
    assert not set(before) & set(after)
    assert all(each["state"]["terminated"]["exitCode"] == 0 for each in seen(cluster)["initContainerStatuses"])
    assert seen(cluster)["containerStatuses"][0]["restartCount"] == 1
    assert seen(cluster)["phase"] == "Running"


def test_a_pod_that_restarts_nothing_fails_with_its_sandbox() -> None:
    cluster = SimulatedCluster()
    cluster.apply(pod(restartPolicy="Never"))
    cluster.pass_time(seconds(20))

    cluster.hosts.kill_sandbox("foo")
    cluster.pass_time(seconds(20))

    assert seen(cluster)["phase"] == "Failed"


def test_shared_processes_die_with_the_sandbox() -> None:
    cluster = SimulatedCluster()
    cluster.apply(pod(shareProcessNamespace=True))
    cluster.pass_time(seconds(20))

    cluster.hosts.kill_sandbox("foo")
    cluster.pass_time(seconds(5))

    assert seen(cluster)["containerStatuses"][0]["restartCount"] == 1
    assert seen(cluster)["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 137


def test_two_pods_on_the_hosts_network_share_its_ports() -> None:
    cluster = SimulatedCluster()
    server = [{"name": "web", "image": "nginx:1.14"}]
    cluster.apply(pod("foo", hostNetwork=True, containers=server))
    cluster.pass_time(seconds(10))
    cluster.apply(pod("bar", hostNetwork=True, containers=server))
    cluster.pass_time(seconds(10))

    assert seen(cluster)["containerStatuses"][0]["restartCount"] == 0
    assert "Address already in use" in str(cluster.logs("bar"))
