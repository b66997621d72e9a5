"""What controllers ask of pods: are they active, ready, available; and how one is made of a template."""

from typing import Any

from podproof.simulator.control.workloads.owners import controller_reference
from podproof.simulator.model.names import dns_subdomain
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, moment

ENDED = ("Succeeded", "Failed")


def is_active(pod: Object) -> bool:
    """Say whether a pod neither has ended nor is on its way out. Source: controller_utils.go, IsPodActive."""
    return "deletionTimestamp" not in pod["metadata"] and phase_of(pod) not in ENDED


def is_terminating(pod: Object) -> bool:
    """Say whether a pod is on its way out and still runs. Source: controller_utils.go, IsPodTerminating."""
    return "deletionTimestamp" in pod["metadata"] and phase_of(pod) not in ENDED


def phase_of(pod: Object) -> str:
    """Return the phase, "" where nobody has said one."""
    phase: str = (pod.get("status") or {}).get("phase", "")
    return phase


def is_ready(pod: Object) -> bool:
    """Say whether a pod is ready."""
    for each in (pod.get("status") or {}).get("conditions") or ():
        if each["type"] == "Ready":
            return bool(each["status"] == "True")
    return False


def ready_since(pod: Object) -> Nanos | None:
    """Return the moment from which a pod is ready, None where it is not."""
    for each in (pod.get("status") or {}).get("conditions") or ():
        if each["type"] == "Ready":
            return moment(each["lastTransitionTime"]) if each["status"] == "True" else None
    return None


def is_available(pod: Object, min_ready_seconds: int, now: Nanos) -> bool:
    """Say whether a pod has been ready for long enough. Source: pkg/api/v1/pod/util.go, IsPodAvailable."""
    if not min_ready_seconds:
        return is_ready(pod)
    since = ready_since(pod)
    return since is not None and since + min_ready_seconds * SECOND <= now


def pod_of(template: Object, owner: Object, name: str = "") -> dict[str, Any]:
    """Return the pod an owner's template makes; without a name its own is generated from the owner's.

    Source: pkg/controller/controller_utils.go, GetPodFromTemplate.
    """
    meta, owners = template.get("metadata") or {}, [controller_reference(owner)]
    kept = {key: meta[key] for key in ("labels", "annotations", "finalizers") if key in meta}
    named = {"name": name} if name else {"generateName": _prefix(owner["metadata"]["name"])}
    whole = {**named, "namespace": owner["metadata"]["namespace"], **kept, "ownerReferences": owners}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": whole, "spec": template["spec"]}


def _prefix(owner: str) -> str:
    """Return what generated names begin with. Source: pkg/controller/controller_utils.go, getPodsPrefix."""
    dashed = f"{owner}-"
    return owner if dns_subdomain(f"{dashed}a") else dashed
