"""ControllerRevisions: what a StatefulSet or DaemonSet remembers of its templates.

Source: pkg/controller/history/controller_history.go; pkg/controller/statefulset/stateful_set_utils.go, newRevision.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Update
from podproof.simulator.control.workloads.deployment.revisions import template_hash
from podproof.simulator.control.workloads.owners import controller_reference
from podproof.simulator.model.objects import Object, at

REVISIONS = "controllerrevisions.apps"
HASH = "controller.kubernetes.io/hash"


def by_number(revisions: Iterable[Object]) -> list[Object]:
    """Return revisions, the oldest first."""
    return sorted(revisions, key=lambda each: (int(each["revision"]), str(each["metadata"]["name"])))


def data_of(owner: Object) -> dict[str, Any]:
    """Return what a revision keeps of its owner: the whole template."""
    return {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}


def template_of(revision: Object) -> dict[str, Any]:
    """Return the template a revision keeps."""
    kept: dict[str, Any] = revision["data"]["spec"]["template"]
    return {key: value for key, value in kept.items() if key != "$patch"}


def same(revisions: Sequence[Object], owner: Object) -> Object | None:
    """Return the newest revision that keeps the owner's template, None where there is none."""
    data = data_of(owner)
    return next((each for each in reversed(by_number(revisions)) if each["data"] == data), None)


def revised(owner: Object, revisions: Sequence[Object], label: str = HASH) -> Create | Update | None:
    """Return what makes the owner's template its newest revision, None where it is that already.

    A template that comes back is numbered anew. `label` is where the revision's hash is written.
    Source: pkg/controller/statefulset/stateful_set_control.go, getStatefulSetRevisions;
    pkg/controller/daemon/update.go, constructHistory.
    """
    known, newest = same(revisions, owner), max((int(each["revision"]) for each in revisions), default=0)
    if known is None:
        collisions = int(at(owner, "status", "collisionCount") or 0)
        return Create(REVISIONS, _body_of(owner, newest + 1, collisions, label))
    return Update(REVISIONS, {**known, "revision": newest + 1}) if int(known["revision"]) < newest else None


def _body_of(owner: Object, number: int, collisions: int, label: str) -> dict[str, Any]:
    """Return the revision of the owner's template, to be created."""
    word, meta = template_hash(data_of(owner), collisions), owner["metadata"]
    labels = {**((owner["spec"]["template"].get("metadata") or {}).get("labels") or {}), label: word}
    named = {"name": f"{meta['name']}-{word}", "namespace": meta["namespace"], "labels": labels}
    whole = {
        **named,
        "annotations": dict(meta.get("annotations") or {}),
        "ownerReferences": [controller_reference(owner)],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": whole,
        "data": data_of(owner),
        "revision": number,
    }


def surplus(revisions: Sequence[Object], used: Iterable[str], limit: int) -> Iterator[Command]:
    """Yield the deletion of the oldest revisions that nobody uses, beyond the history's limit.

    Source: pkg/controller/statefulset/stateful_set_control.go, truncateHistory.
    """
    names = set(used)
    unused = [each for each in by_number(revisions) if each["metadata"]["name"] not in names]
    for each in unused[: max(len(unused) - limit, 0)]:
        yield Delete(REVISIONS, each["metadata"]["namespace"], each["metadata"]["name"])
