"""The number of a StatefulSet's pod, and the pod and claims that belong to a number.

Source: pkg/controller/statefulset/stateful_set_utils.go.
"""

import re
from collections.abc import Iterator
from typing import Any

from podproof.simulator.control.workloads.pods import pod_of
from podproof.simulator.control.workloads.stateful_set.retention import owners
from podproof.simulator.model.objects import Object, at

REVISION = "controller-revision-hash"
_NAME = "statefulset.kubernetes.io/pod-name"
_INDEX = "apps.kubernetes.io/pod-index"
_NUMBERED = re.compile(r"(.*)-([0-9]+)")


def ordinal_of(pod: Object, owner: Object) -> int:
    """Return the number in a pod's name, -1 where the name is not one of this set."""
    match = _NUMBERED.fullmatch(pod["metadata"]["name"])
    return int(match[2]) if match and match[1] == owner["metadata"]["name"] else -1


def start_of(owner: Object) -> int:
    """Return the first number."""
    return int(at(owner, "spec", "ordinals", "start") or 0)


def revision_of(pod: Object) -> str:
    """Return the name of the revision a pod was made from."""
    name: str = (pod["metadata"].get("labels") or {}).get(REVISION, "")
    return name


def name_label(pod: Object) -> dict[str, str]:
    """Return the label that says a pod's name."""
    return {_NAME: pod["metadata"]["name"]}


def numbered_pod(owner: Object, template: Object, revision: str, ordinal: int) -> dict[str, Any]:
    """Return the pod of a number: named, labelled, with its own host name, its claims as volumes."""
    name = f"{owner['metadata']['name']}-{ordinal}"
    pod = pod_of(template, owner, name)
    labels = {**(pod["metadata"].get("labels") or {}), REVISION: revision, _NAME: name, _INDEX: str(ordinal)}
    spec: dict[str, Any] = {**pod["spec"], "hostname": name}
    if owner["spec"].get("serviceName"):
        spec["subdomain"] = owner["spec"]["serviceName"]
    claims = {each["metadata"]["name"]: _claim_name(each, name) for each in _claim_templates(owner)}
    others = [each for each in spec.get("volumes") or () if each["name"] not in claims]
    own = [{"name": key, "persistentVolumeClaim": {"claimName": claim}} for key, claim in claims.items()]
    if own or others:
        spec["volumes"] = [*own, *others]
    return {**pod, "metadata": {**pod["metadata"], "labels": labels}, "spec": spec}


def claims_of(owner: Object, pod: Object) -> Iterator[dict[str, Any]]:
    """Yield the claims of a pod, to be created where they are not there yet."""
    for template in _claim_templates(owner):
        meta = {**template["metadata"]}
        meta["name"], meta["namespace"] = _claim_name(template, pod["metadata"]["name"]), owner["metadata"]["namespace"]
        meta["labels"] = {**(meta.get("labels") or {}), **(owner["spec"]["selector"].get("matchLabels") or {})}
        if of := owners(owner, None):
            meta["ownerReferences"] = of
        yield {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": template["spec"]}


def _claim_templates(owner: Object) -> tuple[Object, ...]:
    return tuple(owner["spec"].get("volumeClaimTemplates") or ())


def _claim_name(template: Object, pod: str) -> str:
    return f"{template['metadata']['name']}-{pod}"
