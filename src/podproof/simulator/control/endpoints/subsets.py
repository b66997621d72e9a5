"""The Endpoints of a Service with a selector.

Source: pkg/controller/endpoint/endpoints_controller.go, syncService, truncateEndpoints.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from podproof.simulator.control.endpoints.labels import (
    ENDPOINTS_CONTROLLER,
    ENDPOINTS_MANAGED_BY,
    HEADLESS,
    OVER_CAPACITY,
    TRIGGERED_AT,
    annotations_of,
    labels_of,
)
from podproof.simulator.control.plans import Create, Delete, Plan, Update
from podproof.simulator.model.endpoints import ready_addresses
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import has_address

ENDPOINTS = "endpoints"
MOST = 1000
"""Source: endpoints_controller.go, maxCapacity."""

Subset = dict[str, Any]


def reconcile(service: Object, pods: Iterable[Object], endpoints: Object | None, triggered: str = "") -> Plan:
    """Bring a Service's Endpoints in line with its pods.

    `pods` are those it selects; `triggered` is when the change was, "" where nobody knows.
    """
    subsets = ready_addresses(service, pods)
    if endpoints is not None and _is_right(service, subsets, endpoints):
        return Plan()
    shown = truncated(subsets)
    made = {**(endpoints or _empty(service)), "subsets": shown}
    made["metadata"] = {
        **made["metadata"],
        "labels": _labels(service),
        "annotations": _annotations(annotations_of(made), triggered, is_full=shown != subsets),
    }
    return Plan((Create(ENDPOINTS, made) if endpoints is None else Update(ENDPOINTS, made),))


def removal(endpoints: Object) -> Plan:
    """Delete the Endpoints of a Service that is gone."""
    return Plan((Delete(ENDPOINTS, endpoints["metadata"]["namespace"], endpoints["metadata"]["name"]),))


def truncated(subsets: Sequence[Subset], most: int = MOST) -> list[Subset]:
    """Return subsets of at most `most` addresses: those that are ready first, each subset in its proportion."""
    ready, waiting = _count(subsets, "addresses"), _count(subsets, "notReadyAddresses")
    if ready + waiting <= most:
        return list(subsets)
    side, total, room = ("addresses", ready, most) if ready > most else ("notReadyAddresses", waiting, most - ready)
    left, made = room, []
    for subset in subsets:
        here = subset.get(side) or []
        kept = here[: min(ceil(len(here) / total * room), left)]
        left -= len(kept)
        dropped = ("addresses", "notReadyAddresses") if ready > most else (side,)
        rest = {part: value for part, value in subset.items() if part not in dropped}
        made.append({**({side: kept} if kept else {}), **rest})
    return made


def _is_right(service: Object, subsets: Sequence[Subset], endpoints: Object) -> bool:
    """Say whether there is nothing to write; what is over capacity is written at each sync, as the source does."""
    own = {key: value for key, value in labels_of(endpoints).items() if key not in (HEADLESS, ENDPOINTS_MANAGED_BY)}
    same = own == {**labels_of(service)} and (endpoints.get("subsets") or []) == subsets
    return same and OVER_CAPACITY not in annotations_of(endpoints)


def _empty(service: Object) -> dict[str, Any]:
    meta = service["metadata"]
    return {
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": meta["name"], "namespace": meta["namespace"]}
    }  # fmt: skip


def _labels(service: Object) -> dict[str, str]:
    headless = {} if has_address(service) else {HEADLESS: ""}
    plain = {key: value for key, value in labels_of(service).items() if key != HEADLESS}
    return {**plain, **headless, ENDPOINTS_MANAGED_BY: ENDPOINTS_CONTROLLER}


def _annotations(old: Mapping[str, str], triggered: str, *, is_full: bool) -> dict[str, str]:
    kept = {key: value for key, value in old.items() if key not in (TRIGGERED_AT, OVER_CAPACITY)}
    if triggered:
        kept[TRIGGERED_AT] = triggered
    if is_full:
        kept[OVER_CAPACITY] = "truncated"
    return kept


def _count(subsets: Iterable[Subset], side: str) -> int:
    return sum(len(subset.get(side) or ()) for subset in subsets)
