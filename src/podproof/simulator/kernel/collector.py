"""How often the interpreter looks for cyclic garbage while a world is about."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)
"""Thresholds as `gc.set_threshold` takes them.

A world keeps nearly all that it makes (250 objects a pod) and leaves no cycles behind, so each look is in vain: with
the interpreter's own thresholds looks were 40 % of the time of 10,000 pods.
"""


@contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage seldom, and as often as before afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
