"""Checks of a new pod: the spec as a whole, in the order of the real server.

Source: pkg/apis/core/validation/validation.go, ValidatePodCreate, validatePodMetadataAndSpec, ValidatePodSpec.
"""

from collections.abc import Callable, Iterable, Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid
from podproof.simulator.api.validation.addresses import address_faults
from podproof.simulator.api.validation.containers import (
    container_faults,
    ephemeral_container_faults,
    image_space_faults,
    init_container_faults,
)
from podproof.simulator.api.validation.metadata import label_faults, one_of
from podproof.simulator.api.validation.placement import (
    affinity_faults,
    readiness_gate_faults,
    scheduling_gate_faults,
    spread_faults,
    toleration_faults,
)
from podproof.simulator.api.validation.pod_annotations import (
    annotation_faults,
    app_armor_match_faults,
    seccomp_match_faults,
)
from podproof.simulator.api.validation.pod_dns import dns_faults
from podproof.simulator.api.validation.pod_level import claim_faults, pod_resource_faults
from podproof.simulator.api.validation.resources import requirement_faults
from podproof.simulator.api.validation.security import host_process_faults, operating_system_faults, pod_security_faults
from podproof.simulator.api.validation.volumes import checked_volumes
from podproof.simulator.model.names import Faults, dns_label, dns_subdomain
from podproof.simulator.model.objects import Object

RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION_POLICIES = ("PreemptLowerPriority", "Never")
_LONGEST_DEADLINE = 2**31 - 1


def pod_faults(pod: Object) -> Iterator[Fault]:
    """Yield what is wrong with a new pod, besides its metadata."""
    spec = pod["spec"]
    yield from standing_faults(pod)
    if spec.get("ephemeralContainers"):
        yield forbidden("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
    yield from seccomp_match_faults(pod)
    yield from app_armor_match_faults(pod)


def standing_faults(pod: Object) -> Iterator[Fault]:
    """Yield what is wrong with any pod, new or updated."""
    spec = pod["spec"]
    yield from annotation_faults(pod)
    yield from spec_faults(pod, spec)
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(kind) or ()):
            yield from image_space_faults(container, f"spec.{kind}[{index}]")


def spec_faults(pod: Object, spec: Object, *, of_pod: bool = True) -> Iterator[Fault]:
    """Yield what is wrong with the spec of a pod, or of a template made to look like one.

    Source: validation.go, ValidatePodSpec.
    """
    volumes, faults = checked_volumes(pod, "spec.volumes")
    yield from faults
    yield from claim_faults(spec, "spec.resourceClaims")
    yield from container_faults(spec, volumes)
    yield from init_container_faults(spec, volumes)
    yield from ephemeral_container_faults(spec, volumes)
    yield from pod_resource_faults(pod, "spec.resources")
    yield from _host_port_faults(spec, may_be_open=not of_pod)
    yield from one_of(spec.get("restartPolicy", ""), RESTART_POLICIES, "spec.restartPolicy")
    yield from one_of(spec.get("dnsPolicy", ""), _DNS_POLICIES, "spec.dnsPolicy")
    yield from label_faults(spec.get("nodeSelector"), "spec.nodeSelector")
    yield from pod_security_faults(spec)
    yield from affinity_faults(spec.get("affinity") or {}, "spec.affinity")
    yield from dns_faults(spec, "spec.dnsConfig")
    yield from readiness_gate_faults(spec.get("readinessGates") or (), "spec.readinessGates")
    yield from scheduling_gate_faults(spec.get("schedulingGates") or (), "spec.schedulingGates")
    yield from spread_faults(spec.get("topologySpreadConstraints") or (), "spec.topologySpreadConstraints")
    yield from host_process_faults(spec)
    yield from _host_user_faults(spec)
    yield from _remaining_faults(spec)


def _remaining_faults(spec: Object) -> Iterator[Fault]:
    yield from _named(spec, "serviceAccountName", dns_subdomain)
    yield from _named(spec, "nodeName", dns_subdomain)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _LONGEST_DEADLINE:
        yield invalid("spec.activeDeadlineSeconds", deadline, f"must be between 1 and {_LONGEST_DEADLINE}, inclusive")
    yield from _hostname_faults(spec)
    yield from _named(spec, "subdomain", dns_label)
    yield from toleration_faults(spec.get("tolerations") or (), "spec.tolerations")
    yield from _alias_faults(spec.get("hostAliases") or ())
    yield from _named(spec, "priorityClassName", dns_subdomain)
    yield from _named(spec, "runtimeClassName", dns_subdomain)
    policy = spec.get("preemptionPolicy")
    if policy is not None:
        yield from one_of(policy, _PREEMPTION_POLICIES, "spec.preemptionPolicy")
    if "overhead" in spec:
        yield from requirement_faults({"limits": spec["overhead"]}, "spec.overhead")
    yield from operating_system_faults(spec)


def _named(spec: Object, key: str, rule: Callable[[str], Faults]) -> Iterator[Fault]:
    if value := spec.get(key):
        for detail in rule(value):
            yield invalid(f"spec.{key}", value, detail)


def _hostname_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with the host's names: a label, or (as an override) a whole domain name."""
    yield from _named(spec, "hostname", _dotless_label)
    override = spec.get("hostnameOverride")
    if override is None:
        return
    if not override:
        yield invalid("spec.hostnameOverride", override, "must not be empty if set")
    yield from _named(spec, "hostnameOverride", dns_subdomain)
    if len(override) > _LONGEST_HOST_NAME:
        yield invalid("spec.hostnameOverride", override, f"must be no more than {_LONGEST_HOST_NAME} characters")
    if spec.get("hostNetwork"):
        yield forbidden("spec.hostnameOverride", "may not be set when hostNetwork is true")
    if spec.get("setHostnameAsFQDN"):
        yield forbidden("spec.setHostnameAsFQDN", "may not be set when hostnameOverride is set")


_LONGEST_HOST_NAME = 64


def _dotless_label(text: str) -> Faults:
    return ("must not contain dots",) if "." in text else dns_label(text)


def _host_port_faults(spec: Object, *, may_be_open: bool) -> Iterator[Fault]:
    """Yield a fault where a port of the node is another than the container's; a template may leave it open."""
    if not spec.get("hostNetwork"):
        return
    for index, container in enumerate(spec.get("containers") or ()):
        for place, port in enumerate(container.get("ports") or ()):
            if may_be_open and not port.get("hostPort"):
                continue
            if port.get("hostPort", 0) != port.get("containerPort", 0):
                field = f"spec.containers[{index}].ports[{place}].hostPort"
                yield invalid(field, port.get("hostPort", 0), "must match `containerPort` when `hostNetwork` is true")


def _host_user_faults(spec: Object) -> Iterator[Fault]:
    if spec.get("hostUsers", True):
        return
    for key, field in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
        if spec.get(key):
            yield forbidden(f"spec.{field}", "when `hostUsers` is false")


def _alias_faults(aliases: Iterable[Object]) -> Iterator[Fault]:
    for index, alias in enumerate(aliases):
        yield from address_faults(alias.get("ip", ""), f"spec.hostAliases[{index}].ip")
        for place, name in enumerate(alias.get("hostnames") or ()):
            for detail in dns_subdomain(name):
                yield invalid(f"spec.hostAliases[{index}].hostnames[{place}]", name, detail)
