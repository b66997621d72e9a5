"""What `kubectl get` prints."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.api.discovery import resources
from podproof.simulator.model.tables import Table, render, table
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T00:05:00Z")
META = {"name": "x", "creationTimestamp": "2026-01-01T00:00:00Z"}


def row(kind: str, item: dict[str, Any], wide: bool = False) -> dict[str, Any]:
    made = table(kind, [{"metadata": META, "spec": {}, **item}], NOW, wide)
    return dict(zip(made.columns, made.rows[0], strict=True))


def test_a_pod() -> None:
    status = {"name": "c", "ready": True, "restartCount": 0, "state": {"running": {}}}
    item = {
        "spec": {"containers": [{"name": "c"}], "nodeName": "node1"},
        "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [status]},
    }

    assert row("Pod", item, wide=True) == {
        "NAME": "x",
        "READY": "1/1",
        "STATUS": "Running",
        "RESTARTS": "0",
        "AGE": "5m",
        "IP": "10.0.0.1",
        "NODE": "node1",
        "NOMINATED NODE": "<none>",
        "READINESS GATES": "<none>",
    }


CELLS: dict[str, tuple[str, dict[str, Any], bool, dict[str, Any]]] = {
    "a Service with its ports": (
        "Service",
        {
            "spec": {
                "type": "NodePort",
                "clusterIP": "10.96.0.9",
                "ports": [{"port": 80, "nodePort": 30080, "protocol": "TCP"}],
            }
        },
        False,
        {"TYPE": "NodePort", "CLUSTER-IP": "10.96.0.9", "EXTERNAL-IP": "<none>", "PORT(S)": "80:30080/TCP"},
    ),
    "a headless Service": (
        "Service",
        {"spec": {"type": "ClusterIP", "clusterIP": "None", "selector": {"app": "x"}}},
        True,
        {"CLUSTER-IP": "None", "PORT(S)": "<none>", "SELECTOR": "app=x"},
    ),
    "an ExternalName": (
        "Service",
        {"spec": {"type": "ExternalName", "externalName": "db.example.com"}},
        False,
        {"CLUSTER-IP": "<none>", "EXTERNAL-IP": "db.example.com"},
    ),
    "a Service that waits for its load balancer": (
        "Service",
        {"spec": {"type": "LoadBalancer"}},
        False,
        {"EXTERNAL-IP": "<pending>"},
    ),
    "no endpoints": ("Endpoints", {}, False, {"ENDPOINTS": "<none>"}),
    "many endpoints are cut": (
        "Endpoints",
        {"subsets": [{"addresses": [{"ip": f"10.0.0.{n}"} for n in range(5)], "ports": [{"port": 80}]}]},
        False,
        {"ENDPOINTS": "10.0.0.0:80,10.0.0.1:80,10.0.0.2:80 + 2 more..."},
    ),
    "endpoints that are not ready do not show": (
        "Endpoints",
        {"subsets": [{"notReadyAddresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}]},
        False,
        {"ENDPOINTS": ""},
    ),
    "an empty slice": (
        "EndpointSlice",
        {"addressType": "IPv4"},
        False,
        {"ADDRESSTYPE": "IPv4", "PORTS": "<unset>", "ENDPOINTS": "<unset>"},
    ),
    "a slice": (
        "EndpointSlice",
        {"addressType": "IPv4", "ports": [{"port": 80}], "endpoints": [{"addresses": ["10.0.0.1"]}]},
        False,
        {"PORTS": "80", "ENDPOINTS": "10.0.0.1"},
    ),
    "a ConfigMap counts text and bytes": (
        "ConfigMap",
        {"data": {"a": ""}, "binaryData": {"b": ""}},
        False,
        {"DATA": 2},
    ),
    "a Secret": ("Secret", {"type": "Opaque", "data": {"a": ""}}, False, {"TYPE": "Opaque", "DATA": 1}),
    "a cordoned node that is not ready": (
        "Node",
        {"spec": {"unschedulable": True}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}},
        False,
        {"STATUS": "NotReady,SchedulingDisabled", "ROLES": "<none>"},
    ),
    "a node nobody has heard of": (
        "Node",
        {},
        True,
        {"STATUS": "Unknown", "INTERNAL-IP": "<none>", "OS-IMAGE": "<unknown>"},
    ),
    "a node's roles": (
        "Node",
        {"metadata": {**META, "labels": {"node-role.kubernetes.io/control-plane": ""}}},
        False,
        {"ROLES": "control-plane"},
    ),
    "an event": (
        "Event",
        {
            "involvedObject": {"kind": "Pod", "name": "p", "fieldPath": "spec.containers{c}"},
            "source": {"component": "kubelet", "host": "node1"},
            "firstTimestamp": "2026-01-01T00:00:00Z",
            "lastTimestamp": "2026-01-01T00:04:18Z",
            "message": "Back-off restarting\n",
            "type": "Warning",
            "reason": "BackOff",
            "count": 3,
        },
        True,
        {
            "LAST SEEN": "42s",
            "OBJECT": "pod/p",
            "SUBOBJECT": "spec.containers{c}",
            "SOURCE": "kubelet, node1",
            "MESSAGE": "Back-off restarting",
            "FIRST SEEN": "5m",
            "COUNT": 3,
        },
    ),
    "a Deployment": (
        "Deployment",
        {"spec": {"replicas": 3}, "status": {"readyReplicas": 1, "updatedReplicas": 2}},
        False,
        {"READY": "1/3", "UP-TO-DATE": 2, "AVAILABLE": 0},
    ),
    "a StatefulSet": ("StatefulSet", {"spec": {"replicas": 2}}, False, {"READY": "0/2"}),
    "a DaemonSet": (
        "DaemonSet",
        {"status": {"desiredNumberScheduled": 2, "numberReady": 1}},
        False,
        {"DESIRED": 2, "READY": 1, "NODE SELECTOR": "<none>"},
    ),
    "a Job with parallel pods": (
        "Job",
        {"spec": {"parallelism": 4}, "status": {"startTime": "2026-01-01T00:04:00Z"}},
        False,
        {"STATUS": "Running", "COMPLETIONS": "0/1 of 4", "DURATION": "60s"},
    ),
    "a claim being deleted": (
        "PersistentVolumeClaim",
        {"metadata": {**META, "deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Bound"}},
        False,
        {"STATUS": "Terminating", "CAPACITY": ""},
    ),
    "the default StorageClass": (
        "StorageClass",
        {"metadata": {**META, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}},
        False,
        {"NAME": "x (default)", "RECLAIMPOLICY": "Delete", "ALLOWVOLUMEEXPANSION": False},
    ),
    "an Ingress without rules": (
        "Ingress",
        {},
        False,
        {"CLASS": "<none>", "HOSTS": "*", "ADDRESS": "", "PORTS": "80", "AGE": "5m"},
    ),
    "an Ingress counts the rules it does not show": (
        "Ingress",
        {"spec": {"ingressClassName": "nginx", "rules": [{"host": f"{n}.io"} for n in range(5)], "tls": [{}]}},
        False,
        {"CLASS": "nginx", "HOSTS": "0.io,1.io,2.io + 2 more...", "PORTS": "80, 443"},
    ),
    "an Ingress whose third host is its last rule shows them all": (
        "Ingress",
        {"spec": {"rules": [{"host": "a"}, {}, {"host": "b"}, {"host": "c"}]}},
        False,
        {"HOSTS": "a,b,c"},
    ),
    "a long address of an Ingress is cut": (
        "Ingress",
        {"status": {"loadBalancer": {"ingress": [{"hostname": "balancer.example.com"}]}}},
        False,
        {"ADDRESS": "balancer.exam..."},
    ),
    "a long address of an Ingress is whole in wide tables": (
        "Ingress",
        {"status": {"loadBalancer": {"ingress": [{"hostname": "balancer.example.com"}]}}},
        True,
        {"ADDRESS": "balancer.example.com"},
    ),
    "an IngressClass with parameters": (
        "IngressClass",
        {"spec": {"controller": "x.io/c", "parameters": {"apiGroup": "k8s.io", "kind": "Params", "name": "p"}}},
        False,
        {"CONTROLLER": "x.io/c", "PARAMETERS": "Params.k8s.io/p"},
    ),
    "a NetworkPolicy for every pod": (
        "NetworkPolicy",
        {"spec": {"podSelector": {}}},
        False,
        {"POD-SELECTOR": "<none>"},
    ),
    "a NetworkPolicy for some": (
        "NetworkPolicy",
        {"spec": {"podSelector": {"matchLabels": {"app": "x"}}}},
        False,
        {"POD-SELECTOR": "app=x"},
    ),
    "a CSIDriver of which nothing is set": (
        "CSIDriver",
        {},
        False,
        {"ATTACHREQUIRED": True, "PODINFOONMOUNT": False, "TOKENREQUESTS": "<unset>", "MODES": "<none>"},
    ),
    "a CSIDriver with tokens": (
        "CSIDriver",
        {"spec": {"attachRequired": False, "tokenRequests": [{"audience": "a"}, {"audience": "b"}]}},
        False,
        {"ATTACHREQUIRED": False, "TOKENREQUESTS": "a,b"},
    ),
    "a CSINode counts its drivers": ("CSINode", {"spec": {"drivers": [{"name": "d"}]}}, False, {"DRIVERS": 1}),
    "a CSIStorageCapacity has no age": (
        "CSIStorageCapacity",
        {"storageClassName": "fast"},
        True,
        {"NAME": "x", "STORAGECLASSNAME": "fast", "CAPACITY": "<unset>"},
    ),
    "a VolumeAttachment": (
        "VolumeAttachment",
        {"spec": {"attacher": "d", "nodeName": "n", "source": {"persistentVolumeName": "v"}}},
        False,
        {"ATTACHER": "d", "PV": "v", "NODE": "n", "ATTACHED": False},
    ),
    "a VolumeAttributesClass": ("VolumeAttributesClass", {"driverName": "d"}, False, {"DRIVERNAME": "d", "AGE": "5m"}),
    "a PodTemplate": (
        "PodTemplate",
        {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}},
        False,
        {"CONTAINERS": "c", "IMAGES": "i", "POD LABELS": "a=b"},
    ),
    "a budget by percentage": (
        "PodDisruptionBudget",
        {"spec": {"minAvailable": "50%"}, "status": {"disruptionsAllowed": 1}},
        False,
        {"MIN AVAILABLE": "50%", "MAX UNAVAILABLE": "N/A", "ALLOWED DISRUPTIONS": 1},
    ),
    "a quota tells limits apart": (
        "ResourceQuota",
        {"status": {"hard": {"pods": "4", "limits.cpu": "2", "cpu": "1"}, "used": {"cpu": "500m"}}},
        False,
        {"REQUEST": "cpu: 500m/1, pods: 0/4", "LIMIT": "limits.cpu: 0/2"},
    ),
    "a LimitRange tells when it was made": ("LimitRange", {}, False, {"CREATED AT": "2026-01-01T00:00:00Z"}),
    "an autoscaler by utilization before anything was measured": (
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "d"},
                "maxReplicas": 5,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    }
                ],
            }
        },
        False,
        {"REFERENCE": "Deployment/d", "TARGETS": "cpu: <unknown>/80%", "MINPODS": "<unset>", "MAXPODS": 5},
    ),
    "an autoscaler shows two metrics and counts the rest": (
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "metrics": [
                    {"type": "External", "external": {"target": {"averageValue": "50"}}},
                    {"type": "Pods", "pods": {"target": {"averageValue": "100"}}},
                    {"type": "Object", "object": {"target": {"value": "1k"}}},
                ]
            },
            "status": {"currentMetrics": [{}, {"type": "Pods", "pods": {"current": {"averageValue": "7"}}}]},
        },
        False,
        {"TARGETS": "<unknown>/50 (avg), 7/100 + 1 more..."},
    ),
    "an autoscaler without metrics": ("HorizontalPodAutoscaler", {}, False, {"TARGETS": "<none>"}),
    "a PriorityClass": (
        "PriorityClass",
        {"value": 7},
        False,
        {"VALUE": 7, "GLOBAL-DEFAULT": False, "PREEMPTIONPOLICY": "PreemptLowerPriority"},
    ),
    "a RuntimeClass": ("RuntimeClass", {"handler": "runc"}, False, {"HANDLER": "runc"}),
    "a Lease that nobody holds": ("Lease", {}, False, {"HOLDER": ""}),
    "a ControllerRevision names its controller": (
        "ControllerRevision",
        {
            "metadata": {
                **META,
                "ownerReferences": [
                    {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "controller": True}
                ],
            },
            "revision": 2,
        },
        False,
        {"CONTROLLER": "statefulset.apps/web", "REVISION": 2},
    ),
    "a ControllerRevision of nobody": ("ControllerRevision", {}, False, {"CONTROLLER": "<none>"}),
    "a RoleBinding sorts its subjects by kind": (
        "RoleBinding",
        {
            "roleRef": {"kind": "ClusterRole", "name": "view"},
            "subjects": [
                {"kind": "User", "name": "u"},
                {"kind": "ServiceAccount", "namespace": "n", "name": "s"},
                {"kind": "User", "name": "v"},
            ],
        },
        True,
        {"ROLE": "ClusterRole/view", "USERS": "u, v", "GROUPS": "", "SERVICEACCOUNTS": "n/s"},
    ),
}


@pytest.mark.parametrize(("kind", "item", "wide", "wanted"), CELLS.values(), ids=CELLS.keys())
def test_cells(kind: str, item: dict[str, Any], wide: bool, wanted: dict[str, Any]) -> None:
    found = row(kind, item, wide)

    assert {name: found[name] for name in wanted} == wanted


def test_wide_columns_show_only_when_asked_for() -> None:
    assert ["SOURCE" in row("Event", {}, wide) for wide in (False, True)] == [False, True]


def test_an_object_without_a_creation_time_has_an_unknown_age() -> None:
    assert row("ConfigMap", {"metadata": {"name": "x"}})["AGE"] == "<unknown>"


def test_a_kind_without_columns_is_refused_by_its_name() -> None:
    with pytest.raises(NotModelledError, match="the columns of Flock"):
        table("Flock", [], NOW)


def test_every_kind_that_is_served_has_columns() -> None:
    assert [each.kind for each in resources() if not row(each.kind, {}, wide=True)["NAME"]] == []


def test_a_table_is_laid_out_as_kubectl_does() -> None:
    made = Table(("NAME", "READY", "NOTE"), (("a-long-name", "1/1", "two\nlines"), ("b", "0/1", True)))

    assert render(made) == (
        "NAME          READY   NOTE\n"
        "a-long-name   1/1     two...\n"
        "b             0/1     true\n"
    )  # fmt: skip


def test_a_narrow_column_is_at_least_six_wide() -> None:
    assert render(Table(("A", "B"), (("x", "y"),))) == "A     B\nx     y\n"


def test_a_table_without_rows_is_its_head() -> None:
    assert render(table("Namespace", [], NOW)) == "NAME   STATUS   AGE\n"
