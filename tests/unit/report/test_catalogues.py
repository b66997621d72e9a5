"""The catalogues: every sentence can be filled, and each says what the English one says."""

import re
from importlib.resources import files

import pytest
import yaml

from podproof.report.failure import heart
from podproof.report.languages import LABELS, catalogue

_FIELD = re.compile(r"\{(\w+)(?::\w+)?\}")
TABLE = yaml.safe_load((files("podproof.report.languages") / "zh-CN.yaml").read_text("utf-8"))

SAID = {
    "a claim that waits": ('pod "web" shows "Error" within 5 seconds', 'Pod "web" 在 5 秒内显示 "Error"'),
    "what is seen, since when": ('it shows "Running" since +0.3 s', '从 +0.3 s 起它显示 "Running"'),
    "a moment after hours": ('it shows "A" since +1 hour 5 seconds', '从 +1 小时 5 秒 起它显示 "A"'),
    "a word of the kind": ('service "db" was never observed', '从未观察到 服务 "db"'),
    "a sentence in a sentence": (
        'pod "a" showed "Running" before service "db" existed',
        'Pod "a" 显示 "Running", 早于 服务 "db" 存在',
    ),
    "what stands in quotes stays": ('it shows "it is gone"', '它显示 "it is gone"'),
    "each line by itself": ("the API refuses it\nspec.x: Invalid value", "被 API 拒绝\nspec.x: Invalid value"),
    "what nobody knows stays": ("florps are gorps", "florps are gorps"),
}


@pytest.mark.parametrize(("english", "said"), SAID.values(), ids=SAID.keys())
def test_a_sentence_is_said(english: str, said: str) -> None:
    assert catalogue("zh-CN").said(english) == said
    assert catalogue("en").said(english) == english


def test_a_language_without_a_catalogue_is_told_in_english() -> None:
    assert catalogue("fr").label("wanted") == "wanted    "
    assert catalogue("fr").said("it is gone") == "it is gone"


@pytest.mark.parametrize("english", TABLE["sentences"])
def test_a_sentence_fills_no_more_than_there_is(english: str) -> None:
    said = TABLE["sentences"][english]

    assert set(_FIELD.findall(said)) <= set(_FIELD.findall(english))
    assert not said.isascii() or english == "{o:object} {v:words}"


def test_every_sentence_is_reached_by_its_own_english() -> None:
    """One before it that fits whatever it fits would take its place: filled in, each must come to itself."""
    words = {
        "span": "5 seconds",
        "moment": "+1 s",
        "number": "7",
        "times": "7 times",
        "object": 'pod "a"',
        "kind": "Pod",
    }
    field = re.compile(r"\{(\w+)(?::(\w+))?\}")
    zh = catalogue("zh-CN")
    lost = []
    for english, said in TABLE["sentences"].items():
        shown = field.sub(lambda each: words.get(each[2] or "", f"X{each[1]}X"), english)
        parts = [part for part in re.split(r"\{\w+(?::\w+)?\}", said) if part.strip()]
        if not all(part.strip() in zh.said(shown) for part in parts):
            lost.append((english, zh.said(shown)))

    assert lost == []


@pytest.mark.parametrize("language", LABELS)
def test_the_heart_of_a_failure_is_found_in_every_language(language: str) -> None:
    words = catalogue(language)
    wanted, but = words.label(words.labels.wanted), words.label(words.labels.but)
    text = f"f:3\n  x\n\n{wanted}this\n{but}that\n{' ' * 10}  more\n\n{words.to_try}\n  - a\n  - b"

    assert heart(text) == [
        (words.labels.wanted, "this"), (words.labels.but, "that"), ("", "  more"),
        (words.labels.tried, "a"), (words.labels.tried, "b"),
    ]  # fmt: skip
