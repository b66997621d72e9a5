"""What a kubelet says of its node."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.node_status import news, node_conditions

NOW = "2026-01-01T00:00:00Z"
FINE = node_conditions((), (), NOW)
SHORT = node_conditions(("memory",), (), NOW)
UNKNOWN = [{**each, "status": "Unknown"} for each in FINE]
CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]] = {
    "nothing has changed": (FINE, FINE, []),
    "too little memory": (FINE, SHORT, ["NodeHasInsufficientMemory"]),
    "memory again": (SHORT, FINE, ["NodeHasSufficientMemory"]),
    "nobody had heard of the node": (
        UNKNOWN,
        FINE,
        ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeReady"],
    ),
}


@pytest.mark.parametrize(("before", "now", "reasons"), CASES.values(), ids=CASES.keys())
def test_the_news_of_a_node(before: list[dict[str, Any]], now: list[dict[str, Any]], reasons: list[str]) -> None:
    assert news(before, now) == reasons
