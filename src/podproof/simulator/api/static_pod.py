"""What a file on a node makes of a pod: the kubelet reads, completes and checks it by the API's own rules.

Source: pkg/kubelet/config/common.go, applyDefaults, generatePodName, tryDecodeSinglePod; pkg/api/pod/util.go,
HasAPIObjectReference (gate PreventStaticPodAPIReferences, on).
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.absent import refuse_absent
from podproof.simulator.api.discovery import resource_for
from podproof.simulator.api.rules import Draft, rules_of
from podproof.simulator.model.objects import Object, at, containers_of
from podproof.simulator.model.qos import qos_class
from podproof.simulator.model.schema import DecodeError, decode
from podproof.simulator.model.static_pods import HASH, SEEN, SOURCE
from podproof.simulator.model.times import Nanos, timestamp

_BY_VOLUME = {"secret": "secrets", "configMap": "configmaps", "persistentVolumeClaim": "persistentvolumeclaims"}
_BY_REFERENCE = {"secretKeyRef": "secrets", "configMapKeyRef": "configmaps"}
_BY_SOURCE = {"secretRef": "secrets", "configMapRef": "configmaps"}


class StaticPodError(Exception):
    """A kubelet does not take a file; `faults` are all that is wrong with its pod."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def static_pod(manifest: Object, file: str, node: str, namespace: str, now: Nanos) -> dict[str, Any]:
    """Return the pod that a file on a node is; its uid is made of what the file says.

    Raises:
        StaticPodError: the kubelet does not take it.
        NotModelledError: it is fine, but asks for what the simulator cannot do.
    """
    try:
        pod = decode("Pod", dict(manifest)).draft
    except DecodeError as error:
        raise StaticPodError((error.reason,)) from None
    text = json.dumps([node, file, manifest], sort_keys=True)
    uid = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    meta, spec = pod["metadata"], pod.setdefault("spec", {})
    meta |= {"name": f"{meta['name']}-{node.lower()}", "namespace": meta.get("namespace") or namespace, "uid": uid}
    own = {HASH: uid, SOURCE: "file", SEEN: timestamp(now)}
    meta["annotations"] = {**(meta.get("annotations") or {}), **own}
    spec["nodeName"] = node
    spec["tolerations"] = [*(spec.get("tolerations") or ()), {"operator": "Exists", "effect": "NoExecute"}]
    rules_of("Pod").default(pod)
    _check(pod)
    pod["status"] = {"phase": "Pending", "qosClass": qos_class(spec)}
    return pod


def _check(pod: Draft) -> None:
    faults = [str(fault) for fault in rules_of("Pod").validate(pod)]
    faults += [f"static pods may not reference {kind}" for kind in dict.fromkeys(_references(pod["spec"]))]
    if faults:
        raise StaticPodError(tuple(faults))
    refuse_absent(resource_for("v1", "Pod"), pod)


def _references(spec: Object) -> Iterator[str]:
    """Yield the kinds of API objects a pod needs; a static pod must start without them."""
    if spec.get("serviceAccountName"):
        yield "serviceaccounts"
    for volume in spec.get("volumes") or ():
        sources = [volume, *(at(volume, "projected", "sources") or ())]
        yield from (kind for source in sources for key, kind in _BY_VOLUME.items() if key in source)
    for container in containers_of(spec):
        for row in container.get("env") or ():
            yield from (kind for key, kind in _BY_REFERENCE.items() if at(row, "valueFrom", key) is not None)
        for source in container.get("envFrom") or ():
            yield from (kind for key, kind in _BY_SOURCE.items() if key in source)
