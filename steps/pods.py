"""What a pod shows, over time: the STATUS and RESTARTS columns, exit codes, being there and being gone."""

from collections.abc import Sequence
from difflib import get_close_matches

from podproof.claims import (
    GONE,
    Bound,
    Eventually,
    Never,
    PassesThrough,
    RestartCount,
    StayedUntil,
    StaysFor,
    existed,
    exited,
    showed,
    shows,
)
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove, prove_now
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says


@says('pod "{name}" shows "{status}"')
@says('pod "{name}" shows "{status}" within {limit:duration}')
def the_pod_shows(cluster: Cluster, name: str, status: str, limit: Nanos) -> None:
    prove(cluster, Eventually(kinds.pod(cluster, name), shows(status), limit), limit)


@says('pod "{name}" stays "{status}" for {span:duration}')
def the_pod_stays(cluster: Cluster, name: str, status: str, span: Nanos) -> None:
    prove(cluster, StaysFor(kinds.pod(cluster, name), shows(status), span), span)


@says('pod "{name}" stayed "{status}" until {kind:kind} "{other}" existed')
def the_pod_stayed_until_something_existed(cluster: Cluster, name: str, status: str, kind: str, other: str) -> None:
    happening = existed(kinds.ref(cluster, kind, other))
    prove_now(cluster, StayedUntil(kinds.pod(cluster, name), shows(status), happening))


@says('pod "{name}" stayed "{status}" until pod "{other}" showed "{then}"')
def the_pod_stayed_until_another_showed(cluster: Cluster, name: str, status: str, other: str, then: str) -> None:
    happening = showed(kinds.pod(cluster, other), then)
    prove_now(cluster, StayedUntil(kinds.pod(cluster, name), shows(status), happening))


@says('pod "{name}" never shows "{status}"')
def the_pod_never_shows(cluster: Cluster, name: str, status: str) -> None:
    prove_now(cluster, Never(kinds.pod(cluster, name), shows(status)))


@says('pod "{name}" never shows "{status}" for {span:duration}')
def the_pod_never_shows_for(cluster: Cluster, name: str, status: str, span: Nanos) -> None:
    prove(cluster, Never(kinds.pod(cluster, name), shows(status), span), span)


@says('pod "{name}" passes through:')
@says('pod "{name}" passes through within {limit:duration}:')
def the_pod_passes_through(cluster: Cluster, name: str, datatable: Sequence[Sequence[str]], limit: Nanos) -> None:
    statuses = tuple(row[0] for row in datatable)
    if statuses[:1] == ("STATUS",):
        statuses = statuses[1:]
    prove(cluster, PassesThrough(kinds.pod(cluster, name), statuses, limit), limit)


@says('pod "{name}" has restarted {count:number} {_:times}')
@says('pod "{name}" has restarted {bound:bound} {count:number} {_:times}')
def the_pod_has_restarted(cluster: Cluster, name: str, count: int, bound: str = "exactly") -> None:
    prove_now(cluster, RestartCount(kinds.pod(cluster, name), Bound(bound), count))


@says('pod "{name}" has restarted {count:number} {_:times} within {limit:duration}')
@says('pod "{name}" has restarted {bound:bound} {count:number} {_:times} within {limit:duration}')
def the_pod_has_restarted_within(cluster: Cluster, name: str, count: int, limit: Nanos, bound: str = "exactly") -> None:
    prove(cluster, RestartCount(kinds.pod(cluster, name), Bound(bound), count, limit), limit)


@says('container "{container}" of pod "{name}" exited with code {code:number}')
@says('container "{container}" of pod "{name}" exited with code {code:number} within {limit:duration}')
def the_container_exited(cluster: Cluster, container: str, name: str, code: int, limit: Nanos) -> None:
    prove(cluster, Eventually(kinds.pod(cluster, name), exited(container, code), limit), limit)


@says('pod "{name}" was never replaced')
def the_pod_was_never_replaced(cluster: Cluster, name: str) -> None:
    """All that was seen under the name is one object, and it is still there."""
    ref = kinds.pod(cluster, name)
    timeline = cluster.record().timeline(ref)
    uids = list(dict.fromkeys(version.uid for version in timeline))
    if len(uids) != 1 or "" in uids:
        seen = "it was never observed" if not uids else f"it was gone, or another took its name: {len(uids)} in turn"
        raise NotSoError(f'pod "{name}" is one and the same object all the time', seen, subjects=(ref,))


@says('{kind:kind} "{name}" does not exist')
def the_object_does_not_exist(cluster: Cluster, kind: str, name: str, limit: Nanos) -> None:
    """It is gone within the default limit, or there never was one (and none whose name is nearly the same)."""
    wanted = kinds.ref(cluster, kind, name)
    record = cluster.record()
    if len(record.timeline(wanted)):
        prove(cluster, Eventually(wanted, GONE, limit), limit)
        return
    near = get_close_matches(name, [each.name for each in record.refs(wanted.kind)], n=3)
    if near:
        seen = "it was never observed, so nothing can be said"
        advice = f"There never was one; did you mean {' or '.join(near)}?"
        raise NotSoError(f'{kind} "{name}" does not exist', seen, advice)
