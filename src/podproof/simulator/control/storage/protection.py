"""Claims and volumes in use do not go: their finalizers come off once nobody uses them.

Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go; pvprotection/pv_protection_controller.go.
"""

from collections.abc import Iterable

from podproof.simulator.control.plans import Plan, Update
from podproof.simulator.control.storage.facts import CLAIMS, VOLUMES, phase_of
from podproof.simulator.model.objects import Object

CLAIM_FINALIZER = "kubernetes.io/pvc-protection"
VOLUME_FINALIZER = "kubernetes.io/pv-protection"


def uses(pod: Object, claim: str) -> bool:
    """Say whether a pod mounts a claim of its namespace, by its own name or as its own ephemeral volume."""
    for volume in pod["spec"].get("volumes") or ():
        if (volume.get("persistentVolumeClaim") or {}).get("claimName") == claim:
            return True
        if "ephemeral" in volume and f"{pod['metadata']['name']}-{volume['name']}" == claim:
            return True
    return False


def release_claim(claim: Object, users: Iterable[Object]) -> Plan:
    """Let a deleted claim go once no pod uses it; a pod that has ended or was never placed does not count."""
    if "deletionTimestamp" not in claim["metadata"] or any(_holds(pod) for pod in users):
        return Plan()
    return _without(CLAIMS, claim, CLAIM_FINALIZER)


def _holds(pod: Object) -> bool:
    return bool(pod["spec"].get("nodeName")) and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")


def release_volume(volume: Object) -> Plan:
    """Let a deleted volume go once it is not bound."""
    if "deletionTimestamp" not in volume["metadata"] or phase_of(volume) == "Bound":
        return Plan()
    return _without(VOLUMES, volume, VOLUME_FINALIZER)


def _without(resource: str, item: Object, finalizer: str) -> Plan:
    known = item["metadata"].get("finalizers") or ()
    if finalizer not in known:
        return Plan()
    kept = [each for each in known if each != finalizer]
    return Plan((Update(resource, {**item, "metadata": {**item["metadata"], "finalizers": kept}}),))
