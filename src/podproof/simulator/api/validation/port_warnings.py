"""Warnings about ports: those that several containers of a pod name, and host addresses without a host port.

Source: pkg/api/pod/warnings.go, warningsForPodSpecAndMeta.
"""

from collections import defaultdict
from collections.abc import Iterator

from podproof.simulator.api.validation.security import visited
from podproof.simulator.model.objects import Object


def port_warnings(spec: Object) -> Iterator[str]:
    """Yield what the real server warns of in the ports of all containers together."""
    known: dict[tuple[int, str], list[tuple[str, Object]]] = defaultdict(list)
    for container, field in visited(spec):
        for index, port in enumerate(container.get("ports") or ()):
            place = f"{field}.ports[{index}]"
            if port.get("hostIP") and not port.get("hostPort"):
                yield f"{place}: hostIP set without hostPort: {_printed(port)}"
            others = known[port.get("containerPort", 0), port.get("protocol", "")]
            for other_place, other in others:
                if how := _relation(port, other):
                    yield f"{place}: {how} port definition with {other_place}"
            others.append((place, port))


def _relation(port: Object, other: Object) -> str:
    """Return how two ports of one number and protocol get in each other's way, "" where they do not."""
    number, wanted = port.get("hostPort", 0), other.get("hostPort", 0)
    address, taken = port.get("hostIP", ""), other.get("hostIP", "")
    if (address, number) == (taken, wanted):
        return "duplicate"
    if not number or not wanted:
        return "overlapping"
    return "dangerously ambiguous" if number == wanted and (not address) != (not taken) else ""


def _printed(port: Object) -> str:
    """Return a port as Go prints the struct, its fields by name."""
    fields = ("name", ""), ("hostPort", 0), ("containerPort", 0), ("protocol", ""), ("hostIP", "")
    return "{" + " ".join(f"{key[0].upper()}{key[1:]}:{port.get(key, zero)}" for key, zero in fields) + "}"
