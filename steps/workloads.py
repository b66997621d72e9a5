"""Objects that own pods: their size, their image, how a rollout goes, and the pods that are theirs."""

from collections.abc import Callable, Mapping, Sequence

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import NotSoError, prove
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, timestamp
from podproof.steps import kinds, ownership
from podproof.steps.ownership import Crowd
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.rollouts import earlier_template, state_of
from podproof.steps.scene import Scene
from podproof.timeline import Record

_Moment = Callable[[Record, Ref], int | None]
_RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


@says('{kind:kind} "{name}" is scaled to {count:number}')
def the_workload_is_scaled(cluster: Cluster, scene: Scene, kind: str, name: str, count: int) -> None:
    _change(cluster, scene, kind, name, f"is scaled to {count}", {"spec": {"replicas": count}})


@says('the rollout of {kind:kind} "{name}" is paused')
def the_rollout_is_paused(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    _change(cluster, scene, kind, name, "is paused", {"spec": {"paused": True}})


@says('the rollout of {kind:kind} "{name}" is resumed')
def the_rollout_is_resumed(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    _change(cluster, scene, kind, name, "is resumed", {"spec": {"paused": None}})


@says('the rollout of {kind:kind} "{name}" is restarted')
def the_rollout_is_restarted(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """As `kubectl rollout restart` does: the template gets an annotation, so that it is another one."""
    record = cluster.record()
    notes = {_RESTARTED_AT: timestamp(Nanos(record.start + record.now))}
    body = {"spec": {"template": {"metadata": {"annotations": notes}}}}
    _change(cluster, scene, kind, name, "is restarted", body)


@says('the rollout of {kind:kind} "{name}" is undone')
def the_rollout_is_undone(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """As `kubectl rollout undo` does: the template of the revision before becomes the present one."""
    ref = kinds.ref(cluster, kind, name)
    template = earlier_template(cluster, ref)
    if template is None:
        advice = "Change its template first: there is nothing to go back to."
        raise NotSoError(f'the rollout of {kind} "{name}" is undone', "it has no revision before this one", advice)
    body = {"spec": {"template": {"$patch": "replace", **template}}}
    _change(cluster, scene, kind, name, "is undone", body)


@says('the rollout of {kind:kind} "{name}" is complete')
@says('the rollout of {kind:kind} "{name}" is complete within {limit:duration}')
def the_rollout_is_complete(cluster: Cluster, kind: str, name: str, limit: Nanos) -> None:
    """As `kubectl rollout status` judges it."""
    ref = kinds.ref(cluster, kind, name)

    def test(record: Record) -> tuple[bool, str]:
        item = record.latest(ref)
        return (False, "it is not there") if item is None else state_of(item)

    prove(cluster, Becomes(f'the rollout of {kind} "{name}" is complete', (ref,), test, limit), limit)


@says('{kind:kind} "{name}" has {count:number} {_:pods}')
@says('{kind:kind} "{name}" has {count:number} {_:pods} within {limit:duration}')
@says('{kind:kind} "{name}" has {count:number} {_:pods} showing "{status}"')
@says('{kind:kind} "{name}" has {count:number} {_:pods} showing "{status}" within {limit:duration}')
def the_workload_has_pods(cluster: Cluster, limit: Nanos, kind: str, name: str, count: int, status: str = "") -> None:
    """All of its pods count: those on their way out are there still, and show "Terminating"."""
    ref = kinds.ref(cluster, kind, name)

    def test(record: Record) -> tuple[bool, str]:
        shown = dict(ownership.shown(record, ref))
        found = [pod for pod, text in shown.items() if status in ("", text)]
        told = ", ".join(f"{pod} {text}" for pod, text in shown.items())
        return len(found) == count, f"its pods are: {told}" if told else "it has no pods"

    showing = f' showing "{status}"' if status else ""
    prove(cluster, Becomes(f'{kind} "{name}" has {count} pods{showing}', (ref,), test, limit), limit)


@says('{kind:kind} "{name}" never had more than {count:number} {_:pods}')
def the_workload_never_had_more(cluster: Cluster, kind: str, name: str, count: int) -> None:
    """Over all that was recorded; pods on their way out do not count."""
    wanted, crowds = _crowds(cluster, kind, name, f"never had more than {count} pods")
    worst = max(crowds, key=lambda crowd: crowd.pods)
    if worst.pods > count:
        raise NotSoError(wanted, f"it had {worst.pods} at +{worst.at / 1e9:.5g} s")


@says('{kind:kind} "{name}" never had fewer than {count:number} ready {_:pods}')
def the_workload_never_had_fewer(cluster: Cluster, kind: str, name: str, count: int) -> None:
    """From the moment it had so many for the first time; pods on their way out do not count."""
    wanted, crowds = _crowds(cluster, kind, name, f"never had fewer than {count} ready pods")
    first = next((place for place, crowd in enumerate(crowds) if crowd.ready >= count), None)
    if first is None:
        raise NotSoError(wanted, f"it never had so many: {max(crowd.ready for crowd in crowds)} at most")
    worst = min(crowds[first:], key=lambda crowd: crowd.ready)
    if worst.ready < count:
        raise NotSoError(wanted, f"it had {worst.ready} at +{worst.at / 1e9:.5g} s")


@says('one pod of {kind:kind} "{name}" is deleted')
def one_pod_is_deleted(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """The first by name of those that are not on their way out."""
    _delete_one(cluster, scene, kind, name, f'one pod of {kind} "{name}" is deleted', None)


@says('one pod of {kind:kind} "{name}" is deleted by force')
def one_pod_is_deleted_by_force(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """As `kubectl delete --force --grace-period=0` does: the first by name of those that are not on their way out."""
    _delete_one(cluster, scene, kind, name, f'one pod of {kind} "{name}" is deleted by force', 0)


def _delete_one(cluster: Cluster, scene: Scene, kind: str, name: str, action: str, grace: int | None) -> None:
    pods = [pod for pod, text in ownership.shown(cluster.record(), kinds.ref(cluster, kind, name)) if _stays(text)]
    if not pods:
        raise NotSoError(action, "it has no pods")
    settle(scene, action, [cluster.delete(kinds.pod(cluster, pods[0]), grace)])


@says("the pods appeared in the order:")
def the_pods_appeared_in_the_order(cluster: Cluster, datatable: Sequence[Sequence[str]]) -> None:
    """Other pods may have appeared between them; one that appeared again counts for its first time."""
    _in_order(cluster, datatable, "appeared", ownership.appeared)


@says("the pods went in the order:")
def the_pods_went_in_the_order(cluster: Cluster, datatable: Sequence[Sequence[str]]) -> None:
    """By the last moment each was gone; other pods may have gone between them."""
    _in_order(cluster, datatable, "went", ownership.gone)


def _in_order(
    cluster: Cluster, datatable: Sequence[Sequence[str]], verb: str, moment: "Callable[[Record, Ref], int | None]"
) -> None:
    names = [row[0] for row in datatable if row[0] != "NAME"]
    wanted, record = f"the pods {verb} in the order {', '.join(names)}", cluster.record()
    moments: Mapping[str, int | None] = {name: moment(record, kinds.pod(cluster, name)) for name in names}
    never = [name for name, at_ in moments.items() if at_ is None]
    if never:
        raise NotSoError(wanted, f"of {', '.join(never)} that was never observed")
    seen = sorted(names, key=lambda name: moments[name] or 0)
    if seen != names:
        raise NotSoError(wanted, f"the order was {', '.join(seen)}")


def _stays(status: str) -> bool:
    return status != "Terminating"


def _crowds(cluster: Cluster, kind: str, name: str, claim: str) -> tuple[str, list[Crowd]]:
    """Return the claim's words and the numbers of an owner's pods over time.

    Raises:
        NotSoError: none of its pods was ever observed.
    """
    wanted, ref = f'{kind} "{name}" {claim}', kinds.ref(cluster, kind, name)
    crowds = list(ownership.crowds(cluster.record(), ref))
    if not crowds:
        raise NotSoError(wanted, "none of its pods was ever observed, so nothing can be said", subjects=(ref,))
    return wanted, crowds


def _change(cluster: Cluster, scene: Scene, kind: str, name: str, verb: str, body: Object) -> None:
    settle(scene, f'{kind} "{name}" {verb}', [cluster.patch(kinds.ref(cluster, kind, name), body)])
