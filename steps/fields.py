"""Fields and conditions of an object."""

from collections.abc import Mapping
from typing import Any

from podproof.claims import Eventually, Predicate, has
from podproof.cluster import Cluster
from podproof.proof import prove
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds
from podproof.steps.paths import ABSENT, above, found, printed
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('{kind:kind} "{name}" has "{path}" equal to "{value}"')
@says('{kind:kind} "{name}" has "{path}" equal to "{value}" within {limit:duration}')
def the_object_has(cluster: Cluster, kind: str, name: str, path: str, value: str, limit: Nanos) -> None:
    predicate = has(
        f'has "{path}" equal to "{value}"',
        lambda item: _printed_at(item, path) == value,
        lambda item: _told(item, path),
    )
    _eventually(cluster, kind, name, predicate, limit)


@says('{kind:kind} "{name}" has "{path}" containing "{text}"')
def the_object_has_containing(cluster: Cluster, kind: str, name: str, path: str, text: str, limit: Nanos) -> None:
    predicate = has(
        f'has "{path}" containing "{text}"',
        lambda item: text in (_printed_at(item, path) or ""),
        lambda item: _told(item, path),
    )
    _eventually(cluster, kind, name, predicate, limit)


@says('{kind:kind} "{name}" has no "{path}"')
def the_object_has_no(cluster: Cluster, kind: str, name: str, path: str, limit: Nanos) -> None:
    predicate = has(f'has no "{path}"', lambda item: found(item, path) is ABSENT, lambda item: _told(item, path))
    _eventually(cluster, kind, name, predicate, limit)


@says('condition "{condition}" of {kind:kind} "{name}" is "{status}"')
@says('condition "{condition}" of {kind:kind} "{name}" is "{status}" within {limit:duration}')
@says('condition "{condition}" of {kind:kind} "{name}" is "{status}" with reason "{reason}"')
@says('condition "{condition}" of {kind:kind} "{name}" is "{status}" with reason "{reason}" within {limit:duration}')
def the_condition_is(
    cluster: Cluster, limit: Nanos, condition: str, kind: str, name: str, status: str, reason: str = ""
) -> None:
    because = f' with reason "{reason}"' if reason else ""
    predicate = has(
        f'has condition "{condition}" "{status}"{because}',
        lambda item: _is(_condition(item, condition), status, reason),
        lambda item: _condition_told(item, condition),
    )
    _eventually(cluster, kind, name, predicate, limit)


@says('condition "{condition}" of {kind:kind} "{name}" is set to "{status}"')
def the_condition_is_set(cluster: Cluster, scene: Scene, condition: str, kind: str, name: str, status: str) -> None:
    """Set it in the object's status, as a controller of the user's would."""
    body = {"status": {"conditions": [{"type": condition, "status": status}]}}
    words = f'condition "{condition}" of {kind} "{name}" is set to "{status}"'
    settle(scene, words, [cluster.patch(kinds.ref(cluster, kind, name), body, "status")])


def _eventually(cluster: Cluster, kind: str, name: str, predicate: Predicate, limit: Nanos) -> None:
    prove(cluster, Eventually(kinds.ref(cluster, kind, name), predicate, limit), limit)


def _printed_at(item: Object, path: str) -> str | None:
    value = found(item, path)
    return None if value is ABSENT else printed(value)


def _told(item: Object, path: str) -> str:
    """Say what is at a path, or how far the path leads."""
    value = _printed_at(item, path)
    if value is not None:
        return f'its "{path}" is "{value}"'
    holder = above(path)
    parent = found(item, holder)
    there = f"; {holder or 'the object'} has: {', '.join(parent)}" if isinstance(parent, Mapping) and parent else ""
    return f'it has no "{path}"{there}'


def _condition(item: Object, kind: str) -> Mapping[str, Any] | None:
    return next((each for each in at(item, "status", "conditions") or () if each.get("type") == kind), None)


def _is(condition: Mapping[str, Any] | None, status: str, reason: str) -> bool:
    return condition is not None and condition["status"] == status and reason in ("", condition.get("reason", ""))


def _condition_told(item: Object, kind: str) -> str:
    condition = _condition(item, kind)
    if condition is None:
        names = ", ".join(each["type"] for each in at(item, "status", "conditions") or ())
        return f'it has no condition "{kind}"; it has {names or "none"}'
    because = f' with reason "{condition["reason"]}"' if condition.get("reason") else ""
    return f'its condition "{kind}" is "{condition["status"]}"{because}'
