"""One look at a DaemonSet: its revision, its pods, its update, its status.

Source: pkg/controller/daemon/daemon_controller.go, syncDaemonSet, updateDaemonSet, syncNodes, updateDaemonSetStatus.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Outcome, Plan, Together, Told, UpdateStatus
from podproof.simulator.control.workloads.daemon_set.look import Look
from podproof.simulator.control.workloads.daemon_set.managing import Need, managed
from podproof.simulator.control.workloads.daemon_set.nodes import HASH, body_of, fit, is_updated
from podproof.simulator.control.workloads.daemon_set.rolling import rolled
from podproof.simulator.control.workloads.pods import is_available, ready_since
from podproof.simulator.control.workloads.revisions import surplus
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos

SETS = "daemonsets.apps"
_BURST = 250
"""Source: pkg/controller/daemon/daemon_controller.go, BurstReplicas."""
_ALWAYS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")


def reconcile(look: Look, revisions: Sequence[Object], *, current: bool) -> Plan:
    """Bring a DaemonSet one step further; `current` says whether the pods seen are all it asked for."""
    if not current:
        return _told(look, ())
    need = managed(look)
    if need.is_met:
        need = rolled(look)
    cuts = tuple(_history_cut(look, revisions))
    return Plan((*need.events, *_carried_out(look, need)), then=lambda outcome: _told(look, cuts, outcome))


def _carried_out(look: Look, need: Need) -> Iterator[Command]:
    """Yield creations in groups that double, then all deletions. Source: syncNodes."""
    told = Told(look.owner, ("SuccessfulCreate", "Created pod: {name}"), ("FailedCreate", "Error creating: {error}"))
    nodes, size = need.nodes[:_BURST], 1
    while nodes:
        yield Together(tuple(Create("pods", body_of(look.owner, name, look.word), told) for name in nodes[:size]))
        nodes, size = nodes[size:], 2 * size
    if need.pods:
        yield Together(tuple(_deletion(look.owner, pod) for pod in need.pods[:_BURST]))


def _deletion(owner: Object, pod: Object) -> Delete:
    told = Told(owner, ("SuccessfulDelete", "Deleted pod: {name}"), ("FailedDelete", "Error deleting: {error}"))
    return Delete("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], told)


def _history_cut(look: Look, revisions: Sequence[Object]) -> Iterator[Command]:
    live = {look.word, *(_word(pod) for pods in look.pods.values() for pod in pods)}
    used = [each["metadata"]["name"] for each in revisions if _word(each) in live]
    yield from surplus(revisions, used, int(look.owner["spec"].get("revisionHistoryLimit", 10)))


def _word(item: Object) -> str:
    word: str = (item["metadata"].get("labels") or {}).get(HASH, "")
    return word


def _told(look: Look, cuts: Sequence[Command], outcome: Outcome | None = None) -> Plan:
    """Say what was seen where the status says something else; look again when ready pods become available."""
    status, old = status_of(look), look.owner.get("status") or {}
    new = {**{key: old[key] for key in ("conditions", "collisionCount") if key in old}, **status}
    writes = (UpdateStatus(SETS, {**look.owner, "status": new}),) if new != old else ()
    if outcome is not None and outcome.refusal is not None:
        return Plan(writes)
    short = status["numberReady"] != status.get("numberAvailable", 0) and look.least_ready
    return Plan((*writes, *cuts), Nanos(look.now + look.least_ready * SECOND) if short else None)


def status_of(look: Look) -> dict[str, Any]:
    """Return the counts of a status; of several pods on a node the oldest counts."""
    counts = dict.fromkeys(
        (*_ALWAYS, "updatedNumberScheduled", "numberAvailable", "numberUnavailable", "observedGeneration"), 0
    )
    counts["observedGeneration"] = int(look.owner["metadata"].get("generation", 0))
    for node in look.nodes:
        pods, runs = look.pods.get(node["metadata"]["name"]), fit(look.owner, node).runs
        counts["desiredNumberScheduled"] += runs
        counts["numberMisscheduled"] += bool(pods) and not runs
        if runs and pods:
            ready, up = ready_since(pods[0]) is not None, is_available(pods[0], look.least_ready, look.now)
            counts["currentNumberScheduled"] += 1
            counts["numberReady"] += ready
            counts["numberAvailable"] += ready and up
            counts["updatedNumberScheduled"] += is_updated(look.owner, pods[0], look.word)
    counts["numberUnavailable"] = counts["desiredNumberScheduled"] - counts["numberAvailable"]
    return {name: number for name, number in counts.items() if number or name in _ALWAYS}
