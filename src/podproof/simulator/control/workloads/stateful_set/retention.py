"""Whether a pod's claims go with it or with its StatefulSet: the owners they have for that.

Source: pkg/controller/statefulset/stateful_set_utils.go, isClaimOwnerUpToDate, updateClaimOwnerRefForSetAndPod,
getPersistentVolumeClaimRetentionPolicy; stateful_pod_control.go, PodClaimIsStale.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from podproof.simulator.control.plans import Command, Patch
from podproof.simulator.control.workloads.owners import controller_reference
from podproof.simulator.model.objects import Object, at

CLAIMS = "persistentvolumeclaims"
Find = Callable[[str, str], Object | None]
"""Returns the claim of a namespace and a name."""


def goes(owner: Object, when: str) -> bool:
    """Say whether claims go "whenDeleted" or "whenScaled"."""
    return bool(at(owner, "spec", "persistentVolumeClaimRetentionPolicy", when) == "Delete")


def owners(owner: Object, pod: Object | None) -> list[dict[str, Any]]:
    """Return the owners of a claim: its StatefulSet, or its `pod` where that is too many (None: it is not)."""
    if pod is not None and goes(owner, "whenScaled"):
        meta = pod["metadata"]
        named = {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "uid": meta["uid"]}
        return [{**named, "controller": True, "blockOwnerDeletion": True}]
    return [controller_reference(owner)] if goes(owner, "whenDeleted") else []


def corrections(owner: Object, claims: Iterable[Object], pod: Object, *, surplus: bool) -> Iterator[Command]:
    """Yield what gives claims the owners they shall have; `surplus` is whether the pod is one too many."""
    ours = {(owner["kind"], owner["metadata"]["uid"]), ("Pod", pod["metadata"]["uid"])}
    wanted = owners(owner, pod if surplus else None)
    for claim in claims:
        meta = claim["metadata"]
        known = meta.get("ownerReferences") or []
        others = [each for each in known if (each["kind"], each["uid"]) not in ours]
        if _names(known) != _names([*others, *wanted]):
            body = {"metadata": {"uid": meta["uid"], "ownerReferences": [*others, *wanted] or None}}
            yield Patch(CLAIMS, meta["namespace"], meta["name"], body)


def is_stale(owner: Object, claims: Iterable[Object], pod: str) -> bool:
    """Say whether a claim still belongs to an earlier pod of that name, and goes with it: a new one has to wait."""
    references = (each for claim in claims for each in claim["metadata"].get("ownerReferences") or ())
    return goes(owner, "whenScaled") and any((each["kind"], each["name"]) == ("Pod", pod) for each in references)


def _names(references: Iterable[Any]) -> set[tuple[str, str]]:
    return {(each["kind"], each["uid"]) for each in references}
