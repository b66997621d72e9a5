"""What is measured, for autoscalers to go by: it is what the scenario says, until it says something else."""

from podproof.cluster import Cluster
from podproof.steps import kinds
from podproof.steps.phrases import says


@says('each pod of {kind:kind} "{name}" uses "{amount}" of "{resource}"')
def each_pod_uses(cluster: Cluster, kind: str, name: str, amount: str, resource: str) -> None:
    """Such as "200m" of "cpu" or "50Mi" of "memory"."""
    cluster.metrics.use(kinds.ref(cluster, kind, name), resource, amount)


@says('the pods of {kind:kind} "{name}" use "{amount}" of "{resource}" together')
def the_pods_use_together(cluster: Cluster, kind: str, name: str, amount: str, resource: str) -> None:
    """A load that all pods that are ready share evenly, however many there are."""
    cluster.metrics.use(kinds.ref(cluster, kind, name), resource, amount, shared=True)


@says('container "{container}" of each pod of {kind:kind} "{name}" uses "{amount}" of "{resource}"')
def the_container_uses(cluster: Cluster, container: str, kind: str, name: str, amount: str, resource: str) -> None:
    cluster.metrics.use(kinds.ref(cluster, kind, name), resource, amount, container=container)


@says('the metric "{metric}" of each pod of {kind:kind} "{name}" is "{amount}"')
def the_metric_of_each_pod_is(cluster: Cluster, metric: str, kind: str, name: str, amount: str) -> None:
    cluster.metrics.show(kinds.ref(cluster, kind, name), metric, amount)


@says('the metric "{metric}" of {kind:kind} "{name}" is "{amount}"')
def the_metric_of_the_object_is(cluster: Cluster, metric: str, kind: str, name: str, amount: str) -> None:
    cluster.metrics.describe(kinds.ref(cluster, kind, name), metric, amount)


@says('the external metric "{metric}" is "{amount}"')
def the_external_metric_is(cluster: Cluster, metric: str, amount: str) -> None:
    """One of something outside the cluster, such as the length of a queue."""
    cluster.metrics.announce(metric, amount)
