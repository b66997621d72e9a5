"""Checks of resources that a pod asks for as a whole.

Source: pkg/apis/core/validation/validation.go, validatePodResources, validatePodResourceClaim.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.resources import requirement_faults
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import is_pod_level, pod_requests
from podproof.simulator.model.quantities import canonical, parse


def pod_resource_faults(pod: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the requests and limits of a pod as a whole."""
    spec = pod["spec"]
    resources = spec.get("resources")
    if not resources:
        return
    if at(spec, "os", "name") == "windows":
        yield forbidden(field, "may not be set for a windows pod")
        return
    if resources.get("claims"):
        yield forbidden(f"{field}.claims", "claims cannot be set for Resources at pod-level")
    yield from requirement_faults(resources, field, of_pod=True)
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    asked = pod_requests(pod, overhead=False, pod_level=False)
    for name, amount in sorted(asked.items()):
        stated = parse(requests.get(name, "0"))
        if is_pod_level(name) and amount > stated:
            detail = f"must be greater than or equal to aggregate container requests of {canonical(amount)}"
            yield invalid(f"{field}.requests[{name}]", canonical(stated), detail)
    for index, container in enumerate(spec.get("containers") or ()):
        for name, value in sorted((container.get("resources", {}).get("limits") or {}).items()):
            if name in limits and parse(value) > parse(limits[name]):
                detail = f"must be less than or equal to pod limits of {canonical(parse(limits[name]))}"
                yield invalid(f"{field}.containers[{index}][{name}].limits", canonical(parse(value)), detail)


def claim_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the devices a pod claims."""
    names: set[str] = set()
    for index, claim in enumerate(spec.get("resourceClaims") or ()):
        place, name = f"{field}[{index}]", claim.get("name", "")
        if not name:
            yield required(f"{place}.name")
        elif name in names:
            yield duplicate(f"{place}.name", name)
        else:
            for detail in dns_label(name):
                yield invalid(f"{place}.name", name, detail)
        names.add(name)
        sources = [key for key in ("resourceClaimName", "resourceClaimTemplateName") if key in claim]
        if len(sources) > 1:
            detail = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            yield invalid(place, internal("PodResourceClaim", claim), detail)
        if not sources:
            detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            yield invalid(place, internal("PodResourceClaim", claim), detail)
        for key in sources:
            for detail in dns_subdomain(claim[key]):
                yield invalid(f"{place}.{key}", claim[key], detail)
