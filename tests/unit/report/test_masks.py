"""The values of Secrets are hidden wherever they stand, and nothing else is."""

from base64 import b64encode
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from podproof.report.masks import Mask
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record


def _record(*values: str) -> Record:
    record = Record(lambda: Nanos(0), Nanos(0))
    for number, value in enumerate(values):
        secret = {"kind": "Secret", "data": {"key": b64encode(value.encode()).decode()}}
        record.see(Ref("Secret", "default", f"s{number}"), secret)
    return record


TEXTS = {
    "the value": ("hunter2", "it is hunter2, said twice: hunter2", "it is ***, said twice: ***"),
    "the value as the manifest writes it": ("hunter2", "data: aHVudGVyMg==", "data: ***"),
    "each line of a value": ("first line\nsecond\n", "> second\n> first line", "> ***\n> ***"),
    "the value as JSON quotes it": ('say "x"', '{"text": "say \\"x\\""}', '{"text": "***"}'),
    "a value too short to be told from other text is not hidden": ("no", "no pods", "no pods"),
}


@pytest.mark.parametrize(("value", "text", "shown"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_shows_no_value_of_a_secret(value: str, text: str, shown: str) -> None:
    assert Mask.of(_record(value))(text) == shown


def test_a_value_inside_another_does_not_uncover_it() -> None:
    assert Mask.of(_record("pass", "password1"))("password1 pass") == "*** ***"


def test_json_and_objects_are_masked_to_their_last_text() -> None:
    shown = SimpleNamespace(head="hunter2", rows=[("a", "hunter2!"), {"k": ("hunter2", 1, None)}])

    Mask.of(_record("hunter2")).through(shown)

    assert shown == SimpleNamespace(head="***", rows=[("a", "***!"), {"k": ("***", 1, None)}])


@given(st.text(min_size=3).filter(lambda text: len(text.strip()) >= 3), st.lists(st.text()), st.text())
def test_no_text_shows_a_secret_whatever_stands_around_it(value: str, around: list[str], more: str) -> None:
    assume("*" not in value)
    text = value.join([more, *around, more])

    shown = Mask.of(_record(value)).through({"rows": [text]})

    assert value not in shown["rows"][0]


@given(st.text(alphabet="ab", min_size=3, max_size=6), st.text(alphabet="abc"))
def test_the_places_of_a_value_cover_all_of_it_and_nothing_else(value: str, text: str) -> None:
    places = list(Mask.hiding([value]).places(text))

    covered = {index for since, until in places for index in range(since, until)}
    stands = [index for index in range(len(text)) if text.startswith(value, index)]
    assert covered == {index + offset for index in stands for offset in range(len(value))}
    assert places == sorted(places)
