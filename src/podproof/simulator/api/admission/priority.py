"""Priority: a pod's priority class becomes its number and what it may preempt; there is one default class at most.

Source: plugin/pkg/admission/priority/admission.go.
"""

from collections.abc import Mapping
from functools import cache

from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking, Plugin
from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object

CLASSES = "priorityclasses.scheduling.k8s.io"
_PREEMPTS = "PreemptLowerPriority"


@cache
def _system() -> Mapping[str, int]:
    return {row["name"]: row["value"] for row in rows("priority_classes")["classes"]}


def _admit_pod(asking: Asking) -> None:
    spec = asking.draft["spec"]
    chosen = _class_of(asking, spec.get("priorityClassName", ""))
    if chosen is not None and not spec.get("priorityClassName"):
        spec["priorityClassName"] = chosen["metadata"]["name"]
    computed = chosen["value"] if chosen else 0
    policy = (chosen or {}).get("preemptionPolicy") or _PREEMPTS
    source = "must not be provided in pod spec; priority admission controller computed"
    given = "from the given PriorityClass name"
    if spec.get("priority", computed) != computed:
        why = f"the integer value of priority ({spec['priority']}) {source} {computed} {given}"
        raise asking.refusal(why)
    if spec.get("preemptionPolicy", policy) != policy:
        why = f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) {source} {policy} {given}"
        raise asking.refusal(why)
    spec["priority"], spec["preemptionPolicy"] = computed, policy


def _class_of(asking: Asking, name: str) -> Object | None:
    if not name:
        return _default_class(asking)
    found = asking.around.store.get(CLASSES, "", name)
    if found is None and name in _system():
        # A server makes these for itself before it answers its first request.
        found = {"metadata": {"name": name}, "value": _system()[name]}
    if found is None:
        raise asking.refusal(f"no PriorityClass with name {name} was found")
    return found


def _default_class(asking: Asking) -> Object | None:
    """Return the default class, of several the one with the lowest value."""
    classes = [each for each in asking.around.store.list(CLASSES) if each.get("globalDefault")]
    return min(classes, key=lambda each: each["value"], default=None)


def _judge_class(asking: Asking) -> tuple[str, ...]:
    if asking.draft.get("globalDefault"):
        default = _default_class(asking)
        if default is not None and (asking.old is None or default["metadata"]["name"] != asking.name):
            name = default["metadata"]["name"]
            why = f"PriorityClass {name} is already marked as default. Only one default can exist"
            raise asking.refusal(why)
    return ()


def _judge(asking: Asking) -> tuple[str, ...]:
    return _judge_class(asking) if asking.resource.kind == "PriorityClass" else ()


def _admit(asking: Asking) -> None:
    if asking.resource.kind == "Pod" and asking.operation == CREATE:
        _admit_pod(asking)


PRIORITY = Plugin(
    "Priority", kinds=("Pod", "PriorityClass"), operations=(CREATE, UPDATE), admit=_admit, validate=_judge
)
