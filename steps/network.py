"""What answers on the network."""

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import kinds
from podproof.steps.phrases import says

_LOOK = seconds(1)


@says('pod "{pod}" answers on port {port:number}')
@says('pod "{pod}" answers on port {port:number} with "{text}"')
def the_pod_answers(cluster: Cluster, pod: str, port: int, limit: Nanos, text: str = "") -> None:
    """Ask now, then once a second until the limit."""
    wanted = f'pod "{pod}" answers on port {port}' + (f' with "{text}"' if text else "")
    end = cluster.record().now + limit
    while (answer := cluster.reach(pod, port)).error or text not in answer.body:
        if cluster.record().now >= end:
            raise NotSoError(wanted, answer.error or f"it answers:\n{answer.body}", subjects=(kinds.pod(cluster, pod),))
        cluster.pass_time(_LOOK)


@says('pod "{pod}" does not answer on port {port:number}')
def the_pod_does_not_answer(cluster: Cluster, pod: str, port: int) -> None:
    wanted, ref = f'pod "{pod}" does not answer on port {port}', kinds.pod(cluster, pod)
    if cluster.get(ref) is None:
        raise NotSoError(wanted, "there is no such pod, so nothing can be said", subjects=(ref,))
    answer = cluster.reach(pod, port)
    if not answer.error:
        raise NotSoError(wanted, f"it answers:\n{answer.body}", subjects=(ref,))
