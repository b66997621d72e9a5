"""Who controls whom: the controller's reference, and how a controller takes in and lets go of what its selector says.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go; pkg/controller/controller_ref_manager.go.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.plans import Command, Patch
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import Labels, matches

BY_CONTROLLER = "controller"
"""The index of objects by the uid of their controller, and of those without one by `orphans_of`."""


def controller_of(item: Object) -> Object | None:
    """Return the owner reference that says controller, None where an object has none."""
    for each in item["metadata"].get("ownerReferences") or ():
        if each.get("controller"):
            found: Object = each
            return found
    return None


def controllers_among(kind: str, old: Object | None, new: Object | None) -> Iterator[tuple[Object, Key]]:
    """Yield (reference, key) of the controllers of a kind that a changed object has, and that it had."""
    for item in (old, new):
        owner = controller_of(item) if item is not None else None
        if item is not None and owner is not None and owner["kind"] == kind:
            yield owner, (item["metadata"]["namespace"], owner["name"])


def controller_reference(owner: Object) -> dict[str, Any]:
    """Return the reference that makes `owner` the controller of whoever carries it."""
    meta = owner["metadata"]
    named = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": meta["name"], "uid": meta["uid"]}
    return {**named, "controller": True, "blockOwnerDeletion": True}


def orphans_of(namespace: str) -> str:
    """Return what the index calls a namespace's objects that nobody controls."""
    return f"orphans of {namespace}"


def index_controllers(informer: Informer) -> None:
    """Let an informer find objects by their controller."""

    def keys(item: Object) -> Iterator[str]:
        owner = controller_of(item)
        yield owner["uid"] if owner else orphans_of(item["metadata"].get("namespace", ""))

    informer.add_index(BY_CONTROLLER, keys)


def controlled(informer: Informer, owner: Object) -> Iterable[Object]:
    """Return the objects whose controller `owner` is."""
    return informer.by_index(BY_CONTROLLER, owner["metadata"]["uid"])


def claimable(informer: Informer, owner: Object) -> list[Object]:
    """Return what an owner may have a say about: what it controls, and its namespace's orphans."""
    orphans = informer.by_index(BY_CONTROLLER, orphans_of(owner["metadata"]["namespace"]))
    return [*controlled(informer, owner), *orphans]


@dataclass(frozen=True, slots=True)
class Claims:
    """What belongs to an owner, and the patches that write down what is taken in and let go."""

    owned: tuple[Object, ...]
    patches: tuple[Command, ...]


def claim(owner: Object, resource: str, items: Iterable[Object]) -> Claims:
    """Take in what the owner's selector matches and nobody controls; let go of what it does not match any more.

    `resource` is how requests name the items. An owner that is being deleted takes nothing in and lets nothing go.
    Source: pkg/controller/controller_ref_manager.go, BaseControllerRefManager.ClaimObject.
    """
    owned, patches = [], []
    fits_selector, going = fitting(owner["spec"]["selector"]), "deletionTimestamp" in owner["metadata"]
    for item in items:
        fits, reference = fits_selector(item["metadata"].get("labels") or {}), controller_of(item)
        if reference is not None and fits:
            owned.append(item)
        elif reference is not None and not going:
            patches.append(_release(resource, item, owner))
        elif reference is None and fits and not going and "deletionTimestamp" not in item["metadata"]:
            owned.append(item)
            patches.append(_adopt(resource, item, owner))
    return Claims(tuple(owned), tuple(patches))


def fitting(selector: Object) -> Callable[[Labels], bool]:
    """Return the test of a selector; most name labels and nothing else, and are asked about every pod at every look."""
    if selector.get("matchExpressions") or not selector.get("matchLabels"):
        return lambda labels: matches(selector, labels)
    wanted = selector["matchLabels"].items()
    return lambda labels: wanted <= labels.items()


def _adopt(resource: str, item: Object, owner: Object) -> Patch:
    return _with_owners(resource, item, [*(item["metadata"].get("ownerReferences") or ()), controller_reference(owner)])


def _release(resource: str, item: Object, owner: Object) -> Patch:
    uid = owner["metadata"]["uid"]
    kept = [each for each in item["metadata"].get("ownerReferences") or () if each["uid"] != uid]
    return _with_owners(resource, item, kept)


def _with_owners(resource: str, item: Object, owners: list[Any]) -> Patch:
    meta = item["metadata"]
    body = {"metadata": {"uid": meta["uid"], "ownerReferences": owners or None}}
    return Patch(resource, meta["namespace"], meta["name"], body)
