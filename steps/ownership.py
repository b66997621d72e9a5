"""Whose pods are whose: the pods that an owner controls, itself or by way of what it controls, over time."""

from collections.abc import Iterator
from dataclasses import dataclass

from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos
from podproof.timeline import PodView, Record, Version


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many pods an owner had at a moment, and how many of them were ready; those going do not count."""

    at: Nanos
    pods: int
    ready: int


def shown(record: Record, owner: Ref) -> Iterator[tuple[str, str]]:
    """Yield name and STATUS of each pod that an owner has now, by name."""
    for ref in sorted(record.refs("Pod")):
        pod = record.latest(ref)
        if pod is not None and _belongs(record, pod, owner):
            yield ref.name, PodView(pod).status


def crowds(record: Record, owner: Ref) -> Iterator[Crowd]:
    """Yield the numbers of an owner's pods after each change of one of them."""
    versions = [(version, ref) for ref in record.refs("Pod") for version in record.timeline(ref)]
    there: dict[Ref, bool] = {}
    for version, ref in sorted(versions, key=lambda each: each[0].serial):
        pod = version.object
        if pod is not None and _belongs(record, pod, owner) and _is_active(pod):
            there[ref] = _is_ready(pod)
        elif there.pop(ref, None) is None:
            continue
        yield Crowd(version.at, len(there), sum(there.values()))


def appeared(record: Record, ref: Ref) -> int | None:
    """Return the serial of the version in which an object was seen first, None where it never was."""
    return next((version.serial for version in record.timeline(ref) if version.object is not None), None)


def gone(record: Record, ref: Ref) -> int | None:
    """Return the serial of the version in which an object was gone for the last time, None where it never was."""
    versions: list[Version] = [version for version in record.timeline(ref) if version.object is None]
    return versions[-1].serial if versions else None


def _belongs(record: Record, item: Object, owner: Ref) -> bool:
    """Say whether the chain of controllers above an object leads to an owner."""
    above = _controller(item)
    while above is not None and above != owner:
        known = next((each.object for each in reversed(record.timeline(above).versions) if each.object), None)
        above = _controller(known) if known is not None else None
    return above is not None


def _controller(item: Object) -> Ref | None:
    namespace = str(at(item, "metadata", "namespace") or "")
    for each in at(item, "metadata", "ownerReferences") or ():
        if each.get("controller"):
            return Ref(each["kind"], namespace, each["name"])
    return None


def _is_active(pod: Object) -> bool:
    return "deletionTimestamp" not in pod["metadata"] and PodView(pod).phase not in ("Succeeded", "Failed")


def _is_ready(pod: Object) -> bool:
    conditions = at(pod, "status", "conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
