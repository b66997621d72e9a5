"""What `kubectl describe` prints. Adding a kind is a line in `_KINDS` and a function that yields its lines.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describerMap, DescribeEvents.
"""

from collections.abc import Callable, Iterable, Mapping

from podproof.simulator.model import describe_access as access
from podproof.simulator.model import describe_cluster as cluster
from podproof.simulator.model import describe_data as data
from podproof.simulator.model import describe_network as network
from podproof.simulator.model import describe_policy as policy
from podproof.simulator.model import describe_rules as rules
from podproof.simulator.model import describe_storage as storage
from podproof.simulator.model import describe_workloads as workloads
from podproof.simulator.model.describe_generic import anything
from podproof.simulator.model.describe_parts import Around, Lines, events
from podproof.simulator.model.describe_pod import describe_pod
from podproof.simulator.model.objects import Object
from podproof.simulator.model.tab_writer import tabbed

_Say = Callable[[Object, Around], Lines]

_WITHOUT_EVENTS: Mapping[str, _Say] = {
    "Namespace": cluster.namespace,
    "ResourceQuota": cluster.resource_quota,
    "LimitRange": cluster.limit_range,
    "Secret": data.secret,
    "Role": access.role,
    "ClusterRole": access.role,
    "RoleBinding": access.role_binding,
    "ClusterRoleBinding": access.role_binding,
    "NetworkPolicy": rules.network_policy,
}
_KINDS: Mapping[str, _Say] = {
    **_WITHOUT_EVENTS,
    "Node": cluster.node,
    "PriorityClass": cluster.priority_class,
    "ConfigMap": data.config_map,
    "ServiceAccount": data.service_account,
    "Service": network.service,
    "Endpoints": network.endpoints,
    "EndpointSlice": network.endpoint_slice,
    "Ingress": network.ingress,
    "IngressClass": rules.ingress_class,
    "CSINode": rules.csi_node,
    "VolumeAttributesClass": rules.volume_attributes_class,
    "PodDisruptionBudget": policy.pod_disruption_budget,
    "HorizontalPodAutoscaler": policy.horizontal_pod_autoscaler,
    "PersistentVolumeClaim": storage.persistent_volume_claim,
    "PersistentVolume": storage.persistent_volume,
    "StorageClass": storage.storage_class,
    "Deployment": workloads.deployment,
    "ReplicaSet": workloads.replica_set,
    "ReplicationController": workloads.replica_set,
    "StatefulSet": workloads.stateful_set,
    "DaemonSet": workloads.daemon_set,
    "Job": workloads.job,
    "CronJob": workloads.cron_job,
}


def describe(item: Object, about: Iterable[Object], around: Around) -> str:
    """Return what kubectl says of an object and of the events `about` it.

    Raises:
        NotModelledError: kubectl's words for a part of it are not known.
    """
    kind = item.get("kind", "")
    if kind == "Pod":
        return describe_pod(item, about, around.now)
    told = () if kind in _WITHOUT_EVENTS else events(about, around.now)
    return tabbed([*_KINDS.get(kind, anything)(item, around), *told])
