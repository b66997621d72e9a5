"""What kubectl describe says of kinds other than pods, line by line."""

from collections.abc import Iterable
from typing import Any

import pytest

from podproof.kubectl import described
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T00:05:00Z")
MADE = {"creationTimestamp": "2026-01-01T00:00:00Z"}
META = {"name": "x", "namespace": "default", "uid": "x-uid", **MADE}
TEMPLATE = {
    "metadata": {"labels": {"app": "x"}},
    "spec": {
        "containers": [{"name": "c", "image": "nginx", "env": [{"name": "A", "value": "b"}]}],
        "volumes": [{"name": "v", "emptyDir": {}}],
        "topologySpreadConstraints": [{"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}],
        "priorityClassName": "high",
    },
}
OWNED = [{"kind": "X", "name": "x", "uid": "x-uid", "controller": True}]


def pod(name: str, phase: str, **spec: Any) -> dict[str, Any]:
    meta = {"name": name, "namespace": "default", "labels": {"app": "x"}, "ownerReferences": OWNED, **MADE}
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": {"phase": phase}}


def text(kind: str, item: dict[str, Any], around: Iterable[dict[str, Any]] = ()) -> str:
    whole = {"kind": kind, "metadata": META, "spec": {}, **item}
    return described(whole, (), NOW, lambda wanted: [each for each in around if each["kind"] == wanted])


def lines(kind: str, item: dict[str, Any], around: Iterable[dict[str, Any]] = ()) -> list[str]:
    return [" ".join(line.split()) for line in text(kind, item, around).splitlines()]


def test_a_deployment() -> None:
    selector = {"matchLabels": {"app": "x"}}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": 1}}
    new = {
        "kind": "ReplicaSet",
        "metadata": {"name": "x-2", "namespace": "default", "ownerReferences": OWNED},
        "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "x", "pod-template-hash": "2"}}}},
        "status": {"replicas": 1},
    }
    old = {**new, "metadata": {**new["metadata"], "name": "x-1"}, "spec": {"replicas": 0, "template": TEMPLATE}}  # type: ignore[dict-item]
    item = {
        "spec": {
            "replicas": 2,
            "selector": selector,
            "strategy": strategy,
            "template": {"metadata": {"labels": {"app": "x"}}},
        },
        "status": {
            "replicas": 1,
            "unavailableReplicas": 2,
            "conditions": [{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"}],
        },
    }

    assert text("Deployment", item, [new, old]) == (
        "Name:                   x\n"
        "Namespace:              default\n"
        "CreationTimestamp:      Thu, 01 Jan 2026 00:00:00 +0000\n"
        "Labels:                 <none>\n"
        "Annotations:            <none>\n"
        "Selector:               app=x\n"
        "Replicas:               2 desired | 0 updated | 1 total | 0 available | 2 unavailable\n"
        "StrategyType:           RollingUpdate\n"
        "MinReadySeconds:        0\n"
        "RollingUpdateStrategy:  25% max unavailable, 1 max surge\n"
        "Pod Template:\n"
        "  Labels:  app=x\n"
        "  Containers: <none>\n"
        "  Volumes:         <none>\n"
        "  Node-Selectors:  <none>\n"
        "  Tolerations:     <none>\n"
        "Conditions:\n"
        "  Type           Status  Reason\n"
        "  ----           ------  ------\n"
        "  Available      False   MinimumReplicasUnavailable\n"
        "OldReplicaSets:  x-1 (1/0 replicas created)\n"
        "NewReplicaSet:   x-2 (1/2 replicas created)\n"
        "Events:          <none>\n"
    )


def test_a_template_stands_further_in() -> None:
    printed = text("ReplicaSet", {"spec": {"replicas": 1, "template": TEMPLATE}})

    assert (
        "  Containers:\n"
        "   c:\n"
        "    Image:      nginx\n"
        "    Port:       <none>\n"
        "    Host Port:  <none>\n"
        "    Environment:\n"
        "      A:     b\n"
        "    Mounts:  <none>\n"
        "  Volumes:\n"
        "   v:\n"
    ) in printed
    assert "  Topology Spread Constraints:  zone:DoNotSchedule when max skew 1 is exceeded\n" in printed
    assert "  Priority Class Name:          high\n" in printed


SELECTOR = {"matchLabels": {"app": "x"}}
SAID: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]], list[str]]] = {
    "a controller counts its own pods by phase": (
        "StatefulSet",
        {"spec": {"replicas": 3, "selector": SELECTOR, "updateStrategy": {"type": "OnDelete"}}},
        [
            pod("a", "Running"),
            pod("b", "Pending"),
            {**pod("c", "Running"), "metadata": {**META, "labels": {"app": "x"}}},
        ],
        ["Replicas: 3 desired | 0 total", "Pods Status: 1 Running / 1 Waiting / 0 Succeeded / 0 Failed"],
    ),
    "a StatefulSet tells its claims": (
        "StatefulSet",
        {
            "spec": {
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
                "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}],
            }
        },
        [],
        ["Partition: 2", "Volume Claims:", "Name: data", "Capacity: <default>", "Access Modes: [ReadWriteOnce]"],
    ),
    "a DaemonSet counts nodes": (
        "DaemonSet",
        {"status": {"desiredNumberScheduled": 3}},
        [],
        ["Desired Number of Nodes Scheduled: 3", "Number of Nodes Misscheduled: 0"],
    ),
    "a Job that ended": (
        "Job",
        {
            "spec": {"parallelism": 2, "activeDeadlineSeconds": 60, "suspend": False},
            "status": {
                "startTime": "2026-01-01T00:00:00Z",
                "completionTime": "2026-01-01T00:01:30Z",
                "succeeded": 2,
                "ready": 0,
            },
        },
        [],
        [
            "Parallelism: 2",
            "Completions: <unset>",
            "Suspend: false",
            "Duration: 90s",
            "Active Deadline Seconds: 60s",
            "Pods Statuses: 0 Active (0 Ready) / 2 Succeeded / 0 Failed",
        ],
    ),
    "a Job by index tells which are done": (
        "Job",
        {"spec": {"completionMode": "Indexed"}, "status": {"completedIndexes": "0-2"}},
        [],
        ["Completion Mode: Indexed", "Completed Indexes: 0-2"],
    ),
    "a CronJob": (
        "CronJob",
        {"spec": {"schedule": "* * * * *", "suspend": False}, "status": {"active": [{"name": "a"}, {"name": "b"}]}},
        [],
        [
            "Schedule: * * * * *",
            "Suspend: False",
            "Time Zone: <unset>",
            "Last Schedule Time: <unset>",
            "Active Jobs: a, b",
        ],
    ),
    "a Service tells the ready endpoints of each port": (
        "Service",
        {
            "spec": {
                "selector": {"app": "x"},
                "type": "NodePort",
                "clusterIP": "10.96.0.9",
                "clusterIPs": ["10.96.0.9"],
                "ports": [{"name": "http", "port": 80, "nodePort": 30080, "targetPort": 8080, "protocol": "TCP"}],
            }
        },
        [
            {
                "kind": "EndpointSlice",
                "metadata": {**META, "name": "x-1", "labels": {"kubernetes.io/service-name": "x"}},
                "ports": [{"name": "http", "port": 8080}, {"name": "other", "port": 1}],
                "endpoints": [
                    *({"addresses": [f"10.0.0.{n}"]} for n in range(4)),
                    {"addresses": ["10.0.0.9"], "conditions": {"ready": False}},
                ],
            }
        ],
        [
            "Selector: app=x",
            "IPs: 10.96.0.9",
            "Port: http 80/TCP",
            "TargetPort: 8080/TCP",
            "NodePort: http 30080/TCP",
            "Endpoints: 10.0.0.0:8080,10.0.0.1:8080,10.0.0.2:8080 + 1 more...",
        ],
    ),
    "an Ingress whose Service is not there": (
        "Ingress",
        {
            "spec": {
                "rules": [
                    {"http": {"paths": [{"path": "/", "backend": {"service": {"name": "s", "port": {"number": 1}}}}]}}
                ],
                "tls": [{"secretName": "cert", "hosts": ["a", "b"]}, {"hosts": ["c"]}],
            }
        },
        [],
        ["cert terminates a,b", "SNI routes c", "*", '/ s:1 (<error: services "s" not found>)'],
    ),
    "an Ingress for everything else": (
        "Ingress",
        {"spec": {"defaultBackend": {"resource": {"kind": "Bucket", "name": "b"}}}},
        [],
        ["Default backend: APIGroup: <none>, Kind: Bucket, Name: b"],
    ),
    "a bound claim and who uses it": (
        "PersistentVolumeClaim",
        {
            "spec": {"volumeName": "pv", "storageClassName": "fast", "volumeMode": "Filesystem"},
            "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]},
        },
        [
            pod("user", "Running", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "x"}}]),
            pod("no", "Running"),
        ],
        ["StorageClass: fast", "Status: Bound", "Volume: pv", "Capacity: 1Gi", "Access Modes: RWO", "Used By: user"],
    ),
    "a claim that waits shows no capacity": (
        "PersistentVolumeClaim",
        {"status": {"phase": "Pending", "capacity": {"storage": "1Gi"}}},
        [],
        ["Status: Pending", "Capacity:", "Used By: <none>"],
    ),
    "a volume that only some nodes reach": (
        "PersistentVolume",
        {
            "spec": {
                "local": {"path": "/v"},
                "claimRef": {"namespace": "n", "name": "c"},
                "nodeAffinity": {
                    "required": {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "host", "operator": "In", "values": ["a", "b"]}]}
                        ]
                    }
                },
            }
        },
        [],
        ["Claim: n/c", "Required Terms:", "Term 0: host in [a, b]", "Path: /v"],
    ),
    "a storage class": (
        "StorageClass",
        {"provisioner": "p", "allowVolumeExpansion": True, "mountOptions": ["ro"], "reclaimPolicy": "Delete"},
        [],
        [
            "IsDefaultClass: No",
            "Provisioner: p",
            "AllowVolumeExpansion: True",
            "MountOptions:",
            "ro",
            "ReclaimPolicy: Delete",
        ],
    ),
    "a storage class of some places": (
        "StorageClass",
        {
            "provisioner": "p",
            "allowedTopologies": [
                {"matchLabelExpressions": [{"key": "zone", "values": ["a", "b"]}, {"key": "rack", "values": ["c"]}]},
                {"matchLabelExpressions": [{"key": "zone", "values": ["d"]}]},
            ],
        },
        [],
        ["AllowedTopologies:", "Term 0: zone in [a, b]", "rack in [c]", "Term 1: zone in [d]"],
    ),
    "a Secret shows how long its values are": (
        "Secret",
        {"type": "Opaque", "data": {"password": "c2VjcmV0"}},
        [],
        ["Type: Opaque", "password: 6 bytes"],
    ),
    "a ConfigMap shows its texts": (
        "ConfigMap",
        {"data": {"a": "one\ntwo"}, "binaryData": {"b": "AAA="}},
        [],
        ["a:", "----", "one", "two", "BinaryData", "b: 2 bytes"],
    ),
    "a service account's pull secrets stand one below the other": (
        "ServiceAccount",
        {"imagePullSecrets": [{"name": "a"}, {"name": "b"}]},
        [],
        ["Image pull secrets: a", "b"],
    ),
    "a namespace and what bounds it": (
        "Namespace",
        {"metadata": {"name": "default"}, "status": {"phase": "Active"}},
        [
            {
                "kind": "ResourceQuota",
                "metadata": META,
                "spec": {"scopes": ["BestEffort"]},
                "status": {"hard": {"pods": "4"}},
            },
            {"kind": "LimitRange", "metadata": META, "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}},
        ],
        [
            "Status: Active",
            "Resource Quotas",
            "Scopes: BestEffort",
            "pods 0 4",
            "Resource Limits",
            "Container cpu - 1 - - -",
        ],
    ),
    "a node and who uses it": (
        "Node",
        {
            "spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]},
            "status": {
                "allocatable": {"cpu": "2", "memory": "1Gi", "pods": "110"},
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "well"}],
            },
        },
        [
            pod("p", "Running", nodeName="x", containers=[{"name": "c", "resources": {"requests": {"cpu": "500m"}}}]),
            pod("ended", "Succeeded", nodeName="x", containers=[]),
        ],
        [
            "Roles: <none>",
            "Taints: k:NoSchedule",
            "Unschedulable: false",
            "Non-terminated Pods: (1 in total)",
            "default p 500m (25%) 0 (0%) 0 (0%) 0 (0%) 5m",
            "cpu 500m (25%) 0 (0%)",
        ],
    ),
    "a node's lease": (
        "Node",
        {"metadata": {"name": "x", **MADE}},
        [
            {
                "kind": "Lease",
                "metadata": {"name": "x", "namespace": "kube-node-lease"},
                "spec": {"holderIdentity": "x", "renewTime": "2026-01-01T00:04:00.000000Z"},
            }
        ],
        ["HolderIdentity: x", "AcquireTime: <unset>", "RenewTime: Thu, 01 Jan 2026 00:04:00 +0000"],
    ),
    "a disruption budget": (
        "PodDisruptionBudget",
        {"spec": {"minAvailable": 1, "selector": SELECTOR}, "status": {"expectedPods": 2}},
        [],
        ["Min available: 1", "Selector: app=x", "Allowed disruptions: 0", "Total: 2"],
    ),
    "an autoscaler": (
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "d"},
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}},
                    {"type": "Pods", "pods": {"metric": {"name": "m"}, "target": {"averageValue": "1k"}}},
                ],
                "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 4, "periodSeconds": 60}]}},
            },
            "status": {
                "currentMetrics": [
                    {"type": "Resource", "resource": {"current": {"averageUtilization": 50, "averageValue": "500m"}}}
                ]
            },
        },
        [],
        [
            "Reference: Deployment/d",
            "resource cpu on pods (as a percentage of request): 50% (500m) / 80%",
            '"m" on pods: <unknown> / 1k',
            "Scale Up:",
            "- Type: Pods Value: 4 Period: 60 seconds",
            "Deployment pods: 0 current / 0 desired",
        ],
    ),
    "endpoints": (
        "Endpoints",
        {"subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80, "protocol": "TCP"}]}]},
        [],
        ["Addresses: 10.0.0.1", "NotReadyAddresses: <none>", "<unset> 80 TCP"],
    ),
    "a slice": (
        "EndpointSlice",
        {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}]},
        [],
        ["AddressType: IPv4", "Ports: <unset>", "- Addresses: 10.0.0.1", "Ready: true", "Zone: <unset>"],
    ),
    "a priority class": ("PriorityClass", {"value": 7}, [], ["Value: 7", "GlobalDefault: false"]),
}


@pytest.mark.parametrize(("kind", "item", "around", "wanted"), SAID.values(), ids=SAID.keys())
def test_describe_says_in_this_order(
    kind: str, item: dict[str, Any], around: list[dict[str, Any]], wanted: list[str]
) -> None:
    printed = iter(lines(kind, item, around))

    assert [each for each in wanted if each not in printed] == []


def test_the_value_of_a_secret_is_nowhere() -> None:
    assert "secret" not in text("Secret", {"data": {"password": "c2VjcmV0"}})


def test_a_drivers_volume_and_its_attributes() -> None:
    csi = {"driver": "d", "volumeHandle": "h", "fsType": "ext4", "volumeAttributes": {"b": "2", "a": "1" * 150}}

    said = text("PersistentVolume", {"spec": {"csi": csi}}).splitlines()

    assert said[said.index("Source:") + 1 : -1] == [
        "    Type:              CSI (a Container Storage Interface (CSI) volume source)",
        "    Driver:            d",
        "    FSType:            ext4",
        "    VolumeHandle:      h",
        "    ReadOnly:          false",
        f"    VolumeAttributes:      a={'1' * 138}...",
        "                           b=2",
    ]


def test_a_kind_without_words_of_its_own_is_said_field_by_field() -> None:
    spec = {"holderIdentity": "n1", "leaseDurationSeconds": 40, "clientIPs": ["10.0.0.1"], "open": True, "none": None}
    lease = {"apiVersion": "coordination.k8s.io/v1", "metadata": {**META, "labels": {"a": "b"}}, "spec": spec}

    assert text("Lease", lease) == (
        "Name:         x\n"
        "Namespace:    default\n"
        "Labels:       a=b\n"
        "Annotations:  <none>\n"
        "API Version:  coordination.k8s.io/v1\n"
        "Kind:         Lease\n"
        "Metadata:\n"
        "  Creation Timestamp:  2026-01-01T00:00:00Z\n"
        "  UID:                 x-uid\n"
        "Spec:\n"
        "  Client I Ps:\n"
        "    10.0.0.1\n"
        "  Holder Identity:         n1\n"
        "  Lease Duration Seconds:  40\n"
        "  None:                    <nil>\n"
        "  Open:                    true\n"
        "Events:                    <none>\n"
    )


ROLE_HEAD = ["Name: x", "Labels: <none>", "Annotations: <none>"]
EXACT: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a role: what is said of one resource comes together": ("Role", {"rules": [
        {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
        {"apiGroups": ["", "apps"], "resources": ["pods"], "verbs": ["watch", "get"], "resourceNames": []},
        {"apiGroups": ["apps"], "resources": ["deployments/scale"], "resourceNames": ["a"], "verbs": ["update"]},
        {"nonResourceURLs": ["/healthz"], "verbs": ["get"]}]},
        [*ROLE_HEAD, "PolicyRule:", "Resources Non-Resource URLs Resource Names Verbs",
         "--------- ----------------- -------------- -----", "pods [] [] [get list watch]", "pods/log [] [] [get list]",
         "[/healthz] [] [get]", "deployments.apps/scale [] [a] [update]", "pods.apps [] [] [watch get]"]),
    "a binding": ("ClusterRoleBinding", {"roleRef": {"kind": "ClusterRole", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "n"}, {"kind": "User", "name": "u"}]},
        [*ROLE_HEAD, "Role:", "Kind: ClusterRole", "Name: r", "Subjects:", "Kind Name Namespace",
         "---- ---- ---------", "ServiceAccount a n", "User u"]),
    "a policy that lets nobody in": ("NetworkPolicy", {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}},
        ["Name: x", "Namespace: default", "Created on: 2026-01-01 00:00:00 +0000 UTC", "Labels: <none>",
         "Annotations: <none>", "Spec:",
         "PodSelector: <none> (Allowing the specific traffic to all pods in this namespace)",
         "Allowing ingress traffic:", "<none> (Selected pods are isolated for ingress connectivity)",
         "Not affecting egress traffic", "Policy Types: Ingress"]),
    "a policy of two rules": ("NetworkPolicy", {"spec": {
        "podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {"ports": [{"port": 80}, {"port": 90, "endPort": 95, "protocol": "UDP"}],
             "from": [{"podSelector": {"matchLabels": {"a": "b"}}, "namespaceSelector": {}}]},
            {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16", "10.2.0.0/16"]}}]}],
        "egress": [{}]}},
        ["Name: x", "Namespace: default", "Created on: 2026-01-01 00:00:00 +0000 UTC", "Labels: <none>",
         "Annotations: <none>", "Spec:", "PodSelector: app=db", "Allowing ingress traffic:", "To Port: 80/TCP",
         "To Port Range: 90-95/UDP", "From:", "NamespaceSelector: <none>", "PodSelector: a=b", "----------",
         "To Port: <any> (traffic allowed to all ports)", "From:", "IPBlock:", "CIDR: 10.0.0.0/8",
         "Except: 10.1.0.0/16, 10.2.0.0/16", "Allowing egress traffic:",
         "To Port: <any> (traffic allowed to all ports)", "To: <any> (traffic not restricted by destination)",
         "Policy Types: Ingress, Egress"]),
    "a class of ingresses": ("IngressClass", {"spec": {"controller": "a.io/c", "parameters": {
        "apiGroup": "a.io", "kind": "P", "name": "p"}}},
        [*ROLE_HEAD, "Controller: a.io/c", "Parameters:", "APIGroup: a.io", "Kind: P", "Name: p", "Events: <none>"]),
    "a node's drivers": ("CSINode", {"spec": {"drivers": [
        {"name": "d.io", "nodeID": "n", "allocatable": {"count": 3}, "topologyKeys": ["zone", "rack"]}]}},
        [*ROLE_HEAD, "CreationTimestamp: Thu, 01 Jan 2026 00:00:00 +0000", "Spec:", "Drivers:", "d.io:", "Node ID: n",
         "Allocatables:", "Count: 3", "Topology Keys: [zone rack]", "Events: <none>"]),
    "a class of volume attributes": ("VolumeAttributesClass",
        {"driverName": "d.io", "parameters": {"b": "2", "a": "1"}},
        ["Name: x", "Annotations: <none>", "DriverName: d.io", "Parameters: a=1,b=2", "Events: <none>"]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "item", "wanted"), EXACT.values(), ids=EXACT.keys())
def test_describe_says_just_this(kind: str, item: dict[str, Any], wanted: list[str]) -> None:
    assert lines(kind, item) == wanted
