"""What the API server refuses of each kind: a good object, one change, the faults in the server's words."""

from copy import deepcopy
from typing import Any

import pytest

from podproof.simulator.api.discovery import resource_for, resources
from podproof.simulator.api.kinds import RULES
from podproof.simulator.kernel.requests import Request

from .conftest import Bench, pod_spec

NAMED = {"metadata": {"name": "n"}}
SELECTED: Any = {"matchLabels": {"a": "b"}}
TEMPLATE: Any = {"metadata": {"labels": {"a": "b"}}, "spec": pod_spec()}
ENDING: Any = {"spec": pod_spec(restartPolicy="Never")}
CLAIM: Any = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
BACKEND: Any = {"service": {"name": "s", "port": {"number": 80}}}
RULE: Any = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND}]}}
SCHEMA: Any = {"openAPIV3Schema": {"type": "object"}}

GOOD: dict[str, Any] = {
    "PersistentVolume": {
        "apiVersion": "v1",
        "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}},
    },
    "PersistentVolumeClaim": {"apiVersion": "v1", "spec": CLAIM},
    "ReplicationController": {"apiVersion": "v1", "spec": {"selector": {"a": "b"}, "template": TEMPLATE}},
    "LimitRange": {"apiVersion": "v1", "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}},
    "ResourceQuota": {"apiVersion": "v1", "spec": {"hard": {"pods": "1"}}},
    "PodTemplate": {"apiVersion": "v1", "template": TEMPLATE},
    "ServiceAccount": {"apiVersion": "v1"},
    "Node": {"apiVersion": "v1", "spec": {}},
    "Event": {"apiVersion": "v1", "involvedObject": {"namespace": "default"}},
    "Deployment": {"apiVersion": "apps/v1", "spec": {"selector": SELECTED, "template": TEMPLATE}},
    "ReplicaSet": {"apiVersion": "apps/v1", "spec": {"selector": SELECTED, "template": TEMPLATE}},
    "StatefulSet": {"apiVersion": "apps/v1", "spec": {"selector": SELECTED, "template": TEMPLATE}},
    "DaemonSet": {"apiVersion": "apps/v1", "spec": {"selector": SELECTED, "template": TEMPLATE}},
    "ControllerRevision": {"apiVersion": "apps/v1", "data": {"x": 1}, "revision": 1},
    "Job": {"apiVersion": "batch/v1", "spec": {"template": ENDING}},
    "CronJob": {
        "apiVersion": "batch/v1",
        "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": ENDING}}},
    },
    "HorizontalPodAutoscaler": {
        "apiVersion": "autoscaling/v2",
        "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "d"}},
    },
    "Lease": {"apiVersion": "coordination.k8s.io/v1", "spec": {"leaseDurationSeconds": 40}},
    "Ingress": {"apiVersion": "networking.k8s.io/v1", "spec": {"rules": [RULE]}},
    "IngressClass": {"apiVersion": "networking.k8s.io/v1", "spec": {"controller": "example.com/c"}},
    "NetworkPolicy": {"apiVersion": "networking.k8s.io/v1", "spec": {"podSelector": {}}},
    "RuntimeClass": {"apiVersion": "node.k8s.io/v1", "handler": "runc"},
    "PodDisruptionBudget": {"apiVersion": "policy/v1", "spec": {"minAvailable": 1, "selector": SELECTED}},
    "ClusterRole": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
    },
    "Role": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
    },
    "ClusterRoleBinding": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "roleRef": {"kind": "ClusterRole", "name": "r"},
        "subjects": [{"kind": "User", "name": "u"}],
    },
    "RoleBinding": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "roleRef": {"kind": "Role", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": "u"}],
    },
    "PriorityClass": {"apiVersion": "scheduling.k8s.io/v1", "value": 5},
    "StorageClass": {"apiVersion": "storage.k8s.io/v1", "provisioner": "example.com/p"},
    "VolumeAttributesClass": {"apiVersion": "storage.k8s.io/v1", "driverName": "d.io", "parameters": {"a": "b"}},
    "CSIDriver": {"apiVersion": "storage.k8s.io/v1", "spec": {}},
    "CSINode": {"apiVersion": "storage.k8s.io/v1", "spec": {"drivers": [{"name": "d.io", "nodeID": "1"}]}},
    "CSIStorageCapacity": {"apiVersion": "storage.k8s.io/v1", "storageClassName": "fast", "capacity": "1Gi"},
    "VolumeAttachment": {
        "apiVersion": "storage.k8s.io/v1",
        "spec": {"attacher": "d.io", "nodeName": "node", "source": {"persistentVolumeName": "v"}},
    },
    "CustomResourceDefinition": {
        "apiVersion": "apiextensions.k8s.io/v1",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": SCHEMA}],
        },
    },
}
"""One good object of each kind."""


def good(kind: str, *path: Any, value: Any = None) -> dict[str, Any]:
    """Return the good object of a kind, with the value at a path replaced (or taken away: None)."""
    item = deepcopy({"kind": kind, **NAMED, **GOOD[kind]})
    place: Any = item
    for part in path[:-1]:
        place = place[part] if isinstance(part, int) else place.setdefault(part, {})
    if path and value is None:
        place.pop(path[-1], None)
    elif path:
        place[path[-1]] = value
    return item


def causes(bench: Bench, verb: str, item: dict[str, Any]) -> list[str]:
    """Return the faults an object is refused for, each with its field; none where it is taken."""
    resource = resource_for(item["apiVersion"], item["kind"])
    space = "default" if resource.namespaced else ""
    name = item["metadata"].get("name", "") if verb == "update" else ""
    answer = bench.api.handle(Request(verb, resource.name, space, name, body=item))
    if answer.code < 400:
        return []
    found = answer.body["details"].get("causes", ())
    return [f"{each['field']}: {each['message']}" for each in found] or [answer.body["message"]]


def test_every_kind_that_is_served_has_rules() -> None:
    assert {resource.kind for resource in resources()} - set(RULES) - {"Scale", "ServiceAccount"} == set()


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_object_is_taken(bench: Bench, kind: str) -> None:
    assert causes(bench, "create", good(kind)) == []


NEGATIVE = "Invalid value: -1: must be greater than or equal to 0"
REFUSED: dict[str, tuple[str, tuple[Any, ...], Any, list[str]]] = {
    "a volume without a source": (
        "PersistentVolume", ("spec", "hostPath"), None, ["spec: Required value: must specify a volume type"]),
    "a claim for nothing": (
        "PersistentVolumeClaim", ("spec", "resources", "requests", "storage"), "0",
        ['spec.resources[storage]: Invalid value: "0": must be greater than zero']),
    "a claim of a source that is not its reference": (
        "PersistentVolumeClaim", ("spec",),
        {**CLAIM, "dataSource": {"kind": "PersistentVolumeClaim", "name": "a"},
         "dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "b"}},
        ["spec: Invalid value: {}: must match dataSourceRef"]),
    "a controller whose template it does not select": (
        "ReplicationController", ("spec", "selector"), {"a": "c"},
        ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`']),
    "a minimum above the maximum": (
        "LimitRange", ("spec", "limits", 0, "min"), {"cpu": "2"},
        ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
         'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
         'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
         ]),
    "a quota for half a pod": (
        "ResourceQuota", ("spec", "hard"), {"pods": "500m"},
        ['spec.hard[pods]: Invalid value: "500m": must be an integer']),
    "scopes that contradict each other": (
        "ResourceQuota", ("spec", "scopes"), ["BestEffort", "NotBestEffort"],
        ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes']),
    "a node with one taint twice": (
        "Node", ("spec", "taints"), [{"key": "a", "effect": "NoSchedule"}] * 2,
        ['metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: '
         "taints must be unique by key and effect pair"]),
    "an event about another namespace": (
        "Event", ("involvedObject", "namespace"), "other",
        ['involvedObject.namespace: Invalid value: "other": does not match event.namespace']),
    "a deployment without a selector": (
        "Deployment", ("spec", "selector"), None,
        ["spec.selector: Required value",
         'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`']),
    "a strategy there is none of": (
        "Deployment", ("spec", "strategy"), {"type": "Blue"},
        ['spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: '
         'supported values: "Recreate", "RollingUpdate"']),
    "a rollout that may do nothing": (
        "Deployment", ("spec", "strategy"), {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
        ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"]),
    "a fault inside a template": (
        "Deployment", ("spec", "template", "spec", "containers", 0, "name"), "",
        ["spec.template.spec.containers[0].name: Required value"]),
    "a set of pods that end": (
        "ReplicaSet", ("spec", "template", "spec", "restartPolicy"), "Never",
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']),
    "an order there is none of": (
        "StatefulSet", ("spec", "podManagementPolicy"), "Any",
        ["spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'"]),
    "a daemon set that surges and drains": (
        "DaemonSet", ("spec", "updateStrategy"), {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
        ["spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: "
         "may not be set when maxUnavailable is non-zero"]),
    "a revision before the first": ("ControllerRevision", ("revision",), -1, [f"revision: {NEGATIVE}"]),
    "a job that fails before it runs": ("Job", ("spec", "backoffLimit"), -1, [f"spec.backoffLimit: {NEGATIVE}"]),
    "indexes without a number of them": (
        "Job", ("spec",), {"template": ENDING, "completionMode": "Indexed", "parallelism": 1},
        ["spec.completions: Required value: when completion mode is Indexed"]),
    "a failure policy that names no container": (
        "Job", ("spec", "podFailurePolicy"),
        {"rules": [{"action": "FailJob", "onExitCodes": {"containerName": "x", "operator": "In", "values": [1]}}]},
        ['spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "x": '
         "must be one of the container or initContainer names in the pod template"]),
    "a success policy of too many indexes": (
        "Job", ("spec",),
        {"template": ENDING, "completionMode": "Indexed", "completions": 2,
         "successPolicy": {"rules": [{"succeededIndexes": "0-4"}]}},
        ['spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-4": '
         'error parsing succeededIndexes: too large index: "4"']),
    "a schedule of six fields": (
        "CronJob", ("spec", "schedule"), "* * * * * *",
        ['spec.schedule: Invalid value: "* * * * * *": expected exactly 5 fields, found 6: [* * * * * *]']),
    "a minute past the hour": (
        "CronJob", ("spec", "schedule"), "60 * * * *",
        ['spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60']),
    "a zone nobody lives in": (
        "CronJob", ("spec", "timeZone"), "Mars/Base",
        ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base']),
    "fewer replicas at most than at least": (
        "HorizontalPodAutoscaler", ("spec", "minReplicas"), 4,
        ["spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"]),
    "a lease for no time": (
        "Lease", ("spec", "leaseDurationSeconds"), 0,
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]),
    "an ingress that leads nowhere": (
        "Ingress", ("spec", "rules"), None,
        ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]),
    "a path that climbs": (
        "Ingress", ("spec", "rules", 0, "http", "paths", 0, "path"), "/a/../b",
        ["spec.rules[0].http.paths[0].path: Invalid value: \"/a/../b\": must not contain '/../'"]),
    "a controller without a domain": (
        "IngressClass", ("spec", "controller"), "c",
        ['spec.controller: Invalid value: "c": must be a domain-prefixed path (such as "acme.io/foo")']),
    "a peer that is nobody": (
        "NetworkPolicy", ("spec", "ingress"), [{"from": [{}]}],
        ["spec.ingress[0].from[0]: Required value: must specify a peer"]),
    "a block that is not within the other": (
        "NetworkPolicy", ("spec", "egress"), [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}}]}],
        ['spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`']),
    "a handler that is no label": (
        "RuntimeClass", ("handler",), "a.b", ['handler: Invalid value: "a.b": must not contain dots']),
    "a budget with both bounds": (
        "PodDisruptionBudget", ("spec",), {"minAvailable": 1, "maxUnavailable": 1},
        ['spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,'
         '"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set']),
    "a rule about addresses in a namespace": (
        "Role", ("rules",), [{"verbs": ["get"], "nonResourceURLs": ["/x"]}],
        ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs']),
    "a role of one namespace for all": (
        "ClusterRoleBinding", ("roleRef", "kind"), "Role",
        ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']),
    "a priority that is the system's": (
        "PriorityClass", ("value",), 2_000_000_000,
        ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]),
    "attributes of nothing": (
        "VolumeAttributesClass", ("parameters",), None,
        ["parameters: Required value: must contain at least one key/value pair"]),
    "tokens that expire at once": (
        "CSIDriver", ("spec", "tokenRequests"), [{"audience": "a", "expirationSeconds": 1}],
        ["spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes"]),
    "a driver that does not know its node": (
        "CSINode", ("spec", "drivers", 0, "nodeID"), "", ["spec.drivers[0].nodeID: Required value"]),
    "less than no room": (
        "CSIStorageCapacity", ("capacity",), "-1",
        ['capacity: Invalid value: "-1": must be greater than or equal to 0']),
    "an attachment of nothing": (
        "VolumeAttachment", ("spec", "source"), {},
        ["spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"]),
    "a definition with another name than its plural": (
        "CustomResourceDefinition", ("metadata", "name"), "others.example.com",
        ['metadata.name: Invalid value: "others.example.com": must be spec.names.plural+"."+spec.group']),
    "a definition that stores no version": (
        "CustomResourceDefinition", ("spec", "versions", 0, "schema"), None,
        ["spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required"]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "value", "faults"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(bench: Bench, kind: str, path: tuple[Any, ...], value: Any, faults: list[str]) -> None:
    assert causes(bench, "create", good(kind, *path, value=value)) == faults


KEPT: dict[str, tuple[str, tuple[Any, ...], Any, list[str]]] = {
    "where a volume's data is": (
        "PersistentVolume", ("spec", "hostPath", "path"), "/y", ["spec.persistentvolumesource"]),
    "what a claim asked for": ("PersistentVolumeClaim", ("spec", "accessModes"), ["ReadOnlyMany"], ["spec"]),
    "the selector of a deployment": (
        "Deployment", ("spec",),
        {"selector": {"matchLabels": {"c": "d"}}, "template": {**TEMPLATE, "metadata": {"labels": {"c": "d"}}}},
        ["spec.selector"]),
    "the name of a set's service": ("StatefulSet", ("spec", "serviceName"), "s", ["spec"]),
    "the data of a revision": ("ControllerRevision", ("data",), {"x": 2}, ["data"]),
    "the completions of a job": ("Job", ("spec", "completions"), 3, ["spec.completions"]),
    "the controller of a class": ("IngressClass", ("spec", "controller"), "example.com/d", ["spec.controller"]),
    "the handler of a class": ("RuntimeClass", ("handler",), "kata", ["handler"]),
    "the role that is bound": ("RoleBinding", ("roleRef", "name"), "q", ["roleRef"]),
    "a priority": ("PriorityClass", ("value",), 6, ["value"]),
    "a provisioner": ("StorageClass", ("provisioner",), "example.com/q", ["provisioner"]),
    "what an attachment attaches": ("VolumeAttachment", ("spec", "nodeName"), "other", ["spec"]),
    "the group of a definition": (
        "CustomResourceDefinition", ("spec", "group"), "example.org", ["metadata.name", "spec.group"]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "value", "fields"), KEPT.values(), ids=KEPT.keys())
def test_what_stays(bench: Bench, kind: str, path: tuple[Any, ...], value: Any, fields: list[str]) -> None:
    resource = resource_for(GOOD[kind]["apiVersion"], kind)
    space = "default" if resource.namespaced else ""
    made = bench.api.handle(Request("create", resource.name, space, body=good(kind))).body
    changed = deepcopy(made)
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = {**place[path[-1]], **value} if isinstance(value, dict) and "selector" in value else value

    assert [fault.partition(":")[0] for fault in causes(bench, "update", changed)] == fields


def test_a_generation_rises_with_what_is_wanted_only(bench: Bench) -> None:
    made = bench.ask("create", "deployments.apps", body=good("Deployment")).body
    labelled = {**made, "metadata": {**made["metadata"], "labels": {"x": "y"}}}
    same = bench.ask("update", "deployments.apps", "n", body=labelled).body
    noted = bench.ask(
        "update", "deployments.apps", "n",
        body={**same, "metadata": {**same["metadata"], "annotations": {"x": "y"}}},
    ).body  # fmt: skip
    scaled = bench.ask("update", "deployments.apps", "n", body={**noted, "spec": {**noted["spec"], "replicas": 2}}).body

    assert [each["metadata"]["generation"] for each in (made, same, noted, scaled)] == [1, 1, 2, 3]


def test_a_user_sets_no_status(bench: Bench) -> None:
    item = good("Deployment", "status", value={"replicas": 9})

    assert bench.ask("create", "deployments.apps", body=item).body["status"] == {}


def test_a_template_of_a_daemon_set_is_counted(bench: Bench) -> None:
    made = bench.ask("create", "daemonsets.apps", body=good("DaemonSet")).body
    spec = {**made["spec"], "template": {**TEMPLATE, "spec": pod_spec(dnsPolicy="Default")}}
    changed = bench.ask("update", "daemonsets.apps", "n", body={**made, "spec": spec}).body
    key = "deprecated.daemonset.template.generation"

    assert [each["metadata"]["annotations"][key] for each in (made, changed)] == ["1", "2"]


WARNED = {
    "a label with another name": (
        {"nodeSelector": {"beta.kubernetes.io/os": "linux"}},
        'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'),
    "one address with two aliases": (
        {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}, {"ip": "10.0.0.1", "hostnames": ["b"]}]},
        'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"'),
    "one pull secret twice": (
        {"imagePullSecrets": [{"name": "s"}, {"name": "s"}]}, 'spec.imagePullSecrets[1].name: duplicate name "s"'),
}  # fmt: skip


@pytest.mark.parametrize(("change", "warning"), WARNED.values(), ids=WARNED.keys())
def test_what_a_pod_and_a_template_are_warned_of(bench: Bench, change: Any, warning: str) -> None:
    template = {**TEMPLATE, "spec": pod_spec(**change)}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": pod_spec(**change)}

    assert bench.ask("create", "pods", body=pod).warnings == (warning,)
    item = good("Deployment", "spec", "template", value=template)
    assert bench.ask("create", "deployments.apps", body=item).warnings == (f"spec.template.{warning}",)


UNCLEAR = {
    "an IPv4 address as an IPv6 one": (
        ["::ffff:10.0.0.1/104"], "must not have an IPv4-mapped IPv6 address"),
    "an address where a range is wanted": (["10.0.0.1/8"], "must not have bits set beyond the prefix length"),
    "a mask in the old way": (
        ["10.0.0.0/255.0.0.0"], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
}  # fmt: skip


@pytest.mark.parametrize(("ranges", "why"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_an_unclear_range_is_refused(bench: Bench, ranges: list[str], why: str) -> None:
    item = good("NetworkPolicy", "spec", "egress", value=[{"to": [{"ipBlock": {"cidr": ranges[0]}}]}])
    field = "spec.egress[0].to[0].ipBlock.cidr"

    assert causes(bench, "create", item) == [f'{field}: Invalid value: "{ranges[0]}": {why}']


USERS = {
    "nobody": ("", " cannot be an empty string"),
    "two domains": ("a\\b\\c", " cannot contain more than one backslash"),
    "a domain of nobody": ("d\\", "'s User cannot be empty"),
    "dots only": ("...", "'s User cannot contain only periods or spaces"),
}


@pytest.mark.parametrize(("name", "why"), USERS.values(), ids=USERS.keys())
def test_a_user_that_windows_does_not_know(bench: Bench, name: str, why: str) -> None:
    context = {"windowsOptions": {"runAsUserName": name}}
    item = good("Deployment", "spec", "template", value={**TEMPLATE, "spec": pod_spec(securityContext=context)})
    found = causes(bench, "create", item)

    assert [fault.rpartition("runAsUserName")[2] for fault in found] == [why]


def test_a_template_leaves_the_ports_of_the_node_open(bench: Bench) -> None:
    ports = [{"name": "c", "image": "i", "ports": [{"containerPort": 80}]}]
    shared = {**TEMPLATE, "spec": pod_spec(containers=ports, hostNetwork=True)}
    other = deepcopy(shared)
    other["spec"]["containers"][0]["ports"][0]["hostPort"] = 81

    assert causes(bench, "create", good("Deployment", "spec", "template", value=shared)) == []
    assert causes(bench, "create", good("Deployment", "spec", "template", value=other)) == [
        "spec.template.spec.containers[0].ports[0].hostPort: Invalid value: 81: "
        "must match `containerPort` when `hostNetwork` is true"
    ]


ARMOURED = {
    "another type": ({"type": "Unconfined"}, "runtime/default", "type", "type"),
    "another profile": ({"type": "Localhost", "localhostProfile": "a"}, "localhost/b", "localhostProfile", "profile"),
}


@pytest.mark.parametrize(("profile", "note", "key", "what"), ARMOURED.values(), ids=ARMOURED.keys())
def test_an_annotation_that_contradicts_the_profile(bench: Bench, profile: Any, note: str, key: str, what: str) -> None:
    notes = {"container.apparmor.security.beta.kubernetes.io/c": note}
    container = {"name": "c", "image": "i", "securityContext": {"appArmorProfile": profile}}
    spec = {"containers": [container]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "annotations": notes}, "spec": spec}

    assert causes(bench, "create", pod) == [
        f"spec.containers[0].securityContext.appArmorProfile.{key}: "
        f"Forbidden: apparmor {what} in annotation and field must match"
    ]
