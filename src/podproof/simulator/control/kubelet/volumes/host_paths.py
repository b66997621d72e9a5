"""The files of a node itself, as hostPath volumes show them: empty at first, and kept from pod to pod.

Source: pkg/volume/hostpath/host_path.go, hostPathTypeChecker; an untyped path that is missing is made by the runtime.
"""

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.machine.nodes import Directory, File, Node, Unmodelled
from podproof.simulator.model.times import Nanos

_OWN = ("bin", "boot", "dev", "etc", "lib", "lib64", "proc", "sbin", "sys", "usr")
_EMPTY = ("home", "media", "mnt", "opt", "root", "run", "srv", "tmp", "var")
_WANTED = {
    "Directory": "directory",
    "DirectoryOrCreate": "directory",
    "File": "file",
    "FileOrCreate": "file",
    "Socket": "socket file",
    "CharDevice": "character device",
    "BlockDevice": "block device",
}


class HostFiles:
    """One node's files, as far as pods may see them; what the operating system brings is not modelled."""

    def __init__(self) -> None:
        self.root = Directory({name: Unmodelled(f"/{name}") for name in _OWN} | {name: Directory() for name in _EMPTY})

    def source(self, path: str, kind: str, now: Nanos) -> Directory | File:
        """Return what a hostPath volume of a type ("" for none) shows.

        Raises:
            SourceError: what is there is not of that type.
            NotModelledError: the path leads into the node's operating system.
        """
        found = self._find(path)
        if found is None and kind in ("", "DirectoryOrCreate"):
            found = self._make(path, Directory(mtime=now))
        elif found is None and kind == "FileOrCreate":
            found = self._make_file(path, now)
        wanted = _WANTED.get(kind, "")
        if (wanted == "directory" and isinstance(found, Directory)) or (wanted == "file" and isinstance(found, File)):
            return found
        if wanted or not isinstance(found, Directory | File):
            raise SourceError(f"hostPath type check failed: {path} is not a {wanted or 'directory'}")
        return found

    def _find(self, path: str) -> Node | None:
        node: Node | None = self.root
        for part in _parts(path):
            if isinstance(node, Unmodelled):
                break
            node = node.entries.get(part) if isinstance(node, Directory) else None
        if isinstance(node, Unmodelled):
            raise NotModelledError(f"the node's own files under {node.path}", f"a hostPath volume of {path}")
        return node

    def _make(self, path: str, made: Directory | File) -> Node | None:
        try:
            self.root.plant(path, made)
        except NotADirectoryError:
            raise SourceError(f"mkdir {path}: not a directory") from None
        return made

    def _make_file(self, path: str, now: Nanos) -> Node | None:
        above = self._find(path.rstrip("/").rpartition("/")[0])
        if not isinstance(above, Directory):
            raise SourceError(f"open {path}: no such file or directory")
        return self._make(path, File(mtime=now))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]
