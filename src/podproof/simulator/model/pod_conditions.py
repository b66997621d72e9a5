"""The conditions the kubelet publishes for a pod.

A condition is a JSON object; times are set by `merge_conditions`, which keeps them while a status does not change.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_phase import FAILED, SUCCEEDED, TERMINAL
from podproof.simulator.model.restart_rules import RESTART_ALL, is_sidecar, may_restart_all, rule_action

Condition = dict[str, Any]

READY, CONTAINERS_READY, INITIALIZED = "Ready", "ContainersReady", "Initialized"
READY_TO_START, SCHEDULED, RESTARTING = "PodReadyToStartContainers", "PodScheduled", "AllContainersRestarting"
RESIZING = ("PodResizePending", "PodResizeInProgress")

BY_KUBELET = frozenset({READY, CONTAINERS_READY, INITIALIZED, READY_TO_START, SCHEDULED, RESTARTING, *RESIZING})
"""Source: pkg/kubelet/types/pod_status.go, PodConditionByKubelet (those that this model publishes)."""

BY_EVICTION = "TerminationByKubelet"
"""The reason of a DisruptionTarget that the kubelet itself sets. Source: PodConditionSharedByKubelet."""

_COMPLETED, _FAILED = "PodCompleted", "PodFailed"
_UNKNOWN_STATUSES = "UnknownContainerStatuses"


DISRUPTION = "DisruptionTarget"
"""Says that a pod has to go, and why. Source: staging/src/k8s.io/api/core/v1/types.go, DisruptionTarget."""


def condition(kind: str, status: bool, reason: str = "", message: str = "", *, generation: int = 0) -> Condition:
    """Return a condition without times; empty parts are left out, as the API server leaves them out."""
    made: Condition = {"type": kind, "status": "True" if status else "False"}
    if generation:
        made["observedGeneration"] = generation
    if reason:
        made["reason"] = reason
    if message:
        made["message"] = message
    return made


def is_of_kubelet(row: Object) -> bool:
    """Return whether the kubelet may write a condition."""
    return row["type"] in BY_KUBELET or row.get("reason") == BY_EVICTION


def _generation(pod: Object) -> int:
    return int((pod.get("metadata") or {}).get("generation", 0))


def containers_ready(pod: Object, statuses: Sequence[Object] | None, phase: str) -> Condition:
    """Return the condition ContainersReady; `statuses` is None when no status is known at all.

    Source: pkg/kubelet/status/generate.go, GenerateContainersReadyCondition.
    """
    kind, generation = CONTAINERS_READY, _generation(pod)
    if statuses is None:
        return condition(kind, False, _UNKNOWN_STATUSES, generation=generation)
    spec = pod["spec"]
    counted = [row["name"] for row in spec.get("initContainers") or () if is_sidecar(row)]
    counted += [row["name"] for row in spec.get("containers") or ()]
    by_name = {row["name"]: row for row in statuses}
    unknown = [name for name in counted if name not in by_name]
    if phase == SUCCEEDED and not unknown:
        return condition(kind, False, _COMPLETED, generation=generation)
    if phase == FAILED:
        return condition(kind, False, _FAILED, generation=generation)
    unready = [name for name in counted if name in by_name and not by_name[name].get("ready")]
    message = _message(unknown, "unready", unready)
    return condition(kind, not message, "ContainersNotReady" if message else "", message, generation=generation)


def _message(unknown: Sequence[str], word: str, others: Sequence[str]) -> str:
    parts = (("unknown", unknown), (word, others))
    return ", ".join(f"containers with {kind} status: [{' '.join(names)}]" for kind, names in parts if names)


def ready(pod: Object, conditions: Iterable[Object], statuses: Sequence[Object] | None, phase: str) -> Condition:
    """Return the condition Ready: the containers are, and so are the readiness gates found in `conditions`.

    Source: pkg/kubelet/status/generate.go, GeneratePodReadyCondition.
    """
    return _gated(pod, conditions, containers_ready(pod, statuses, phase))


def _gated(pod: Object, conditions: Iterable[Object], of_containers: Condition) -> Condition:
    gates = pod["spec"].get("readinessGates") or ()
    if of_containers["status"] != "True" or not gates:
        return {**of_containers, "type": READY}
    by_kind = {row["type"]: row["status"] for row in conditions}
    message = ", ".join(filter(None, (_gate_fault(row["conditionType"], by_kind) for row in gates)))
    reason = "ReadinessGatesNotReady" if message else ""
    return condition(READY, not message, reason, message, generation=_generation(pod))


def _gate_fault(gate: str, by_kind: Mapping[str, str]) -> str:
    if gate not in by_kind:
        return f'corresponding condition of pod readiness gate "{gate}" does not exist.'
    status = by_kind[gate]
    return "" if status == "True" else f'the status of pod readiness gate "{gate}" is not "True", but {status}'


def initialized(pod: Object, statuses: Sequence[Object] | None, phase: str, before: Iterable[Object] = ()) -> Condition:
    """Return the condition Initialized; once true in `before` it stays so.

    Source: pkg/kubelet/status/generate.go, GeneratePodInitializedCondition.
    """
    spec, generation = pod["spec"], _generation(pod)
    init = spec.get("initContainers") or ()
    if statuses is None and init:
        return condition(INITIALIZED, False, _UNKNOWN_STATUSES, generation=generation)
    by_name = {row["name"]: row for row in statuses or ()}
    unknown = [row["name"] for row in init if row["name"] not in by_name]
    if phase == SUCCEEDED and not unknown:
        return condition(INITIALIZED, True, _COMPLETED, generation=generation)
    if any(_has_started(by_name.get(row["name"])) for row in spec.get("containers") or ()):
        return condition(INITIALIZED, True, generation=generation)
    incomplete = [row["name"] for row in init if row["name"] in by_name and not _is_done(row, by_name[row["name"]])]
    message = _message(unknown, "incomplete", incomplete)
    if not message or any(row["type"] == INITIALIZED and row["status"] == "True" for row in before):
        return condition(INITIALIZED, True, generation=generation)
    return condition(INITIALIZED, False, "ContainersNotInitialized", message, generation=generation)


def _is_done(container: Object, status: Object) -> bool:
    return bool(status.get("started") if is_sidecar(container) else status.get("ready"))


def _has_started(status: Object | None) -> bool:
    state = (status or {}).get("state") or {}
    return "running" in state or "terminated" in state


def ready_to_start_containers(pod: Object, has_sandbox: bool) -> Condition:
    """Return the condition PodReadyToStartContainers: a sandbox with its network stands.

    Source: pkg/kubelet/status/generate.go, GeneratePodReadyToStartContainersCondition.
    """
    return condition(READY_TO_START, has_sandbox, generation=_generation(pod))


Exits = Mapping[str, int | None]
"""The runtime's newest init and app containers by name: the exit code, None while one has not ended."""


def is_restarting_all(published: Object) -> bool:
    """Return whether a status says that the containers of its pod are being restarted together."""
    rows = published.get("conditions") or ()
    return any(row["type"] == RESTARTING and row["status"] == "True" for row in rows)


def restarts_all(spec: Object, exits: Exits, published: Object) -> bool:
    """Return whether the containers of a pod are to be restarted together: it was begun, or an exit asks for it.

    An exit that only the published status still knows counts too.
    Source: pkg/kubelet/container/helpers.go, ShouldAllContainersRestart.
    """
    if is_restarting_all(published):
        return True
    statuses = (*(published.get("initContainerStatuses") or ()), *(published.get("containerStatuses") or ()))
    shown = {row["name"]: at(row, "state", "terminated", "exitCode") for row in statuses}
    for row in (*(spec.get("initContainers") or ()), *spec["containers"]):
        codes = (exits.get(row["name"]), shown.get(row["name"]))
        if codes[0] is not None and any(rule_action(row, code) == RESTART_ALL for code in codes if code is not None):
            return True
    return False


def all_containers_restarting(pod: Object, exits: Exits, phase: str, published: Object) -> Condition:
    """Return the condition AllContainersRestarting of a pod that has a RestartAllContainers rule.

    The restart is over once the runtime has no container left.
    Source: pkg/kubelet/status/generate.go, GenerateAllContainersRestartingCondition.
    """
    if phase in TERMINAL:
        return condition(RESTARTING, False, _COMPLETED if phase == SUCCEEDED else _FAILED)
    if not exits or not restarts_all(pod["spec"], exits, published):
        return condition(RESTARTING, False)
    return condition(RESTARTING, True, "RestartAllContainersStarted", "container exited with restart policy rule")


def kubelet_conditions(
    pod: Object, published: Object, status: Object, ready_to_start: bool, exits: Exits
) -> list[Condition]:
    """Return all conditions of a pod in the order in which the kubelet writes them, without times.

    `published` is the status last sent, `status` the one being made (its phase and container statuses are read).
    Conditions that are not the kubelet's (readiness gates, DisruptionTarget, …) are kept, in front.
    Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus.
    """
    others = foreign_conditions(pod)
    statuses = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    phase = status["phase"]
    of_containers = containers_ready(pod, statuses, phase)
    restarting = [all_containers_restarting(pod, exits, phase, published)] if may_restart_all(pod["spec"]) else []
    return [
        *others,
        ready_to_start_containers(pod, ready_to_start),
        initialized(pod, statuses, phase, published.get("conditions") or ()),
        _gated(pod, others, of_containers),
        of_containers,
        condition(SCHEDULED, True, generation=_generation(pod)),
        *restarting,
    ]


def foreign_conditions(pod: Object) -> list[Condition]:
    """Return the conditions of a pod that others than its kubelet set."""
    return [dict(row) for row in at(pod, "status", "conditions") or () if row["type"] not in BY_KUBELET]


def renewed_readiness(pod: Object, status: Object) -> list[Condition]:
    """Return a status's conditions with Ready and ContainersReady made anew from its container statuses.

    Source: pkg/kubelet/status/status_manager.go, SetContainerReadiness.
    """
    statuses = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    phase = status["phase"]
    others = foreign_conditions(pod)
    of_containers = containers_ready(pod, statuses, phase)
    anew = {
        READY: _gated(pod, others, of_containers),
        CONTAINERS_READY: of_containers,
    }
    return [anew.get(row["type"], dict(row)) for row in status.get("conditions") or ()]


def gates_moved(pod: Object) -> bool:
    """Say whether a pod's readiness gates ask for another Ready than its status has.

    Source: pkg/kubelet/status/status_manager.go, NeedToReconcilePodReadiness.
    """
    status = pod.get("status") or {}
    conditions = status.get("conditions") or ()
    published = next((row for row in conditions if row["type"] == READY), None)
    if not pod["spec"].get("readinessGates") or published is None:
        return False
    statuses = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    wanted = ready(pod, conditions, statuses, status.get("phase", ""))
    return any(wanted.get(key) != published.get(key) for key in ("status", "reason", "message"))


def with_condition(pod: Object, kind: str, status: bool, reason: str, message: str, now_text: str) -> dict[str, Any]:
    """Return a pod that says a condition that is not its kubelet's; where its status stays, so does its time.

    Without a reason the condition gives none. Source: pkg/api/v1/pod/util.go, UpdatePodCondition.
    """
    conditions = (pod.get("status") or {}).get("conditions") or ()
    known = next((each for each in conditions if each["type"] == kind), None)
    word = "True" if status else "False"
    said = {
        "type": kind,
        "status": word,
        "observedGeneration": pod["metadata"].get("generation", 1),
        "lastProbeTime": None,
        "lastTransitionTime": known["lastTransitionTime"]
        if known is not None and known["status"] == word
        else now_text,
        **({"reason": reason, "message": message} if reason else {}),
    }
    return {**pod, "status": {**(pod.get("status") or {}), "conditions": [*_without(conditions, kind), said]}}


def _without(conditions: Iterable[Object], kind: str) -> list[Object]:
    return [each for each in conditions if each["type"] != kind]


def merge_conditions(old: Sequence[Object], new: Sequence[Object], now_text: str) -> list[Condition]:
    """Return `new` with times: lastTransitionTime moves to `now_text` only where the status differs from `old`.

    Source: pkg/kubelet/status/status_manager.go, updateLastTransitionTime.
    """
    before = {row["type"]: row for row in old}
    return [_timed(before.get(row["type"]), row, now_text) for row in new]


def _timed(before: Object | None, row: Object, now_text: str) -> Condition:
    kept = before is not None and before["status"] == row["status"]
    since = before.get("lastTransitionTime") if kept and before is not None else None
    return {"lastProbeTime": None, **row, "lastTransitionTime": since or row.get("lastTransitionTime") or now_text}
