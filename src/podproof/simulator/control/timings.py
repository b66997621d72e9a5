"""The latencies of `data/timings.yaml` as values."""

from functools import cache

from podproof.simulator.data import rows
from podproof.simulator.model.times import Nanos, seconds


@cache
def figure(component: str, name: str) -> float:
    """Return a figure as its row gives it."""
    return float(rows("timings")[component][name]["value"])


@cache
def span(component: str, name: str) -> Nanos:
    """Return a row's seconds as nanoseconds."""
    return seconds(figure(component, name))
