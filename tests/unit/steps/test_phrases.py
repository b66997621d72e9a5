"""A phrase is matched whole, its quoted fields never swallow a quote, and its values are converted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.durations import DurationError
from podproof.steps.phrases import Phrase

FITS = {
    "a quoted field": ('pod "{name}" runs', 'pod "foo" runs', {"name": "foo"}),
    "an empty quoted field": ('pod "{name}" runs', 'pod "" runs', {"name": ""}),
    "a quoted field with an escaped quote": ('says "{text}"', r'says "a \"b\" c"', {"text": 'a "b" c'}),
    "a backslash that escapes nothing": ('says "{text}"', r'says "a\d"', {"text": r"a\d"}),
    "a duration": ("within {limit:duration}", "within 1 minute 30 seconds", {"limit": 90_000_000_000}),
    "a number": ("code {code:number}", "code 3", {"code": 3}),
    "a word that may vary": ("{count:number} {_:times}", "1 time", {"count": 1, "_": "time"}),
    "no field at all": ("kubectl get pods shows:", "kubectl get pods shows:", {}),
    "letters that mean something to a regex": ("a.b (c)? [d]", "a.b (c)? [d]", {}),
}


@pytest.mark.parametrize(("phrase", "text", "fields"), FITS.values(), ids=FITS.keys())
def test_a_text_that_fits_gives_its_fields(phrase: str, text: str, fields: dict[str, object]) -> None:
    made = Phrase(phrase)

    assert made.is_matching(text)
    assert made.parse_arguments(text) == fields


MISFITS = {
    "a second quoted text": ('label "{key}" is there', 'label "app" and "tier" is there'),
    "words after it": ('pod "{name}" shows "{status}"', 'pod "a" shows "b" within 5 s'),
    "words before it": ('pod "{name}" runs', 'the pod "foo" runs'),
    "another case": ('pod "{name}" runs', 'Pod "foo" runs'),
    "a number that is none": ("code {code:number}", "code three"),
    "a dot is a dot": ("a.b", "axb"),
}


@pytest.mark.parametrize(("phrase", "text"), MISFITS.values(), ids=MISFITS.keys())
def test_a_text_that_does_not_fit_is_another_sentence(phrase: str, text: str) -> None:
    made = Phrase(phrase)

    assert not made.is_matching(text)
    assert made.parse_arguments(text) is None


def test_a_value_its_field_refuses_still_matches_and_says_why() -> None:
    made = Phrase("{span:span} {_:passes}")

    assert made.is_matching("40 florps pass")
    with pytest.raises(DurationError, match="40 florps"):
        made.parse_arguments("40 florps pass")


@given(st.text(st.characters(exclude_characters='"\\', codec="utf-8")))
def test_any_text_without_a_quote_comes_through_a_field_unchanged(text: str) -> None:
    assert Phrase('says "{text}" twice').parse_arguments(f'says "{text}" twice') == {"text": text}
