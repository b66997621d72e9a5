"""Who a process is to the kernel, and what that lets it do with a file.

Source: path_resolution(7), Permissions.
"""

from typing import NamedTuple, Protocol

READ, WRITE, SEARCH = 4, 2, 1
GROUP_MAY_READ = 0o440
_GROUP_MAY_WRITE = 0o660
_SET_GROUP = 0o2000


class Owned(Protocol):
    """A file or directory: its permission bits, and whose it is."""

    mode: int
    uid: int
    gid: int


class User(NamedTuple):
    """The user and groups of a container's processes.

    `everywhere`: it is the image's own user, whose files are not told apart from root's (approximated: it may do all).
    """

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()
    everywhere: bool = True

    @property
    def restricted(self) -> bool:
        """Whether permissions matter to it at all."""
        return self.uid != 0 and not self.everywhere

    def may(self, node: Owned, wanted: int) -> bool:
        """Say whether it may do what the bits `wanted` mean."""
        if not self.restricted:
            return True
        return node.mode >> self._shift(node) & wanted == wanted

    def _shift(self, node: Owned) -> int:
        if node.uid == self.uid:
            return 6
        return 3 if node.gid == self.gid or node.gid in self.groups else 0

    def own(self, node: Owned, parent: Owned) -> None:
        """Make a node its own; in a directory that sets groups it has the directory's group."""
        node.uid = self.uid
        node.gid = parent.gid if parent.mode & _SET_GROUP else self.gid


ROOT = User()


def give_to_group(node: Owned, group: int, *, is_directory: bool, read_only: bool = False) -> None:
    """Give a volume's file or directory to a pod's fsGroup, which may read it, and write where it is not read-only.

    Source: pkg/volume/volume_linux.go, changeFilePermission.
    """
    node.gid = group
    node.mode |= GROUP_MAY_READ if read_only else _GROUP_MAY_WRITE
    if is_directory:
        node.mode |= _SET_GROUP | 0o110
