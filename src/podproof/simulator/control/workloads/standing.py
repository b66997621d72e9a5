"""What a pod is to a ReplicaSet: found out once for each version of it, for a set of thousands looks all the time."""

from collections.abc import Sequence
from typing import NamedTuple

from podproof.simulator.control.workloads.owners import controller_of, fitting
from podproof.simulator.control.workloads.pods import is_active, is_ready, is_terminating
from podproof.simulator.model.objects import Object


class Standing(NamedTuple):
    """Whether it is active, on its way out, controlled, fit for the selector, ready, labelled as the template is."""

    active: bool
    going: bool
    controlled: bool
    fits: bool
    ready: bool
    labelled: bool

    @property
    def is_owned(self) -> bool:
        """Whether it counts as one of the set's, with nothing to be written down."""
        return self.active and self.controlled and self.fits


class Standings:
    """Remembers what each pod is to one set, until the pod, or what the set asks of pods, is another."""

    def __init__(self) -> None:
        self._asked: tuple[Object, Object] = ({}, {})
        self._known: dict[str, tuple[Object, Standing]] = {}

    def grouped(self, item: Object, pods: Sequence[Object]) -> dict[Standing, list[Object]]:
        """Return pods by what they are to a set, in their order, without those that are nobody's and do not fit."""
        asked = item["spec"]["selector"], item["spec"]["template"].get("metadata") or {}
        if self._asked != asked or len(self._known) > 2 * len(pods) + 16:
            self._asked, self._known = asked, {}
        known, groups, fits = self._known, dict[Standing, list[Object]](), fitting(asked[0])
        for pod in pods:
            meta = pod["metadata"]
            found = known.get(meta["uid"])
            if found is None or found[0] is not pod:
                if not meta.get("ownerReferences") and not fits(meta.get("labels") or {}):
                    continue
                found = known[meta["uid"]] = (pod, standing(item, pod))
            group = groups.get(found[1])
            if group is None:
                groups[found[1]] = [pod]
            else:
                group.append(pod)
        return groups


def standing(item: Object, pod: Object) -> Standing:
    """Return what a pod is to a set; one on its way out is the set's when any of its owners is."""
    meta = pod["metadata"]
    labels = meta.get("labels") or {}
    wanted = (item["spec"]["template"].get("metadata") or {}).get("labels") or {}
    owned = any(each["uid"] == item["metadata"]["uid"] for each in meta.get("ownerReferences") or ())
    return Standing(
        is_active(pod),
        is_terminating(pod) and owned,
        controller_of(pod) is not None,
        fitting(item["spec"]["selector"])(labels),
        is_ready(pod),
        wanted.items() <= labels.items(),
    )
