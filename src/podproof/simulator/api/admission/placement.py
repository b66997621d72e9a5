"""What is said of nodes and of how pods stand them: default tolerations, the first taint of a node, runtime classes.

Source: plugin/pkg/admission/{defaulttolerationseconds,nodetaint,runtimeclass}/admission.go.
"""

from podproof.simulator.api import statuses
from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking, Plugin
from podproof.simulator.api.rules import Draft
from podproof.simulator.model.names import path_segment
from podproof.simulator.model.objects import Object, at

_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOLERATED_FOR = 300
_NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


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


def _tolerate(asking: Asking) -> None:
    admit_tolerations(asking.draft["spec"])


def _taint(asking: Asking) -> None:
    """Keep pods away from a new node until it has said that it is ready."""
    spec = asking.draft.setdefault("spec", {})
    taints = spec.get("taints") or ()
    if not any(each.get("key") == _NOT_READY["key"] and each.get("effect") == "NoSchedule" for each in taints):
        spec["taints"] = [*taints, dict(_NOT_READY)]


def _admit_runtime_class(asking: Asking) -> None:
    """Add to a pod what its runtime class costs and where it runs."""
    spec = asking.draft["spec"]
    found = _runtime_class(asking, spec["runtimeClassName"]) if spec.get("runtimeClassName") else None
    overhead = at(found, "overhead", "podFixed")
    if overhead is not None:
        if spec.get("overhead") and spec["overhead"] != overhead:
            raise asking.refusal("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        spec["overhead"] = dict(overhead)
    if found is not None and found.get("scheduling"):
        _schedule(asking, found["scheduling"])


def _judge_overhead(asking: Asking) -> tuple[str, ...]:
    """Refuse an overhead that no runtime class is the reason of."""
    spec = asking.draft["spec"]
    found = _runtime_class(asking, spec["runtimeClassName"]) if spec.get("runtimeClassName") else None
    if spec.get("overhead") and at(found, "overhead") is None:
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise asking.refusal(why)
    return ()


def _runtime_class(asking: Asking, name: str) -> Object:
    if wrong := path_segment(name):
        raise statuses.failure(500, "InternalError", f'invalid resource name "{name}": [{" ".join(wrong)}]')
    found = asking.around.store.get("runtimeclasses.node.k8s.io", "", name)
    if found is None:
        raise asking.refusal(f'pod rejected: RuntimeClass "{name}" not found')
    return found


def _schedule(asking: Asking, wanted: Object) -> None:
    spec = asking.draft["spec"]
    own, more = spec.get("nodeSelector") or {}, wanted.get("nodeSelector") or {}
    for key, value in more.items():
        if own.get(key, value) != value:
            why = f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
            raise asking.refusal(f"{why}pod.spec.nodeSelector[{key}] = {own[key]}")
    if more:
        spec["nodeSelector"] = {**own, **more}
    known = list(spec.get("tolerations") or ())
    added = [each for each in wanted.get("tolerations") or () if each not in known]
    if added:
        spec["tolerations"] = [*known, *(dict(each) for each in added)]


DEFAULT_TOLERATION_SECONDS = Plugin(
    "DefaultTolerationSeconds", kinds=("Pod",), operations=(CREATE, UPDATE), admit=_tolerate
)
TAINT_NODES = Plugin("TaintNodesByCondition", kinds=("Node",), admit=_taint)
RUNTIME_CLASS = Plugin("RuntimeClass", kinds=("Pod",), admit=_admit_runtime_class, validate=_judge_overhead)
