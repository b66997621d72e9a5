"""What `kubectl describe` says of roles and their bindings.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, RoleDescriber, RoleBindingDescriber;
staging/src/k8s.io/kubectl/pkg/util/rbac/rbac.go, BreakdownRule, CompactRules, SortableRuleSlice.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from podproof.simulator.model.describe_parts import Around, Lines, notes
from podproof.simulator.model.objects import Object

_PARTS = ("Verbs", "APIGroups", "Resources", "ResourceNames", "NonResourceURLs")


class _Rule(NamedTuple):
    """A rule about one resource, or one path, and what may be done with it."""

    verbs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def compact(self) -> str:
        """Return the text that rules are sorted by, which is how Go writes them."""
        return "".join(f"{label}:{_plain(values)}," for label, values in zip(_PARTS, self, strict=True))


def role(item: Object, around: Around) -> Lines:
    """Yield what is said of a Role or a ClusterRole."""
    yield f"Name:\t{item['metadata']['name']}"
    yield from notes(item)
    yield "PolicyRule:"
    yield "  Resources\tNon-Resource URLs\tResource Names\tVerbs"
    yield "  ---------\t-----------------\t--------------\t-----"
    for rule in sorted(_compacted(item.get("rules") or ()), key=_Rule.compact):
        yield f"  {_resource(rule)}\t{_plain(rule.urls)}\t{_plain(rule.names)}\t{_plain(rule.verbs)}"


def role_binding(item: Object, around: Around) -> Lines:
    """Yield what is said of a RoleBinding or a ClusterRoleBinding."""
    meant = item.get("roleRef") or {}
    yield f"Name:\t{item['metadata']['name']}"
    yield from notes(item)
    yield "Role:"
    yield f"  Kind:\t{meant.get('kind', '')}"
    yield f"  Name:\t{meant.get('name', '')}"
    yield "Subjects:"
    yield "  Kind\tName\tNamespace"
    yield "  ----\t----\t---------"
    for who in item.get("subjects") or ():
        yield f"  {who.get('kind', '')}\t{who.get('name', '')}\t{who.get('namespace', '')}"


def _compacted(rules: Iterable[Object]) -> list[_Rule]:
    """Return rules about one thing each: what is said of one resource in several places comes together."""
    verbs: dict[_Rule, list[str]] = {}
    paths: list[_Rule] = []
    for rule in rules:
        for about in _resources(rule):
            known = verbs.setdefault(about, [])
            known.extend(verb for verb in dict.fromkeys(rule.get("verbs") or ()) if verb not in known)
        urls, said = rule.get("nonResourceURLs") or (), rule.get("verbs") or ()
        paths += [_Rule(urls=(url,), verbs=(verb,)) for url in urls for verb in said]
    return [*paths, *(about._replace(verbs=tuple(each)) for about, each in verbs.items())]


def _resources(rule: Object) -> Iterator[_Rule]:
    names: list[tuple[str, ...]] = [(name,) for name in rule.get("resourceNames") or ()] or [()]
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            yield from (_Rule((), (group,), (resource,), name) for name in names)


def _resource(rule: _Rule) -> str:
    """Return a resource with its group before its subresource, as in `deployments.apps/scale`.

    Source: describe.go, CombineResourceGroup.
    """
    if not rule.resources:
        return ""
    plural, slash, below = rule.resources[0].partition("/")
    group = f".{rule.groups[0]}" if rule.groups and rule.groups[0] else ""
    return f"{plural}{group}{slash}{below}"


def _plain(values: Sequence[str]) -> str:
    return f"[{' '.join(values)}]"
