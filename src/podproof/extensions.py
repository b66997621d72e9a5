"""What other distributions add to podproof: entry points of its groups, loaded, with all that does not load at once."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from podproof.errors import FaultsError

STEPS = "podproof.steps"
"""Each entry point is a module that defines phrases by `podproof.steps.phrases.says`, and fixtures for them."""
CLUSTERS = "podproof.clusters"
"""Each entry point is what makes a cluster of the kind it is named after: a `podproof.clusters.kinds.Make`."""


class ExtensionError(FaultsError):
    """What other distributions add cannot be used; `source` is the group, `faults` are all that is wrong with it."""


def names(group: str) -> tuple[str, ...]:
    """Return the names of a group's entry points, sorted; nothing of them is imported."""
    return tuple(each.name for each in _found(group))


def load(group: str, *only: str) -> dict[str, object]:
    """Return what a group's entry points mean, by name: of those that are asked for, or of all.

    Raises:
        ExtensionError: one does not load, or two have one name.
    """
    faults: list[str] = []
    loaded: dict[str, object] = {}
    owners: dict[str, EntryPoint] = {}
    for each in _found(group):
        if only and each.name not in only:
            continue
        if each.name in owners:
            faults.append(f"{_told(owners[each.name])} and {_told(each)} have one name: uninstall one of them")
        else:
            owners[each.name] = each
            loaded |= _loaded(each, faults)
    if faults:
        raise ExtensionError(group, tuple(faults))
    return loaded


def _found(group: str) -> list[EntryPoint]:
    """Return the entry points by name; a distribution that stands on the path twice counts once."""
    distinct = {(each.name, each.value, _owner(each)): each for each in entry_points(group=group)}
    return [distinct[key] for key in sorted(distinct)]


def _loaded(entry: EntryPoint, faults: list[str]) -> dict[str, object]:
    try:
        return {entry.name: entry.load()}
    except Exception as error:  # a plug-in may fail in any way: its name matters more than its traceback
        why = "\n".join(_indented(error))
        faults.append(f"{_told(entry)} does not load: {why}\n  mend it, or uninstall {_owner(entry)}")
    return {}


def _indented(error: Exception) -> Iterator[str]:
    first, *rest = f"{type(error).__name__}: {error}".splitlines()
    yield first
    yield from (f"  {line}" for line in rest)


def _told(entry: EntryPoint) -> str:
    return f'"{entry.name} = {entry.value}" of {_owner(entry)}'


def _owner(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown distribution"
