"""How the scheduler decides about a pod: which nodes its filters leave, and what each of them scores."""

from collections.abc import Iterator, Mapping, Sequence

import yaml

from podproof.cluster import Cluster, Placement
from podproof.proof import NotSoError
from podproof.steps import kinds
from podproof.steps.phrases import says

_PASSES = "passes"


@says("the scheduler runs with the configuration:")
def the_scheduler_runs_with(cluster: Cluster, docstring: str) -> None:
    """A KubeSchedulerConfiguration, as kube-scheduler's --config: its profiles, their plugins and their arguments."""
    try:
        configuration = yaml.safe_load(docstring)
    except yaml.YAMLError as error:
        raise NotSoError("a configuration of the scheduler in YAML", str(error)) from None
    cluster.nodes.configure_scheduler(configuration)


@says('the scheduler decides about pod "{name}":')
def the_scheduler_decides(cluster: Cluster, name: str, datatable: Sequence[Sequence[str]]) -> None:
    """Each row is a node, and what a decision made now would say of it; about a pod that has a node, as if it had none.

    The columns are node, filter ("passes", or a part of the reason), chosen ("yes" or "no"), and the names of plugins,
    whose cells are the weighed scores. A cell that is left empty may be anything.
    """
    wanted = f'the scheduler decides so about pod "{name}"'
    pod = cluster.get(kinds.pod(cluster, name))
    if pod is None:
        raise NotSoError(wanted, "there is no such pod")
    placement = cluster.nodes.placement(pod)
    columns, *rows = [[cell.strip() for cell in row] for row in datatable]
    if columns[:1] != ["node"] or not rows:
        raise NotSoError("a table of a decision has the column node first, and rows", f"it has {', '.join(columns)}")
    faults = [fault for row in rows for fault in _faults(placement, dict(zip(columns, row, strict=True)))]
    if faults:
        raise NotSoError(wanted, "\n".join(faults), subjects=(kinds.pod(cluster, name),))


@says('the scheduler reserves for pod "{name}":')
def the_scheduler_reserves(cluster: Cluster, name: str, datatable: Sequence[Sequence[str]]) -> None:
    """What the pod takes of the node that is chosen for it, before it is bound.

    Each row is a resource and its amount, or a claim ("claim data") and what it gets ("volume disk", or "a volume to be
    made").
    """
    wanted = f'the scheduler reserves so for pod "{name}"'
    pod = cluster.get(kinds.pod(cluster, name))
    if pod is None:
        raise NotSoError(wanted, "there is no such pod")
    seen = cluster.nodes.placement(pod).reserved
    faults = [f"{row[0]} is {seen.get(row[0], 'not reserved')}" for row in datatable if seen.get(row[0]) != row[-1]]
    if faults:
        raise NotSoError(wanted, "\n".join(faults), subjects=(kinds.pod(cluster, name),))


def _faults(placement: Placement, row: Mapping[str, str]) -> Iterator[str]:
    node = row["node"]
    for column, cell in row.items():
        if column == "node" or not cell:
            continue
        seen = _seen(placement, node, column)
        if cell != seen and not (column == "filter" and cell != _PASSES and cell in seen):
            yield f"{column} of {node} is {seen}"


def _seen(placement: Placement, node: str, column: str) -> str:
    if column == "filter":
        return placement.bar or ", ".join(placement.refusals.get(node, (_PASSES,)))
    if column == "chosen":
        return "yes" if placement.node == node else "no"
    return str(placement.scores.get(node, {}).get(column, 0))
