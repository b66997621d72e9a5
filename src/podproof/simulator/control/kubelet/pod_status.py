"""The status a kubelet gives a pod: a pure function of the spec, the look at its runtime and what was published.

Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus, convertStatusToAPIStatus; pkg/kubelet/status/
status_manager.go, mergePodStatus.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from podproof.simulator.control.kubelet.container_statuses import (
    Failures,
    Results,
    app_statuses,
    ephemeral_statuses,
    init_statuses,
)
from podproof.simulator.control.kubelet.pods import Ending
from podproof.simulator.control.kubelet.runtime_view import PodRuntime, has_initialized, sandbox_change
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_conditions import (
    is_restarting_all,
    kubelet_conditions,
    merge_conditions,
    renewed_readiness,
    restarts_all,
)
from podproof.simulator.model.pod_phase import FAILED, PENDING, TERMINAL, kept_phase, phase
from podproof.simulator.model.restart_rules import may_restart_all
from podproof.simulator.model.static_pods import is_static


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """A node: its name, the address its pods carry as hostIP, what it gives to pods in all, its pulls at a time."""

    name: str
    address: str
    room: Mapping[str, str] = field(default_factory=dict)
    pulls: int = 1


def generate_status(
    pod: Object,
    published: Object,
    runtime: PodRuntime,
    failures: Failures,
    node: NodeAddress,
    ended: bool,
    ending: Ending | None = None,
    results: Results | None = None,
) -> dict[str, Any]:
    """Return the status of `pod` (conditions without times yet).

    `published` is the status last sent; `ended` says that none of its containers will ever run again, `ending` why the
    kubelet itself ends the pod, `results` what its probes have come to.
    """
    seen = {**pod, "status": published}
    exits = runtime.exits(pod["spec"]) if may_restart_all(pod["spec"]) else {}
    restarting = bool(exits or is_restarting_all(published)) and restarts_all(pod["spec"], exits, published)
    init = init_statuses(seen, runtime, failures, results or {}, restarting)
    apps = app_statuses(seen, runtime, failures, results or {}, restarting)
    statuses = [*init, *apps]
    before = str(published.get("phase", PENDING))
    apps_began = has_initialized(pod["spec"], runtime)
    derived = phase(pod["spec"], statuses, is_terminal=ended, has_initialized=apps_began, is_static=is_static(pod))
    status: dict[str, Any] = {
        **{key: published[key] for key in ("startTime", "nominatedNodeName") if key in published},
        **_phase(kept_phase(derived, before), published, ending),
        "qosClass": published.get("qosClass") or pod.get("status", {}).get("qosClass"),
        "hostIP": node.address,
        "hostIPs": [{"ip": node.address}],
        "containerStatuses": apps,
    }
    if init:
        status["initContainerStatuses"] = init
    if pod["spec"].get("ephemeralContainers"):
        status["ephemeralContainerStatuses"] = ephemeral_statuses(seen, runtime, failures)
    address = runtime.address or published.get("podIP", "")
    if not address and pod["spec"].get("hostNetwork"):
        address = node.address
    if address:
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    has_sandbox = not sandbox_change(pod, runtime)[0]
    status["conditions"] = kubelet_conditions(pod, published, status, has_sandbox, exits)
    return status


def _phase(derived: str, published: Object, ending: Ending | None) -> dict[str, Any]:
    """Return the phase with the reason and message that belong to it."""
    if ending is not None:
        return {"phase": FAILED, "reason": ending.reason, "message": ending.message}
    return {"phase": derived, **(_reasons(published) if derived == published.get("phase") else {})}


def _reasons(status: Object) -> dict[str, Any]:
    return {key: status[key] for key in ("reason", "message") if key in status}


def with_probe_result(
    pod: Object, published: Object, kind: str, container_id: str, success: bool
) -> dict[str, Any] | None:
    """Return the published status with one container's `ready` or `started` set; None where nothing changes."""
    field = "ready" if kind == "readiness" else "started"
    status = dict(published)
    for name in ("containerStatuses", "initContainerStatuses"):
        rows = published.get(name) or ()
        changed = [_set(row, field, success) if _is(row, container_id) else row for row in rows]
        if changed != list(rows):
            status[name] = changed
            return {**status, "conditions": renewed_readiness(pod, status)}
    return None


def _is(row: Object, container_id: str) -> bool:
    return str(row.get("containerID", "")).endswith(container_id)


def _set(row: Object, field: str, value: bool) -> Object:
    return {**row, field: value}


def merge_status(
    pod: Object, published: Object, status: Mapping[str, Any], may_run: bool, now_text: str
) -> dict[str, Any]:
    """Return what is sent: a terminal phase waits until nothing can run any more; unchanged conditions keep their time.

    Source: pkg/kubelet/status/status_manager.go, mergePodStatus, updateLastTransitionTime.
    """
    merged = {**status, "startTime": published.get("startTime") or now_text}
    if may_run and status["phase"] in TERMINAL and published.get("phase") not in TERMINAL:
        kept = {key: value for key, value in merged.items() if key not in ("reason", "message")}
        merged = {**kept, "phase": published.get("phase", PENDING), **_reasons(published)}
    merged["observedGeneration"] = pod["metadata"].get("generation", 1)
    merged["conditions"] = merge_conditions(published.get("conditions") or (), status["conditions"], now_text)
    return merged
