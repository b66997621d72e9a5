"""What every cluster behind the port does: the simulator here, over HTTP, and in a container."""

import json
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from podproof.claims import GONE, Bound, Eventually, Never, Outcome, RestartCount, StayedUntil, StaysFor, existed, shows
from podproof.cluster import Cluster, Refusal
from podproof.clusters.k3s.runs import K3sRun
from podproof.clusters.live.cluster import LiveCluster
from podproof.clusters.live.runs import new_id
from podproof.clusters.simulated import SimulatedCluster
from podproof.clusters.worlds import world_of
from podproof.configuration import Configuration
from podproof.errors import NotModelledError
from podproof.manifests import Manifest, load
from podproof.paths import Asked
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import seconds
from tests.contract.conftest import Serve, transport_to

MINUTE = seconds(60)


CONFIGURATION = Configuration(images_on_node=("busybox:1.28",))


def simulated(request: pytest.FixtureRequest) -> Cluster:
    return SimulatedCluster(CONFIGURATION)


def live(request: pytest.FixtureRequest) -> Cluster:
    serve: Serve = request.getfixturevalue("serve")
    return LiveCluster(transport_to(serve(world_of(CONFIGURATION))), "default")


def k3s(request: pytest.FixtureRequest) -> Cluster:
    run = K3sRun(request.getfixturevalue("k3s_manual"), new_id())
    made = run.cluster(request.node.nodeid)
    made.after = lambda: run.ended(made, failed=False)
    return made


ADAPTERS: dict[str, Callable[[pytest.FixtureRequest], Cluster]] = {"simulator": simulated, "live": live, "k3s": k3s}


def foo(cluster: Cluster) -> Ref:
    return Ref("Pod", cluster.namespace, "foo")


@pytest.fixture(params=[*ADAPTERS.values()], ids=[*ADAPTERS])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Each adapter in turn: the contract holds for all of them."""
    made: Cluster = request.param(request)
    yield made
    made.close()


def pod(script: str = "sleep 3600", name: str = "foo", policy: str = "Always", **spec: Any) -> dict[str, Any]:
    app = {"name": "app", "image": "busybox:1.28", "command": ["sh", "-c", script]}
    more = {"restartPolicy": policy, "terminationGracePeriodSeconds": 1, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [app], **more}}


def configmap(data: dict[str, str], **meta: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cfg", **meta}, "data": data}


def manifest(*items: Any) -> Manifest:
    return load("\n---\n".join(json.dumps(item) for item in items), "x.yaml")


def test_apply_creates_then_leaves_alone_then_configures(cluster: Cluster) -> None:
    first, again, changed = configmap({"a": "1"}), configmap({"a": "1"}), configmap({"a": "2"})

    outcomes = [cluster.apply(manifest(item))[0].outcome for item in (first, again, changed)]

    assert outcomes == ["created", "unchanged", "configured"]


def test_apply_takes_away_what_the_manifest_no_longer_has_and_nothing_else(cluster: Cluster) -> None:
    ref = Ref("ConfigMap", cluster.namespace, "cfg")
    cluster.apply(manifest(configmap({"a": "1", "b": "2"}, labels={"mine": "x"})))
    cluster.patch(ref, {"data": {"c": "3"}})

    cluster.apply(manifest(configmap({"a": "1"})))

    found = cluster.get(ref)
    assert (at(found, "data"), at(found, "metadata", "labels") or {}) == ({"a": "1", "c": "3"}, {})


def test_apply_takes_elements_of_merging_lists_away(cluster: Cluster) -> None:
    def service(*ports: int) -> dict[str, Any]:
        rows = [{"name": f"p{port}", "port": port} for port in ports]
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": rows}}

    cluster.apply(manifest(service(80, 443)))
    cluster.apply(manifest(service(443)))

    found = cluster.get(Ref("Service", cluster.namespace, "web"))
    assert [each["port"] for each in at(found, "spec", "ports")] == [443]


def test_documents_are_applied_in_order_and_a_refusal_is_an_outcome(cluster: Cluster) -> None:
    bad = configmap({"a": "1"}) | {"metadata": {"name": "Bad"}}

    outcomes = cluster.apply(manifest(configmap({}), bad, pod()))

    assert [each.outcome for each in outcomes] == ["created", "refused", "created"]
    refusal = outcomes[1].refusal
    assert refusal is not None
    assert (refusal.code, refusal.reason, refusal.causes[0]["field"]) == (422, "Invalid", "metadata.name")


def test_a_kind_nobody_has_is_refused_in_kubectls_words(cluster: Cluster) -> None:
    item = {"apiVersion": "v1", "kind": "Pud", "metadata": {"name": "foo"}}

    (applied,) = cluster.apply(manifest(item))

    assert applied.refusal is not None
    assert applied.refusal.message == (
        'resource mapping not found for name: "foo" namespace: "" from "x.yaml": '
        'no matches for kind "Pud" in version "v1"\nensure CRDs are installed first'
    )


def test_a_kind_that_is_not_modelled_says_so(cluster: Cluster) -> None:
    kind = "CertificateSigningRequest"
    item = {"apiVersion": "certificates.k8s.io/v1", "kind": kind, "metadata": {"name": "foo"}}

    with pytest.raises(NotModelledError, match=kind):
        cluster.apply(manifest(item))


def test_create_get_list_and_delete(cluster: Cluster) -> None:
    assert cluster.get(foo(cluster)) is None
    assert cluster.create(pod(name="foo")).outcome == "created"
    assert cluster.create(pod(name="bar")).outcome == "created"

    assert [item["metadata"]["name"] for item in cluster.list("Pod")] == ["bar", "foo"]
    assert cluster.create(pod()).refusal == Refusal(409, "AlreadyExists", 'pods "foo" already exists')
    assert cluster.delete(foo(cluster)).outcome == "deleted"
    assert cluster.wait(Eventually(foo(cluster), GONE, MINUTE), MINUTE).held
    assert cluster.delete(foo(cluster)).refusal == Refusal(404, "NotFound", 'pods "foo" not found')


def test_what_is_created_twice_without_a_namespace_goes_to_the_scenarios_own(cluster: Cluster) -> None:
    cluster.create(configmap({}))

    assert cluster.get(Ref("ConfigMap", cluster.namespace, "cfg")) is not None


def test_a_patch_says_whether_it_changed_anything(cluster: Cluster) -> None:
    ref = Ref("ConfigMap", cluster.namespace, "cfg")
    cluster.create(configmap({"a": "1"}))

    assert cluster.patch(ref, {"data": {"a": "2"}}).outcome == "patched"
    assert cluster.patch(ref, {"data": {"a": "2"}}).outcome == "patched (no change)"
    assert cluster.patch(Ref("ConfigMap", cluster.namespace, "no"), {}).refusal is not None


def test_logs_are_text_or_the_apis_refusal(cluster: Cluster) -> None:
    cluster.create(pod("echo hello; sleep 3600"))
    cluster.wait(Eventually(foo(cluster), shows("ContainerCreating"), MINUTE), MINUTE)
    refused = cluster.logs("foo")
    cluster.wait(Eventually(foo(cluster), shows("Running"), MINUTE), MINUTE)
    cluster.pass_time(seconds(1))

    assert isinstance(refused, Refusal)
    assert cluster.logs("foo") == cluster.logs("foo", "app") == "hello\n"
    assert cluster.logs("foo", previous=True) == Refusal(
        400, "BadRequest", 'previous terminated container "app" in pod "foo" not found'
    )
    assert isinstance(cluster.logs("fo"), Refusal)


def test_time_passes_only_when_it_is_let_pass(cluster: Cluster) -> None:
    began = cluster.record().now
    cluster.create(pod())
    assert cluster.record().now == began

    cluster.pass_time(seconds(40))

    assert cluster.record().now == began + seconds(40)


def test_a_wait_ends_when_its_claim_is_decided(cluster: Cluster) -> None:
    cluster.create(pod("sleep 30; exit 3", policy="Never"))

    verdict = cluster.wait(Eventually(foo(cluster), shows("Error"), MINUTE), MINUTE)

    assert verdict.outcome is Outcome.HELD
    assert seconds(30) < cluster.record().now < seconds(34)


def test_a_wait_in_vain_takes_all_of_its_time(cluster: Cluster) -> None:
    cluster.create(pod())
    began = cluster.record().now

    verdict = cluster.wait(Eventually(foo(cluster), shows("Error"), MINUTE), MINUTE)

    assert (verdict.outcome, cluster.record().now) == (Outcome.FAILED, began + MINUTE)


def test_a_wait_ends_with_its_own_limit_even_if_the_claims_is_longer(cluster: Cluster) -> None:
    cluster.create(pod())
    cluster.wait(Eventually(foo(cluster), shows("Running"), MINUTE), MINUTE)

    verdict = cluster.wait(StaysFor(foo(cluster), shows("Running"), MINUTE), seconds(5))

    assert (verdict.outcome, verdict.reason) == (
        Outcome.INCONCLUSIVE,
        "only 5 seconds of 1 minute were watched",
    )


def test_an_empty_world_leaps_over_a_year(cluster: Cluster) -> None:
    year = seconds(365 * 86400)

    verdict = cluster.wait(Never(foo(cluster), shows("Running"), year), year)

    assert (verdict.outcome, cluster.record().now) == (Outcome.INCONCLUSIVE, year)


def test_the_record_sees_every_version_and_every_kind(cluster: Cluster) -> None:
    cluster.create(pod("exit 0", policy="Never"))
    cluster.wait(Eventually(foo(cluster), shows("Completed"), MINUTE), MINUTE)
    record = cluster.record()

    statuses = [version.pod.status for version in record.timeline(foo(cluster))]
    assert list(dict.fromkeys(statuses)) == ["Pending", "ContainerCreating", "Running", "Completed"]
    assert {event["reason"] for event in record.events(foo(cluster))} == {"Scheduled", "Pulled", "Created", "Started"}


def test_what_was_there_before_the_scenario_is_marked(cluster: Cluster) -> None:
    cluster.create(pod())
    record = cluster.record()

    assert record.timeline(Ref("Node", "", "node1"))[0].initial
    assert not record.timeline(foo(cluster))[0].initial


def test_a_hold_until_a_service_existed_is_judged_by_order_not_by_time(cluster: Cluster) -> None:
    cluster.create(pod())
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": {"ports": [{"port": 1}]}}
    cluster.create(service)

    verdict = StayedUntil(foo(cluster), shows("Pending"), existed(Ref("Service", cluster.namespace, "db"))).judge(
        cluster.record()
    )

    assert verdict.outcome is Outcome.HELD


def test_an_hour_of_a_crash_loop_is_judged_version_by_version(cluster: Cluster) -> None:
    cluster.create(pod("exit 1"))

    verdict = cluster.wait(RestartCount(foo(cluster), Bound.AT_LEAST, 12, seconds(3600)), seconds(3600))

    assert verdict.outcome is Outcome.HELD
    assert seconds(1800) < verdict.at < seconds(3600)


def test_a_program_that_is_not_modelled_fails_the_step_that_meets_it(cluster: Cluster) -> None:
    cluster.create(pod("vi /etc/hosts"))

    with pytest.raises(NotModelledError, match="vi"):
        cluster.pass_time(seconds(30))


def test_a_pod_asks_the_network_for_names_and_pages(cluster: Cluster) -> None:
    page = "HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n"
    server = pod(f"while true; do printf '{page}' | nc -l -p 8080; done", "server")
    server["metadata"]["labels"] = {"app": "web"}
    spec = {"selector": {"app": "web"}, "clusterIP": "None", "ports": [{"port": 80, "targetPort": 8080}]}
    web = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
    cluster.apply(manifest(pod(), server, web))
    for name in ("foo", "server"):
        cluster.wait(Eventually(Ref("Pod", cluster.namespace, name), shows("Running"), MINUTE), MINUTE)
    cluster.pass_time(seconds(2))
    address = at(cluster.get(Ref("Pod", cluster.namespace, "server")), "status", "podIP")

    assert cluster.clients.resolve("foo", "web").found == (address,)
    assert cluster.clients.resolve("foo", "nobody").found == ()
    answer = cluster.clients.request(foo(cluster), "http://web:8080/")
    assert (answer.status, answer.body) == (200, "hello\n")
    assert cluster.clients.request(foo(cluster), "http://web:8081/").error == "Connection refused"


def test_scenarios_do_not_see_each_other(cluster: Cluster) -> None:
    cluster.create(pod())

    assert SimulatedCluster().get(Ref("Pod", "default", "foo")) is None


def test_a_closed_cluster_records_nothing_more(cluster: Cluster) -> None:
    cluster.close()
    before = cluster.record().revision

    cluster.create(pod())

    assert cluster.record().revision == before


ALWAYS = {
    "virtual-time", "node-failure", "fresh-nodes", "known-time", "storage-drivers", "default-namespace", "operators",
    "dropped-watches", "informers", "declared-metrics", "snapshots", "outside", "network-clients", "packet-paths",
    "other-namespaces",
    *({"cel"} if find_spec("cel_expr_python") else ()),
}  # fmt: skip
NODES: dict[str, tuple[Any, set[str]]] = {
    "one node": ((), ALWAYS),
    "two nodes": (({"name": "a"}, {"name": "b"}), {*ALWAYS, "multi-node"}),
}


@pytest.mark.parametrize(("nodes", "capabilities"), NODES.values(), ids=NODES.keys())
def test_capabilities_follow_the_configuration(nodes: Any, capabilities: set[str]) -> None:
    assert SimulatedCluster(Configuration(nodes=nodes)).capabilities == capabilities


def test_a_pod_reaches_who_listens_and_says_what_else_came_of_it(cluster: Cluster) -> None:
    cluster.apply(manifest(pod("nc -l -k -p 8080", "listens"), pod()))
    for name in ("listens", "foo"):
        ref = Ref("Pod", cluster.namespace, name)
        assert cluster.wait(Eventually(ref, shows("Running"), MINUTE), MINUTE).held
    cluster.pass_time(seconds(2))
    asked = [Asked(foo(cluster), Ref("Pod", cluster.namespace, "listens"), port) for port in (8080, 8081)]

    assert [cluster.paths.connects(each) for each in asked] == ["", "Connection refused"]
