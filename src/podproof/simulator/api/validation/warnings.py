"""Warnings: what the API server takes but advises against.

Source: pkg/api/pod/warnings.go, pkg/api/service/warnings.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import quoted
from podproof.simulator.api.validation.addresses import parsed_address
from podproof.simulator.api.validation.label_warnings import DEPRECATED, term_warnings
from podproof.simulator.api.validation.port_warnings import port_warnings
from podproof.simulator.api.validation.security import visited
from podproof.simulator.api.validation.volume_warnings import volume_warnings
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO, parse

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
_SELECTS_NOTHING = "a null labelSelector results in matching no pod"
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
    yield from volume_warnings(spec)
    yield from _doubled_warnings(spec.get("hostAliases") or (), "ip", "spec.hostAliases")
    yield from _pull_secret_warnings(spec)
    yield from _fraction_warnings(spec.get("overhead") or {}, "spec.overhead")
    yield from _seccomp_warnings(spec, "", _SECCOMP_POD, notes)
    for container, field in visited(spec):
        yield from _seccomp_warnings(container, container.get("name", ""), _SECCOMP_CONTAINER, notes)
        yield from _container_warnings(container, field)
    yield from port_warnings(spec)
    yield from _unselecting_warnings(spec)
    for index, server in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        yield from _address_warnings(server, f"spec.dnsConfig.nameservers[{index}]")
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        yield from _address_warnings(alias.get("ip", ""), f"spec.hostAliases[{index}].ip")


def app_armor_warning(key: str) -> str:
    """Return the warning about an AppArmor annotation that a field has replaced."""
    return f'metadata.annotations[{key}]: deprecated since v1.30; use the "appArmorProfile" field instead'


def _spread_warnings(spec: Object) -> Iterator[str]:
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        key = constraint.get("topologyKey", "")
        if key in DEPRECATED:
            yield f"spec.topologySpreadConstraints[{index}].topologyKey: {key} is {DEPRECATED[key]}"
        if "labelSelector" not in constraint:
            yield f"spec.topologySpreadConstraints[{index}].labelSelector: {_SELECTS_NOTHING}"


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


def _unselecting_warnings(spec: Object) -> Iterator[str]:
    """Yield a warning for each term of pod affinity that no pod can meet."""
    for kind in ("podAffinity", "podAntiAffinity"):
        affinity, field = at(spec, "affinity", kind) or {}, f"spec.affinity.{kind}"
        terms = [(f"{_REQUIRED}[{index}]", term) for index, term in enumerate(affinity.get(_REQUIRED) or ())]
        for index, weighted in enumerate(affinity.get(_PREFERRED) or ()):
            terms.append((f"{_PREFERRED}[{index}].podAffinityTerm", weighted.get("podAffinityTerm") or {}))
        for place, term in terms:
            if "labelSelector" not in term:
                yield f"{field}.{place}.labelSelector: {_SELECTS_NOTHING}"


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


def _container_warnings(container: Object, field: str) -> Iterator[str]:
    resources = container.get("resources") or {}
    for side in ("limits", "requests"):
        yield from _fraction_warnings(resources.get(side) or {}, f"{field}.resources.{side}")
    yield from _hidden_warnings(container, field)


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
