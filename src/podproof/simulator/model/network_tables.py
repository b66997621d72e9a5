"""The rows kubectl prints for what lets traffic in and keeps it out.

Each function gives all cells of a row, wide ones included, in the order of the kind's columns.
Source: pkg/printers/internalversion/printers.go.
"""

from collections.abc import Sequence

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import printed
from podproof.simulator.model.table_cells import NONE, Cell, age, balancer
from podproof.simulator.model.times import Nanos

_HOSTS_SHOWN = 3


def ingress(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return an Ingress's row."""
    return (
        item["metadata"]["name"],
        at(item, "spec", "ingressClassName") or NONE,
        _hosts(at(item, "spec", "rules") or ()),
        balancer(item, wide),
        "80, 443" if at(item, "spec", "tls") else "80",
        age(item, now),
    )


def _hosts(rules: Sequence[Object]) -> str:
    """Return the first three hosts; how many more there are counts every rule, with a host or without.

    Source: formatHosts.
    """
    named = [(index, rule["host"]) for index, rule in enumerate(rules) if rule.get("host")]
    shown = ",".join(host for _, host in named[:_HOSTS_SHOWN])
    is_cut = len(named) >= _HOSTS_SHOWN and named[_HOSTS_SHOWN - 1][0] < len(rules) - 1
    return f"{shown} + {len(rules) - _HOSTS_SHOWN} more..." if is_cut else shown or "*"


def ingress_class(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return an IngressClass's row."""
    return item["metadata"]["name"], at(item, "spec", "controller") or "", _parameters(item), age(item, now)


def _parameters(item: Object) -> str:
    named = at(item, "spec", "parameters")
    if named is None:
        return NONE
    group = f".{named['apiGroup']}" if named.get("apiGroup") else ""
    return f"{named.get('kind', '')}{group}/{named.get('name', '')}"


def network_policy(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a NetworkPolicy's row."""
    return item["metadata"]["name"], printed(at(item, "spec", "podSelector") or {}), age(item, now)
