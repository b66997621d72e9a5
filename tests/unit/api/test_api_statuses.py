"""The status that a user writes: which claims the API server refuses, in its own words."""

from copy import deepcopy
from typing import Any

import pytest

from podproof.simulator.api.discovery import resource_for
from podproof.simulator.kernel.requests import Request, Response

from .conftest import Bench, pod_spec

TEMPLATE: Any = {"metadata": {"labels": {"a": "b"}}, "spec": pod_spec()}
WORKLOAD: Any = {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}
VERSIONS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "Ingress": "networking.k8s.io/v1",
}
SPECS: dict[str, Any] = {
    "Pod": pod_spec(restartPolicy="Never"),
    "Deployment": WORKLOAD,
    "StatefulSet": WORKLOAD,
    "DaemonSet": WORKLOAD,
    "Job": {"template": {"spec": pod_spec(restartPolicy="Never")}, "completions": 3, "completionMode": "Indexed"},
    "PodDisruptionBudget": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}},
    "Service": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    "Ingress": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}},
    "ResourceQuota": {"hard": {"pods": "1"}},
    "PersistentVolumeClaim": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
TIME, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"


def made(bench: Bench, kind: str, status: Any = None) -> dict[str, Any]:
    """Return a stored object of a kind, with the status that a component gave it."""
    resource = resource_for(VERSIONS.get(kind, "v1"), kind)
    body = {"apiVersion": resource.api_version, "kind": kind, "metadata": {"name": "x"}, "spec": SPECS.get(kind, {})}
    space = "default" if resource.namespaced else ""
    item: dict[str, Any] = bench.api.handle(Request("create", resource.name, space, body=body)).body
    if status is not None:
        item = bench.component.update_status(resource.name, {**item, "status": status})
    return deepcopy(item)


def written(bench: Bench, item: Any, status: Any) -> Response:
    resource = resource_for(item["apiVersion"], item["kind"])
    body = {**item, "status": status}
    space = item["metadata"].get("namespace", "")
    return bench.api.handle(Request("update", resource.name, space, "x", "status", body))


def told(response: Response) -> list[str]:
    if response.code < 400:
        return []
    return [f"{each['field']}: {each['message']}" for each in response.body["details"]["causes"]]


def true(*kinds: str) -> list[dict[str, str]]:
    return [{"type": kind, "status": "True"} for kind in kinds]


def ended(code: int) -> dict[str, Any]:
    return {"name": "c", "ready": False, "restartCount": 0, "image": "a", "imageID": "", "state": {
        "terminated": {"exitCode": code}}}  # fmt: skip


RUNNING = {**ended(0), "state": {"running": {}}}
NOT_BACK = "Forbidden: may not be transitioned to non-terminated state"
DONE = {"startTime": TIME, "completionTime": LATER, "conditions": true("SuccessCriteriaMet", "Complete")}
CONDITION = {"type": "A", "status": "True", "reason": "Why", "lastTransitionTime": TIME}
FAULTY: dict[str, tuple[str, Any, Any, list[str]]] = {
    "a pod of another class": ("Pod", None, {"qosClass": "Guaranteed"},
        ['status.qosClass: Invalid value: "Guaranteed": field is immutable']),
    "an address that is none": ("Pod", None, {"podIPs": [{"ip": "10.0.0"}]},
        ['status.podIPs[0]: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']),
    "two addresses of one family": ("Pod", None, {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]},
        ['status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.1"}]: may specify no more than one IP for '
         'each IP family', 'status.podIPs[1]: Duplicate value: {"IP":"10.0.0.1"}']),
    "a host's address that is another": ("Pod", None, {"hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.2"}]},
        ['status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`']),
    "a container that comes back from its end": ("Pod", {"qosClass": "BestEffort", "containerStatuses": [ended(1)]},
        {"containerStatuses": [RUNNING]}, [f"status.containerStatuses[0].state: {NOT_BACK}"]),
    "more ready than there are": ("Deployment", None, {"replicas": 1, "readyReplicas": 2},
        ["status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"]),
    "more available than ready": ("StatefulSet", None, {"replicas": 3, "readyReplicas": 1, "availableReplicas": 2},
        ["status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas"]),
    "fewer collisions than before": ("DaemonSet", {"collisionCount": 2, "currentNumberScheduled": 0,
        "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0}, {"collisionCount": 1},
        ["status.collisionCount: Invalid value: 1: cannot be decremented"]),
    "a job that is complete without a time": ("Job", None, {**DONE, "completionTime": None},
        ["status.completionTime: Required value: completionTime is required for Complete jobs"]),
    "a job that is complete and has failed": ("Job", None,
        {**DONE, "conditions": true("SuccessCriteriaMet", "Complete", "Failed", "FailureTarget")},
        ["status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions",
         "status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions",
         "status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions",
         "status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"]),
    "a job that was complete": ("Job", DONE, {**DONE, "completionTime": None, "conditions": []},
        ["status.conditions: Invalid value: cannot disable the terminal Complete=True condition",
         "status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition"]),
    "a job whose pods are counted back": ("Job", {"succeeded": 2}, {"succeeded": 1},
        ["status.succeeded: Invalid value: 1: cannot decrease the succeeded counter"]),
    "an index beyond the last": ("Job", None, {"completedIndexes": "0,3"},
        ['status.completedIndexes: Invalid value: "0,3": error parsing completedIndexes: too large index: "3"']),
    "indexes out of order": ("Job", None, {"completedIndexes": "1-2,0"},
        ['status.completedIndexes: Invalid value: "1-2,0": error parsing completedIndexes: '
         "non-increasing order, previous: 2, current: 0"]),
    "failed indexes where no limit is each one's": ("Job", None, {"failedIndexes": "1"},
        ['status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is '
         "null"]),
    "a namespace that ends without being deleted": ("Namespace", None, {"phase": "Terminating"},
        ['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty']),
    "a node of two equal addresses": ("Node", None,
        {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "InternalIP", "address": "10.0.0.1"}]},
        ['status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}']),
    "a quota that counts what is none": ("ResourceQuota", None, {"hard": {"pods": "-1"}},
        ['status.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']),
    "a claim of less than nothing": ("PersistentVolumeClaim", None, {"phase": "Bound", "capacity": {"storage": "-1"}},
        ["status.capacity[storage]: Invalid value: -1: must be a valid resource quantity"]),
    "a pod with devices that its container asks for nowhere": ("Pod", None, {"containerStatuses": [{**RUNNING,
        "allocatedResourcesStatus": [
            {"name": "example.com/gpu", "resources": [
                {"resourceID": "0", "health": "Healthy"}, {"resourceID": "0", "health": "Tired"}]},
            {"name": "claim:gpu/one", "resources": []}]}]},
        ['status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "example.com/gpu": must match '
         "one of the container's resource requests",
         'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].health: Unsupported value: "Tired": '
         'supported values: "Healthy", "Unhealthy", "Unknown"',
         'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "0"',
         'status.containerStatuses[0].allocatedResourcesStatus[1].name: Invalid value: "claim:gpu/one": must match one '
         "of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if "
         "request is empty"]),
    "a pod whose claim it does not know": ("Pod", None, {"resourceClaimStatuses": [{"name": "gpu"}, {"name": "gpu"}]},
        ['status.resourceClaimStatuses[0].name: Invalid value: "gpu": must match the name of an entry in '
         "`spec.resourceClaims`",
         'status.resourceClaimStatuses[1].name: Invalid value: "gpu": must match the name of an entry in '
         "`spec.resourceClaims`",
         'status.resourceClaimStatuses[1].name: Duplicate value: "gpu"']),
    "a claim of what no claim has": ("PersistentVolumeClaim", None, {"phase": "Bound", "allocatedResources": {
        "cpu": "1", "example.com/iops": "100", "storage": "-1"}},
        ['status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
         "status.allocatedResources[storage]: Invalid value: -1: must be a valid resource quantity"]),
    "a claim that is resized in a way of its own": ("PersistentVolumeClaim", None, {"phase": "Bound",
        "allocatedResourceStatuses": {"a b": "NodeResizePending", "storage": "Growing"}},
        ['status.allocatedResourceStatus: Invalid value: "a b": name part must consist of alphanumeric characters, '
         "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
         "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
         'status.allocatedResourceStatus: Unsupported value: "storage": supported values: '
         '"ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", '
         '"NodeResizePending"']),
    "a balancer that is named by its address": ("Service", None, {"loadBalancer": {"ingress": [
        {"hostname": "10.0.0.1"}]}},
        ['status.loadBalancer.ingress[0].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address']),
    "a balancer in a mode that is none": ("Service", None,
        {"loadBalancer": {"ingress": [{"ip": "10.0.0.1", "ipMode": "X"}]}},
        ['status.loadBalancer.ingress[0].ipMode: Unsupported value: "X": supported values: "Proxy", "VIP"']),
    "an ingress at no address": ("Ingress", None, {"loadBalancer": {"ingress": [{"ip": "10.0.0"}]}},
        ['status.loadBalancer.ingress[0].ip: Invalid value: "10.0.0": must be a valid IP address, '
         "(e.g. 10.9.8.7 or 2001:db8::ffff)"]),
    "a budget whose condition has no reason": ("PodDisruptionBudget", None, {"disruptionsAllowed": 0,
        "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0, "conditions": [{**CONDITION, "reason": ""}]},
        ["status.conditions[0].reason: Required value: must be set"]),
    "a budget with a condition twice": ("PodDisruptionBudget", None, {"disruptionsAllowed": 0, "currentHealthy": 0,
        "desiredHealthy": 0, "expectedPods": 0, "conditions": [CONDITION, CONDITION]},
        ['status.conditions[1].type: Duplicate value: "A"']),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "status", "faults"), FAULTY.values(), ids=FAULTY.keys())
def test_a_status_may_not_say(bench: Bench, kind: str, before: Any, status: Any, faults: list[str]) -> None:
    assert told(written(bench, made(bench, kind, before), status)) == faults


RIGHT: dict[str, tuple[str, Any, Any]] = {
    "a container that may come back": ("Pod", {"containerStatuses": [ended(0)]}, {"containerStatuses": [ended(0)]}),
    "fewer replicas than wanted": ("Deployment", None, {"replicas": 2, "readyReplicas": 1, "availableReplicas": 1}),
    "a job that is complete": ("Job", None, DONE),
    "indexes as ranges": ("Job", None, {"completedIndexes": "0-2"}),
    "a balancer's address": ("Service", None, {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}),
}


@pytest.mark.parametrize(("kind", "before", "status"), RIGHT.values(), ids=RIGHT.keys())
def test_a_status_may_say(bench: Bench, kind: str, before: Any, status: Any) -> None:
    assert told(written(bench, made(bench, kind, before), status)) == []


def test_a_status_that_is_written_is_completed(bench: Bench) -> None:
    service = written(bench, made(bench, "Service"), {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}).body
    pod = written(bench, made(bench, "Pod"), {"podIP": "10.0.0.1"}).body

    assert service["status"]["loadBalancer"]["ingress"] == [{"ip": "10.0.0.1", "ipMode": "VIP"}]
    assert (pod["status"]["qosClass"], pod["status"]["podIPs"]) == ("BestEffort", [{"ip": "10.0.0.1"}])


def test_the_finalizers_of_a_namespace_have_names(bench: Bench) -> None:
    space = made(bench, "Namespace")
    response = bench.api.handle(
        Request("update", "namespaces", "", "x", "finalize", {**space, "spec": {"finalizers": ["x"]}})
    )

    assert told(response) == [
        'spec.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified'
    ]


def test_a_node_is_not_configured_by_a_config_map(bench: Bench) -> None:
    source = {"configMap": {"namespace": "default", "name": "m", "kubeletConfigKey": "k"}}
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "x"}, "spec": {"configSource": source}}

    assert bench.api.handle(Request("create", "nodes", body=body)).body["spec"].keys() == {"taints"}
