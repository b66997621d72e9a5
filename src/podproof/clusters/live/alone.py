"""A live cluster for one scenario alone, as `podproof.clusters.kinds` makes clusters."""

import os
from pathlib import Path

from podproof.cluster import Cluster
from podproof.clusters.kinds import Wanted
from podproof.clusters.live.contexts import check_installed, load, target


def made(wanted: Wanted) -> Cluster:
    """Return a cluster that takes with it all it has when it is closed; `wanted.detail` names the context.

    Raises:
        ContextError: nobody said that the cluster may be touched.
        MissingExtraError: it cannot be reached.
    """
    check_installed("--cluster live")
    from podproof.clusters.live.runs import Run, new_id

    found = target(load(os.environ, Path.home()), wanted.detail, wanted.configuration.allowed_contexts)
    run = Run(found.config, new_id())
    cluster = run.cluster("alone")

    def end() -> None:
        run.ended(cluster, failed=False)
        run.end()

    cluster.after = end
    return cluster
