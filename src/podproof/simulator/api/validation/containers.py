"""Checks of containers: what all kinds of container share, and what only some of them may have.

Source: pkg/apis/core/validation/validation.go, validateContainerCommon, validateContainers, validateInitContainers,
validateEphemeralContainers.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import (
    Fault,
    duplicate,
    forbidden,
    invalid,
    not_found,
    required,
    too_many,
    unsupported,
)
from podproof.simulator.api.validation.environment import environment_faults, environment_source_faults
from podproof.simulator.api.validation.metadata import one_of
from podproof.simulator.api.validation.mounts import device_faults, mount_faults
from podproof.simulator.api.validation.probes import lifecycle_faults, probe_faults
from podproof.simulator.api.validation.resources import requirement_faults
from podproof.simulator.api.validation.security import container_security_faults
from podproof.simulator.model.names import dns_label, port_name, port_number
from podproof.simulator.model.objects import Object

Volumes = Mapping[str, Object]

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_RESIZED = ("cpu", "memory")
_RESIZE_POLICIES = ("NotRequired", "RestartContainer")
_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always"
_UNWANTED = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    *_PROBES,
    "lifecycle",
)
"""What an ephemeral container may not have, in the order of its fields."""
_SET_IF_EMPTY = (*_PROBES, "lifecycle", "restartPolicy")
"""What counts as set even where it is empty: pointers of the internal type."""
_NOT_EPHEMERAL = "cannot be set for an Ephemeral Container"
_MOST_RULES, _MOST_EXIT_CODES = 20, 255


def container_faults(spec: Object, volumes: Volumes) -> Iterator[Fault]:
    """Yield what is wrong with the app containers."""
    containers = spec.get("containers") or ()
    if not containers:
        yield required("spec.containers")
    names: set[str] = set()
    for index, container in enumerate(containers):
        field, name = f"spec.containers[{index}]", container.get("name", "")
        yield from _common_faults(container, spec, volumes, field)
        if name in names:
            yield duplicate(f"{field}.name", name)
        names.add(name)
        yield from _running_faults(container, spec, field)
        yield from _restart_faults(container, field, _RESTART_POLICIES)
    yield from _host_port_faults(containers, "spec.containers")


def init_container_faults(spec: Object, volumes: Volumes) -> Iterator[Fault]:
    """Yield what is wrong with the init containers."""
    names = {container.get("name", "") for container in spec.get("containers") or ()}
    for index, container in enumerate(spec.get("initContainers") or ()):
        field, name = f"spec.initContainers[{index}]", container.get("name", "")
        yield from _common_faults(container, spec, volumes, field)
        yield from _restart_faults(container, field, _RESTART_POLICIES)
        if name in names:
            yield duplicate(f"{field}.name", name)
        elif name:
            names.add(name)
        yield from _host_port_faults([container], "spec.initContainers")
        if container.get("restartPolicy") == "Always":
            yield from _running_faults(container, spec, field)
            continue
        for place, policy in enumerate(container.get("resizePolicy") or ()):
            if policy.get("restartPolicy") == "RestartContainer":
                detail = "must not be set to 'RestartContainer' for non-sidecar initContainers"
                yield invalid(f"{field}.resizePolicy[{place}].restartPolicy", "RestartContainer", detail)
        for key in ("lifecycle", *_PROBES):
            if key in container:
                yield forbidden(f"{field}.{key}", _NOT_FOR_INIT)


def ephemeral_container_faults(spec: Object, volumes: Volumes) -> Iterator[Fault]:
    """Yield what is wrong with the ephemeral containers."""
    others = {each.get("name", "") for kind in ("containers", "initContainers") for each in spec.get(kind) or ()}
    names = set(others)
    for index, container in enumerate(spec.get("ephemeralContainers") or ()):
        field, name = f"spec.ephemeralContainers[{index}]", container.get("name", "")
        yield from _common_faults(container, spec, volumes, field)
        yield from image_space_faults(container, field)
        if name in names:
            yield duplicate(f"{field}.name", name)
        names.add(name)
        target = container.get("targetContainerName", "")
        if target and target not in others:
            yield not_found(f"{field}.targetContainerName", target)
        for key in _UNWANTED:
            if container.get(key) or (key in _SET_IF_EMPTY and key in container):
                yield forbidden(f"{field}.{key}", _NOT_EPHEMERAL)
        for place, mount in enumerate(container.get("volumeMounts") or ()):
            for key in ("subPath", "subPathExpr"):
                if mount.get(key):
                    yield forbidden(f"{field}.volumeMounts[{place}].{key}", _NOT_EPHEMERAL)


def image_space_faults(container: Object, field: str) -> Iterator[Fault]:
    """Yield a fault where an image is padded with white space."""
    image = container.get("image", "")
    if image != image.strip():
        yield invalid(f"{field}.image", image, "must not have leading or trailing whitespace")


def _common_faults(container: Object, spec: Object, volumes: Volumes, field: str) -> Iterator[Fault]:
    name = container.get("name", "")
    if not name:
        yield required(f"{field}.name")
    else:
        for detail in dns_label(name):
            yield invalid(f"{field}.name", name, detail)
    if not container.get("image"):
        yield required(f"{field}.image")
    policy = container.get("terminationMessagePolicy", "")
    yield from one_of(policy, _MESSAGE_POLICIES, f"{field}.terminationMessagePolicy")
    yield from _port_faults(container.get("ports") or (), f"{field}.ports")
    yield from environment_faults(container.get("env") or (), volumes, f"{field}.env")
    yield from environment_source_faults(container.get("envFrom") or (), f"{field}.envFrom")
    yield from mount_faults(container, volumes, f"{field}.volumeMounts")
    yield from device_faults(container, volumes, f"{field}.volumeDevices")
    yield from one_of(container.get("imagePullPolicy", ""), PULL_POLICIES, f"{field}.imagePullPolicy")
    claims = tuple(claim.get("name", "") for claim in spec.get("resourceClaims") or ())
    yield from requirement_faults(container.get("resources") or {}, f"{field}.resources", claims)
    yield from _resize_faults(container.get("resizePolicy") or (), spec, f"{field}.resizePolicy")
    yield from container_security_faults(container.get("securityContext"), spec, f"{field}.securityContext")


def _running_faults(container: Object, spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with hooks and probes, which only containers that keep running have."""
    grace = spec.get("terminationGracePeriodSeconds")
    yield from lifecycle_faults(container.get("lifecycle") or {}, grace, f"{field}.lifecycle")
    for kind in _PROBES:
        if kind in container:
            yield from probe_faults(container[kind], kind, f"{field}.{kind}")


def _restart_faults(container: Object, field: str, supported: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with a container's own restart policy and rules.

    Source: validation.go, validateContainerRestartPolicy (1.34 and later).
    """
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    if policy is not None and policy not in supported:
        yield unsupported(f"{field}.restartPolicy", policy, supported)
    if policy is None and rules:
        yield required(f"{field}.restartPolicy", "must specify restartPolicy when restart rules are used")
    if len(rules) > _MOST_RULES:
        yield too_many(f"{field}.restartPolicyRules", len(rules), _MOST_RULES)
    for index, rule in enumerate(rules):
        yield from _rule_faults(rule, f"{field}.restartPolicyRules[{index}]")


def _rule_faults(rule: Object, field: str) -> Iterator[Fault]:
    yield from one_of(rule.get("action", ""), ("Restart", "RestartAllContainers"), f"{field}.action")
    codes = rule.get("exitCodes")
    if codes is None:
        yield required(f"{field}.exitCodes", "must be specified")
        return
    yield from one_of(codes.get("operator", ""), ("In", "NotIn"), f"{field}.exitCodes.operator")
    values = codes.get("values") or ()
    if len(values) > _MOST_EXIT_CODES:
        yield too_many(f"{field}.exitCodes.values", len(values), _MOST_EXIT_CODES)


def _port_faults(ports: Sequence[Object], field: str) -> Iterator[Fault]:
    names: set[str] = set()
    for index, port in enumerate(ports):
        place, name = f"{field}[{index}]", port.get("name", "")
        if name:
            wrong = port_name(name)
            for detail in wrong:
                yield invalid(f"{place}.name", name, detail)
            if not wrong and name in names:
                yield duplicate(f"{place}.name", name)
            names.add(name)
        number = port.get("containerPort", 0)
        if number == 0:
            yield required(f"{place}.containerPort")
        else:
            for detail in port_number(number):
                yield invalid(f"{place}.containerPort", number, detail)
        if host := port.get("hostPort", 0):
            for detail in port_number(host):
                yield invalid(f"{place}.hostPort", host, detail)
        yield from one_of(port.get("protocol", ""), PROTOCOLS, f"{place}.protocol")


def _host_port_faults(containers: Sequence[Object], field: str) -> Iterator[Fault]:
    taken: set[str] = set()
    for index, container in enumerate(containers):
        for place, port in enumerate(container.get("ports") or ()):
            if not port.get("hostPort"):
                continue
            key = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if key in taken:
                yield duplicate(f"{field}[{index}].ports[{place}].hostPort", key)
            taken.add(key)


def _resize_faults(policies: Sequence[Object], spec: Object, field: str) -> Iterator[Fault]:
    names: set[str] = set()
    for index, policy in enumerate(policies):
        name, restart = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in names:
            yield duplicate(f"{field}[{index}]", name)
        names.add(name)
        yield from one_of(name, _RESIZED, field)
        yield from one_of(restart, _RESIZE_POLICIES, field)
        if spec.get("restartPolicy") == "Never" and restart != "NotRequired":
            yield invalid(field, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
