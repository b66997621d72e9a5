"""Writes two files of src/podproof/simulator/data: which field of which Go struct has which type, and must be there.

The structure comes from the kubernetes client's own models. What those do not tell (the width of integers, which texts
are quantities or have a Go type of their own) stands in the tables below. Run it after an upgrade of the client:

    python tools/schemas.py
"""

import json
import re
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "src/podproof/simulator/data"
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
    "V1HorizontalPodAutoscaler",
    "EventsV1Event",
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
    "AuthenticationV1TokenRequest",
    "V1Eviction",
)
SOURCE = "kubernetes client for Python, client.models; staging/src/k8s.io/api/core/v1/types.go"

BESIDE = {
    "AuthenticationV1TokenRequest": "TokenRequest.v1.authentication.k8s.io",
    "EventsV1Event": "Event.v1.events.k8s.io",
    "EventsV1EventSeries": "EventSeries.v1.events.k8s.io",
    "V1HorizontalPodAutoscaler": "HorizontalPodAutoscaler.v1.autoscaling",
    "V1HorizontalPodAutoscalerSpec": "HorizontalPodAutoscalerSpec.v1.autoscaling",
    "V1HorizontalPodAutoscalerStatus": "HorizontalPodAutoscalerStatus.v1.autoscaling",
}
"""Structs whose name another struct has, most of them of versions that are served beside the stored one."""

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

SET_WHEN_EMPTY = {
    *("AppArmorProfile.localhostProfile", "SeccompProfile.localhostProfile", "AzureDiskVolumeSource.cachingMode"),
    *("AzureDiskVolumeSource.fsType", "AzureFilePersistentVolumeSource.secretNamespace", "CSIDriverSpec.fsGroupPolicy"),
    *("CSIVolumeSource.fsType", "LocalVolumeSource.fsType", "ClusterTrustBundleProjection.name"),
    *("ClusterTrustBundleProjection.signerName", "Container.restartPolicy", "EphemeralContainer.restartPolicy"),
    *("ContainerStatus.stopSignal", "Lifecycle.stopSignal", "CronJobSpec.timeZone"),
    *("CustomResourceDefinitionVersion.deprecationWarning", "Endpoint.hostname", "Endpoint.nodeName", "Endpoint.zone"),
    *("EndpointAddress.nodeName", "EndpointPort.appProtocol", "EndpointPort.name", "EndpointPort.protocol"),
    *("Event.reportingComponent", "Event.reportingInstance", "GRPCAction.mode", "GRPCAction.service"),
    *(
        "GlusterfsPersistentVolumeSource.endpointsNamespace",
        "HPAScalingRules.selectPolicy",
        "HostPathVolumeSource.type",
    ),
    *("ISCSIPersistentVolumeSource.initiatorName", "ISCSIVolumeSource.initiatorName", "IngressSpec.ingressClassName"),
    *("IngressClassParametersReference.apiGroup", "IngressClassParametersReference.namespace"),
    *("IngressClassParametersReference.scope", "IngressPortStatus.error", "PortStatus.error", "JSONSchemaProps.$ref"),
    *("JSONSchemaProps.x-kubernetes-list-type", "JSONSchemaProps.x-kubernetes-map-type", "JobSpec.completionMode"),
    *("JobSpec.managedBy", "JobSpec.podReplacementPolicy", "JobStatus.failedIndexes", "LeaseSpec.holderIdentity"),
    *("LeaseSpec.preferredHolder", "LeaseSpec.strategy", "LoadBalancerIngress.ipMode", "NetworkPolicyPort.protocol"),
    *("NodeRuntimeHandler.name", "PersistentVolumeClaimSpec.storageClassName", "PersistentVolumeClaimSpec.volumeMode"),
    *("PersistentVolumeClaimSpec.volumeAttributesClassName", "PersistentVolumeSpec.volumeAttributesClassName"),
    *("PersistentVolumeClaimStatus.currentVolumeAttributesClassName", "PersistentVolumeSpec.volumeMode"),
    *(
        "PodDNSConfigOption.value",
        "PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy",
        "PodResourceClaimStatus.resourceClaimName",
    ),
    *("PodFailurePolicyOnExitCodesRequirement.containerName", "PodFailurePolicyOnPodConditionsPattern.status"),
    *(
        "PodResourceClaim.resourceClaimName",
        "PodResourceClaim.resourceClaimTemplateName",
        "PodSchedulingGroup.podGroupName",
    ),
    *("PodSecurityContext.fsGroupChangePolicy", "PodSecurityContext.seLinuxChangePolicy"),
    *("PodSecurityContext.supplementalGroupsPolicy", "PodSpec.hostnameOverride", "PodSpec.preemptionPolicy"),
    *(
        "PodSpec.runtimeClassName",
        "Preconditions.resourceVersion",
        "Preconditions.uid",
        "PriorityClass.preemptionPolicy",
    ),
    *("DeleteOptions.propagationPolicy", "RoleRef.apiGroup", "SecurityContext.procMount", "ServicePort.appProtocol"),
    *("ServiceReference.path", "ServiceSpec.internalTrafficPolicy", "ServiceSpec.ipFamilyPolicy"),
    *("ServiceSpec.loadBalancerClass", "ServiceSpec.trafficDistribution", "StorageClass.reclaimPolicy"),
    *("StorageClass.volumeBindingMode", "SuccessPolicyRule.succeededIndexes", "ValidationRule.reason"),
    *("TopologySpreadConstraint.nodeAffinityPolicy", "TopologySpreadConstraint.nodeTaintsPolicy"),
    *("TypedLocalObjectReference.apiGroup", "TypedObjectReference.apiGroup", "TypedObjectReference.namespace"),
    *("VolumeAttachmentSource.persistentVolumeName", "VolumeMount.mountPropagation", "VolumeMount.recursiveReadOnly"),
    *("VolumeMountStatus.recursiveReadOnly", "WebhookClientConfig.url"),
    *("WindowsSecurityContextOptions.gmsaCredentialSpec", "WindowsSecurityContextOptions.gmsaCredentialSpecName"),
    *("WindowsSecurityContextOptions.runAsUserName",),
}
"""Texts that may be left out, and that are something else when they are empty: pointers, and what is always written.

Every other optional text is left out where it is empty. Source: types.go of each group.
"""

UNSET_WHEN_FALSE = {
    *("readOnly", "chapAuthDiscovery", "chapAuthSession", "sslEnabled", "stdin", "stdinOnce", "tty", "paused"),
    *("unschedulable", "hostIPC", "hostNetwork", "hostPID", "globalDefault", "publishNotReadyAddresses"),
    *("preserveUnknownFields", "deprecated", "exclusiveMaximum", "exclusiveMinimum", "nullable", "uniqueItems"),
    *("x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"),
}
"""Truth values that are no pointers: false is what an absent one is. Source: types.go of each group."""
SET_WHEN_FALSE = {"AzureDiskVolumeSource.readOnly", "CSIVolumeSource.readOnly"}

UNSET_WHEN_ZERO = {
    *("Probe.initialDelaySeconds", "Probe.timeoutSeconds", "Probe.periodSeconds", "Probe.successThreshold"),
    *("Probe.failureThreshold", "ContainerPort.hostPort", "ServicePort.nodePort", "ServiceSpec.healthCheckNodePort"),
    *("ServiceBackendPort.number", "AWSElasticBlockStoreVolumeSource.partition"),
    *("GCEPersistentDiskVolumeSource.partition", "DeploymentSpec.minReadySeconds", "ReplicaSetSpec.minReadySeconds"),
    *("ReplicationControllerSpec.minReadySeconds", "DaemonSetSpec.minReadySeconds", "StatefulSetSpec.minReadySeconds"),
}
"""Numbers that are no pointers and that users write. Source: types.go of each group."""


def schemas() -> dict[str, Any]:
    """Return the table: struct → field → type."""
    import kubernetes.client as client

    found: dict[str, dict[str, str]] = {}
    required: dict[str, list[str]] = {}
    unset: dict[str, list[str]] = {}
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
            if facts.is_required():
                required.setdefault(name, []).append(key)
            known = WRITTEN.get(f"{name}.{key}")
            found[name][key] = known or written(name, key, facts.annotation, waiting)
            if not facts.is_required() and is_unset(name, key, found[name][key]):
                unset.setdefault(name, []).append(key)
    parts: dict[str, dict[str, Any]] = {"types": found, "unset": unset, "required": required}
    return {"source": SOURCE, **{part: {name: table[name] for name in sorted(table)} for part, table in parts.items()}}


def is_unset(struct: str, field: str, notation: str) -> bool:
    """Tell whether a field with the zero value of its type is as if it were not there."""
    spelled = f"{struct}.{field}"
    if notation.startswith("string"):
        if field in ("apiVersion", "kind") or (struct.endswith("Condition") and field in ("type", "status")):
            return False
        return spelled not in SET_WHEN_EMPTY
    if notation == "bool":
        return field in UNSET_WHEN_FALSE and spelled not in SET_WHEN_FALSE
    return spelled in UNSET_WHEN_ZERO


def struct_name(model: type) -> str:
    """Return the Go name of a model: V1Pod is Pod, CoreV1Event is Event; a second one of its name has a longer one."""
    if model.__name__ in BESIDE:
        return BESIDE[model.__name__]
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


def texts() -> dict[Path, str]:
    """Return what stands in each file."""
    table = schemas()
    return {
        DATA / "schemas.json": text(table, "types", "unset"),
        DATA / "required_fields.json": text(table, "required"),
    }


def text(table: Mapping[str, Any], *parts: str) -> str:
    """Return parts of the table as their file is written: one line per struct."""
    told = (f'"{part}": {{\n{joined(table[part])}\n}}' for part in parts)
    return f'{{"source": {json.dumps(table["source"])}, {", ".join(told)}}}\n'


def joined(part: Mapping[str, Any]) -> str:
    """Return a part of a file."""
    return ",\n".join(lines(part))


def lines(part: Mapping[str, Any]) -> list[str]:
    """Return the lines of a part of the file."""
    return [f"  {json.dumps(name)}: {json.dumps(fields)}" for name, fields in part.items()]


if __name__ == "__main__":
    for target, content in texts().items():
        target.write_text(content, encoding="utf-8")
