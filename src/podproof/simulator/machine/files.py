"""What a container sees as its files: an image's tree, changed by copy on write, with volumes mounted over it."""

import errno
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from posixpath import normpath
from typing import NamedTuple, TypeVar

from podproof.errors import NotModelledError
from podproof.simulator.machine.disk import bytes_below
from podproof.simulator.machine.nodes import Device, Directory, File, Link, Mounted, Node, Stat, Unmodelled
from podproof.simulator.machine.permissions import READ, ROOT, SEARCH, WRITE
from podproof.simulator.model.times import Nanos

__all__ = ["Device", "Directory", "File", "FileSystem", "Link", "Mounted", "Node", "Stat", "Unmodelled"]

_Held = TypeVar("_Held", bound=Node | None)
_LINKS_FOLLOWED = 40
"""Source: linux include/linux/namei.h, MAXSYMLINKS."""


class _Place(NamedTuple):
    """Where a path leads: the directory that holds the name, the node if there is one, and the way down to it."""

    path: str
    way: list[str]
    node: Node | None
    read_only: bool
    mounted: bool = False


class FileSystem:
    """One container's view: `root` below, `mounts` over it. Paths are absolute: see `resolve`.

    `user` is who looks and changes; with `read_only` nobody changes anything but what is mounted.
    """

    def __init__(
        self, root: Directory, mounts: Mapping[str, Mounted] | None = None, now: Callable[[], Nanos] = lambda: Nanos(0)
    ) -> None:
        self._root = root
        self._mounts = {normpath(path): mount for path, mount in (mounts or {}).items()}
        self._now = now
        self.user, self.read_only = ROOT, False
        for path, mount in sorted(self._mounts.items()):
            self._make_point(path, mount)

    def written(self) -> int:
        """Return the bytes that are in the container's own files, its volumes and its image left out."""
        return bytes_below(self._root)

    @staticmethod
    def resolve(cwd: str, path: str) -> str:
        """Return `path` as an absolute one without "." and "..", seen from `cwd`."""
        whole = normpath(path if path.startswith("/") else f"{cwd}/{path}")
        return whole[1:] if whole.startswith("//") else whole

    def read(self, path: str) -> str:
        """Return a file's text. Raises the OSError of a real open(2)."""
        node = self._existing(path)
        if isinstance(node, Device):
            return _read_device(node, path)
        return self._allowed(self._file(node, path), READ, path).text

    def write(self, path: str, text: str, append: bool = False) -> None:
        """Replace or extend a file, creating it in a directory that exists. Raises the OSError of a real open(2)."""
        node = self.opened(path, writing=True, create=True)
        if isinstance(node, Device):
            if node.name == "full":
                raise _error(errno.ENOSPC, path)
            return
        if append:
            node.put(text, node.length)
        else:
            node.replace("")
            node.put(text, 0)
        node.mtime = self._now()

    def opened(self, path: str, writing: bool = False, create: bool = False) -> File | Device:
        """Return the file or device at `path`, ready to be written where `writing`. Raises the OSError of open(2)."""
        place = self._walk(path)
        if place.node is None:
            if not create:
                raise _error(errno.ENOENT, path)
            made = File(mtime=self._now())
            self._enter(place, made)
            return made
        if isinstance(place.node, Device):
            return place.node
        found = self._file(place.node, path)
        if not writing:
            return self._allowed(found, READ, path)
        if place.read_only:
            raise _error(errno.EROFS, path)
        self._allowed(found, WRITE, path)
        changed = self._unsealed(place, found)
        assert isinstance(changed, File)
        return changed

    def exists(self, path: str) -> bool:
        """Say whether a path leads somewhere, links followed."""
        return self._peek(path) is not None

    def is_dir(self, path: str) -> bool:
        """Say whether a path leads to a directory."""
        return isinstance(self._peek(path), Directory | Unmodelled)

    def is_file(self, path: str) -> bool:
        """Say whether a path leads to a regular file."""
        return isinstance(self._peek(path), File)

    def node(self, path: str) -> Node | None:
        """Return what a path leads to, None where it leads nowhere."""
        return self._peek(path)

    def stat(self, path: str, follow: bool = True) -> Stat:
        """Return what stat(2) would say. Raises FileNotFoundError or NotADirectoryError."""
        node = self._existing(path, follow)
        if isinstance(node, File):
            return Stat(node.size(), node.mode, node.mtime, False, uid=node.uid, gid=node.gid)
        if isinstance(node, Directory):
            return Stat(4096, node.mode, node.mtime, True, uid=node.uid, gid=node.gid)
        if isinstance(node, Link):
            return Stat(len(node.target), 0o777, Nanos(0), False, is_link=True)
        return Stat(0, 0o555 if isinstance(node, Unmodelled) else 0o666, Nanos(0), isinstance(node, Unmodelled))

    def readlink(self, path: str) -> str:
        """Return where a link points. Raises OSError(EINVAL) where it is none."""
        node = self._existing(path, follow=False)
        if not isinstance(node, Link):
            raise _error(errno.EINVAL, path)
        return node.target

    def listdir(self, path: str) -> list[str]:
        """Return the names in a directory, sorted."""
        node = self._existing(path)
        if isinstance(node, Unmodelled):
            raise NotModelledError(f"the files of {node.path}", "a container's file system")
        if not isinstance(node, Directory):
            raise _error(errno.ENOTDIR, path)
        return sorted(self._allowed(node, READ, path).entries)

    def mkdir(self, path: str, parents: bool = False) -> None:
        """Make a directory, with `parents` also those above it. Raises the OSError of mkdir(2)."""
        try:
            place = self._walk(path, follow=False)
        except FileNotFoundError:
            if not parents:
                raise
            self.mkdir(path.rstrip("/").rpartition("/")[0], parents=True)
            place = self._walk(path, follow=False)
        if place.node is None:
            self._enter(place, Directory(mtime=self._now()))
        elif not parents or not self.is_dir(path):
            raise _error(errno.EEXIST, path)

    def remove(self, path: str) -> None:
        """Remove a file or link. Raises the OSError of unlink(2)."""
        place = self._found(path)
        if isinstance(place.node, Directory):
            raise _error(errno.EISDIR, path)
        del self._parent_of(place)[place.way[-1]]

    def rmdir(self, path: str) -> None:
        """Remove an empty directory. Raises the OSError of rmdir(2)."""
        place = self._found(path)
        if not isinstance(place.node, Directory):
            raise _error(errno.ENOTDIR, path)
        if self.listdir(path):
            raise _error(errno.ENOTEMPTY, path)
        del self._parent_of(place)[place.way[-1]]

    def rename(self, old: str, new: str) -> None:
        """Move a file or directory over whatever file is at `new`. Raises the OSError of rename(2)."""
        self._walk(old, follow=False)
        target = self._walk(new, follow=False)
        source = self._found(old)  # last: the kernel goes both ways before it asks whether the file is there
        if self._mount_of(source.path) != self._mount_of(target.path):
            raise _error(errno.EXDEV, new)
        if target.path == source.path:
            return
        if target.path.startswith(source.path + "/"):
            raise _error(errno.EINVAL, new)
        self._check_replaceable(source.node, target, new)
        moved = source.node
        assert moved is not None
        into, out_of = self._parent_of(target), self._parent_of(source)
        into[target.way[-1]] = moved
        del out_of[source.way[-1]]

    def copy(self, old: str, new: str) -> None:
        """Copy one regular file with its permissions. Raises the OSError of open(2) on either."""
        source = self._file(self._existing(old), old)
        self.write(new, source.text)
        target = self.opened(new, writing=True)
        if isinstance(target, File):
            target.mode, target.runs = source.mode, source.runs

    def link(self, target: str, path: str) -> None:
        """Make a symbolic link at `path`. Raises FileExistsError."""
        place = self._walk(path, follow=False)
        if place.node is not None:
            raise _error(errno.EEXIST, path)
        self._parent_of(place)[place.way[-1]] = Link(target)

    def chmod(self, path: str, mode: int) -> None:
        """Set the permission bits. Raises the OSError of chmod(2): only the owner may."""
        node = self._existing(path)
        if self.user.restricted and isinstance(node, File | Directory) and node.uid != self.user.uid:
            raise _error(errno.EPERM, path)
        self._changed(path).mode = mode

    def touch(self, path: str, moment: Nanos | None = None) -> None:
        """Set the time of change, creating an empty file where there is none."""
        if not self.exists(path):
            self.write(path, "")
        node = self._peek(path)
        if not isinstance(node, Device):
            self._allowed(node, WRITE, path)
            self._changed(path).mtime = self._now() if moment is None else moment

    def _changed(self, path: str) -> File | Directory:
        place = self._walk(path)
        if place.node is None:
            raise _error(errno.ENOENT, path)
        if place.read_only:
            raise _error(errno.EROFS, path)
        if not isinstance(place.node, File | Directory):
            raise _error(errno.EPERM, path)
        return self._unsealed(place, place.node)

    def may(self, path: str, wanted: int) -> bool:
        """Say whether the user may read (4), write (2) or search or run (1) what is at a path."""
        place = self._walk(path)
        if wanted & WRITE and place.read_only:
            return False
        return not isinstance(place.node, File | Directory) or self.user.may(place.node, wanted)

    def _allowed(self, node: _Held, wanted: int, path: str) -> _Held:
        if isinstance(node, File | Directory) and not self.user.may(node, wanted):
            raise _error(errno.EACCES, path)
        return node

    def _enter(self, place: _Place, made: File | Directory) -> None:
        """Put a new file or directory at a place; it is the user's."""
        parent = self._parent(place)
        parent.entries[place.way[-1]] = made
        self.user.own(made, parent)

    def _peek(self, path: str) -> Node | None:
        try:
            return self._walk(path).node
        except OSError:
            return None

    def _existing(self, path: str, follow: bool = True) -> Node:
        node = self._walk(path, follow).node
        if node is None:
            raise _error(errno.ENOENT, path)
        return node

    def _found(self, path: str) -> _Place:
        """Return the place of an entry that exists and may be taken away."""
        place = self._walk(path, follow=False)
        if place.node is None:
            raise _error(errno.ENOENT, path)
        if place.mounted or not place.way:
            raise _error(errno.EBUSY, path)
        return place

    @staticmethod
    def _file(node: Node, path: str) -> File:
        if isinstance(node, Directory | Unmodelled):
            raise _error(errno.EISDIR, path)
        if not isinstance(node, File):
            raise _error(errno.EINVAL, path)
        return node

    def _mount_of(self, path: str) -> str:
        """Return the mount point a path is under, "/" for the container's own files."""
        while path != "/" and path not in self._mounts:
            path = path.rpartition("/")[0] or "/"
        return path

    def _check_replaceable(self, moved: Node | None, target: _Place, path: str) -> None:
        if isinstance(target.node, Directory):
            if not isinstance(moved, Directory):
                raise _error(errno.EISDIR, path)
            if target.node.entries:
                raise _error(errno.ENOTEMPTY, path)
        elif target.node is not None and isinstance(moved, Directory):
            raise _error(errno.ENOTDIR, path)

    def _walk(self, path: str, follow: bool = True) -> _Place:
        """Follow `path` from the root, through links and mounts; the last name need not exist."""
        todo = list(_parts(path))
        whole, way, links = "", list[str](), 0
        node: Node | None = self._root
        read_only, mounted = self.read_only, False
        may = self.user.may if self.user.restricted else None
        while todo:
            part = todo.pop()
            whole = f"{whole}/{part}"
            mount = self._mounts.get(whole)
            mounted = mount is not None
            if mount is not None:
                node, read_only = mount.source, mount.read_only
            elif isinstance(node, Directory):
                if may is not None and not may(node, SEARCH):
                    raise _error(errno.EACCES, path)
                node = node.entries.get(part)
            else:
                raise _nothing_below(node, whole, path)
            if isinstance(node, Link) and (todo or follow):
                links += 1
                if links > _LINKS_FOLLOWED:
                    raise _error(errno.ELOOP, path)
                todo.extend(_parts(self.resolve("/" + "/".join(way), node.target)))
                whole, way, node, read_only = "", [], self._root, self.read_only
            else:
                way.append(part)
        return _Place(whole or "/", way, node, read_only, mounted)

    def _parent_of(self, place: _Place) -> "dict[str, Node]":
        """Return the entries of the directory a place is in, branched so that they may be changed."""
        return self._parent(place).entries

    def _parent(self, place: _Place) -> Directory:
        if place.read_only:
            raise _error(errno.EROFS, place.path)
        return self._allowed(self._branched(place.way[:-1]), WRITE | SEARCH, place.path)

    def _branched(self, way: list[str], make: bool = False) -> Directory:
        """Return the directory at `way`, branching every sealed one on the way to it."""
        if self._root.sealed:
            self._root = self._root.branch()
        here, path = self._root, ""
        for part in way:
            path += "/" + part
            if (mount := self._mounts.get(path)) is not None and isinstance(mount.source, Directory):
                here = mount.source
                continue
            here = self._step(here, part, path, make)
        here.mtime = self._now()
        return here

    def _step(self, here: Directory, part: str, path: str, make: bool) -> Directory:
        below = here.entries.get(part)
        if below is None and make:
            below = here.entries[part] = Directory(mtime=self._now())
        if not isinstance(below, Directory):
            raise _error(errno.ENOENT if below is None else errno.ENOTDIR, path)
        if below.sealed:
            below = here.entries[part] = below.branch()
        return below

    def _unsealed(self, place: _Place, node: File | Directory) -> File | Directory:
        """Return the node itself where it may be changed, else a branch of it that takes its place."""
        if not node.sealed:
            return node
        if not place.way:
            return self._branched([])
        branch = node.branch()
        self._branched(place.way[:-1]).entries[place.way[-1]] = branch
        return branch

    def _make_point(self, path: str, mount: Mounted) -> None:
        """Make the entry a mount is seen at, as the container runtime does in the root it prepares."""
        *parents, name = path.strip("/").split("/")
        if name and name not in (here := self._branched(parents, make=True)).entries:
            here.entries[name] = File() if isinstance(mount.source, File) else Directory(mtime=self._now())


@lru_cache(maxsize=4096)
def _parts(path: str) -> tuple[str, ...]:
    """Return the names of an absolute path, the last one first. The same few paths are looked up all the time."""
    return tuple(part for part in reversed(normpath(path).split("/")) if part)


def _nothing_below(node: Node | None, whole: str, path: str) -> Exception:
    if isinstance(node, Unmodelled):
        return NotModelledError(f"the files of {node.path} ({whole})", "a container's file system")
    return _error(errno.ENOENT if node is None else errno.ENOTDIR, path)


def _read_device(device: Device, path: str) -> str:
    if device.name in ("null", "full"):
        return ""
    raise _error(errno.EINVAL, path)


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
