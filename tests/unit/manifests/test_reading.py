"""Manifests out of text, and what is said of bad ones."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.manifests import LIMIT_BYTES, Fault, ManifestError, load, read

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: foo\n"


def test_each_document_knows_its_line() -> None:
    manifest = load(f"# pods\n---\n{POD}---\n\n---\n{POD}", "pods.yaml")

    assert [(each.object["metadata"]["name"], each.line) for each in manifest.documents] == [("foo", 3), ("foo", 10)]


def test_a_list_is_its_items() -> None:
    items = [f"- {{apiVersion: v1, kind: {kind}, metadata: {{name: a}}}}" for kind in ("Pod", "Service")]
    text = "\n".join(["apiVersion: v1", "kind: List", "items:", *items])

    manifest = load(text, "list.yaml")

    assert [(each.object["kind"], each.line) for each in manifest.documents] == [("Pod", 4), ("Service", 5)]


def test_lines_count_from_where_the_text_begins_in_its_source() -> None:
    with pytest.raises(ManifestError) as caught:
        load("apiVersion: v1\nkind: Pod\nkind: Pod\nmetadata: {name: a}\n", "some.feature", first_line=20)

    assert str(caught.value) == 'some.feature:22:1: the key "kind" is here twice: first on line 21'


SCALARS: dict[str, tuple[str, Any]] = {
    "80:80": ("80:80", "80:80"),
    "a date": ("2020-01-01", "2020-01-01"),
    "a file mode": ("0644", 420),
    "a float": ("1e3", 1000.0),
    "a quantity": ("500m", "500m"),
    "nothing": ("", None),
    "yes": ("yes", True),
    "a quoted number": ('"80"', "80"),
    "a time of day": ("12:30:45", "12:30:45"),
}


@pytest.mark.parametrize(("text", "value"), SCALARS.values(), ids=SCALARS.keys())
def test_scalars_are_read_as_kubectl_reads_them(text: str, value: object) -> None:
    assert load(f"{POD}x: {text}\n", "x.yaml").documents[0].object["x"] == value


def test_merge_keys_merge_and_own_keys_win() -> None:
    found = load(f"{POD}a: &a {{p: 1, q: 2}}\nb: {{<<: *a, q: 3}}\n", "x.yaml").documents[0].object

    assert found["b"] == {"p": 1, "q": 3}


BAD: dict[str, tuple[str, str]] = {
    "nothing at all": ("", "x.yaml:1:1: there is no document here"),
    "only comments and separators": ("# nothing\n---\n---\n", "x.yaml:1:1: there is no document here"),
    "a tab that indents": ("a:\n\tb: c\n", "x.yaml:2:1: there is a tab here: YAML indents with spaces"),
    "a tab at the beginning": ("\ta: b\n", "x.yaml:1:1: there is a tab here"),
    "brackets left open": ("a: [1, 2\nb: c\n", "x.yaml:2:2: this is no YAML: did not find expected ',' or ']'"),
    "a control character": ("a: b\nc: \x00\n", "x.yaml:2:4: this is no YAML: the character #x0000 is not allowed"),
    "a key twice": (f"{POD}kind: Pod\n", 'x.yaml:5:1: the key "kind" is here twice: first on line 2'),
    "a key that is a number": (f"{POD}1: a\n", 'x.yaml:5:1: the key 1 is no text: write "1"'),
    "a key that is a list": (f"{POD}? [a]\n: b\n", "x.yaml:5:3: a key must be a text, not a list or a mapping"),
    "a tag": (f"{POD}a: !!python/name:os.system x\n", "x.yaml:5:4: a manifest holds plain values"),
    "a list": ("- a\n", "x.yaml:1:1: a manifest is a mapping with apiVersion, kind and metadata, not a list"),
    "a text": ("foo\n", "not a text"),
    "no apiVersion": ("kind: Pod\nmetadata: {name: a}\n", "x.yaml:1:1: apiVersion is missing"),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\n", "x.yaml:1:1: kind is missing"),
    "a kind that is a number": ("apiVersion: v1\nkind: 5\nmetadata: {name: a}\n", "kind must be a text, not a number"),
    "no name": ("apiVersion: v1\nkind: Pod\nmetadata: {}\n", "metadata.name is missing"),
    "no metadata": ("apiVersion: v1\nkind: Pod\n", "metadata.name is missing"),
    "a name to be generated": (
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n",
        "apply cannot generate names",
    ),
    "a name that is a number": ("apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n", "write it in quotes"),
    "an alias to nothing": (f"{POD}a: *b\n", "x.yaml:5:4: this is no YAML: found undefined alias"),
    "an alias that contains itself": (f"{POD}a: &a [*a]\n", "x.yaml:5:4: this alias contains itself"),
    "a merge of a text": (f"{POD}a: {{<<: b}}\n", "<< merges mappings only"),
    "a hundred thousand brackets": ("[" * 100_000, "x.yaml:1:101: this is nested deeper than 100 levels"),
    "a hundred thousand lists on one line": ("- " * 100_000, "x.yaml:1:201: this is nested deeper than 100 levels"),
    "lists below a key that stands alone": (f"? a\n: {'- ' * 200}x", "this is nested deeper than 100 levels"),
    "mappings, one in another": (
        "\n".join(f"{' ' * n}a:" for n in range(200)),
        "x.yaml:101:101: this is nested deeper than 100 levels",
    ),
    "a fault in the second document": (f"{POD}---\nkind: Pod\nmetadata: {{name: a}}\n", "x.yaml:6:1: apiVersion"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load(text, "x.yaml")

    assert said in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ManifestError) as caught:
        load("kind: Pod\nkind: Pod\n---\napiVersion: v1\n", "x.yaml")

    assert [(fault.line, fault.text.partition(":")[0]) for fault in caught.value.faults] == [
        (2, 'the key "kind" is here twice'),
        (1, "apiVersion is missing"),
        (1, "metadata.name is missing"),
        (4, "kind is missing"),
        (4, "metadata.name is missing"),
    ]


def bomb(layers: int) -> str:
    rows = [f"a{layer}: &a{layer} [{', '.join([f'*a{layer - 1}'] * 9)}]" for layer in range(1, layers)]
    return "\n".join([POD + "a0: &a0 [x, x, x, x, x, x, x, x, x]", *rows])


def test_an_alias_bomb_is_refused_before_it_is_expanded() -> None:
    tracemalloc.start()

    with pytest.raises(ManifestError, match="its aliases stand for more than 200,000 values"):
        load(bomb(60), "bomb.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_a_few_aliases_are_no_bomb() -> None:
    assert load(bomb(4), "x.yaml").documents[0].object["a1"] == [["x"] * 9] * 9


def test_a_text_of_ten_megabytes_is_refused() -> None:
    with pytest.raises(ManifestError, match=r"x\.yaml: this is 10\.0 MiB; the API server takes 3 MiB at most"):
        load("x" * (10 * 2**20), "x.yaml")


def test_a_file_of_ten_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"\xff" * (10 * 2**20))

    with pytest.raises(ManifestError, match=r"10\.0 MiB"):
        read(path)


def test_a_manifest_as_large_as_a_request_is_read() -> None:
    filler = "x" * (LIMIT_BYTES - len(POD) - 4)

    assert len(load(f"{POD}a: {filler}\n", "x.yaml").documents) == 1


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.yaml"
    path.write_bytes(b"\x89PNG")

    with pytest.raises(ManifestError, match="this is no UTF-8 text"):
        read(path)


def test_values_stand_for_names() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: $NAME}\nspec: {policy: $POLICY, exit: $CODE}\n"

    found = load(text, "x.yaml", {"NAME": "foo", "POLICY": "Never", "CODE": "3"}).documents[0].object

    assert (found["metadata"]["name"], found["spec"]) == ("foo", {"policy": "Never", "exit": 3})


def test_what_the_shell_and_the_kubelet_expand_is_left_alone() -> None:
    text = f'{POD}a: "${{HOME}} $(NAME) $$NAME $1 $NAME"\n'

    assert load(text, "x.yaml", {"NAME": "v"}).documents[0].object["a"] == "${HOME} $(NAME) $$NAME $1 v"


def test_without_values_nothing_is_filled_in() -> None:
    assert load(f"{POD}a: $NAME\n", "x.yaml").documents[0].object["a"] == "$NAME"


def test_a_value_that_is_missing_and_one_that_is_not_used_are_both_told() -> None:
    with pytest.raises(ManifestError) as caught:
        load(f"{POD}a: $NAMES\n", "x.yaml", {"NAME": "v"})

    assert str(caught.value).splitlines() == [
        "x.yaml:5:4: $NAMES has no value; values given: NAME. For a variable of the shell write ${NAMES}",
        "x.yaml: a value is given for NAME, but there is no $NAME here",
    ]


TEXTS = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF))
KEYS = TEXTS.filter(lambda text: len(json.dumps(text)) < 1024)
"""YAML takes no longer key on one line."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_json_is_read_as_itself(value: object) -> None:
    text = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "foo"}, "x": value})

    assert load(text, "x.yaml").documents[0].object["x"] == value


@given(st.text(max_size=60))
def test_any_text_is_a_manifest_or_a_fault_with_a_place(text: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        assert load(text, "x.yaml").documents
    except ManifestError as error:
        faults = error.faults

    assert all(1 <= fault.line <= len(text.splitlines()) + 1 and fault.column >= 1 for fault in faults)
