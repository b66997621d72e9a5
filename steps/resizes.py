"""Resources that change while a pod runs."""

from collections.abc import Sequence
from typing import Any

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene

_COLUMNS = {f"{name} {side}": (f"{side}s", name) for name in ("cpu", "memory") for side in ("request", "limit")}


@says('pod "{name}" is resized:')
def the_pod_is_resized(cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]]) -> None:
    """As `kubectl patch --subresource resize`; a cell that is left empty changes nothing."""
    columns, *rows = datatable
    wrong = [column for column in columns[1:] if column not in _COLUMNS]
    if wrong or columns[0] != "container" or not rows:
        wanted = f"a table of a resize has the columns container and any of {', '.join(_COLUMNS)}"
        raise NotSoError(wanted, f"the columns are {', '.join(columns)}")
    containers = [_container(columns, row) for row in rows]
    body = {"spec": {"containers": containers}}
    settle(scene, f'pod "{name}" is resized', [cluster.patch(kinds.pod(cluster, name), body, "resize")])


def _container(columns: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    resources: dict[str, dict[str, str]] = {}
    for column, amount in zip(columns[1:], row[1:], strict=True):
        if amount:
            side, name = _COLUMNS[column]
            resources.setdefault(side, {})[name] = amount
    return {"name": row[0], "resources": resources}
