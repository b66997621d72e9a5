"""Writing a volume's files all at once: they are links into a directory that is replaced as a whole.

Source: pkg/volume/util/atomic_writer.go, AtomicWriter.Write.
"""

from podproof.simulator.control.kubelet.volumes.payloads import Payload, Projected
from podproof.simulator.machine.nodes import Directory, File, Link
from podproof.simulator.model.times import Nanos, timestamp

DATA = "..data"


def write(volume: Directory, payload: Payload, now: Nanos) -> bool:
    """Make a volume show the files of `payload`; return whether it showed others before."""
    if volume.entries.get(DATA) is not None and _shown(volume) == payload:
        return False
    version = f"..{timestamp(now).replace('-', '_').replace(':', '_').replace('T', '_').rstrip('Z')}.{now:x}"
    made = Directory(mtime=now)
    for path, (text, mode) in payload.items():
        made.plant(path, File(text, mode, mtime=now))
    for name in [each for each, node in volume.entries.items() if each.startswith("..") or _is_ours(node)]:
        del volume.entries[name]
    volume.entries[version] = made
    volume.entries[DATA] = Link(version)
    for top in dict.fromkeys(path.split("/", 1)[0] for path in payload):
        volume.entries[top] = Link(f"{DATA}/{top}")
    volume.mtime = now
    return True


def _is_ours(node: object) -> bool:
    return isinstance(node, Link) and node.target.startswith(f"{DATA}/")


def _shown(volume: Directory) -> Payload:
    """Return the files that are there now, with their modes."""
    link = volume.entries[DATA]
    assert isinstance(link, Link)
    top = volume.entries[link.target]
    assert isinstance(top, Directory)
    return dict(_files(top, ""))


def _files(directory: Directory, above: str) -> list[tuple[str, Projected]]:
    found: list[tuple[str, Projected]] = []
    for name, node in directory.entries.items():
        if isinstance(node, Directory):
            found.extend(_files(node, f"{above}{name}/"))
        elif isinstance(node, File):
            found.append((f"{above}{name}", Projected(node.text, node.mode)))
    return found
