"""The page as text: what it says of a run, and that it is whole and safe whatever stands in it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.report.outcomes import Result, ScenarioOutcome, StepOutcome
from podproof.report.picture import Lane, Mark, Picture, Span
from podproof.report.run import Run

page = pytest.importorskip("podproof.report.page", reason="no jinja2: pip install 'podproof[report]'")

VERDICTS = {
    "nothing was run": ([], "No scenario was run"),
    "all passed": ([Result.PASSED, Result.PASSED], "2 of 2 scenarios proved"),
    "some were skipped": ([Result.PASSED, Result.SKIPPED], "1 of 2 scenarios proved, the rest skipped"),
    "one failed": ([Result.PASSED, Result.FAILED], "1 of 2 scenarios is not proved"),
    "what is inconclusive is not proved": ([Result.INCONCLUSIVE, Result.UNDEFINED], "2 of 2 scenarios are not proved"),
}


def run_of(*outcomes: ScenarioOutcome) -> Run:
    run = Run(0.0, 1.0)
    for number, outcome in enumerate(outcomes):
        run.add(str(number), outcome)
    return run


@pytest.mark.parametrize(("results", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_title_says_what_is_proved(results: list[Result], verdict: str) -> None:
    run = run_of(*(ScenarioOutcome("f", "F", line, "s", result) for line, result in enumerate(results)))

    assert f"<title>{verdict} · rootdir</title>" in page.report(run, Path("/a/rootdir"))


def test_a_run_that_was_cut_short_says_so() -> None:
    run = run_of(ScenarioOutcome("f", "F", 1, "s", Result.PASSED))
    run.cut_short = True

    assert "<title>Cut short. 1 of 1 scenarios proved · " in page.report(run, Path("/"))


def test_one_scenario_on_two_clusters_is_one_row_with_two_cells() -> None:
    here = ScenarioOutcome("f", "F", 3, "s", Result.PASSED, cluster="simulator")
    there = ScenarioOutcome("f", "F", 3, "s", Result.FAILED, cluster="k3s")

    html = page.report(run_of(here, there), Path("/"))

    assert html.count('<tr class="row"') == 1
    assert re.findall(r'aria-label="(\w+: s, \w+)"', html) == ["failed: s, k3s", "passed: s, simulator"]


class _Tags(HTMLParser):
    """Collects what a browser would make of a page: tags left open, scripts, addresses."""

    VOID = frozenset({"meta", "link", "input", "br", "path", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts = 0
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


NASTY = st.text(st.sampled_from("</script><b>&\"'\\{}%\n\t -é漢"), max_size=30)


@settings(deadline=None)  # the first page compiles the template
@given(NASTY, NASTY, NASTY)
def test_no_text_can_break_out_of_the_page(name: str, message: str, label: str) -> None:
    lane = Lane(label, "pod", label, (Span(0, 1, "ready", label, label),), (Mark(0, "event", label, label),))
    step = StepOutcome("Then", name, 4, Result.FAILED, message=message, doc_string=message, table=((name,),))
    picture = Picture(1, (lane,))
    outcome = ScenarioOutcome("f", name, 3, f"s{name}", Result.FAILED, message=message, steps=(step,), picture=picture)

    html = page.report(run_of(outcome), Path("/"))

    seen = _Tags()
    seen.feed(html)
    assert seen.open == []
    assert seen.scripts == 2
    assert all(address.startswith(("#", "data:,")) for address in seen.addresses)
    drawn = re.findall(r'class="drawing">(.*?)</script>', html)
    assert json.loads(drawn[0])["picture"]["lanes"][0]["name"] == label


WHYS = {
    "a claim: what was wanted, what is so, what to try": (
        "f:3\n  x\n\nwanted    pod is\nbut       it is not\n\nover time\n  T\n\nwhat to try\n  - this\n  - that",
        [("wanted", "pod is"), ("but", "it is not"), ("try", "this"), ("try", "that")],
    ),
    "what is said in several lines stays together": (
        "f:3\n  x\n\nwanted    it applies\nbut       the API refuses it\n          spec: no\n          spec: never",
        [("wanted", "it applies"), ("but", "the API refuses it"), ("", "spec: no\nspec: never")],
    ),
    "an error of Python has no heart": ("Traceback\n\nValueError: x", []),
}


@pytest.mark.parametrize(("message", "heart"), WHYS.values(), ids=WHYS.keys())
def test_the_heart_of_a_message(message: str, heart: list[tuple[str, str]]) -> None:
    assert list(page.why(message)) == heart
