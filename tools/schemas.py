"""Writes src/podproof/simulator/data/schemas.json: which field of which Go struct has which type.

The structure comes from the kubernetes client's own models. What those do not tell (the width of integers, which texts
are quantities or have a Go type of their own) stands in the tables below. Run it after an upgrade of the client:

    python tools/schemas.py
"""

import json
import re
import types
import typing
from datetime import datetime
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src/podproof/simulator/data/schemas.json"
ROOTS = (
    "V1Pod",
    "V1Service",
    "V1Endpoints",
    "V1EndpointSlice",
    "V1ConfigMap",
    "V1Secret",
    "V1Namespace",
    "V1Node",
    "CoreV1Event",
    "V1ServiceAccount",
    "V1LimitRange",
    "V1PersistentVolume",
    "V1PersistentVolumeClaim",
    "V1PodTemplate",
    "V1ReplicationController",
    "V1ResourceQuota",
    "V1ControllerRevision",
    "V1DaemonSet",
    "V1Deployment",
    "V1ReplicaSet",
    "V1StatefulSet",
    "V1Scale",
    "V1CronJob",
    "V1Job",
    "V2HorizontalPodAutoscaler",
    "V1Lease",
    "V1Ingress",
    "V1IngressClass",
    "V1NetworkPolicy",
    "V1RuntimeClass",
    "V1PodDisruptionBudget",
    "V1ClusterRole",
    "V1ClusterRoleBinding",
    "V1Role",
    "V1RoleBinding",
    "V1PriorityClass",
    "V1CSIDriver",
    "V1CSINode",
    "V1CSIStorageCapacity",
    "V1StorageClass",
    "V1VolumeAttachment",
    "V1VolumeAttributesClass",
    "V1CustomResourceDefinition",
    "V1Binding",
    "V1DeleteOptions",
    "V1Eviction",
)
SOURCE = "kubernetes client for Python, client.models; staging/src/k8s.io/api/core/v1/types.go"

SINCE_137 = {
    "PodSpec": ("evictionResponders",),
    "PodStatus": ("volumeHealth", "nodeAllocatableResourceClaimStatuses"),
    "EmptyDirVolumeSource": ("mode",),
    "HTTPGetAction": ("protocol",),
    "JobSpec": ("scheduling",),
    "PersistentVolumeClaimStatus": ("healthStatus",),
    "CSINode": ("status",),
    "CSIDriverSpec": ("preventPodSchedulingIfMissing",),
}
"""Fields of the client's release (1.37) that a 1.36 server does not know."""

WIDE = {
    "activeDeadlineSeconds",
    "gracePeriodSeconds",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "supplementalGroups",
    "expirationSeconds",
    "generation",
    "observedGeneration",
    "deletionGracePeriodSeconds",
    "seconds",
    "sizeBytes",
    "nodeAllocatableUpdatePeriodSeconds",
    "templateGeneration",
    "startingDeadlineSeconds",
    "revision:ControllerRevision",
    "uid:LinuxContainerUser",
    "gid:LinuxContainerUser",
}
"""int64; every other integer is int32. Source: staging/src/k8s.io/api/core/v1/types.go."""

QUANTITIES = {"sizeLimit", "divisor", "maximumVolumeSize", "averageValue", "tolerance"}
RESOURCE_LISTS = {
    "limits",
    "requests",
    "overhead",
    "capacity",
    "allocatable",
    "allocatedResources",
    "podFixed",
    "hard",
    "used",
}
LIMITS = {"default", "defaultRequest", "max", "min", "maxLimitRequestRatio"}
MICROTIMES = {"eventTime", "lastObservedTime", "acquireTime", "renewTime"}
WRITTEN = {
    **{f"LimitRangeItem.{field}": "resources" for field in LIMITS},
    **{f"JSONSchemaProps.{field}": "any" for field in ("items", "additionalItems", "additionalProperties")},
    **{f"JSONSchemaProps.{field}": "float64" for field in ("maximum", "minimum", "multipleOf")},
    **{
        f"JSONSchemaProps.{part}{what}": "int64"
        for part in ("max", "min")
        for what in ("Items", "Length", "Properties")
    },
    "JSONSchemaProps.dependencies": "map:any",
    "CustomResourceSubresources.status": "any",  # what counts is that it is there, however empty
    "MetricTarget.value": "quantity",
    "MetricValueStatus.value": "quantity",
    "CSIStorageCapacity.capacity": "quantity",
}
"""Notations that the models do not tell. Source: types.go of each group; apiextensions, types_jsonschema.go."""

NAMED = {
    "restartPolicy": "RestartPolicy",
    "dnsPolicy": "DNSPolicy",
    "imagePullPolicy": "PullPolicy",
    "protocol": "Protocol",
    "terminationMessagePolicy": "TerminationMessagePolicy",
    "preemptionPolicy": "PreemptionPolicy",
    "effect": "TaintEffect",
    "PodStatus.phase": "PodPhase",
    "NamespaceStatus.phase": "NamespacePhase",
    "PersistentVolumeStatus.phase": "PersistentVolumePhase",
    "PersistentVolumeClaimStatus.phase": "PersistentVolumeClaimPhase",
    "volumeMode": "PersistentVolumeMode",
    "persistentVolumeReclaimPolicy": "PersistentVolumeReclaimPolicy",
    "reclaimPolicy": "PersistentVolumeReclaimPolicy",
    "volumeBindingMode": "VolumeBindingMode",
    "completionMode": "CompletionMode",
    "concurrencyPolicy": "ConcurrencyPolicy",
    "podManagementPolicy": "PodManagementPolicyType",
    "DeploymentStrategy.type": "DeploymentStrategyType",
    "DaemonSetUpdateStrategy.type": "DaemonSetUpdateStrategyType",
    "StatefulSetUpdateStrategy.type": "StatefulSetUpdateStrategyType",
    "pathType": "PathType",
    "podReplacementPolicy": "PodReplacementPolicy",
    "qosClass": "PodQOSClass",
    "scheme": "URIScheme",
    "medium": "StorageMedium",
    "ServiceSpec.type": "ServiceType",
    "ServiceSpec.sessionAffinity": "ServiceAffinity",
    "ServiceSpec.externalTrafficPolicy": "ServiceExternalTrafficPolicy",
    "ipFamilyPolicy": "IPFamilyPolicy",
    "internalTrafficPolicy": "ServiceInternalTrafficPolicy",
    "Secret.type": "SecretType",
    "Toleration.operator": "TolerationOperator",
    "NodeSelectorRequirement.operator": "NodeSelectorOperator",
    "LabelSelectorRequirement.operator": "LabelSelectorOperator",
    "whenUnsatisfiable": "UnsatisfiableConstraintAction",
    "uid": "UID",
    "mountPropagation": "MountPropagationMode",
    "HostPathVolumeSource.type": "HostPathType",
    "PodCondition.type": "PodConditionType",
    "PodCondition.status": "ConditionStatus",
    "NodeCondition.type": "NodeConditionType",
    "NodeCondition.status": "ConditionStatus",
    "procMount": "ProcMountType",
    "fsGroupChangePolicy": "PodFSGroupChangePolicy",
    "conditionType": "PodConditionType",
    "resourceName": "ResourceName",
    "EndpointSlice.addressType": "AddressType",
    "PodOS.name": "OSName",
}
"""Texts with a Go type of their own, by field or Struct.field. Source: staging/src/k8s.io/api/core/v1/types.go."""


def schemas() -> dict[str, Any]:
    """Return the table: struct → field → type."""
    import kubernetes.client as client

    found: dict[str, dict[str, str]] = {}
    waiting = [getattr(client, root) for root in ROOTS]
    while waiting:
        model = waiting.pop()
        name = struct_name(model)
        if name in found:
            continue
        found[name] = {}
        for field, facts in model.model_fields.items():
            key = facts.serialization_alias or field
            if key in SINCE_137.get(name, ()):
                continue
            known = WRITTEN.get(f"{name}.{key}")
            found[name][key] = known or written(name, key, facts.annotation, waiting)
    return {"source": SOURCE, "types": {name: found[name] for name in sorted(found)}}


def struct_name(model: type) -> str:
    """Return the Go name of a model: V1Pod is Pod, CoreV1Event is Event."""
    return re.sub(r"^(?:[A-Z][a-z]+)?V\d+(?=[A-Z])", "", model.__name__)


def written(struct: str, field: str, annotation: Any, waiting: list[Any]) -> str:
    """Return the notation of a type: `[]T`, `map:T`, a struct's name, or a scalar."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return written(struct, field, inner[0], waiting)
    if origin in (typing.Union, types.UnionType):
        return union(struct, field, [part for part in inner if part is not type(None)], waiting)
    if origin is list:
        return f"[]{written(struct, field, inner[0], waiting)}"
    if origin is dict:
        value = written(struct, field, inner[1], waiting)
        return "resources" if field in RESOURCE_LISTS else f"map:{value}"
    if annotation is datetime:
        return "microtime" if field in MICROTIMES else "time"
    if annotation is int:
        return "int64" if field in WIDE or f"{field}:{struct}" in WIDE else "int32"
    if annotation is float:
        return "float64"
    if annotation in (str, bool, bytes):
        return scalar(struct, field, annotation)
    if annotation in (Any, object):
        return "any"
    waiting.append(annotation)
    return struct_name(annotation)


def scalar(struct: str, field: str, annotation: type) -> str:
    """Return the notation of a text or a truth value."""
    if annotation in (bool, bytes):
        return annotation.__name__
    if field in QUANTITIES:
        return "quantity"
    named = NAMED.get(f"{struct}.{field}") or NAMED.get(field)
    return f"string:{named}" if named else "string"


def union(struct: str, field: str, parts: list[Any], waiting: list[Any]) -> str:
    """Return the notation of a type that has alternatives."""
    if len(parts) == 1:
        return written(struct, field, parts[0], waiting)
    return "bytes" if "bytes" in {written(struct, field, part, waiting) for part in parts} else "intOrString"


def text() -> str:
    """Return the file as it is written: one line per struct."""
    table = schemas()
    lines = [f"  {json.dumps(name)}: {json.dumps(fields)}" for name, fields in table["types"].items()]
    return f'{{"source": {json.dumps(table["source"])}, "types": {{\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
