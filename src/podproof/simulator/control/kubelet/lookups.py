"""How a kubelet finds what a pod refers to, and what it says when that is not there."""

from collections.abc import Callable

from podproof.simulator.model.objects import Object

Find = Callable[[str, str], Object | None]
"""Gives an object by namespace and name, None where the kubelet's cache has none."""


class SourceError(Exception):
    """Something a pod refers to is missing; the text is the kubelet's own."""


class UnattachedError(Exception):
    """A volume is not attached to the node yet: the kubelet waits for it, and says nothing."""
