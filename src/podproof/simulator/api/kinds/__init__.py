"""The rules of each kind, loaded when the first object of the kind is written."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from podproof.simulator.api.rules import Rules

_PLACES: Mapping[str, str] = {
    "Pod": "pods:RULES",
    "Service": "services:RULES",
    "Namespace": "namespaces:RULES",
    "ConfigMap": "configuration:CONFIG_MAPS",
    "Secret": "configuration:SECRETS",
    "Endpoints": "endpoints:ENDPOINTS",
    "EndpointSlice": "endpoints:SLICES",
    "PersistentVolume": "storage_volumes:VOLUMES",
    "PersistentVolumeClaim": "storage_volumes:CLAIMS",
    "StorageClass": "storage_classes:CLASSES",
    "VolumeAttributesClass": "storage_classes:ATTRIBUTES",
    "CSIDriver": "storage_classes:DRIVERS",
    "CSINode": "storage_classes:NODES",
    "CSIStorageCapacity": "storage_classes:CAPACITIES",
    "VolumeAttachment": "storage_classes:ATTACHMENTS",
    "Deployment": "workloads:DEPLOYMENTS",
    "ReplicaSet": "workloads:REPLICA_SETS",
    "StatefulSet": "workloads:STATEFUL_SETS",
    "DaemonSet": "workloads:DAEMON_SETS",
    "ReplicationController": "workloads:CONTROLLERS",
    "ControllerRevision": "workloads:REVISIONS",
    "Job": "jobs:JOBS",
    "CronJob": "jobs:CRON_JOBS",
    "LimitRange": "limits:LIMIT_RANGES",
    "ResourceQuota": "limits:QUOTAS",
    "PriorityClass": "priorities:PRIORITY_CLASSES",
    "PodTemplate": "workloads:TEMPLATES",
    "Ingress": "networking:INGRESSES",
    "IngressClass": "networking:CLASSES",
    "NetworkPolicy": "networking:POLICIES",
    "HorizontalPodAutoscaler": "autoscaling:AUTOSCALERS",
    "PodDisruptionBudget": "policy:BUDGETS",
    "Lease": "coordination:LEASES",
    "RuntimeClass": "runtime_classes:RUNTIME_CLASSES",
    "Role": "access:ROLES",
    "ClusterRole": "access:CLUSTER_ROLES",
    "RoleBinding": "access:ROLE_BINDINGS",
    "ClusterRoleBinding": "access:CLUSTER_ROLE_BINDINGS",
    "Node": "nodes:NODES",
    "Event": "nodes:EVENTS",
    "Event.v1.events.k8s.io": "served_beside:EVENTS",
    "HorizontalPodAutoscaler.v1.autoscaling": "served_beside:AUTOSCALERS",
    "CustomResourceDefinition": "definitions:DEFINITIONS",
}
"""Where the rules of a kind are: module and name."""


def _rules(place: str) -> Rules:
    module, name = place.split(":")
    found: Rules = getattr(import_module(f"{__name__}.{module}"), name)
    return found


RULES: Mapping[str, Callable[[], Rules]] = {kind: partial(_rules, place) for kind, place in _PLACES.items()}
"""The kinds with rules beyond their schema; every other row of `data/resources.yaml` has those all kinds share."""
