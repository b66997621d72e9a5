"""Every phrase has its wording in every language, and each wording means that phrase and no other."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from podproof.durations import parse
from podproof.steps import MODULES, languages
from podproof.steps.kinds import known
from podproof.steps.phrases import Phrase
from podproof.steps.sentences import FIELD

SAMPLES = {
    "duration": "1 分 30 秒",
    "span": "1 分 30 秒",
    "number": "3",
    "bound": "至少",
    "kind": "Pod",
    "plural": "pods",
    "shortage": "内存",
    "ending": "被丢弃",
    "record": "SRV",
    "code": "NXDOMAIN",
}


def _vocabulary() -> Iterator[Phrase]:
    for name in MODULES:
        for each in vars(import_module(f"podproof.steps.{name}")).values():
            yield from getattr(each, "phrases", ())


PHRASES = {each.name: each for each in _vocabulary()}
TABLES = [languages.language(name) for name in languages.LANGUAGES]
WORDINGS = [(phrase, said) for table in TABLES for phrase, all_said in table.phrases.items() for said in all_said]


def _fields(text: str) -> set[str]:
    return {field["quoted"] or field["name"] for field in FIELD.finditer(text)} - {"_"}


def _filled(wording: str) -> str:
    return FIELD.sub(lambda field: f'"{field["quoted"]}"' if field["quoted"] else SAMPLES[field["type"]], wording)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_phrase_is_in_the_table_and_nothing_else(table: languages.Language) -> None:
    assert sorted(PHRASES.keys() - table.phrases.keys()) == []
    assert sorted(table.phrases.keys() - PHRASES.keys()) == []


@pytest.mark.parametrize(("phrase", "wording"), WORDINGS)
def test_a_wording_takes_the_fields_of_its_phrase(phrase: str, wording: str) -> None:
    assert _fields(wording) == _fields(phrase)


@pytest.mark.parametrize(("phrase", "wording"), WORDINGS)
def test_a_wording_is_told_from_english_by_its_letters(phrase: str, wording: str) -> None:
    assert not FIELD.sub("", wording).isascii()


@pytest.mark.parametrize(("phrase", "wording"), WORDINGS)
def test_a_wording_means_its_phrase_and_no_other(phrase: str, wording: str) -> None:
    text = _filled(wording)

    assert [each.name for each in PHRASES.values() if each.is_matching(text)] == [phrase]


LOOSE = {
    "as the table has it": 'Pod "a" 在 90 秒 内显示 "Running"',
    "without spaces": 'Pod"a"在90秒内显示"Running"',
    "with a space more": 'Pod "a" 在 90 秒 内 显示 "Running"',
    "with two units": 'Pod "a" 在 1 分钟 30 秒 内显示 "Running"',
    "with English units": 'Pod "a" 在 90 seconds 内显示 "Running"',
}


@pytest.mark.parametrize("text", LOOSE.values(), ids=LOOSE.keys())
def test_spaces_and_units_are_free(text: str) -> None:
    phrase = PHRASES['pod "{name}" shows "{status}" within {limit:duration}']

    assert phrase.parse_arguments(text) == {"name": "a", "status": "Running", "limit": 90_000_000_000}


TAKEN = {
    "a bound": (
        'pod "{name}" has restarted {bound:bound} {count:number} {_:times}',
        'Pod "a" 至少重启了 3 次',
        {"name": "a", "bound": "at least", "count": 3},
    ),
    "a kind": ('{kind:kind} "{name}" does not exist', '命名空间 "a" 不存在', {"kind": "Namespace", "name": "a"}),
    "a shortage": (
        'node "{name}" runs short of {what:shortage}',
        '节点 "n" 的磁盘不足',
        {"name": "n", "what": "disk"},
    ),
    "a full-width colon": ('pod "{name}" passes through:', 'Pod "a" 依次经过：', {"name": "a"}),
    "a full-width comma": (
        '{kind:kind} "{name}" has an event "{reason}" saying "{text}"',
        'Pod "a" 有事件 "Killing"，内容含 "b"',
        {"kind": "Pod", "name": "a", "reason": "Killing", "text": "b"},
    ),
    "an English sentence with other letters in its quotes": (
        'the log of pod "{pod}" contains "{text}"',
        'the log of pod "a" contains "你好"',
        {"pod": "a", "text": "你好"},
    ),
}


@pytest.mark.parametrize(("phrase", "text", "fields"), TAKEN.values(), ids=TAKEN.keys())
def test_values_are_taken(phrase: str, text: str, fields: dict[str, object]) -> None:
    assert PHRASES[phrase].parse_arguments(text) == fields


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_word_for_a_kind_means_one_that_the_steps_know(table: languages.Language) -> None:
    assert [known(kind) for kind in table.words["kind"].values()] == list(table.words["kind"].values())


CHINESE = {"300 毫秒": 0.3, "5 秒": 5, "5秒钟": 5, "2 分": 120, "2 分钟": 120, "1 小时": 3600, "1 天": 86400}


@pytest.mark.parametrize(("text", "seconds"), CHINESE.items())
def test_durations_are_taken_in_chinese(text: str, seconds: float) -> None:
    assert parse(text) == seconds * 10**9
