"""Pieces of kubectl's tables that several kinds share.

Source: pkg/printers/internalversion/printers.go.
"""

from collections.abc import Iterable, Mapping, Sequence

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, human_duration, moment

Cell = str | int | bool

NONE, UNSET, UNKNOWN = "<none>", "<unset>", "<unknown>"
_LISTED = 3
_BALANCER_WIDTH = 16


def age(item: Object, now: Nanos) -> str:
    """Return the AGE of an object."""
    return since(item["metadata"].get("creationTimestamp"), now)


def since(timestamp: str | None, now: Nanos) -> str:
    """Return how long ago a timestamp is, as kubectl prints it."""
    return human_duration(Nanos(now - moment(timestamp))) if timestamp else UNKNOWN


def labels(selector: Mapping[str, str] | None) -> str:
    """Return a map of labels as one cell."""
    return ",".join(f"{key}={value}" for key, value in sorted((selector or {}).items())) or NONE


def first_few(parts: Sequence[str], empty: str) -> str:
    """Return the first three of many parts, and how many more there are."""
    if len(parts) > _LISTED:
        return f"{','.join(parts[:_LISTED])} + {len(parts) - _LISTED} more..."
    return ",".join(parts) or empty


def joined(address: str, port: int) -> str:
    """Return an address and a port as one word; IPv6 stands in brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def containers(template: Object | None) -> tuple[str, str]:
    """Return the cells CONTAINERS and IMAGES of a pod template."""
    rows: Iterable[Object] = at(template, "spec", "containers") or ()
    pairs = [(row["name"], row.get("image", "")) for row in rows]
    return ",".join(name for name, _ in pairs), ",".join(image for _, image in pairs)


def phase_or_terminating(item: Object) -> str:
    """Return the STATUS of what is shown as Terminating once it is being deleted."""
    if "deletionTimestamp" in item["metadata"]:
        return "Terminating"
    return str(at(item, "status", "phase") or "")


def balancer(item: Object, wide: bool) -> str:
    """Return where a load balancer is reached, cut short unless the table is wide.

    Source: loadBalancerStatusStringer, ingressLoadBalancerStatusStringer.
    """
    rows = at(item, "status", "loadBalancer", "ingress") or ()
    reached = ",".join(sorted({row.get("ip") or row.get("hostname") or "" for row in rows} - {""}))
    if wide or len(reached) <= _BALANCER_WIDTH:
        return reached
    return reached[: _BALANCER_WIDTH - 3] + "..."
