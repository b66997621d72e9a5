"""How often the interpreter looks for cyclic garbage while a world is about."""

import gc
import weakref
from collections.abc import Callable

SELDOM = (1_000_000, 10, 1_000)
"""Thresholds as `gc.set_threshold` takes them.

A world keeps nearly all that it makes (250 objects a pod) and leaves no cycles behind, so each look is in vain: with
the interpreter's own thresholds looks were a third of the time of 10,000 pods, with one after each 500,000 objects
still a fifteenth. Cycles that others leave while a world is about are found after 1,000,000 objects, some hundred MiB.
"""


class _Worlds:
    """How many worlds there are, and how often the interpreter looked before the first of them."""

    def __init__(self) -> None:
        self._count = 0
        self._before = gc.get_threshold()

    def more(self) -> None:
        if not self._count:
            self._before = gc.get_threshold()
            gc.set_threshold(*SELDOM)
        self._count += 1

    def less(self) -> None:
        self._count -= 1
        if not self._count and gc.get_threshold() == SELDOM:
            gc.set_threshold(*self._before)


_worlds = _Worlds()


def look_seldom(world: object) -> Callable[[], object]:
    """Look for garbage seldom until what is returned is called, or `world` is no more; then as often as before.

    Somebody else's thresholds, set meanwhile, stay.
    """
    _worlds.more()
    return weakref.finalize(world, _worlds.less)
