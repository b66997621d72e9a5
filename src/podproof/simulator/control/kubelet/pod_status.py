"""The status a kubelet gives a pod: a pure function of the spec, the look at its runtime and what was published.

Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus, convertStatusToAPIStatus; pkg/kubelet/status/
status_manager.go, mergePodStatus.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.kubelet.container_statuses import Failures, app_statuses, init_statuses
from podproof.simulator.control.kubelet.runtime_view import PodRuntime, sandbox_change
from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_conditions import kubelet_conditions, merge_conditions
from podproof.simulator.model.pod_phase import PENDING, TERMINAL, kept_phase, phase


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """The name of a node and the address its pods carry as hostIP."""

    name: str
    address: str


def generate_status(
    pod: Object, published: Object, runtime: PodRuntime, failures: Failures, node: NodeAddress, ended: bool
) -> dict[str, Any]:
    """Return the status of `pod` (conditions without times yet).

    `published` is the status last sent; `ended` says that none of its containers will ever run again.
    """
    seen = {**pod, "status": published}
    init = init_statuses(seen, runtime, failures)
    apps = app_statuses(seen, runtime, failures)
    statuses = [*init, *apps]
    before = str(published.get("phase", PENDING))
    status: dict[str, Any] = {
        **{key: published[key] for key in ("startTime", "nominatedNodeName") if key in published},
        "phase": kept_phase(phase(pod["spec"], statuses, is_terminal=ended), before),
        "qosClass": published.get("qosClass") or pod.get("status", {}).get("qosClass"),
        "hostIP": node.address,
        "hostIPs": [{"ip": node.address}],
        "containerStatuses": apps,
    }
    if init:
        status["initContainerStatuses"] = init
    address = runtime.address or published.get("podIP", "")
    if address:
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    status["conditions"] = kubelet_conditions(pod, published, status, not sandbox_change(pod, runtime)[0])
    return status


def merge_status(
    pod: Object, published: Object, status: Mapping[str, Any], may_run: bool, now_text: str
) -> dict[str, Any]:
    """Return what is sent: a terminal phase waits until nothing can run any more; unchanged conditions keep their time.

    Source: pkg/kubelet/status/status_manager.go, mergePodStatus, updateLastTransitionTime.
    """
    merged = {**status, "startTime": published.get("startTime") or now_text}
    if may_run and status["phase"] in TERMINAL and published.get("phase") not in TERMINAL:
        merged["phase"] = published.get("phase", PENDING)
    merged["observedGeneration"] = pod["metadata"].get("generation", 1)
    merged["conditions"] = merge_conditions(published.get("conditions") or (), status["conditions"], now_text)
    return merged
