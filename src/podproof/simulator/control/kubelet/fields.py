"""What a pod may be told about itself: the values of fieldRef and resourceFieldRef."""

import json
from collections.abc import Mapping

from podproof.errors import NotModelledError
from podproof.simulator.model.objects import Object, at, containers_of
from podproof.simulator.model.quantities import parse

_MAPS = ("labels", "annotations")


def field_of_pod(pod: Object, path: str, addresses: Mapping[str, str]) -> str:
    """Return the value a fieldRef names; `addresses` are those fields that the kubelet knows better than the API.

    Raises:
        NotModelledError: the simulator does not offer this field.
    Source: pkg/fieldpath/fieldpath.go, ExtractFieldPathAsString; pkg/kubelet/kubelet_pods.go,
    podFieldSelectorRuntimeValue.
    """
    meta, spec = pod["metadata"], pod["spec"]
    for kind in _MAPS:
        held = meta.get(kind) or {}
        if path == f"metadata.{kind}":
            return as_lines(held)
        if path.startswith(f"metadata.{kind}['") and path.endswith("']"):
            return str(held.get(path[len(f"metadata.{kind}['") : -2], ""))
    values = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        **addresses,
    }
    if path not in values:
        raise NotModelledError(f"the field reference {path}", f"pod {meta['namespace']}/{meta['name']}")
    return str(values[path])


def as_lines(pairs: Mapping[str, str]) -> str:
    """Return labels or annotations as a file shows them: `key="value"`, sorted.

    Source: pkg/fieldpath/fieldpath.go, FormatMap.
    """
    return "\n".join(f"{key}={json.dumps(pairs[key], ensure_ascii=False)}" for key in sorted(pairs))


def resource_of_pod(pod: Object, container: Object | None, ref: Object, allocatable: Mapping[str, str]) -> str:
    """Return the value a resourceFieldRef names, in units of its divisor, rounded up.

    `container` holds where the reference names none. A limit that is not set is the pod's, or what the node can give.
    Source: pkg/api/v1/resource/helpers.go, ExtractContainerResourceValue, MergeContainerResourceLimits.
    """
    named = ref.get("containerName")
    found = container if not named else next(each for each in containers_of(pod["spec"]) if each["name"] == named)
    part, _, resource = ref["resource"].partition(".")
    amount = parse(at(found, "resources", part, resource) or 0)
    if part == "limits" and not amount.nano:
        amount = parse(at(pod, "spec", "resources", "limits", resource) or allocatable.get(resource, 0))
    divisor = parse(ref.get("divisor") or 0)
    if not divisor.nano:
        divisor = parse(1)
    if resource == "cpu":
        return str(-(-amount.milli_value // divisor.milli_value))
    return str(-(-amount.value // divisor.value))
