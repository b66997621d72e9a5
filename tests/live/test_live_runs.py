"""A namespace for each scenario, and nothing left behind."""

from typing import Any

import pytest

from podproof.claims import Eventually, shows
from podproof.cli import main
from podproof.clusters import kinds
from podproof.clusters.live import clocks, namespaces
from podproof.clusters.live.clocks import PaceError, SharedClockError
from podproof.clusters.live.runs import Run
from podproof.configuration import Configuration
from podproof.errors import CapabilityError
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import seconds
from tests.live.conftest import Serve, Served
from tests.serving.conftest import pod

HIGH = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "mine"}, "value": 7}


def names(served: Served, path: str) -> list[str]:
    return [each["metadata"]["name"] for each in served.call("GET", path).json["items"]]


def own(served: Served) -> list[str]:
    return [each for each in names(served, "/api/v1/namespaces") if each.startswith("podproof-")]


def test_a_scenarios_namespace_has_the_runs_label(run: Run, served: Served) -> None:
    cluster = run.cluster("features/x.feature::A name that is long and has no letter a namespace may have")

    found = served.call("GET", f"/api/v1/namespaces/{cluster.namespace}").json
    cluster.close()
    assert len(cluster.namespace) <= 63
    assert found["metadata"]["labels"]["podproof/run"] == "r1"


def test_the_same_scenario_gets_another_namespace_each_time(run: Run) -> None:
    first, again = (namespaces.name_of("x", chance) for chance in ("aa", "bb"))

    assert first.rpartition("-")[0] == again.rpartition("-")[0]
    assert first != again


def test_two_scenarios_do_not_see_each_other(run: Run) -> None:
    one, other = run.cluster("one"), run.cluster("other")
    one.create(pod("web"))
    other.pass_time(seconds(5))

    assert other.list("Pod") == []
    assert other.record().refs("Pod") == ()
    one.close()
    other.close()


def test_all_that_was_made_goes_with_the_run(run: Run, served: Served) -> None:
    cluster = run.cluster("x")
    cluster.create(pod("web"))
    cluster.create(HIGH)
    cluster.wait(Eventually(Ref("Pod", cluster.namespace, "web"), shows("Running"), seconds(60)), seconds(60))
    cluster.close()
    run.ended(cluster, failed=True)

    assert run.end() == []
    assert own(served) == []
    assert "mine" not in names(served, "/apis/scheduling.k8s.io/v1/priorityclasses")


KEPT = {
    "never, even of a failure": ("never", True, 0),
    "on failure, of one": ("on-failure", True, 1),
    "on failure, of a success": ("on-failure", False, 0),
    "always": ("always", False, 1),
}


@pytest.mark.parametrize(("keep", "failed", "count"), KEPT.values(), ids=KEPT.keys())
def test_namespaces_that_are_kept(served: Served, keep: str, failed: bool, count: int) -> None:
    run = Run(served.serving.kubeconfig(), "r1", keep=keep)
    cluster = run.cluster("x")
    cluster.close()
    run.ended(cluster, failed)
    run.end()

    assert len(own(served)) == count == len(run.kept)


OTHERS: dict[str, Any] = {
    "a namespace that is not the scenario's": pod("web") | {"metadata": {"name": "web", "namespace": "kube-system"}},
    "the default namespace": pod("web") | {"metadata": {"name": "web", "namespace": "default"}},
}


@pytest.mark.parametrize("item", OTHERS.values(), ids=OTHERS.keys())
def test_nothing_is_written_to_what_others_have(run: Run, item: Any) -> None:
    cluster = run.cluster("x")

    with pytest.raises(CapabilityError, match="lacks objects-of-others"):
        cluster.create(item)
    cluster.close()


def test_nodes_are_looked_at_but_not_changed(run: Run) -> None:
    cluster = run.cluster("x")
    node = Ref("Node", "", "node1")

    assert at(cluster.get(node), "metadata", "name") == "node1"
    with pytest.raises(CapabilityError):
        cluster.patch(node, {"spec": {"unschedulable": True}})
    with pytest.raises(CapabilityError, match="lacks node-failure"):
        cluster.nodes.stop("node1")
    cluster.close()


@pytest.mark.usefixtures("kube")
def test_sweep_removes_what_a_killed_run_left_and_nothing_else(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = Run(served.serving.kubeconfig(), "killed")
    cluster = killed.cluster("x")
    cluster.create(HIGH)
    cluster.close()

    status = main(["sweep", "--kube-context", "podproof"])

    told = capsys.readouterr().out.splitlines()
    assert (status, own(served)) == (0, [])
    assert told[1:] == ["priorityclasses.scheduling.k8s.io/mine", f"namespaces/{cluster.namespace}"]
    assert "default" in names(served, "/api/v1/namespaces")


@pytest.mark.usefixtures("kube")
def test_sweep_of_one_run_and_a_dry_one_leave_the_rest(served: Served) -> None:
    cluster = Run(served.serving.kubeconfig(), "mine").cluster("x")
    cluster.close()

    statuses = [main(["sweep", "--kube-context", "podproof", *more]) for more in (["--dry-run"], ["--run", "other"])]

    assert (statuses, own(served)) == ([0, 0], [cluster.namespace])


@pytest.mark.usefixtures("kube")
def test_sweep_touches_no_cluster_that_was_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep"]) == 2
    assert "--kube-context" in capsys.readouterr().err


def test_two_runs_cannot_move_the_same_clock(run: Run, served: Served) -> None:
    cluster = run.cluster("x")
    served.advance("5s")

    with pytest.raises(SharedClockError, match="moved by somebody else"):
        cluster.pass_time(seconds(1))
    cluster.close()


def test_a_simulator_whose_time_passes_as_it_likes_is_refused(serve: Serve) -> None:
    fast = serve(pace="60")

    with pytest.raises(PaceError, match="--pace manual"):
        Run(fast.serving.kubeconfig(), "r1").cluster("x")


def test_a_simulator_that_leaps_waits_for_whoever_holds_its_clock(serve: Serve) -> None:
    fast = serve(pace="max")
    cluster = Run(fast.serving.kubeconfig(), "r1").cluster("x")
    cluster.create(pod("web"))
    began = cluster.record().now
    for _ in range(20):
        fast.call("GET", "/api/v1/nodes")
    stood = cluster.record().now
    cluster.pass_time(seconds(7))

    assert (stood, cluster.record().now) == (began, began + seconds(7))
    assert fast.call("GET", "/podproof/clock?hold=true").code == 409
    cluster.close()


def test_a_clock_that_is_held_is_told_to_who_comes_second(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_HOLD_PAUSE", 0.0)
    fast = serve(pace="max")
    first, second = (Run(fast.serving.kubeconfig(), each) for each in ("r1", "r2"))
    cluster = first.cluster("x")

    with pytest.raises(SharedClockError, match="a simulator of its own"):
        second.cluster("y")
    cluster.close()


@pytest.mark.usefixtures("kube")
def test_a_cluster_for_one_scenario_alone_takes_everything_with_it(served: Served) -> None:
    cluster = kinds.made("live:podproof", Configuration())
    cluster.create(pod("web"))

    before = own(served)
    cluster.close()

    assert (before, own(served)) == ([cluster.namespace], [])
