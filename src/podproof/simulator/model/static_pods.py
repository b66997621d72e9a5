"""Static pods and the mirror pods the API shows of them: who is what, and who belongs to whom.

Source: pkg/kubelet/pod/mirror_client.go, CreateMirrorPod, IsMirrorPodOf; pkg/kubelet/types/pod_update.go.
"""

from collections.abc import Mapping
from typing import Any

from podproof.simulator.model.objects import Object

HASH, MIRROR = "kubernetes.io/config.hash", "kubernetes.io/config.mirror"
SOURCE, SEEN = "kubernetes.io/config.source", "kubernetes.io/config.seen"
FullName = tuple[str, str]
"""Namespace and name."""


def mirror_of(pod: Object, node_uid: str) -> dict[str, Any]:
    """Return the mirror pod of a static pod, as it is sent to the API: the node owns it."""
    meta = pod["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": pod["spec"]["nodeName"], "uid": node_uid, "controller": True}
    kept = {key: meta[key] for key in ("name", "namespace", "labels") if key in meta}
    annotations = {**meta["annotations"], MIRROR: meta["annotations"][HASH]}
    shown = {**kept, "annotations": annotations, "ownerReferences": [owner]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": shown, "spec": pod["spec"]}


def is_static(pod: Object) -> bool:
    """Say whether a pod comes from a file of its node."""
    return SOURCE in _annotations(pod) and not is_mirror(pod)


def is_mirror(pod: Object) -> bool:
    """Say whether a pod of the API only shows a static pod."""
    return MIRROR in _annotations(pod)


def is_mirror_of(mirror: Object, pod: Object) -> bool:
    """Say whether a mirror pod shows just this static pod."""
    return _annotations(mirror).get(MIRROR) == _annotations(pod)[HASH]


def full_name(pod: Object) -> FullName:
    """Return what a static pod and its mirror have in common."""
    return str(pod["metadata"]["namespace"]), str(pod["metadata"]["name"])


def _annotations(pod: Object) -> Mapping[str, str]:
    found: Mapping[str, str] = pod["metadata"].get("annotations") or {}
    return found
