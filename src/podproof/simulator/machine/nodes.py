"""What a tree of files is made of: files, directories, links, devices.

Rules for editing: a sealed node belongs to an image and is shared by every container made of it; it is never changed.
Whoever writes branches it first, from the root of the container down to the node that changes, and no further.
"""

import errno
import os
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from podproof.errors import NotModelledError
from podproof.simulator.model.times import Nanos

_LONG_AGO = Nanos(0)
FILE_LIMIT = 64 * 1024 * 1024
"""In characters: what a program writes beyond it would be held in the memory of whoever runs the simulator."""


class File:
    """A regular file. `runs` names the program an executable of an image stands for."""

    __slots__ = ("_chunks", "gid", "length", "mode", "mtime", "runs", "sealed", "uid")

    def __init__(self, text: str = "", mode: int = 0o644, runs: str = "", mtime: Nanos = _LONG_AGO) -> None:
        self._chunks = [text] if text else []
        self.length = len(text)
        self.mode, self.runs, self.mtime, self.sealed = mode, runs, mtime, False
        self.uid = self.gid = 0

    @property
    def text(self) -> str:
        """The whole content."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    def put(self, text: str, at: int) -> None:
        """Write `text` from the character `at` on; a gap before it is filled with NUL.

        Raises:
            NotModelledError: the file grows over `FILE_LIMIT`.
        """
        if max(at + len(text), self.length) > FILE_LIMIT:
            raise NotModelledError(f"files larger than {FILE_LIMIT >> 20} MiB", "a container's file system")
        if at == self.length:
            self._chunks.append(text)
            self.length += len(text)
            return
        old = self.text.ljust(at, "\0")
        self.replace(old[:at] + text + old[at + len(text) :])

    def replace(self, text: str) -> None:
        """Make `text` the whole content."""
        self._chunks, self.length = [text], len(text)

    def size(self) -> int:
        """Return the size in bytes."""
        text = self.text
        return len(text) if text.isascii() else len(text.encode(errors="surrogateescape"))

    def branch(self) -> "File":
        """Return a copy that may be changed; the text itself is shared."""
        copy = File(self.text, self.mode, self.runs, self.mtime)
        copy.uid, copy.gid = self.uid, self.gid
        return copy


class Directory:
    """A directory, and the root of a volume or of an image. `entries` is changed in place unless it is sealed."""

    __slots__ = ("entries", "gid", "mode", "mtime", "sealed", "uid")

    def __init__(
        self, entries: "Mapping[str, Node] | None" = None, mode: int = 0o755, mtime: Nanos = _LONG_AGO
    ) -> None:
        self.entries: dict[str, Node] = dict(entries or {})
        self.mode, self.mtime, self.sealed = mode, mtime, False
        self.uid = self.gid = 0

    def branch(self) -> "Directory":
        """Return a copy of this one level; what is below stays shared."""
        copy = Directory(self.entries, self.mode, self.mtime)
        copy.uid, copy.gid = self.uid, self.gid
        return copy

    def seal(self) -> "Directory":
        """Share this tree from now on: every writer branches what it changes."""
        self.sealed = True
        for node in self.entries.values():
            if isinstance(node, Directory):
                node.seal()
            elif isinstance(node, File):
                node.sealed = True
        return self

    def plant(self, path: str, node: "Node") -> None:
        """Put a node at a path below, making the directories on the way (how images and volumes are filled)."""
        *parents, name = path.strip("/").split("/")
        here = self
        for part in parents:
            below = here.entries.setdefault(part, Directory())
            if not isinstance(below, Directory):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
            here = below
        here.entries[name] = node


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Device(NamedTuple):
    """A character device: "null", "zero", "full", "urandom", or "fd N" for the process's own descriptor N."""

    name: str


class Unmodelled(NamedTuple):
    """A tree the kernel would fill (/proc, /sys): looking into it is refused, as nothing true could be shown."""

    path: str


Node: TypeAlias = File | Directory | Link | Device | Unmodelled


def copied(tree: Directory) -> Directory:
    """Return a copy of a whole tree; the texts of its files are shared until somebody writes them."""
    copy = tree.branch()
    for name, node in tree.entries.items():
        if isinstance(node, Directory):
            copy.entries[name] = copied(node)
        elif isinstance(node, File):
            copy.entries[name] = node.branch()
    return copy


class Stat(NamedTuple):
    """What stat(2) says of a file; `size` in bytes, `mode` the permission bits, `uid` and `gid` whose it is."""

    size: int
    mode: int
    mtime: Nanos
    is_dir: bool
    is_link: bool = False
    uid: int = 0
    gid: int = 0


class Mounted(NamedTuple):
    """What is mounted at a path: a volume's directory, or one file."""

    source: Directory | File
    read_only: bool = False


def devices() -> Directory:
    """Return a new /dev."""
    named = {name: Device(name) for name in ("null", "zero", "full", "urandom")}
    streams = {"stdin": Device("fd 0"), "stdout": Device("fd 1"), "stderr": Device("fd 2")}
    return Directory({**named, "random": Device("urandom"), **streams, "shm": Directory()})
