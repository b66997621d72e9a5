"""The order in which waiting pods are decided on, how long they wait, and what brings them back."""

from typing import Any

import pytest

from podproof.simulator.control.scheduling.hints import helped_by_node, helped_by_pod
from podproof.simulator.control.scheduling.queue import SchedulingQueue
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.informer import Key
from podproof.simulator.model.times import Nanos, seconds

POD: Key = ("default", "p")
FIT = frozenset({"NodeResourcesFit"})


class Tried:
    """A queue whose pods fit nowhere, and the seconds at which each was tried."""

    def __init__(self) -> None:
        self.agenda = Agenda(Nanos(0))
        self.queue = SchedulingQueue(self.agenda, self._decide, Nanos(0))
        self.at: list[float] = []
        self.names: list[str] = []

    def _decide(self, key: Key) -> None:
        self.at.append(self.agenda.now / seconds(1))
        self.names.append(key[1])
        self.queue.failed(key, FIT, 0)

    def until(self, end_s: float) -> None:
        self.agenda.run_until(seconds(end_s))

    def change(self, *plugins: str) -> None:
        self.queue.moved(plugins, lambda _: 0)


def test_the_highest_priority_goes_first_and_of_equals_who_came_first() -> None:
    tried = Tried()
    for name, priority in (("low", 0), ("first", 10), ("second", 10), ("high", 99)):
        tried.queue.add(("default", name), priority)

    tried.until(1)

    assert tried.names == ["high", "first", "second", "low"]


def test_a_pod_that_is_added_twice_is_decided_on_once() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)
    tried.queue.add(POD, 0)

    tried.until(1)

    assert tried.names == ["p"]


def test_a_pod_that_is_forgotten_is_not_decided_on() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)
    tried.queue.forget(POD)

    tried.until(1)

    assert tried.names == []


def test_a_change_that_its_plugin_cares_for_brings_a_pod_back_after_its_back_off() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)
    tried.until(0.5)
    tried.change("NodeResourcesFit")

    tried.until(5)

    assert tried.at == [0, 1]


def test_a_change_nobody_cares_for_brings_no_pod_back() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)
    tried.until(0.5)
    tried.change("TaintToleration")

    tried.until(200)

    assert tried.at == [0]


def test_the_back_off_doubles_to_ten_seconds() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)
    for second in range(1, 60):
        tried.until(second / 2)
        tried.change("NodeResourcesFit")
    tried.until(40)

    assert [later - earlier for earlier, later in zip(tried.at, tried.at[1:], strict=False)] == [1, 2, 4, 8, 10, 10]


def test_a_pod_nothing_helps_is_tried_again_after_five_minutes() -> None:
    tried = Tried()
    tried.queue.add(POD, 0)

    tried.until(301)

    assert tried.at == [0, 300]


def node(**change: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"labels": {"a": "b"}, "taints": [], "cordoned": False, "cpu": "1"}
    given = base | change
    spec = {"taints": given["taints"], "unschedulable": given["cordoned"]}
    meta = {"name": "n", "labels": given["labels"]}
    return {"metadata": meta, "spec": spec, "status": {"allocatable": {"cpu": given["cpu"]}}}


HINTS: dict[str, tuple[dict[str, Any] | None, set[str]]] = {
    "nothing changed": (node(), set()),
    "more room": (node(cpu="2"), {"NodeResourcesFit", "NodeVolumeLimits"}),
    "uncordoned": (node(cordoned=True), {"NodeUnschedulable"}),
    "other taints": (
        node(taints=[{"key": "a", "effect": "NoSchedule"}]),
        {"TaintToleration", "NodeUnschedulable", "PodTopologySpread"},
    ),
    "other labels": (
        node(labels={}),
        {"NodeAffinity", "PodTopologySpread", "InterPodAffinity", "VolumeBinding", "VolumeZone"},
    ),
    "the node is gone": (None, {"PodTopologySpread"}),
}


@pytest.mark.parametrize(("new", "helped"), HINTS.values(), ids=HINTS.keys())
def test_whom_a_nodes_change_may_help(new: dict[str, Any] | None, helped: set[str]) -> None:
    assert set(helped_by_node(node(), new)) == helped


def test_a_pod_that_leaves_gives_room_and_one_that_comes_only_company() -> None:
    assert "NodeResourcesFit" in helped_by_pod(came=False)
    assert set(helped_by_pod(came=True)) == {"PodTopologySpread", "InterPodAffinity"}
