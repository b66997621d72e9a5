"""The file system against the real one: the same operations give the same errors and the same tree."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.machine.files import Directory, File, FileSystem

NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
ACTS = ("write", "append", "mkdir", "parents", "rmdir", "remove", "rename", "link")
Operation = tuple[str, str, str]
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(ACTS), PATHS, PATHS),
    max_size=12,
)


def ours(files: FileSystem) -> dict[str, Callable[[str, str], object]]:
    return {
        "write": lambda path, other: files.write(path, other),
        "append": lambda path, other: files.write(path, other, append=True),
        "mkdir": lambda path, other: files.mkdir(path),
        "parents": lambda path, other: files.mkdir(path, parents=True),
        "rmdir": lambda path, other: files.rmdir(path),
        "remove": lambda path, other: files.remove(path),
        "rename": lambda path, other: files.rename(path, other),
        "link": lambda path, other: files.link(other.lstrip("/"), path),
    }


def real(root: Path) -> dict[str, Callable[[str, str], object]]:
    def at(path: str) -> Path:
        return root / path.lstrip("/")

    def append(path: str, text: str) -> None:
        with at(path).open("a") as file:
            file.write(text)

    return {
        "write": lambda path, other: at(path).write_text(other),
        "append": append,
        "mkdir": lambda path, other: at(path).mkdir(),
        "parents": lambda path, other: at(path).mkdir(parents=True, exist_ok=True),
        "rmdir": lambda path, other: at(path).rmdir(),
        "remove": lambda path, other: at(path).unlink(),
        "rename": lambda path, other: at(path).rename(at(other)),
        "link": lambda path, other: at(path).symlink_to(other.lstrip("/")),
    }


def outcome(act: Callable[[str, str], object], path: str, other: str) -> int:
    try:
        act(path, other)
    except OSError as error:
        return error.errno or -1
    return 0


def tree(files: FileSystem, path: str = "/") -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files.listdir(path):
        below = f"{path.rstrip('/')}/{name}"
        if files.stat(below, follow=False).is_link:
            found[below] = f"-> {files.readlink(below)}"
        elif files.is_dir(below):
            found |= {below: "directory"} | tree(files, below)
        else:
            found[below] = files.read(below)
    return found


def real_tree(root: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = "/" + str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = "directory" if path.is_dir() else path.read_text()
    return found


@settings(deadline=None, max_examples=150)
@given(OPERATIONS)
def test_operations_end_as_on_a_real_file_system(operations: list[Operation]) -> None:
    files = FileSystem(Directory())
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for name, path, other in operations:
            seen = outcome(ours(files)[name], path, other)
            wanted = outcome(real(root)[name], path, other)
            assert (name, path, other, os.strerror(seen)) == (name, path, other, os.strerror(wanted))

        assert tree(files) == real_tree(root)


@settings(deadline=None)
@given(OPERATIONS)
def test_an_image_is_never_changed(operations: list[Operation]) -> None:
    image = Directory()
    image.plant("/a/b/c", File("as built"))
    image.plant("/b", File("too"))
    image.seal()
    files = FileSystem(image)
    for name, path, other in operations:
        outcome(ours(files)[name], path, other)

    assert tree(FileSystem(image)) == {"/a": "directory", "/a/b": "directory", "/a/b/c": "as built", "/b": "too"}
