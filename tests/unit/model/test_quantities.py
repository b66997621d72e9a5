"""Quantities: what texts mean, and how they are written back."""

import pytest

from podproof.simulator.model.quantities import QuantityError, canonical, parse, resource_amount

CANONICAL = {
    "a fraction becomes thousandths": ("0.5", "500m"),
    "thousandths become wholes": ("1000m", "1"),
    "a binary fraction becomes a smaller unit": ("1.5Gi", "1536Mi"),
    "binary units are kept binary": ("1024Ki", "1Mi"),
    "a binary amount below 1024 loses its unit": ("0.5Ki", "512"),
    "bytes without a unit stay decimal": ("1048576", "1048576"),
    "an exponent stays an exponent": ("1e3", "1e3"),
    "a capital E alone is exa": ("1E", "1E"),
    "a capital E with digits is an exponent": ("2E6", "2e6"),
    "less than a billionth is a billionth": ("0.1n", "1n"),
    "a binary amount below one is written decimal": ("0.001Ki", "1024m"),
    "nothing is nothing in every unit": ("0Gi", "0"),
    "leading zeros mean nothing": ("007", "7"),
    "a dot may stand first": (".25", "250m"),
    "negative amounts keep their sign": ("-1500m", "-1500m"),
    "a number of JSON is as good as a text": (2, "2"),
    "more than 2^63 - 1 is cut": ("10E", "9223372036854775807"),
    "an absurd exponent is cut, not computed": ("1e999999999", "9223372036854775807"),
    "an absurdly small exponent rounds up": ("1e-999999999", "1e-9"),
}


@pytest.mark.parametrize(("text", "written"), CANONICAL.values(), ids=CANONICAL.keys())
def test_canonical_form(text: str | int, written: str) -> None:
    assert canonical(parse(text)) == written


WRONG = {
    "no text": ("", "quantities must match the regular expression"),
    "words": ("lots", "quantities must match the regular expression"),
    "two dots": ("1.2.3", "quantities must match the regular expression"),
    "a unit twice": ("1MiMi", "unable to parse quantity's suffix"),
    "a small k with an i": ("1ki", "unable to parse quantity's suffix"),
    "an exponent without digits": ("1e", "unable to parse quantity's suffix"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_quantity_is_refused_in_the_servers_words(text: str, reason: str) -> None:
    with pytest.raises(QuantityError, match=reason):
        parse(text)


def test_true_is_no_quantity_even_after_one() -> None:
    parse(1)

    with pytest.raises(QuantityError):
        parse(True)


ROUNDED = {
    "cpu below a thousandth is a thousandth": ("1u", "1m"),
    "a whole stays": ("2", "2"),
    "memory": ("64Mi", "64Mi"),
}


@pytest.mark.parametrize(("text", "stored"), ROUNDED.values(), ids=ROUNDED.keys())
def test_a_resource_list_is_stored_in_thousandths(text: str, stored: str) -> None:
    assert resource_amount(text) == stored


def test_counting_rounds_up() -> None:
    amount = parse("1500m")

    assert (amount.value, amount.milli_value) == (2, 1500)


def test_a_sum_is_written_as_its_first_addend_that_is_not_zero() -> None:
    assert [str(parse("0") + parse("1Gi")), str(parse("1Gi") + parse("1k"))] == ["1Gi", "1073742824"]


def test_amounts_are_ordered_whatever_their_unit() -> None:
    assert parse("1Gi") > parse("1G") > parse("999M")
