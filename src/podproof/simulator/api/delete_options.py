"""What a deletion is asked with: grace, preconditions, what becomes of the dependents, whether it is only tried.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go; staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/
validation/validation.go, ValidateDeleteOptions; generic/registry/store.go, deletionFinalizersForGarbageCollection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.decoding import as_struct
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, invalid, unsupported
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object

ORPHAN, FOREGROUND, BACKGROUND = "Orphan", "Foreground", "Background"
ORPHANS, IN_FOREGROUND = "orphan", "foregroundDeletion"
"""The finalizers that keep an object until the garbage collector has dealt with its dependents."""

_ORPHANING = ("ReplicationController", "Job")
"""Kinds that leave their dependents alone unless told otherwise, for those who rely on it.

Source: pkg/registry/core/replicationcontroller/strategy.go, pkg/registry/batch/job/strategy.go,
DefaultGarbageCollectionPolicy.
"""


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """`grace` is seconds, None where nobody said; `propagation` is "" where nobody said."""

    grace: int | None
    propagation: str
    preconditions: Mapping[str, str]
    dry: bool


def delete_options(request: Request) -> DeleteOptions:
    """Return a request's options, of its body or of its query.

    Raises:
        ApiError: 400 or 422, they are none.
    """
    body = as_struct("DeleteOptions", {} if request.body is None else request.body)
    asked = {**{key: request.params[key] for key in _IN_QUERY if key in request.params}, **body}
    orphans, propagation = asked.get("orphanDependents"), asked.get("propagationPolicy") or ""
    dry = asked.get("dryRun") or []
    faults = list(_faults(orphans, propagation, [dry] if isinstance(dry, str) else list(dry)))
    if faults:
        raise statuses.invalid_options("DeleteOptions", faults)
    if orphans is not None:
        propagation = ORPHAN if orphans in (True, "true") else BACKGROUND
    grace = asked.get("gracePeriodSeconds")
    return DeleteOptions(
        None if grace is None else _whole(grace), propagation, asked.get("preconditions") or {}, bool(dry)
    )


_IN_QUERY = ("gracePeriodSeconds", "propagationPolicy", "orphanDependents", "dryRun")


def _whole(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        why = f'strconv.ParseInt: parsing "{value}": invalid syntax'
        raise statuses.bad_request(why) from None


def _faults(orphans: Any, propagation: str, dry: list[str]) -> "list[Fault]":
    faults: list[Fault] = []
    if orphans is not None and propagation:
        detail = "orphanDependents and deletionPropagation cannot be both set"
        faults.append(invalid("propagationPolicy", propagation, detail))
    if propagation not in ("", ORPHAN, FOREGROUND, BACKGROUND):
        faults.append(unsupported("propagationPolicy", propagation, (FOREGROUND, BACKGROUND, ORPHAN, "nil")))
    wrong = [each for each in dry if each != "All"]
    if wrong:
        faults.append(unsupported("dryRun", dry, ("All",)))
    return faults


def kept_finalizers(resource: Resource, item: Object, options: DeleteOptions) -> list[str]:
    """Return the finalizers an object is deleted with: its own, and what the collector has to do first."""
    own = list(item["metadata"].get("finalizers") or ())
    kept = [each for each in own if each not in (ORPHANS, IN_FOREGROUND)]
    policy = options.propagation or _policy(resource, own)
    waits = {ORPHAN: [ORPHANS], FOREGROUND: [IN_FOREGROUND]}.get(policy, [])
    wanted = [*kept, *waits] if resource.struct != "Event" else own
    return own if sorted(wanted) == sorted(own) else wanted


def _policy(resource: Resource, finalizers: list[str]) -> str:
    """Return what becomes of the dependents where the request does not say."""
    if ORPHANS in finalizers:
        return ORPHAN
    if IN_FOREGROUND in finalizers:
        return FOREGROUND
    return ORPHAN if resource.struct in _ORPHANING else BACKGROUND
