"""The rules of pods.

Source: pkg/registry/core/pod/strategy.go.
"""

from typing import Any

from podproof.simulator.api.kinds.app_armor import app_armor_warnings, fill_app_armor_fields
from podproof.simulator.api.kinds.pod_defaults import default_pod
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.pod_ephemeral import ephemeral_update_faults, keep_all_but_ephemeral
from podproof.simulator.api.validation.pod_resize import keep_all_but_resources, resize_faults
from podproof.simulator.api.validation.pod_update import pod_update_faults
from podproof.simulator.api.validation.pods import pod_faults
from podproof.simulator.api.validation.warnings import pod_warnings
from podproof.simulator.model.objects import Object
from podproof.simulator.model.qos import qos_class


def begin_pod(pod: Draft) -> None:
    """Give a new pod its first status.

    Source: strategy.go, PrepareForCreate, applySchedulingGatedCondition, applyAppArmorVersionSkew.
    """
    status: dict[str, Any] = {"phase": "Pending", "qosClass": qos_class(pod["spec"])}
    if pod["spec"].get("schedulingGates"):
        status["conditions"] = [
            {
                "type": "PodScheduled",
                "observedGeneration": 1,
                "status": "False",
                "lastProbeTime": None,
                "lastTransitionTime": None,
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
            }
        ]
    pod["status"] = status
    fill_app_armor_fields(pod)
    _merge_match_label_keys(pod)


def _merge_match_label_keys(pod: Draft) -> None:
    """Write the values of matched label keys into the selectors they belong to.

    Source: strategy.go, applyMatchLabelKeysAndMismatchLabelKeys.
    """
    labels, spec = pod["metadata"].get("labels") or {}, pod["spec"]
    terms = list(spec.get("topologySpreadConstraints") or ())
    for kind in ("podAffinity", "podAntiAffinity"):
        affinity = spec.get("affinity", {}).get(kind, {})
        terms += affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        weighted = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [each.get("podAffinityTerm", {}) for each in weighted]
    for term in terms:
        for source, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
            for key in term.get(source) or ():
                if key in labels and "labelSelector" in term:
                    expressions = term["labelSelector"].setdefault("matchExpressions", [])
                    expressions.append({"key": key, "operator": operator, "values": [labels[key]]})


def _carry_over(pod: Draft, old: Object) -> None:
    """Keep the status, and the service account that admission named."""
    pod["status"] = old["status"]
    for key in ("serviceAccountName", "serviceAccount", "priority", "preemptionPolicy"):
        if key in old["spec"]:
            pod["spec"].setdefault(key, old["spec"][key])


RULES = Rules(
    default=default_pod,
    begin=begin_pod,
    validate=pod_faults,
    carry_over=_carry_over,
    validate_update=pod_update_faults,
    first_warnings=app_armor_warnings,
    warnings=pod_warnings,
    subresources={
        "ephemeralcontainers": {"carry_over": keep_all_but_ephemeral, "validate_update": ephemeral_update_faults},
        "resize": {"carry_over": keep_all_but_resources, "validate_update": resize_faults},
    },
    derives=True,
)
