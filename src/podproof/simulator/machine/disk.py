"""How much disk a tree of files takes."""

from podproof.simulator.machine.nodes import Directory, File, Node


def bytes_below(node: Node | None) -> int:
    """Return the bytes of all files in a tree; what belongs to an image takes none of its own."""
    if isinstance(node, File):
        return 0 if node.sealed else node.size()
    if isinstance(node, Directory) and not node.sealed:
        return sum(bytes_below(each) for each in node.entries.values())
    return 0
