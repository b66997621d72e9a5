"""Time that passes because the story says so."""

from podproof.cluster import Cluster
from podproof.simulator.model.times import Nanos
from podproof.steps.phrases import says


@says("{span:span} {_:passes}")
def time_passes(cluster: Cluster, span: Nanos) -> None:
    cluster.pass_time(span)
