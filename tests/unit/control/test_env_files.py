"""Variables from files."""

import pytest

from podproof.simulator.control.kubelet.env_files import assignments, value_of_file
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.machine.nodes import Directory, File

GOOD = {
    "one": ("A='1'", [("A", "1")]),
    "several, blank lines and comments left out": ("# x\n\n  A='1'\nB='2'\n", [("A", "1"), ("B", "2")]),
    "a value of several lines": ("A='one\ntwo'\nB=''", [("A", "one\ntwo"), ("B", "")]),
    "a comment behind a value": ("A='1' # one", [("A", "1")]),
    "nothing is expanded": ("A='$B \\n'", [("A", "$B \\n")]),
    "a space before the value makes it empty": ("A= '1'\nB='2'", [("A", ""), ("B", "2")]),
}
BAD = {
    "no quotes": "A=1",
    "double quotes": 'A="1"',
    "no end": "A='1",
    "a space before the equals sign": "A ='1'",
    "no equals sign": "A",
    "something behind the value": "A='1'2",
    "no name": "='1'",
}


@pytest.mark.parametrize(("text", "wanted"), GOOD.values(), ids=GOOD.keys())
def test_a_file(text: str, wanted: list[tuple[str, str]]) -> None:
    assert list(assignments(text)) == wanted


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_file_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        list(assignments(text))


VOLUMES = {"shared": Directory({"env": File("A='1'\nA='2'\n"), "broken": File("A")})}


def ref(path: str = "env", key: str = "A", volume: str = "shared", optional: bool = False) -> dict[str, object]:
    return {"volumeName": volume, "path": path, "key": key, "optional": optional}


def test_the_first_assignment_holds() -> None:
    assert value_of_file(ref(), VOLUMES) == "1"


def test_a_key_may_be_missing() -> None:
    assert value_of_file(ref(key="B", optional=True), VOLUMES) is None


MISSING = {
    "a volume": (ref(volume="other"), 'cannot find the volume "other" referenced by FileKeyRef'),
    "a file": (ref(path="nowhere"), "couldn't parse env file"),
    "a file that says something else": (ref(path="broken"), "couldn't parse env file"),
    "a key": (ref(key="B"), 'environment variable key "B" not found in file'),
}


@pytest.mark.parametrize(("what", "told"), MISSING.values(), ids=MISSING.keys())
def test_what_must_be_there(what: dict[str, object], told: str) -> None:
    with pytest.raises(SourceError) as refusal:
        value_of_file(what, VOLUMES)

    assert str(refusal.value) == told
