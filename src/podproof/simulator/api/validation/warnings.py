"""Warnings: what the API server takes but advises against.

Source: pkg/api/pod/warnings.go, pkg/api/service/warnings.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import quoted
from podproof.simulator.api.validation.addresses import parsed_address
from podproof.simulator.api.validation.label_warnings import DEPRECATED, term_warnings
from podproof.simulator.api.validation.security import visited
from podproof.simulator.api.validation.storage_warnings import claim_spec_warnings
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO, parse

_DEPRECATED_SOURCES = {
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
}
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_SECCOMP_TEXT = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_DEPRECATED_NOTES = {
    "scheduler.alpha.kubernetes.io/critical-pod":
        'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}  # fmt: skip
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_WHOLE_BYTES = ("memory", "ephemeral-storage")


def pod_warnings(pod: Object) -> Iterator[str]:
    """Yield what the real server warns of when it takes a pod."""
    spec = pod["spec"]
    yield from _name_warnings(pod["metadata"].get("name", ""), spec)
    yield from _placement_warnings(spec)
    yield from _spread_warnings(spec)
    notes = pod["metadata"].get("annotations") or {}
    for key, text in _DEPRECATED_NOTES.items():
        if key in notes:
            yield f"metadata.annotations[{key}]: {text}"
    yield from _volume_warnings(spec)
    yield from _doubled_warnings(spec.get("hostAliases") or (), "ip", "spec.hostAliases")
    yield from _pull_secret_warnings(spec)
    yield from _fraction_warnings(spec.get("overhead") or {}, "spec.overhead")
    yield from _seccomp_warnings(spec, "", _SECCOMP_POD, notes)
    for container, field in visited(spec):
        yield from _seccomp_warnings(container, container.get("name", ""), _SECCOMP_CONTAINER, notes)
        yield from _container_warnings(container, field)
    for index, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        yield from _address_warnings(server, f"spec.dnsConfig.nameservers[{index}]")


def _spread_warnings(spec: Object) -> Iterator[str]:
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        key = constraint.get("topologyKey", "")
        if key in DEPRECATED:
            yield f"spec.topologySpreadConstraints[{index}].topologyKey: {key} is {DEPRECATED[key]}"
        if "labelSelector" not in constraint:
            yield (
                f"spec.topologySpreadConstraints[{index}].labelSelector: "
                "a null labelSelector results in matching no pod"
            )


def _pull_secret_warnings(spec: Object) -> Iterator[str]:
    yield from _doubled_warnings(spec.get("imagePullSecrets") or (), "name", "spec.imagePullSecrets")
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield f'spec.imagePullSecrets[{index}].name: invalid empty name ""'


def _seccomp_warnings(holder: Object, name: str, prefix: str, notes: Object) -> Iterator[str]:
    """Yield a warning where a profile is named by an annotation only."""
    if at(holder, "securityContext", "seccompProfile") is None and f"{prefix}{name}" in notes:
        yield f"metadata.annotations[{prefix}{name}]: {_SECCOMP_TEXT}"


def _placement_warnings(spec: Object) -> Iterator[str]:
    """Yield a warning for each label of nodes that has another name now."""
    for key in sorted(spec.get("nodeSelector") or ()):
        if key in DEPRECATED:
            yield f"spec.nodeSelector[{key}]: {DEPRECATED[key]}"
    affinity, field = at(spec, "affinity", "nodeAffinity") or {}, "spec.affinity.nodeAffinity"
    for index, term in enumerate(at(affinity, _REQUIRED, "nodeSelectorTerms") or ()):
        yield from term_warnings(term, f"{field}.{_REQUIRED}.nodeSelectorTerms[{index}]")
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        yield from term_warnings(term.get("preference") or {}, f"{field}.{_PREFERRED}[{index}].preference")


def _doubled_warnings(items: Sequence[Object], key: str, field: str) -> Iterator[str]:
    """Yield a warning for each element of a list whose key an earlier one has."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        value = item.get(key, "")
        if value in seen:
            yield f"{field}[{index}].{key}: duplicate {key} {quoted(value)}"
        seen.add(value)


def _fraction_warnings(amounts: Object, field: str) -> Iterator[str]:
    for name, value in sorted(amounts.items()):
        if name in _WHOLE_BYTES and parse(value).nano % NANO:
            yield f'{field}[{name}]: fractional byte value "{value}" is invalid, must be an integer'


def _name_warnings(name: str, spec: Object) -> Iterator[str]:
    """Yield a warning where the pod's name makes a poor host name."""
    if spec.get("hostname"):
        return
    reasons = []
    if "." in name:
        reasons.append("must not contain dots")
    if len(name) > 63:
        reasons.append("must be no more than 63 characters")
    if reasons:
        yield (
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
            f"a DNS label is recommended: [{' '.join(reasons)}]"
        )


def _volume_warnings(spec: Object) -> Iterator[str]:
    for index, volume in enumerate(spec.get("volumes") or ()):
        for kind, text in _DEPRECATED_SOURCES.items():
            if kind in volume:
                yield f"spec.volumes[{index}].{kind}: {text}"
        claim = at(volume, "ephemeral", "volumeClaimTemplate", "spec")
        if claim is not None:
            yield from claim_spec_warnings(claim, f"spec.volumes[{index}].ephemeral.volumeClaimTemplate.spec")
        if "projected" in volume and not any(volume["projected"].get("sources") or ()):
            yield f'volume "{volume.get("name", "")}" (Projected) has no sources provided'


def _container_warnings(container: Object, field: str) -> Iterator[str]:
    resources = container.get("resources") or {}
    for side in ("limits", "requests"):
        yield from _fraction_warnings(resources.get(side) or {}, f"{field}.resources.{side}")
    yield from _hidden_warnings(container, field)
    ports: dict[tuple[object, ...], int] = {}
    for index, port in enumerate(container.get("ports") or ()):
        key = (port.get("containerPort"), port.get("protocol"), port.get("hostIP"), port.get("hostPort"))
        if key in ports:
            yield f"{field}.ports[{index}]: duplicate port definition with {field}.ports[{ports[key]}]"
        ports.setdefault(key, index)


def _hidden_warnings(container: Object, field: str) -> Iterator[str]:
    """Yield a warning for each variable that hides an earlier one; `$(NAME)` may still use the earlier value."""
    seen: dict[str, str] = {}
    for index, variable in enumerate(container.get("env") or ()):
        name, value = variable.get("name", ""), variable.get("value", "")
        if name in seen and f"$({name})" not in value:
            yield (
                f"{field}.env[{index}]: hides previous definition of {quoted(name)}, "
                "which may be dropped when using apply"
            )
        seen[name] = value


def _address_warnings(text: str, field: str) -> Iterator[str]:
    address = parsed_address(text)
    if address is not None and address.version == 6 and str(address) != text:
        yield f'{field}: IPv6 address "{text}" should be in RFC 5952 canonical format ("{address}")'
