"""The text of kubectl describe, held to what kubectl prints."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
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


def test_a_volume_nobody_has_words_for_is_refused() -> None:
    pod = {**POD, "spec": {**POD["spec"], "volumes": [{"name": "v", "nfs": {"server": "s", "path": "/"}}]}}

    with pytest.raises(NotModelledError, match="nfs"):
        described(pod, (), NOW)


def test_only_neighbouring_lines_share_a_column() -> None:
    assert tabbed(["a\tb", "long\tc", "no cells", "x\ty"]) == "a     b\nlong  c\nno cells\nx  y\n"
