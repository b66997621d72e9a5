"""Where a manifest lies: in folders called `manifests/` beside or above the feature file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from podproof.manifests.faults import Fault, ManifestError, ManifestNotFoundError

_SUFFIXES = (".yaml", ".yml", ".json")


def find(name: str, beside: Path, rootdir: Path) -> Path:
    """Return the file a manifest's name means: in `manifests/` beside or above the feature file.

    The nearest folder wins; inside it a file may lie in any folder, and two of one name are an error.

    Raises:
        ManifestNotFoundError: no folder has it.
        ManifestError: a folder has it twice.
    """
    folders = list(_folders(beside, rootdir))
    for folder in folders:
        direct = folder / name
        found = [direct] if direct.is_file() else sorted(_within(folder, name))
        if len(found) > 1:
            told = f'"{name}" is here {len(found)} times: {", ".join(str(each) for each in found)}; say which'
            raise ManifestError(str(folder), (Fault(0, 0, told),))
        if found:
            return found[0]
    known = {str(path.relative_to(folder)) for folder in folders for path in _yaml_files(folder)}
    names = known | {Path(each).name for each in known}
    near = tuple(get_close_matches(name, sorted(names), n=3, cutoff=0.6))
    raise ManifestNotFoundError(name, tuple(str(folder) for folder in folders), near)


def _folders(beside: Path, rootdir: Path) -> Iterator[Path]:
    """Yield the folders called manifests, from the feature file's own up to the root directory's."""
    start = beside if beside.is_dir() else beside.parent
    for folder in (start, *start.parents):
        if (folder / "manifests").is_dir():
            yield folder / "manifests"
        if folder == rootdir:
            return


def _within(folder: Path, name: str) -> list[Path]:
    wanted = Path(name).parts
    return [path for path in _listing(folder).files.get(wanted[-1], ()) if path.parts[-len(wanted) :] == wanted]


def _yaml_files(folder: Path) -> Iterator[Path]:
    """Yield the manifests below a folder."""
    return (path for paths in _listing(folder).files.values() for path in paths)


@dataclass(frozen=True, slots=True)
class _Listing:
    """The manifests below a folder by their names, and when each folder there was last changed."""

    files: Mapping[str, Sequence[Path]]
    changed: Mapping[str, int]

    @classmethod
    def of(cls, folder: Path) -> "_Listing":
        """Return what is there."""
        files: dict[str, list[Path]] = {}
        changed: dict[str, int] = {}
        for place, _, names in os.walk(folder):
            changed[place] = os.stat(place).st_mtime_ns  # noqa: PTH116 (a Path of each costs more than the look)
            for name in (each for each in names if each.endswith(_SUFFIXES)):
                files.setdefault(name, []).append(Path(place, name))
        return cls(files, changed)

    def holds(self) -> bool:
        """Say whether nothing has come or gone since."""
        try:
            return all(os.stat(place).st_mtime_ns == changed for place, changed in self.changed.items())  # noqa: PTH116
        except OSError:
            return False


_listings: dict[Path, _Listing] = {}
"""What was found where: a run asks hundreds of times."""


def _listing(folder: Path) -> _Listing:
    known = _listings.get(folder)
    if known is None or not known.holds():
        known = _listings[folder] = _Listing.of(folder)
    return known
