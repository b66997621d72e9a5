"""The namespace controller: empties a namespace that is being deleted, pods first, then lets it go.

Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, Delete, deleteAllContent;
status_condition_utils.go; pkg/controller/namespace/namespace_controller.go, worker.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Command, Delete, Finalize, Plan, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds, timestamp

NAME = "namespace-controller"
FINALIZER = "kubernetes"
_NOT_FOUND = 404

Contents = Mapping[str, Sequence[Object]]
"""Resource → its objects in the namespace; resources without any may be left out."""


class _Said(NamedTuple):
    """What one condition says of a namespace: whether it is so, why, and in which words."""

    true: bool
    reason: str
    message: str


def reconcile(namespace: Object, contents: Contents, now: Nanos) -> Plan:
    """Delete what a namespace that goes still holds, say what stays behind, and let it go once nothing does."""
    finalizers = (namespace.get("spec") or {}).get("finalizers") or []
    if "deletionTimestamp" not in namespace["metadata"] or FINALIZER not in finalizers:
        return Plan()
    doomed = {"pods": contents["pods"]} if contents.get("pods") else contents
    deletions = tuple(_deletions(doomed))
    if deletions:
        return Plan(deletions, wake_at=now)
    told = _with_conditions(namespace, doomed, timestamp(now))
    report = (UpdateStatus("namespaces", told),) if told["status"] != namespace.get("status") else ()
    if doomed:
        return Plan(report, wake_at=Nanos(now + _wait(doomed)))
    # A namespace that has just been told something is seen again as changed, and finalized then.
    return Plan(report or (Finalize(_without_finalizer(namespace, finalizers)),))


def _deletions(contents: Contents) -> Iterator[Command]:
    for resource, items in contents.items():
        for item in items:
            meta = item["metadata"]
            if "deletionTimestamp" not in meta:
                yield Delete(resource, meta["namespace"], meta["name"], uid=meta["uid"], propagation="Background")


def _wait(contents: Contents) -> Nanos:
    """Return when to look again: half of the longest grace, and a second.

    Source: estimateGracefulTermination; namespace_controller.go, worker.
    """
    graces = [item["spec"].get("terminationGracePeriodSeconds", 0) for item in contents.get("pods", ())]
    held = any(item["metadata"].get("finalizers") for items in contents.values() for item in items)
    return seconds(max([*graces, _FOR_FINALIZERS if held else 0]) // 2 + 1)


_FOR_FINALIZERS = 15
"""Source: namespaced_resources_deleter.go, finalizerEstimateSeconds."""


def _without_finalizer(namespace: Object, finalizers: Sequence[str]) -> Object:
    kept = [each for each in finalizers if each != FINALIZER]
    return {**namespace, "spec": {**namespace["spec"], "finalizers": kept}}


def _with_conditions(namespace: Object, contents: Contents, now_text: str) -> Object:
    status = namespace.get("status") or {}
    known = {each["type"]: each for each in status.get("conditions") or ()}
    told = {kind: _condition(kind, said, known.get(kind), now_text) for kind, said in _said(contents).items()}
    return {**namespace, "status": {**status, "phase": "Terminating", "conditions": list({**known, **told}.values())}}


def _condition(kind: str, said: _Said, known: Object | None, now_text: str) -> Object:
    status = "True" if said.true else "False"
    same = known is not None and known["status"] == status
    moment = known["lastTransitionTime"] if known is not None and same else now_text
    words: dict[str, Any] = {"reason": said.reason, "message": said.message}
    return {"type": kind, "status": status, "lastTransitionTime": moment, **words}


def _said(contents: Contents) -> Mapping[str, _Said]:
    counts = {resource: len(items) for resource, items in contents.items() if items}
    remaining = [f"{_dotted(name)} has {count} resource instances" for name, count in counts.items()]
    held = Counter(each for items in contents.values() for item in items for each in _finalizers(item))
    finalizing = [f"{name} in {count} resource instances" for name, count in held.items()]
    return {
        "NamespaceDeletionDiscoveryFailure": _Said(
            False, "ResourcesDiscovered", "All resources successfully discovered"
        ),
        "NamespaceDeletionGroupVersionParsingFailure": _Said(
            False, "ParsedGroupVersions", "All legacy kube types successfully parsed"
        ),
        "NamespaceDeletionContentFailure": _Said(
            False, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"
        ),
        "NamespaceContentRemaining": _Said(
            True, "SomeResourcesRemain", f"Some resources are remaining: {', '.join(sorted(remaining))}"
        )
        if remaining
        else _Said(False, "ContentRemoved", "All content successfully removed"),
        "NamespaceFinalizersRemaining": _Said(
            True,
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {', '.join(sorted(finalizing))}",
        )
        if finalizing
        else _Said(False, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
    }


def _dotted(resource: str) -> str:
    """Return a resource with its group, which is empty for those of the core."""
    return resource if "." in resource else f"{resource}."


def _finalizers(item: Object) -> Sequence[str]:
    found: Sequence[str] = item["metadata"].get("finalizers") or ()
    return found


class NamespaceController:
    """Empties namespaces of objects of the `resources` named."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventSeries, namespaces: Informer, resources: Sequence[str]
    ) -> None:
        self._agenda, self._client = agenda, client
        self._namespaces, self._resources = namespaces, resources
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        namespaces.on_change(self._namespace_changed)

    def _namespace_changed(self, _: Object | None, new: Object | None) -> None:
        if new is not None and "deletionTimestamp" in new["metadata"]:
            self._controller.add(new)

    def _reconcile(self, key: Key) -> Plan:
        namespace = self._namespaces.get(*key)
        if namespace is None:
            return Plan()
        name = namespace["metadata"]["name"]
        found = {resource: self._listed(resource, name) for resource in self._resources}
        return reconcile(namespace, {resource: items for resource, items in found.items() if items}, self._agenda.now)

    def _listed(self, resource: str, namespace: str) -> Sequence[Object]:
        """Return what there is now, as the real one does: what was made last may not be in a cache yet.

        A kind whose definition has gone has no objects left.
        """
        try:
            return self._client.list(resource, namespace)[0]
        except ApiError as error:
            if error.code != _NOT_FOUND:
                raise
            return ()
