"""The text of kubectl describe, held to what kubectl prints."""

from typing import Any

import pytest

from podproof.kubectl import described
from podproof.simulator.model.tab_writer import tabbed
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T00:01:00Z")
POD: dict[str, Any] = {
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "default", "labels": {"b": "2", "a": "1"}},
    "spec": {"nodeName": "node1", "containers": [{"name": "app", "image": "busybox"}]},
    "status": {"phase": "Pending", "hostIP": "192.168.0.10", "qosClass": "BestEffort"},
}
EVENT = {
    "type": "Warning",
    "reason": "BackOff",
    "message": "Back-off restarting failed container\n",
    "source": {"component": "kubelet"},
    "firstTimestamp": "2026-01-01T00:00:10Z",
    "lastTimestamp": "2026-01-01T00:00:50Z",
    "count": 3,
}


def container(**fields: Any) -> dict[str, Any]:
    return {**POD, "spec": {**POD["spec"], "containers": [{"name": "app", "image": "busybox", **fields}]}}


def state(**status: Any) -> dict[str, Any]:
    rows = [{"name": "app", "image": "busybox", "imageID": "", "ready": False, "restartCount": 2, **status}]
    return {**POD, "status": {**POD["status"], "containerStatuses": rows}}


LINES = {
    "labels stand one below the other": (POD, "Labels:           a=1\n                  b=2\n"),
    "a node comes with its address": (POD, "Node:             node1/192.168.0.10\n"),
    "a waiting container tells its reason, not its message": (
        state(state={"waiting": {"reason": "ErrImagePull", "message": "no"}}),
        "    State:          Waiting\n      Reason:       ErrImagePull\n    Ready:          False\n",
    ),
    "an ended container tells code and times": (
        state(state={"terminated": {"exitCode": 3, "reason": "Error", "startedAt": "2026-01-01T00:00:10Z"}}),
        "      Exit Code:    3\n      Started:      Thu, 01 Jan 2026 00:00:10 +0000\n"
        "      Finished:     Mon, 01 Jan 0001 00:00:00 +0000\n",
    ),
    "an exec probe": (
        container(livenessProbe={"exec": {"command": ["cat", "/x"]}, "periodSeconds": 5}),
        "exec [cat /x] delay=0s timeout=1s period=5s #success=1 #failure=3\n",
    ),
    "an http probe": (
        container(readinessProbe={"httpGet": {"port": 80, "path": "/ready"}}),
        "http-get http://:80/ready delay=0s timeout=1s period=10s #success=1 #failure=3\n",
    ),
    "a variable of a secret is not shown": (
        container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
        "  <set to the key 'k' in secret 's'>  Optional: false\n",
    ),
    "a variable of the metadata is": (
        container(env=[{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}]),
        "  p (v1:metadata.name)\n",
    ),
    "a pod that was evicted says why": (
        {**POD, "status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low."}},
        "Status:           Failed\nReason:           Evicted\nMessage:          The node was low.\n",
    ),
    "a pod that goes says for how long": (
        {**POD, "metadata": {**POD["metadata"], "deletionTimestamp": "2026-01-01T00:00:30Z"}},
        "Terminating (lasts 30s)\n",
    ),
    "a toleration": (
        {**POD, "spec": {**POD["spec"], "tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 5}]}},
        "Tolerations:      k op=Exists for 5s\n",
    ),
    "no events": (POD, "Events:           <none>\n"),
}


@pytest.mark.parametrize(("pod", "text"), LINES.values(), ids=LINES.keys())
def test_describe_says(pod: dict[str, Any], text: str) -> None:
    pod = {**pod, "spec": {"serviceAccountName": "default", **pod["spec"]}}

    assert text in described(pod, (), NOW)


def test_an_event_that_came_again_says_how_often() -> None:
    printed = described(POD, [EVENT], NOW)

    assert "  Warning  BackOff  10s (x3 over 50s)  kubelet  Back-off restarting failed container\n" in printed


VOLUMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a file system of the network": ({"nfs": {"server": "s", "path": "/"}},
        ["Type: NFS (an NFS mount that lasts the lifetime of a pod)", "Server: s", "Path: /", "ReadOnly: false"]),
    "lists, secrets, what is not set": ({"iscsi": {"portals": ["a", "b"], "lun": 0, "secretRef": {"name": "q"}}},
        ["Type: ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to "
         "the pod)",
         "TargetPortal:", "IQN:", "Lun: 0", "ISCSIInterface", "FSType:", "ReadOnly: false", "Portals: [a b]",
         "DiscoveryCHAPAuth: false", "SessionCHAPAuth: false", "SecretRef: &LocalObjectReference{Name:q,}",
         "InitiatorName: <none>"]),
    "a map": ({"flexVolume": {"driver": "a/b", "options": {"d": "1", "c": "2"}}},
        ["Type: FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
         "Driver: a/b", "FSType:", "SecretRef: nil", "ReadOnly: false", "Options: map[c:2 d:1]"]),
    "names with commas between": ({"fc": {"targetWWNs": ["a", "b"]}},
        ["Type: FC (a Fibre Channel disk)", "TargetWWNs: a, b", "LUN: <none>", "FSType:", "ReadOnly: false"]),
    "a driver with attributes": ({"csi": {"driver": "d.io", "volumeAttributes": {"b": "2", "a": "x" * 150}}},
        ["Type: CSI (a Container Storage Interface (CSI) volume source)", "Driver: d.io", "FSType:", "ReadOnly: false",
         f"VolumeAttributes: a={'x' * 138}...", "b=2"]),
    "a driver without": ({"csi": {"driver": "d.io", "readOnly": True}},
        ["Type: CSI (a Container Storage Interface (CSI) volume source)", "Driver: d.io", "FSType:", "ReadOnly: true",
         "VolumeAttributes: <none>"]),
    "fields of the pod": ({"downwardAPI": {"items": [
        {"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}},
        {"path": "m", "resourceFieldRef": {"resource": "limits.cpu"}}]}},
        ["Type: DownwardAPI (a volume populated by information about the pod)", "Items:", "metadata.labels -> l",
         "limits.cpu -> m"]),
    "a claim of its own": ({"ephemeral": {"volumeClaimTemplate": {
        "metadata": {"labels": {"a": "b", "c": "d"}}, "spec": {"storageClassName": "fast", "volumeMode": "Block",
        "dataSource": {"kind": "PersistentVolumeClaim", "name": "z"}}}}},
        ["Type: EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
         "StorageClass: fast", "Volume:", "Labels: a=b", "c=d", "Annotations: <none>", "Capacity:", "Access Modes:",
         "VolumeMode: Block", "DataSource:", "Kind: PersistentVolumeClaim", "Name: z"]),
    "a limit of nothing": ({"emptyDir": {"sizeLimit": "0"}},
        ["Type: EmptyDir (a temporary directory that shares a pod's lifetime)", "Medium:", "SizeLimit: <unset>"]),
    "nothing that is known": ({"dreams": {}}, ["<unknown>"]),
}  # fmt: skip


@pytest.mark.parametrize(("volume", "wanted"), VOLUMES.values(), ids=VOLUMES.keys())
def test_a_volume_is_said_to_be(volume: dict[str, Any], wanted: list[str]) -> None:
    pod = {**POD, "spec": {**POD["spec"], "volumes": [{"name": "v", **volume}]}}
    text = described(pod, (), NOW).partition("Volumes:\n")[2].partition("QoS Class:")[0]

    assert [" ".join(line.split()) for line in text.splitlines()] == ["v:", *wanted]


def test_a_volume_of_a_driver_is_indented_as_kubectl_does() -> None:
    volume = {"name": "v", "csi": {"driver": "d.io", "volumeAttributes": {"a": "1", "b": "2"}}}
    pod = {**POD, "spec": {**POD["spec"], "volumes": [volume]}}

    assert described(pod, (), NOW).partition("Volumes:\n")[2].partition("QoS Class:")[0] == (
        "  v:\n"
        "    Type:              CSI (a Container Storage Interface (CSI) volume source)\n"
        "    Driver:            d.io\n"
        "    FSType:            \n"
        "    ReadOnly:          false\n"
        "    VolumeAttributes:      a=1\n"
        "                           b=2\n"
    )


AMOUNTS = {"limits.cpu": "node allocatable", "requests.cpu": "1", "limits.memory": "1024", "requests.memory": "0"}


@pytest.mark.parametrize(("resource", "shown"), AMOUNTS.items())
def test_a_variable_of_an_amount_is_shown_with_it(resource: str, shown: str) -> None:
    ref = {"resource": resource, "divisor": "1Mi" if resource == "limits.memory" else "0"}
    row = {"name": "app", "resources": {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}}
    pod = {**POD, "spec": {"containers": [{**row, "env": [{"name": "A", "valueFrom": {"resourceFieldRef": ref}}]}]}}

    assert f"A: {shown} ({resource})" in [" ".join(line.split()) for line in described(pod, (), NOW).splitlines()]


def test_only_neighbouring_lines_share_a_column() -> None:
    assert tabbed(["a\tb", "long\tc", "no cells", "x\ty"]) == "a     b\nlong  c\nno cells\nx  y\n"


def test_an_empty_cell_is_as_wide_as_what_is_between_cells() -> None:
    assert tabbed(["\ta\tb", "\tc"]) == "  a  b\n  c\n"
