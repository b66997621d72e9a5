"""Checks of a pod's own resolver settings.

Source: pkg/apis/core/validation/validation.go, validatePodDNSConfig.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid, required
from podproof.simulator.api.validation.addresses import address_faults
from podproof.simulator.model.names import dns_search
from podproof.simulator.model.objects import Object

_MOST_SERVERS, _MOST_SEARCHES, _LONGEST_SEARCHES = 3, 32, 2048


def dns_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with dnsConfig, and with its absence where the policy needs it."""
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            yield required(field, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            yield required(f"{field}.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    if config is None:
        return
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > _MOST_SERVERS:
        yield invalid(f"{field}.nameservers", servers, f"must not have more than {_MOST_SERVERS} nameservers")
    for index, server in enumerate(servers):
        yield from address_faults(server, f"{field}.nameservers[{index}]")
    yield from _search_faults(searches, f"{field}.searches")
    for index, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            yield required(f"{field}.options[{index}]", "must not be empty")


def _search_faults(searches: list[str], field: str) -> Iterator[Fault]:
    if len(searches) > _MOST_SEARCHES:
        yield invalid(field, searches, f"must not have more than {_MOST_SEARCHES} search paths")
    if len(" ".join(searches)) > _LONGEST_SEARCHES:
        detail = f"must not have more than {_LONGEST_SEARCHES} characters (including spaces) in the search list"
        yield invalid(field, searches, detail)
    for index, search in enumerate(searches):
        for detail in dns_search(search):
            yield invalid(f"{field}[{index}]", search.removesuffix("."), detail)
