"""Checks of a resize: only cpu and memory of the pod and its containers change, none disappears, the QoS class stays.

Source: pkg/apis/core/validation/validation.go, ValidatePodResize; pkg/registry/core/pod/strategy.go, podResizeStrategy.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden, invalid
from podproof.simulator.api.validation.go_values import spec_difference
from podproof.simulator.api.validation.pods import standing_faults
from podproof.simulator.model.objects import Object
from podproof.simulator.model.qos import qos_class

RESIZED = ("cpu", "memory")
"""What a container can be given more or less of while it runs."""
_KINDS = ("initContainers", "containers")
_MIRROR = "kubernetes.io/config.mirror"
_ONLY = "only cpu and memory resources are mutable"


def keep_all_but_resources(pod: dict[str, Any], old: Object) -> None:
    """Take from a draft what a resize may change and give it back everything else of the stored pod.

    Containers that were renamed stay as they are, so that validation refuses them.
    Source: strategy.go, dropNonResizeUpdates.
    """
    spec = {**old["spec"]}
    for kind in _KINDS:
        known = {each["name"]: each for each in old["spec"].get(kind) or ()}
        new = pod["spec"].get(kind) or []
        if new:
            spec[kind] = [_resized(each, known.get(each.get("name", ""))) for each in new]
    if "resources" in pod["spec"]:
        spec["resources"] = pod["spec"]["resources"]
    pod["spec"], pod["status"] = spec, old["status"]


def _resized(container: Object, known: Object | None) -> Object:
    if known is None:
        return container
    kept = {key: value for key, value in known.items() if key not in ("resources", "resizePolicy")}
    return kept | {key: container[key] for key in ("resources", "resizePolicy") if key in container}


def resize_faults(pod: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a resize."""
    if _MIRROR in (old["metadata"].get("annotations") or {}):
        yield forbidden("", "static pods cannot be resized")
        return
    yield from standing_faults(pod)
    spec, known = pod["spec"], old["spec"]
    after = qos_class(spec)
    if after != qos_class(known):
        yield invalid("spec", after, "Pod QOS Class may not change as a result of resizing")
    order = list(_order_faults(spec, known))
    yield from order
    if not order:
        yield from _removal_faults(spec, known)
        yield from _rest_faults(spec, known)


def _order_faults(spec: Object, known: Object) -> Iterator[Fault]:
    for kind in _KINDS:
        new, old = ([each.get("name") for each in part.get(kind) or ()] for part in (spec, known))
        if len(new) != len(old):
            yield forbidden(f"spec.{kind}", f"{kind} may not be added or removed on resize")
            continue
        for index, (after, before) in enumerate(zip(new, old, strict=True)):
            if after != before:
                yield forbidden(f"spec.{kind}[{index}].name", f"{kind} may not be renamed or reordered on resize")


def _removal_faults(spec: Object, known: Object) -> Iterator[Fault]:
    pairs = [("spec", known, spec)]
    for kind in _KINDS:
        olds = enumerate(known.get(kind) or ())
        pairs += [(f"spec.{kind}[{index}]", old, spec[kind][index]) for index, old in olds]
    for place, old, new in pairs:
        for side in ("requests", "limits"):
            before, after = ((each.get("resources") or {}).get(side) or {} for each in (old, new))
            if set(before) - set(after):
                yield forbidden(f"{place}.resources.{side}", f"resource {side} cannot be removed")


def _rest_faults(spec: Object, known: Object) -> Iterator[Fault]:
    """Yield a fault where more than cpu and memory differs."""
    back = dict(_with_old(spec, known))
    for kind in _KINDS:
        if spec.get(kind):
            back[kind] = [_with_old(new, old) for new, old in zip(spec[kind], known[kind], strict=True)]
            pairs = zip(back[kind], known[kind], strict=True)
            yield from (forbidden("spec", _ONLY) for new, old in pairs if new != old)
    rest = {key: value for key, value in back.items() if key not in _KINDS}
    if rest != {key: value for key, value in known.items() if key not in _KINDS}:
        yield forbidden("spec", f"{_ONLY}\n{spec_difference(known, back)}")


def _with_old(container: Object, known: Object) -> Object:
    """Return a container, or the spec of a pod, with the cpu and memory it had before."""
    new, old = container.get("resources") or {}, known.get("resources") or {}
    sides = {side: _amounts(new.get(side) or {}, old.get(side) or {}) for side in ("requests", "limits")}
    others = {key: value for key, value in new.items() if key not in sides}
    same = others | {side: amounts for side, amounts in sides.items() if amounts or side in old}
    if not same and "resources" not in known:
        return {key: value for key, value in container.items() if key != "resources"}
    return {**container, "resources": same}


def _amounts(new: Object, old: Object) -> Object:
    kept = {name: amount for name, amount in new.items() if name not in RESIZED}
    return kept | {name: amount for name, amount in old.items() if name in RESIZED}
