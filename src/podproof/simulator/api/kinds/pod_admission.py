"""What admission adds to a pod, or refuses: service account, priority, tolerations, runtime class.

Source: plugin/pkg/admission/{serviceaccount,priority,defaulttolerationseconds,runtimeclass}/admission.go.
"""

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource, resource_for
from podproof.simulator.api.rules import Draft, Surroundings
from podproof.simulator.model.names import path_segment
from podproof.simulator.model.objects import Object
from podproof.simulator.model.static_pods import is_mirror

_SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOLERATED_FOR = 300
_DEFAULT_ACCOUNT = "default"


def admit_pod(pod: Draft, around: Surroundings) -> None:
    """Complete a pod as the admission plugins of a default cluster do.

    Raises:
        ApiError: 403, a plugin refuses.
    """
    if not is_mirror(pod):
        _admit_service_account(pod, around)
    _admit_priority(pod)
    admit_tolerations(pod["spec"])
    _admit_runtime_class(pod)


def _resource() -> Resource:
    return resource_for("v1", "Pod")


def _name(pod: Object) -> str:
    return str(pod["metadata"].get("name", ""))


def _admit_service_account(pod: Draft, around: Surroundings) -> None:
    """Name the service account. Approximated: no token volume is added, and every namespace has its default account."""
    spec, namespace = pod["spec"], pod["metadata"]["namespace"]
    name = spec.get("serviceAccountName") or _DEFAULT_ACCOUNT
    account = around.store.get("serviceaccounts", namespace, name)
    if name != _DEFAULT_ACCOUNT and account is None:
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise statuses.forbidden(_resource(), _name(pod), why)
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    given = (account or {}).get("imagePullSecrets")
    if given and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": each.get("name", "")} for each in given]


def _admit_priority(pod: Draft) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName", "")
    if name and name not in _SYSTEM_PRIORITIES:
        raise statuses.forbidden(_resource(), _name(pod), f"no PriorityClass with name {name} was found")
    computed, policy = _SYSTEM_PRIORITIES.get(name, 0), "PreemptLowerPriority"
    source = "must not be provided in pod spec; priority admission controller computed"
    given = "from the given PriorityClass name"
    if spec.get("priority", computed) != computed:
        why = f"the integer value of priority ({spec['priority']}) {source} {computed} {given}"
        raise statuses.forbidden(_resource(), _name(pod), why)
    if spec.get("preemptionPolicy", policy) != policy:
        why = f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) {source} {policy} {given}"
        raise statuses.forbidden(_resource(), _name(pod), why)
    spec["priority"], spec["preemptionPolicy"] = computed, policy


def admit_tolerations(spec: Draft) -> None:
    """Let a pod stay 300 s on a node that is not ready or out of reach; new pods and updated ones alike."""
    tolerations = list(spec.get("tolerations") or ())
    for key in _TOLERATED:
        if not any(_tolerates(toleration, key) for toleration in tolerations):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _TOLERATED_FOR}
            )
    spec["tolerations"] = tolerations


def _tolerates(toleration: Object, key: str) -> bool:
    return toleration.get("key", "") in (key, "") and toleration.get("effect", "") in ("NoExecute", "")


def _admit_runtime_class(pod: Draft) -> None:
    name = pod["spec"].get("runtimeClassName")
    if not name:
        return
    if wrong := path_segment(name):
        raise statuses.failure(500, "InternalError", f'invalid resource name "{name}": [{" ".join(wrong)}]')
    raise statuses.forbidden(_resource(), _name(pod), f'pod rejected: RuntimeClass "{name}" not found')
