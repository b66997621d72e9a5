"""The rules of Endpoints and EndpointSlices that people write themselves; the controller's are taken as they are.

Source: pkg/apis/core/v1/defaults.go, SetDefaults_Endpoints; pkg/apis/discovery/v1/defaults.go.
"""

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.endpoints import endpoints_faults, slice_faults, slice_update_faults


def _default_endpoints(endpoints: Draft) -> None:
    for subset in endpoints.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


def _default_slice(slices: Draft) -> None:
    for port in slices.get("ports") or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


ENDPOINTS = Rules(
    default=_default_endpoints,
    validate=endpoints_faults,
    validate_update=lambda item, _: endpoints_faults(item),
)
SLICES = Rules(default=_default_slice, validate=slice_faults, validate_update=slice_update_faults)
