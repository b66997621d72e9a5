"""The rules of the group rbac.authorization.k8s.io.

Source: pkg/apis/rbac/v1/defaults.go; pkg/apis/rbac/validation/validation.go.
"""

from collections.abc import Callable, Iterator

from podproof.simulator.api.faults import Fault, invalid, required, unsupported
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.scalars import named, required_name
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.names import dns_subdomain, path_segment
from podproof.simulator.model.objects import Object

GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def _default_binding(item: Draft) -> None:
    """Name the group that roles, users and groups belong to."""
    reference = item.setdefault("roleRef", {})
    if not reference.get("apiGroup"):
        reference["apiGroup"] = GROUP
    for subject in item.get("subjects") or ():
        if not subject.get("apiGroup") and subject.get("kind") in ("User", "Group"):
            subject["apiGroup"] = GROUP


def _rule_faults(item: Object, *, namespaced: bool) -> Iterator[Fault]:
    for index, rule in enumerate(item.get("rules") or ()):
        yield from _policy_faults(rule, f"rules[{index}]", namespaced=namespaced)


def _policy_faults(rule: Object, field: str, *, namespaced: bool) -> Iterator[Fault]:
    addresses = list(rule.get("nonResourceURLs") or ())
    if not rule.get("verbs"):
        yield required(f"{field}.verbs", "verbs must contain at least one value")
    if addresses:
        if namespaced:
            detail = "namespaced rules cannot apply to non-resource URLs"
            yield invalid(f"{field}.nonResourceURLs", addresses, detail)
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(f"{field}.nonResourceURLs", addresses, detail)
        return
    if not rule.get("apiGroups"):
        yield required(f"{field}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required(f"{field}.resources", "resource rules must supply at least one resource")


def _role_faults(item: Object) -> Iterator[Fault]:
    yield from _rule_faults(item, namespaced=True)


def _cluster_role_faults(item: Object) -> Iterator[Fault]:
    yield from _rule_faults(item, namespaced=False)
    aggregation = item.get("aggregationRule")
    if aggregation is None:
        return
    selectors = aggregation.get("clusterRoleSelectors") or ()
    if not selectors:
        detail = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        yield required("aggregationRule.clusterRoleSelectors", detail)
    for index, selector in enumerate(selectors):
        yield from selector_faults(selector, f"aggregationRule.clusterRoleSelectors[{index}]")


def _binding_faults(kinds: tuple[str, ...], *, namespaced: bool) -> Callable[[Object], Iterator[Fault]]:
    def faults(item: Object) -> Iterator[Fault]:
        reference = item.get("roleRef") or {}
        if reference.get("apiGroup") != GROUP:
            yield unsupported("roleRef.apiGroup", reference.get("apiGroup", ""), (GROUP,))
        if reference.get("kind", "") not in kinds:
            yield unsupported("roleRef.kind", reference.get("kind", ""), kinds)
        yield from required_name(reference.get("name", ""), path_segment, "roleRef.name")
        for index, subject in enumerate(item.get("subjects") or ()):
            yield from _subject_faults(subject, f"subjects[{index}]", namespaced=namespaced)

    return faults


def _subject_faults(subject: Object, field: str, *, namespaced: bool) -> Iterator[Fault]:
    kind, name, group = subject.get("kind", ""), subject.get("name", ""), subject.get("apiGroup", "")
    if not name:
        yield required(f"{field}.name")
    if kind == "ServiceAccount":
        if name:
            yield from named(name, dns_subdomain, f"{field}.name")
        if group:
            yield unsupported(f"{field}.apiGroup", group, ("",))
        if not namespaced and not subject.get("namespace"):
            yield required(f"{field}.namespace")
    elif kind in _SUBJECTS:
        if not name:
            yield invalid(f"{field}.name", name, f"{kind.lower()} name cannot be empty")
        if group != GROUP:
            yield unsupported(f"{field}.apiGroup", group, (GROUP,))
    else:
        yield unsupported(f"{field}.kind", kind, _SUBJECTS)


_role_binding_faults = _binding_faults(("Role", "ClusterRole"), namespaced=True)
_cluster_role_binding_faults = _binding_faults(("ClusterRole",), namespaced=False)


def _binding_update_faults(
    check: Callable[[Object], Iterator[Fault]],
) -> Callable[[Object, Object], Iterator[Fault]]:
    def faults(item: Object, old: Object) -> Iterator[Fault]:
        yield from check(item)
        if item.get("roleRef") != old.get("roleRef"):
            reference = item.get("roleRef") or {}
            shown = {key: reference.get(key[0].lower() + key[1:], "") for key in ("Kind", "Name")}
            yield invalid("roleRef", {"APIGroup": reference.get("apiGroup", ""), **shown}, "cannot change roleRef")

    return faults


ROLES = Rules(validate=_role_faults, validate_update=lambda item, _: _role_faults(item))
CLUSTER_ROLES = Rules(validate=_cluster_role_faults, validate_update=lambda item, _: _cluster_role_faults(item))
ROLE_BINDINGS = Rules(
    default=_default_binding,
    validate=_role_binding_faults,
    validate_update=_binding_update_faults(_role_binding_faults),
)
CLUSTER_ROLE_BINDINGS = Rules(
    default=_default_binding,
    validate=_cluster_role_binding_faults,
    validate_update=_binding_update_faults(_cluster_role_binding_faults),
)
