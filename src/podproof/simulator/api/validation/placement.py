"""Checks of what says where a pod may run: tolerations, affinity, spreading, gates.

Source: pkg/apis/core/validation/validation.go, ValidateTolerations, validateAffinity,
validateTopologySpreadConstraints.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.metadata import label_key_faults
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.names import dns_label, dns_subdomain, label_value, qualified_name
from podproof.simulator.model.objects import Object

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_ACTIONS = ("DoNotSchedule", "ScheduleAnyway")
_INCLUSIONS = ("Honor", "Ignore")
_NO_OPERATOR = "not a valid selector operator"


def toleration_faults(tolerations: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with tolerations."""
    for index, toleration in enumerate(tolerations):
        place, key, operator = f"{field}[{index}]", toleration.get("key", ""), toleration.get("operator", "")
        if key:
            yield from label_key_faults(key, f"{place}.key")
        elif operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid(f"{place}.operator", operator, detail)
        effect = toleration.get("effect", "")
        if "tolerationSeconds" in toleration and effect != "NoExecute":
            yield invalid(f"{place}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        yield from _toleration_value_faults(operator, toleration.get("value", ""), f"{place}.operator")
        if effect and effect not in _EFFECTS:
            yield unsupported(f"{place}.effect", effect, _EFFECTS)


def _toleration_value_faults(operator: str, value: str, field: str) -> Iterator[Fault]:
    if operator in ("Equal", ""):
        if wrong := label_value(value):
            yield invalid(field, value, ";".join(wrong))
    elif operator == "Exists":
        if value:
            yield invalid(field, value, "value must be empty when `operator` is 'Exists'")
    else:
        # The numeric operators are behind a gate that is off; only asking for one of them makes the server name them.
        numeric = ("Lt", "Gt")
        yield unsupported(field, operator, ("Equal", "Exists", *(numeric if operator in numeric else ())))


def affinity_faults(affinity: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with affinities of any kind."""
    node = affinity.get("nodeAffinity") or {}
    if _REQUIRED in node:
        yield from node_selector_faults(node[_REQUIRED], f"{field}.nodeAffinity.{_REQUIRED}")
    for index, term in enumerate(node.get(_PREFERRED) or ()):
        place = f"{field}.nodeAffinity.{_PREFERRED}[{index}]"
        yield from _weight_faults(term, place)
        yield from _term_faults(term.get("preference") or {}, f"{place}.preference", any_value=True)
    for kind in ("podAffinity", "podAntiAffinity"):
        yield from _pod_affinity_faults(affinity.get(kind) or {}, f"{field}.{kind}")


def node_selector_faults(selector: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a selector of nodes."""
    terms = selector.get("nodeSelectorTerms") or ()
    if not terms:
        yield required(f"{field}.nodeSelectorTerms", "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from _term_faults(term, f"{field}.nodeSelectorTerms[{index}]", any_value=False)


def _weight_faults(term: Object, field: str) -> Iterator[Fault]:
    if not 1 <= term.get("weight", 0) <= 100:
        yield invalid(f"{field}.weight", term.get("weight", 0), "must be in the range 1-100")


def _term_faults(term: Object, field: str, *, any_value: bool) -> Iterator[Fault]:
    for index, demand in enumerate(term.get("matchExpressions") or ()):
        yield from _expression_faults(demand, f"{field}.matchExpressions[{index}]", any_value=any_value)
    for index, demand in enumerate(term.get("matchFields") or ()):
        yield from _field_faults(demand, f"{field}.matchFields[{index}]")


def _expression_faults(demand: Object, field: str, *, any_value: bool) -> Iterator[Fault]:
    operator, values = demand.get("operator", ""), demand.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            yield required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden(f"{field}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(f"{field}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
    else:
        yield invalid(f"{field}.operator", operator, _NO_OPERATOR)
    yield from label_key_faults(demand.get("key", ""), f"{field}.key")
    for index, value in enumerate(() if any_value else values):
        for detail in label_value(value):
            yield invalid(f"{field}.values[{index}]", value, detail)


def _field_faults(demand: Object, field: str) -> Iterator[Fault]:
    operator, key, values = demand.get("operator", ""), demand.get("key", ""), demand.get("values") or ()
    if operator not in ("In", "NotIn"):
        yield invalid(f"{field}.operator", operator, _NO_OPERATOR)
    elif len(values) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield required(f"{field}.values", detail)
    if key != "metadata.name":
        yield invalid(f"{field}.key", key, "not a valid field selector key")
        return
    for index, value in enumerate(values):
        for detail in dns_subdomain(value):
            yield invalid(f"{field}.values[{index}]", value, detail)


def _pod_affinity_faults(affinity: Object, field: str) -> Iterator[Fault]:
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        yield from _pod_term_faults(term, f"{field}.{_REQUIRED}[{index}]")
    for index, weighted in enumerate(affinity.get(_PREFERRED) or ()):
        place = f"{field}.{_PREFERRED}[{index}]"
        yield from _weight_faults(weighted, place)
        yield from _pod_term_faults(weighted.get("podAffinityTerm") or {}, f"{place}.podAffinityTerm")


def _pod_term_faults(term: Object, field: str) -> Iterator[Fault]:
    for kind in ("labelSelector", "namespaceSelector"):
        yield from selector_faults(term.get(kind), f"{field}.{kind}")
    for name in term.get("namespaces") or ():
        for detail in dns_label(name):
            yield invalid(f"{field}.namespace", name, detail)
    yield from _matched_key_faults(term, field)
    key = term.get("topologyKey", "")
    if not key:
        yield required(f"{field}.topologyKey", "can not be empty")
    yield from label_key_faults(key, f"{field}.topologyKey")


def _matched_key_faults(term: Object, field: str) -> Iterator[Fault]:
    matched, mismatched = term.get("matchLabelKeys") or (), term.get("mismatchLabelKeys") or ()
    selector = term.get("labelSelector")
    for kind, keys in (("matchLabelKeys", matched), ("mismatchLabelKeys", mismatched)):
        if keys and selector is None:
            yield forbidden(f"{field}.{kind}", "must not be specified when labelSelector is not set")
        for index, key in enumerate(keys if selector is not None else ()):
            yield from label_key_faults(key, f"{field}.{kind}[{index}]")
    yield from _doubled_key_faults(selector, matched, field)
    for index, key in enumerate(matched):
        if key in mismatched:
            detail = "exists in both matchLabelKeys and mismatchLabelKeys"
            yield invalid(f"{field}.matchLabelKeys[{index}]", key, detail)


def _doubled_key_faults(selector: Object | None, matched: Sequence[str], field: str) -> Iterator[Fault]:
    """Yield a fault for each matched key the selector names besides; the server's own expression for it comes last."""
    selector = selector or {}
    known = set(selector.get("matchLabels") or {})
    places = {key: index for index, key in enumerate(matched)}
    for expression in selector.get("matchExpressions") or ():
        key = expression.get("key", "")
        if key in places and key in known:
            yield invalid(f"{field}[{places[key]}]", key, "exists in both matchLabelKeys and labelSelector")
        known.add(key)


def spread_faults(constraints: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with spread constraints."""
    for index, constraint in enumerate(constraints):
        place, key = f"{field}[{index}]", constraint.get("topologyKey", "")
        action = constraint.get("whenUnsatisfiable", "")
        if constraint.get("maxSkew", 0) <= 0:
            yield invalid(f"{place}.maxSkew", constraint.get("maxSkew", 0), "must be greater than zero")
        if not key:
            yield required(f"{place}.topologyKey", "can not be empty")
        if action not in _ACTIONS:
            yield unsupported(f"{place}.whenUnsatisfiable", action, _ACTIONS)
        rest = [(each.get("topologyKey", ""), each.get("whenUnsatisfiable", "")) for each in constraints[index + 1 :]]
        if (key, action) in rest:
            yield duplicate(f"{place}.{{topologyKey, whenUnsatisfiable}}", f"{{{key}, {action}}}")
        yield from _domain_faults(constraint.get("minDomains"), action, f"{place}.minDomains")
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if constraint.get(policy, "Honor") not in _INCLUSIONS:
                yield unsupported(f"{place}.{policy}", constraint[policy], _INCLUSIONS)
        yield from _spread_key_faults(constraint, place)
        yield from selector_faults(constraint.get("labelSelector"), f"{place}.labelSelector")


def _domain_faults(wanted: int | None, action: str, field: str) -> Iterator[Fault]:
    if wanted is None:
        return
    if wanted <= 0:
        yield invalid(field, wanted, "must be greater than zero")
    if action != "DoNotSchedule":
        detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
        yield invalid(field, wanted, detail)


def _spread_key_faults(constraint: Object, field: str) -> Iterator[Fault]:
    keys, selector = constraint.get("matchLabelKeys") or (), constraint.get("labelSelector")
    if keys and selector is None:
        yield forbidden(f"{field}.matchLabelKeys", "must not be specified when labelSelector is not set")
    for index, key in enumerate(keys):
        yield from label_key_faults(key, f"{field}.matchLabelKeys[{index}]")
    yield from _doubled_key_faults(selector, keys, field)


def readiness_gate_faults(gates: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with readiness gates."""
    for index, gate in enumerate(gates):
        for detail in qualified_name(gate.get("conditionType", "")):
            yield invalid(f"{field}[{index}].conditionType", gate.get("conditionType", ""), detail)


def scheduling_gate_faults(gates: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with scheduling gates."""
    seen: set[str] = set()
    for index, gate in enumerate(gates):
        name = gate.get("name", "")
        for detail in qualified_name(name):
            yield invalid(f"{field}[{index}]", name, detail)
        if name in seen:
            yield duplicate(f"{field}[{index}]", name)
        seen.add(name)
