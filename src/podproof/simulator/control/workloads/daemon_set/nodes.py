"""Which nodes a DaemonSet has a pod on, and the pod that belongs to a node.

Source: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod, predicates, NewPod;
pkg/controller/daemon/util/daemonset_util.go, CreatePodTemplate, AddOrUpdateDaemonPodTolerations,
ReplaceDaemonSetPodNodeNameNodeAffinity, GetTargetNodeName.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import NodeInfo
from podproof.simulator.control.scheduling.placement import suits
from podproof.simulator.control.workloads.pods import ENDED, phase_of, pod_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.taints import tolerates

HASH = "controller-revision-hash"
GENERATION = "pod-template-generation"
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_BORNE = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
"""What every daemon's pod tolerates, for any time."""
_BORNE_ON_HOST_NETWORK = ("node.kubernetes.io/network-unavailable", "NoSchedule")


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a node is to get a pod, and whether one that is there may stay."""

    runs: bool
    stays: bool


def fit(owner: Object, node: Object) -> Fit:
    """Say whether a node suits a DaemonSet's pods: by name, by labels, by taints."""
    spec, name = owner["spec"]["template"]["spec"], node["metadata"]["name"]
    info = NodeInfo(name)
    info.become(node)
    asking = Asking({"metadata": {"uid": ""}, "spec": spec})
    if spec.get("nodeName") not in (None, "", name) or not suits(asking, info):
        return Fit(runs=False, stays=False)
    borne = _tolerations(spec)
    unborne = [each for each in info.taints if not any(tolerates(every, each) for every in borne)]
    return Fit(runs=not unborne, stays=not any(each["effect"] == "NoExecute" for each in unborne))


def by_node(pods: Iterable[Object]) -> dict[str, list[Object]]:
    """Return pods by the node they are on or for, the oldest first; those that ended and are going do not count."""
    found: dict[str, list[Object]] = {}
    for pod in sorted(pods, key=_age):
        if not ("deletionTimestamp" in pod["metadata"] and phase_of(pod) in ENDED):
            found.setdefault(target(pod), []).append(pod)
    return found


def _age(pod: Object) -> tuple[bool, str, str]:
    """Source: daemon_controller.go, podByCreationTimestampAndPhase: those with a node come first."""
    return not pod["spec"].get("nodeName"), pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]


def target(pod: Object) -> str:
    """Return the node a pod is on, or the one its affinity names; "" where there is none."""
    on = pod["spec"].get("nodeName")
    if on:
        return str(on)
    for term in at(pod, "spec", "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field["key"] == "metadata.name" and len(field.get("values") or ()) == 1:
                return str(field["values"][0])
    return ""


def body_of(owner: Object, node: str, word: str) -> dict[str, Any]:
    """Return the pod of a node, to be created; `word` names the revision of the template."""
    pod = pod_of(owner["spec"]["template"], owner)
    labels = {**(pod["metadata"].get("labels") or {}), HASH: word, **_generation(owner)}
    spec = {**pod["spec"], "affinity": _only_on(node, pod["spec"].get("affinity") or {})}
    spec["tolerations"] = _tolerations(pod["spec"])
    return {**pod, "metadata": {**pod["metadata"], "labels": labels}, "spec": spec}


def is_updated(owner: Object, pod: Object, word: str) -> bool:
    """Say whether a pod is of the present template. Source: daemonset_util.go, IsPodUpdated."""
    labels = pod["metadata"].get("labels") or {}
    generation = _generation(owner)
    return labels.get(HASH) == word or (bool(generation) and generation.items() <= labels.items())


def _generation(owner: Object) -> dict[str, str]:
    number = (owner["metadata"].get("annotations") or {}).get(_TEMPLATE_GENERATION)
    return {GENERATION: number} if number else {}


def _only_on(node: str, affinity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an affinity that names one node in place of the nodes it asked for."""
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {**affinity, "nodeAffinity": {**(affinity.get("nodeAffinity") or {}), _REQUIRED: required}}


def _tolerations(spec: Object) -> list[Object]:
    own: Sequence[Object] = spec.get("tolerations") or ()
    return [*own, *(each for each in _standing(spec) if each not in own)]


def _standing(spec: Object) -> Iterator[Object]:
    for key, effect in (*_BORNE, *([_BORNE_ON_HOST_NETWORK] if spec.get("hostNetwork") else ())):
        yield {"key": key, "operator": "Exists", "effect": effect}
