"""What to try next, by what was seen: each hint is a rule over the record."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from podproof.claims import Bound, Claim, Eventually, PassesThrough, RestartCount, StaysFor
from podproof.claims.predicates import after, named
from podproof.cluster import Cluster
from podproof.durations import spoken
from podproof.errors import PodproofError
from podproof.simulator.model.objects import Ref, containers_of
from podproof.simulator.model.times import SECOND, Nanos, seconds
from podproof.timeline import Record, Timeline

_LOOK_AHEAD = seconds(600)
_STATUSES = (
    "Completed",
    "ContainerCreating",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "DeadlineExceeded",
    "ErrImageNeverPull",
    "ErrImagePull",
    "Error",
    "Evicted",
    "ImagePullBackOff",
    "Init:CrashLoopBackOff",
    "Init:ErrImagePull",
    "Init:Error",
    "Init:ImagePullBackOff",
    "InvalidImageName",
    "NotReady",
    "OOMKilled",
    "Pending",
    "PodInitializing",
    "PostStartHookError",
    "RunContainerError",
    "Running",
    "SchedulingGated",
    "Terminating",
    "Unknown",
)
_NOT_PULLED = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull")


def advice_for(claim: Claim | None, subjects: Sequence[Ref], cluster: Cluster) -> Iterator[str]:
    """Yield what may help, the most telling first; the last hint may let time pass on the cluster."""
    record = cluster.record()
    for ref in subjects:
        timeline = record.timeline(ref)
        if not len(timeline):
            yield from _never_observed(record, ref)
        elif ref.kind == "Pod":
            yield from _image(timeline, cluster.name)
    yield from _misspelt(claim)
    if isinstance(claim, StaysFor):
        yield from _not_yet(claim, record)
    if isinstance(claim, Eventually):
        yield from _too_early(claim, record)
    if isinstance(claim, Eventually) or (isinstance(claim, RestartCount) and claim.bound is not Bound.AT_MOST):
        yield from _too_late(claim, cluster)


def _never_observed(record: Record, ref: Ref) -> Iterator[str]:
    names = [each.name for each in record.refs(ref.kind) if each.namespace == ref.namespace]
    near = get_close_matches(ref.name, names, n=2, cutoff=0.5)
    if near:
        yield f"there is {ref.kind.lower()} {' and '.join(map(repr, near))}: is the name right?"
    elif names:
        yield f"only these of its kind were seen: {', '.join(names[:8])}"
    else:
        yield f"no {ref.kind.lower()} was created in this scenario: apply its manifest first"


_IMAGES = {
    "simulator": "declare it under `images:` in podproof.yaml (or set `unknown-images: run`)",
    "k3s": "bring one that Docker has here with --k3s-load",
}
_ELSEWHERE = "see that the cluster's nodes can pull it"


def _image(timeline: Timeline, cluster: str) -> Iterator[str]:
    last = timeline.last
    if last is None or last.object is None:
        return
    statuses = last.pod.statuses
    for container in containers_of(last.object["spec"]):
        waiting = (statuses.get(container["name"], {}).get("state") or {}).get("waiting") or {}
        if waiting.get("reason") in _NOT_PULLED:
            remedy = _IMAGES.get(cluster, _ELSEWHERE)
            yield f"the image {container['image']} is not to be had: correct it, or {remedy}"


def _misspelt(claim: Claim | None) -> Iterator[str]:
    """A status that is none, though one is spelt nearly so."""
    for status in _statuses_of(claim):
        if status in _STATUSES or _counts_init(status):
            continue
        lowered = {each.lower(): each for each in _STATUSES}
        near = get_close_matches(status.lower(), lowered, n=1, cutoff=0.6)
        if near:
            yield f'"{status}" is no STATUS that kubectl prints; did you mean "{lowered[near[0]]}"?'


def _statuses_of(claim: Claim | None) -> Sequence[str]:
    if isinstance(claim, PassesThrough):
        return claim.statuses
    predicate = getattr(claim, "predicate", None)
    verb = predicate.verb if predicate is not None else ""
    return (verb[7:-1],) if verb.startswith('shows "') else ()


def _counts_init(status: str) -> bool:
    done, _, all_ = status.removeprefix("Init:").partition("/")
    return status.startswith(("Init:ExitCode:", "ExitCode:", "Init:Signal:", "Signal:")) or (
        status.startswith("Init:") and done.isdigit() and all_.isdigit()
    )


def _not_yet(claim: StaysFor, record: Record) -> Iterator[str]:
    last = record.timeline(claim.ref).last
    if last is not None and not claim.predicate.holds(last):
        yield f'"stays" begins at once: let a line before it wait, as: Then {named(claim.ref)} {claim.predicate.verb}'


def _too_early(claim: Eventually, record: Record) -> Iterator[str]:
    """It was so before the step began, and no longer is."""
    timeline = record.timeline(claim.ref)
    shown = next((version for version in timeline if claim.predicate.holds(version)), None)
    if shown is not None:
        yield (
            f"it was so at {after(shown.at)}, before this step looked: put the step earlier, or say it of the past "
            "(passes through, stayed … until …)"
        )


def _too_late(claim: Eventually | RestartCount, cluster: Cluster) -> Iterator[str]:
    """Where time is virtual it costs nothing to see whether a longer limit would have done."""
    if "virtual-time" not in cluster.capabilities or not len(cluster.record().timeline(claim.ref)):
        return
    began = cluster.record().now
    try:
        verdict = cluster.wait(replace(claim, within=_LOOK_AHEAD), _LOOK_AHEAD)
    except PodproofError:
        return
    if verdict.held:
        later = Nanos(verdict.at - began + claim.within)
        whole = Nanos(-(-later // SECOND) * SECOND)
        yield f"it is so after {spoken(later)}: let the step wait {spoken(whole)} or more"
    else:
        yield f"waiting longer does not help: not even {spoken(_LOOK_AHEAD)} more are enough"
