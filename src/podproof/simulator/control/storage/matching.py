"""Which volume a claim gets: one that is its own already, else the smallest that fits.

Source: staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go, FindMatchingVolume;
pkg/controller/volume/persistentvolume/pv_controller.go, checkVolumeSatisfyClaim.
"""

from collections.abc import Collection, Iterable, Iterator

from podproof.simulator.control.storage.facts import (
    capacity,
    class_of,
    is_bound_to,
    mode_of,
    phase_of,
    reaches,
    requested,
)
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import Labels, matches


def best_match(
    claim: Object,
    volumes: Iterable[Object],
    *,
    node: tuple[str, Labels] | None = None,
    taken: Collection[str] = (),
    only_own: bool = False,
) -> Object | None:
    """Return the volume for a claim, None where there is none.

    With `node` (name, labels) it must reach that node; `taken` are names of volumes promised to others; `only_own` asks
    for a volume that names the claim itself, as one whose binding waits for a pod does.
    """
    fitting = [each for each in volumes if each["metadata"]["name"] not in taken and _may_serve(claim, each, node)]
    own = [each for each in fitting if is_bound_to(each, claim)]
    if own:
        return own[0]
    free = [] if only_own else [each for each in fitting if _is_free(claim, each)]
    return min(free, key=lambda each: (capacity(each), each["metadata"]["name"]), default=None)


def _may_serve(claim: Object, volume: Object, node: tuple[str, Labels] | None) -> bool:
    if volume["spec"].get("claimRef") and not is_bound_to(volume, claim):
        return False
    if capacity(volume) < requested(claim) or mode_of(volume) != mode_of(claim):
        return False
    if "deletionTimestamp" in volume["metadata"]:
        return False
    return node is None or is_bound_to(volume, claim) or reaches(volume, *node)


def _is_free(claim: Object, volume: Object) -> bool:
    selector = claim["spec"].get("selector")
    if phase_of(volume) != "Available" or class_of(volume) != class_of(claim):
        return False
    if selector and not matches(selector, volume["metadata"].get("labels") or {}):
        return False
    return set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())


def mismatches(claim: Object, volume: Object) -> Iterator[str]:
    """Yield why a volume that a claim names cannot serve it, in the words of an event."""
    if capacity(volume) < requested(claim):
        yield "requested PV is too small"
    elif class_of(claim) != class_of(volume):
        yield "storageClassName does not match"
    elif mode_of(claim) != mode_of(volume):
        yield "incompatible volumeMode"
    elif not set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ()):
        yield "incompatible accessMode"
