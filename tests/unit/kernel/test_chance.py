"""Chance is seeded: the same seed and name give the same draws, for ever."""

import re
from collections.abc import Callable

import pytest

from podproof.simulator.kernel.chance import Chance

DRAWS: dict[str, tuple[Callable[[Chance], object], object]] = {
    "whole numbers": (lambda chance: [chance.below(100) for _ in range(5)], [12, 3, 46, 21, 59]),
    "a jitter": (lambda chance: chance.jitter(10_000, 0.5), 10_498),
    "the random part of a name": (lambda chance: chance.name_suffix(), "fbphs"),
    "a UUID": (lambda chance: chance.uid(), "2b872002-5c20-4d52-8641-cda719866670"),
}


@pytest.mark.parametrize(("draw", "expected"), DRAWS.values(), ids=DRAWS.keys())
def test_a_seed_gives_the_same_draws_on_every_machine(draw: Callable[[Chance], object], expected: object) -> None:
    assert draw(Chance("podproof")) == expected


def test_streams_of_other_names_are_independent_of_each_other() -> None:
    undisturbed = Chance("seed").fork("kubelet").below(10**9)

    chance = Chance("seed")
    chance.below(10)
    chance.fork("scheduler").below(10)

    assert chance.fork("kubelet").below(10**9) == undisturbed
    assert chance.fork("scheduler").below(10**9) != undisturbed


def test_another_seed_gives_other_draws() -> None:
    assert Chance("one").uid() != Chance("two").uid()


def test_a_uid_is_a_version_4_uuid() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", Chance("x").uid())


def test_a_container_id_is_64_hexadecimal_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", Chance("x").container_id())


def test_generated_names_avoid_vowels_and_look_alikes() -> None:
    drawn = set(Chance("x").name_suffix(2000))

    assert drawn == set("bcdfghjklmnpqrstvwxz2456789")
