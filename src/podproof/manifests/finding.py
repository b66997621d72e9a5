"""Where a manifest lies: in folders called `manifests/` beside or above the feature file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain
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
    known = {str(path.relative_to(folder)) for folder in folders for path in chain(*_listed(folder).values())}
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
    """Return the manifests of a name below a folder: those known from before where they are all still there."""
    wanted = Path(name).parts
    known = _listings.get(folder, {}).get(wanted[-1], ())
    if not known or not all(path.is_file() for path in known):
        known = _listed(folder).get(wanted[-1], ())
    return [path for path in known if path.parts[-len(wanted) :] == wanted]


def _listed(folder: Path) -> Mapping[str, Sequence[Path]]:
    """Look which manifests lie below a folder, by their names."""
    found: dict[str, list[Path]] = {}
    for place, _, names in os.walk(folder):
        for name in (each for each in names if each.endswith(_SUFFIXES)):
            found.setdefault(name, []).append(Path(place, name))
    _listings[folder] = found
    return found


_listings: dict[Path, Mapping[str, Sequence[Path]]] = {}
"""What was found where: a run asks hundreds of times for what seldom changes."""
