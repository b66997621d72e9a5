"""Checks of a change of the ephemeral containers: some are added, none is changed or goes.

Source: pkg/apis/core/validation/validation.go, ValidatePodEphemeralContainersUpdate; pkg/registry/core/pod/strategy.go,
podEphemeralContainersStrategy.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden
from podproof.simulator.api.validation.go_values import difference
from podproof.simulator.api.validation.pod_annotations import annotation_update_faults
from podproof.simulator.api.validation.pods import standing_faults
from podproof.simulator.model.objects import Object

_FIELD = "spec.ephemeralContainers"
_KEPT_METADATA = ("name", "namespace", "uid", "resourceVersion")
_MIRROR = "kubernetes.io/config.mirror"


def keep_all_but_ephemeral(pod: dict[str, Any], old: Object) -> None:
    """Give a draft back everything of the stored pod but its ephemeral containers.

    Source: strategy.go, dropNonEphemeralContainerUpdates.
    """
    sent = pod["metadata"]
    pod["metadata"] = {**old["metadata"], **{key: sent[key] for key in _KEPT_METADATA if key in sent}}
    spec = {key: value for key, value in old["spec"].items() if key != "ephemeralContainers"}
    if pod["spec"].get("ephemeralContainers"):
        spec["ephemeralContainers"] = pod["spec"]["ephemeralContainers"]
    pod["spec"], pod["status"] = spec, old["status"]


def ephemeral_update_faults(pod: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a change of the ephemeral containers."""
    if _MIRROR in (old["metadata"].get("annotations") or {}):
        yield forbidden("", "static pods do not support ephemeral containers")
        return
    yield from standing_faults(pod)
    yield from annotation_update_faults(pod, old)
    new = {each.get("name", ""): each for each in pod["spec"].get("ephemeralContainers") or ()}
    for before in old["spec"].get("ephemeralContainers") or ():
        name = before["name"]
        if name not in new:
            yield forbidden(_FIELD, f'existing ephemeral containers "{name}" may not be removed\n')
        elif new[name] != before:
            seen = difference("EphemeralContainer", before, new[name])
            yield forbidden(_FIELD, f'existing ephemeral containers "{name}" may not be changed\n{seen}')
