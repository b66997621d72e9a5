"""The kinds of cluster a scenario can run on: podproof's own, and those that other distributions add.

`--cluster KIND` names one; `--cluster KIND:DETAIL` tells it more, in words that the kind itself understands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TypeAlias, cast

from podproof import extensions
from podproof.cluster import Cluster
from podproof.configuration import Configuration
from podproof.errors import PodproofError

SIMULATOR = "simulator"
_OWN: Mapping[str, tuple[str, str]] = {
    SIMULATOR: ("podproof.clusters.simulated", "made"),
    "live": ("podproof.clusters.live.alone", "made"),
    "k3s": ("podproof.clusters.k3s.alone", "made"),
}
"""Where what makes a cluster of each kind stands: a kind that nobody asks for is not imported."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scenario wants its cluster to be; `detail` is what stands behind the kind, `seed` goes before the
    configuration's."""

    configuration: Configuration
    seed: str | None = None
    detail: str = ""


Make: TypeAlias = Callable[[Wanted], Cluster]
"""Makes a cluster as it is new, for one scenario; who asked for it closes it."""


class ClusterKindError(PodproofError, LookupError):
    """There is no such kind of cluster; `known` are those there are."""

    def __init__(self, kind: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, known)
        self.kind, self.known = kind, known

    def __str__(self) -> str:
        near = get_close_matches(self.kind, self.known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{self.kind!r} is no cluster podproof can run on: there is {', '.join(self.known)}{hint}"


def known() -> tuple[str, ...]:
    """Return the names of all kinds; podproof's own come first."""
    added = (name for name in extensions.names(extensions.CLUSTERS) if name not in _OWN)
    return (*_OWN, *dict.fromkeys(added))


def maker(kind: str) -> Make:
    """Return what makes clusters of a kind.

    Raises:
        ClusterKindError: there is no such kind.
        ExtensionError: the distribution that adds it cannot be used.
    """
    if kind in _OWN:
        module, name = _OWN[kind]
        return cast(Make, getattr(import_module(module), name))
    if kind not in known():
        raise ClusterKindError(kind, known())
    found = extensions.load(extensions.CLUSTERS, kind)[kind]
    if not callable(found):
        told = f'"{kind}" is {found!r}: wanted a function that takes a Wanted and returns a Cluster'
        raise extensions.ExtensionError(extensions.CLUSTERS, (told,))
    return cast(Make, found)


def made(text: str, configuration: Configuration, seed: str | None = None) -> Cluster:
    """Return a new cluster as `--cluster` names it: KIND, or KIND:DETAIL. Raises what `maker` does."""
    kind, _, detail = text.partition(":")
    return maker(kind)(Wanted(configuration, seed, detail))
