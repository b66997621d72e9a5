"""A scenario on a served simulator, over a network that does not behave: what it proves, and what it says."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from podproof.claims import Eventually, Outcome, StaysFor, shows
from podproof.clusters.asking import ReadRefusedError
from podproof.clusters.live import reflecting
from podproof.clusters.live.cluster import LiveCluster
from podproof.clusters.live.contexts import client_of
from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.serving.credentials import Demands
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds
from tests.live.conftest import Serve, Served
from tests.live.troubled_proxy import Trouble, TroubledProxy
from tests.serving.conftest import pod

WEB = Ref("Pod", "default", "web")
PODS = "/api/v1/namespaces/default/pods"
SECOND, LONG = seconds(1), seconds(20)
RUNNING = Eventually(WEB, shows("Running"), LONG)


class Troubled:
    """A cluster behind a proxy."""

    def __init__(self, served: Served) -> None:
        self.served, self.proxy, self.waits = served, TroubledProxy(served.url), list[float]()
        self._clusters: list[LiveCluster] = []

    def cluster(self) -> LiveCluster:
        config = self.proxy.leading_here(self.served.serving.kubeconfig())
        self._clusters.append(LiveCluster(Transport(client_of(config), self.waits.append), "default"))
        return self._clusters[-1]

    def running(self) -> LiveCluster:
        """A cluster on which a pod runs."""
        cluster = self.cluster()
        cluster.create(pod("web"))
        assert cluster.wait(RUNNING, LONG).held
        return cluster

    def stop(self) -> None:
        for each in self._clusters:
            with suppress(OSError):
                each.close()
        self.proxy.stop()


Make = Callable[..., Troubled]


@pytest.fixture
def troubled(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Serve a simulator whose time passes as ours, behind a proxy."""
    monkeypatch.setattr(reflecting, "FIRST_WAIT", 0.01)
    made: list[Troubled] = []

    def start(**options: Any) -> Troubled:
        made.append(Troubled(serve(**{"pace": "realtime", **options})))
        return made[-1]

    yield start
    for each in made:
        each.stop()


def is_list(method: str, path: str) -> bool:
    return method == "GET" and path.startswith("/api") and "watch=" not in path


def is_watch(method: str, path: str) -> bool:
    return "watch=true" in path


def of_pods(method: str, path: str) -> bool:
    return is_watch(method, path) and path.startswith(f"{PODS}?")


TROUBLES: dict[str, tuple[Trouble, int]] = {
    "lists are answered by 500, ten times": (Trouble(is_list, 10, status=500), 10),
    "watches are answered by 500, thirty times": (Trouble(is_watch, 30, status=500), 30),
    "lists are answered by 429, ten times": (Trouble(is_list, 10, status=429, headers={"Retry-After": "1"}), 10),
    "creation is answered by 429, three times": (
        Trouble(lambda method, path: method == "POST", 3, status=429, headers={"Retry-After": "2"}),
        3,
    ),
    "answers are slow": (Trouble(times=100, wait=0.1), 60),
    "a list is cut short": (Trouble(is_list, 5, cut=40), 5),
    "a watch is cut in the middle of a line": (Trouble(of_pods, 3, cut=500), 1),
}


@pytest.mark.parametrize(("trouble", "at_least"), TROUBLES.values(), ids=TROUBLES.keys())
def test_a_claim_holds_in_spite_of_it(troubled: Make, trouble: Trouble, at_least: int) -> None:
    it = troubled()
    it.proxy.trouble(trouble)
    cluster = it.running()
    record = cluster.record().timeline(WEB)

    assert it.proxy.met >= at_least
    assert next(each.pod.status for each in record) == "Pending"
    assert record.gaps == ()


def test_who_asks_for_patience_gets_what_he_asks_for(troubled: Make) -> None:
    it = troubled()
    it.proxy.trouble(Trouble(lambda method, path: method == "POST", 3, status=429, headers={"Retry-After": "2"}))
    it.running()

    assert it.waits == [2.0, 2.0, 2.0]


def test_a_hold_goes_on_over_connections_that_are_cut(troubled: Make) -> None:
    it = troubled()
    cluster = it.running()
    it.proxy.cut_all()

    assert cluster.wait(StaysFor(WEB, shows("Running"), SECOND), LONG).held


def test_a_hold_over_a_410_is_inconclusive(troubled: Make) -> None:
    it = troubled()
    cluster = it.running()
    it.proxy.trouble(Trouble(is_watch, 100, status=410))
    it.proxy.cut_all()

    verdict = cluster.wait(StaysFor(WEB, shows("Running"), SECOND), LONG)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "could not be watched" in verdict.reason


def test_a_server_that_starts_anew_in_a_hold_proves_nothing(troubled: Make, serve: Serve) -> None:
    it = troubled()
    cluster = it.running()

    def restart() -> None:
        it.proxy.down = True
        it.proxy.cut_all()
        it.served.stop()
        serve(pace="realtime", port=urlsplit(it.served.url).port)
        it.proxy.down = False

    restarting = Thread(target=restart)
    restarting.start()
    verdict = cluster.wait(StaysFor(WEB, shows("Running"), seconds(3)), LONG)
    restarting.join()

    assert verdict.outcome is not Outcome.HELD


def test_what_may_not_be_read_any_more_is_not_taken_for_absent(troubled: Make) -> None:
    it = troubled()
    cluster = it.running()
    it.proxy.trouble(Trouble(times=10_000, status=401))

    with pytest.raises(ReadRefusedError, match=r"web(?s:.*)401"):
        cluster.get(WEB)
    with pytest.raises(ReadRefusedError, match="401"):
        cluster.list("Pod")


def test_a_read_that_is_cut_short_is_told(troubled: Make) -> None:
    it = troubled()
    cluster = it.running()
    it.proxy.trouble(Trouble(lambda method, path: path == f"{PODS}/web", cut=20))

    with pytest.raises(UnreachableError, match=f"GET {PODS}/web: the API server at .* did not answer"):
        cluster.get(WEB)
    assert cluster.get(WEB) is not None


def test_a_pod_that_is_made_again_under_its_name_ends_a_hold(troubled: Make) -> None:
    it = troubled()
    cluster = it.running()
    it.served.call("DELETE", f"{PODS}/web?gracePeriodSeconds=0")
    it.served.call("POST", PODS, pod("web"))

    verdict = cluster.wait(StaysFor(WEB, shows("Running"), seconds(2)), LONG)
    assert verdict.outcome is Outcome.FAILED


def test_a_token_has_its_end(serve: Serve) -> None:
    served = serve(pace="manual", demands=Demands(auth="token", lifetime=seconds(60)))
    transport = Transport(client_of(served.serving.kubeconfig()), lambda _: None)
    cluster = LiveCluster(transport, "default")

    cluster.pass_time(seconds(120))
    with pytest.raises(UnreachableError, match="Unauthorized"):
        cluster.pass_time(seconds(120))
    with suppress(UnreachableError):
        cluster.close()
