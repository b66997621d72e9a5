"""How kubectl writes a taint."""

import pytest

from podproof.simulator.model.taints import TaintError, taint

CASES = {
    "a key and its effect": ("a:NoSchedule", {"key": "a", "effect": "NoSchedule"}),
    "a value too": ("a=b:NoExecute", {"key": "a", "value": "b", "effect": "NoExecute"}),
    "a key with a domain": (
        "example.com/a:PreferNoSchedule",
        {"key": "example.com/a", "effect": "PreferNoSchedule"},
    ),
}


@pytest.mark.parametrize(("text", "wanted"), CASES.values(), ids=CASES.keys())
def test_a_taint_is_read(text: str, wanted: dict[str, str]) -> None:
    assert taint(text) == wanted


@pytest.mark.parametrize("text", ["", "a", "a:", ":NoSchedule", "=b:NoSchedule", "a:noschedule", "a=b"])
def test_what_is_no_taint_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(TaintError, match="is no taint: write key:effect"):
        taint(text)
