"""How the scheduler decides about a pod, as text: filter, score, reserve, bind."""

from collections.abc import Iterator

from podproof.cluster import Placement
from podproof.simulator.model.tab_writer import tabbed


def told(placement: Placement) -> str:
    """Return the steps of a decision, one below the other: what each node is refused for, and what each scores."""
    return tabbed([*_filtered(placement), *_scored(placement), *_reserved(placement), *_bound(placement)])


def _filtered(placement: Placement) -> Iterator[str]:
    yield "filter"
    if placement.bar:
        yield f"  every node\t{placement.bar}"
    for node in sorted({*placement.refusals, *placement.scores, *filter(None, [placement.node])}):
        yield f"  {node}\t{', '.join(placement.refusals.get(node, ('passes',)))}"


def _scored(placement: Placement) -> Iterator[str]:
    if not placement.scores:
        return
    plugins = list(dict.fromkeys(name for scores in placement.scores.values() for name in scores))
    yield "score"
    yield "\t".join(["  NODE", *plugins, "SUM"])
    for node, scores in sorted(placement.scores.items(), key=lambda row: (-sum(row[1].values()), row[0])):
        cells = [str(scores.get(name, 0)) for name in plugins]
        yield "\t".join([f"  {node}", *cells, str(sum(scores.values()))])


def _reserved(placement: Placement) -> Iterator[str]:
    if placement.reserved:
        yield "reserve"
    for what, given in placement.reserved.items():
        yield f"  {what}\t{given}"


def _bound(placement: Placement) -> Iterator[str]:
    yield "bind"
    yield f"  {placement.node or 'nowhere: the pod waits'}"
