"""Where a manifest lies: in folders called `manifests/` beside or above the feature file."""

import os
from collections.abc import Iterator
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


def _within(folder: Path, name: str) -> Iterator[Path]:
    wanted = Path(name).parts
    return (path for path in _yaml_files(folder, Path(name).name) if path.parts[-len(wanted) :] == wanted)


def _yaml_files(folder: Path, name: str = "") -> Iterator[Path]:
    """Yield the manifests below a folder, those of one name only where it is given."""
    for place, _, files in os.walk(folder):
        yield from (Path(place, file) for file in files if file.endswith(_SUFFIXES) and (not name or file == name))
