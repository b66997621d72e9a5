"""How endpoints are laid into slices, so that few slices change: pure, over values.

Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByPortMapping; utils.go, getSliceToFill.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from podproof.simulator.model.objects import Object, at

MOST = 100
"""Source: pkg/controller/endpointslice/config/v1alpha1/defaults.go, MaxEndpointsPerSlice."""

Identity: TypeAlias = tuple[object, ...]
Endpoints: TypeAlias = list[Object]


@dataclass(slots=True)
class Packing:
    """What becomes of the slices of one set of ports: by name, what each is to hold; what new ones hold; who goes."""

    update: dict[str, Endpoints] = field(default_factory=dict)
    create: list[Endpoints] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)


def identity(endpoint: Object) -> Identity:
    """Return what makes an endpoint the same one, whatever its conditions are.

    Source: staging/src/k8s.io/endpointslice/util/endpointset.go, hashEndpoint.
    """
    target = at(endpoint, "targetRef", "namespace"), at(endpoint, "targetRef", "name")
    return (*sorted(endpoint["addresses"]), endpoint.get("hostname", ""), *target)


def pack(
    existing: Mapping[str, Endpoints],
    desired: Mapping[Identity, Object],
    relabelled: Collection[str] = (),
    most: int = MOST,
) -> Packing:
    """Lay the desired endpoints into slices of at most `most`.

    What is in a slice stays in it. The rest goes into slices that change anyway, the fullest first; then into the one
    other slice that it fits into best; then into new ones. `relabelled` slices are written even with the same content.
    """
    left, made, same = dict(desired), Packing(), dict[str, Endpoints]()
    for name, endpoints in existing.items():
        kept = [left.pop(key) for each in endpoints if (key := identity(each)) in left]
        if kept == endpoints and name not in relabelled:
            same[name] = kept
        elif kept or not endpoints:
            made.update[name] = kept
        else:
            made.delete.append(name)
    rest = list(left.values())
    for kept in sorted(made.update.values(), key=len, reverse=True):
        _fill(kept, rest, most)
    while rest:
        best = _best_fit(same, len(rest), most)
        if best is None:
            made.create.append([])
            _fill(made.create[-1], rest, most)
        else:
            made.update[best] = [*same.pop(best), *rest]
            rest = []
    return made


def _fill(kept: Endpoints, rest: Endpoints, most: int) -> None:
    room = max(most - len(kept), 0)
    kept.extend(rest[:room])
    del rest[:room]


def _best_fit(slices: Mapping[str, Endpoints], number: int, most: int) -> str | None:
    """Return the slice with the least room left once `number` more are in it."""
    if number >= most:
        return None
    room = {name: most - len(each) - number for name, each in slices.items()}
    fitting = [name for name, left in room.items() if left >= 0]
    return min(fitting, key=lambda name: room[name], default=None)
