"""The rules of Endpoints and EndpointSlices that people write themselves; the controller's are taken as they are.

Source: pkg/apis/core/v1/defaults.go, SetDefaults_Endpoints; pkg/apis/discovery/v1/defaults.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.addresses import address_faults
from podproof.simulator.api.validation.metadata import one_of
from podproof.simulator.model.objects import Object

_FAMILIES = ("FQDN", "IPv4", "IPv6")


def _default_endpoints(endpoints: Draft) -> None:
    for subset in endpoints.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


def _endpoints_faults(endpoints: Object) -> Iterator[Fault]:
    for index, subset in enumerate(endpoints.get("subsets") or ()):
        for kind in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(subset.get(kind) or ()):
                yield from address_faults(address.get("ip", ""), f"subsets[{index}].{kind}[{place}].ip")


def _default_slice(slices: Draft) -> None:
    for port in slices.get("ports") or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def _slice_faults(slices: Object) -> Iterator[Fault]:
    yield from one_of(slices.get("addressType", ""), _FAMILIES, "addressType")


ENDPOINTS = Rules(
    default=_default_endpoints,
    validate=_endpoints_faults,
    validate_update=lambda item, _: _endpoints_faults(item),
)
SLICES = Rules(
    default=_default_slice,
    validate=_slice_faults,
    validate_update=lambda item, _: _slice_faults(item),
)
