"""A k3s cluster for one scenario alone, as `podproof.clusters.kinds` makes clusters."""

from podproof.cluster import Cluster
from podproof.clusters.k3s.installed import check_installed
from podproof.clusters.kinds import Wanted


def made(wanted: Wanted) -> Cluster:
    """Return a cluster that takes its containers with it when it is closed; `wanted.detail` names the image.

    Raises:
        K3sError: there is none.
        MissingExtraError: what it takes is not installed.
    """
    check_installed("--cluster k3s")
    from podproof.clusters.k3s.containers import Shape
    from podproof.clusters.k3s.runs import K3sRun
    from podproof.clusters.k3s.sharing import Owner, taken
    from podproof.clusters.live.runs import new_id

    owner = Owner(Shape(wanted.detail or wanted.configuration.k3s_image), new_id())
    owner.begin()
    try:
        cluster = K3sRun(taken(owner.folder), owner.run).cluster("alone")
    except BaseException:
        owner.end()
        raise
    cluster.after = owner.end
    return cluster
