"""A decision of the scheduler, as it is printed."""

from podproof.cluster import Placement
from podproof.report.placement import told

SCORES = {"n1": {"Fit": 70, "Spread": 10}, "n2": {"Fit": 90}}


def test_filter_score_and_bind_stand_below_one_another_the_best_node_first() -> None:
    text = told(Placement("n2", {"n3": ("Insufficient cpu", "Too many pods")}, SCORES))

    assert text.splitlines() == [
        "filter",
        "  n1  passes",
        "  n2  passes",
        "  n3  Insufficient cpu, Too many pods",
        "score",
        "  NODE  Fit  Spread  SUM",
        "  n2    90   0       90",
        "  n1    70   10      80",
        "bind",
        "  n2",
    ]


def test_what_is_reserved_stands_before_the_binding() -> None:
    text = told(Placement("n1", {}, {}, "", {"cpu": "2", "claim data": "volume disk"}))

    assert text.splitlines() == [
        "filter",
        "  n1  passes",
        "reserve",
        "  cpu         2",
        "  claim data  volume disk",
        "bind",
        "  n1",
    ]


def test_what_keeps_a_pod_from_every_node_is_said_once() -> None:
    text = told(Placement("", {}, {}, 'persistentvolumeclaim "c" not found'))

    assert text.splitlines() == [
        "filter",
        '  every node  persistentvolumeclaim "c" not found',
        "bind",
        "  nowhere: the pod waits",
    ]
