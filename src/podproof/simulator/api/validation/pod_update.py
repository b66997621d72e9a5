"""Checks of what may change on a live pod: images, a shorter deadline, more tolerations, fewer gates.

Source: pkg/apis/core/validation/validation.go, ValidatePodUpdate.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden, invalid, required
from podproof.simulator.api.validation.containers import image_space_faults
from podproof.simulator.api.validation.go_values import internal, spec_difference
from podproof.simulator.api.validation.placement import toleration_faults
from podproof.simulator.api.validation.pod_annotations import annotation_update_faults
from podproof.simulator.api.validation.pods import standing_faults
from podproof.simulator.model.objects import Object

_LONGEST_DEADLINE = 2**31 - 1
_MUTABLE = ",".join(
    (
        "`spec.containers[*].image`",
        "`spec.initContainers[*].image`",
        "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    )
)


def pod_update_faults(pod: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a pod that replaces another; a broken structure ends it, as on the real server."""
    spec, known = pod["spec"], old["spec"]
    yield from standing_faults(pod)
    yield from annotation_update_faults(pod, old)
    for kind in ("containers", "initContainers"):
        new, before = spec.get(kind) or (), known.get(kind) or ()
        if len(new) != len(before):
            yield forbidden(f"spec.{kind}", "pod updates may not add or remove containers")
            return
        yield from _image_faults(new, f"spec.{kind}")
    deadline = list(_deadline_faults(spec, known))
    yield from deadline
    if deadline and "activeDeadlineSeconds" in spec:
        return
    yield from _toleration_faults(spec.get("tolerations") or (), known.get("tolerations") or ())
    yield from _gate_faults(spec.get("schedulingGates") or (), known.get("schedulingGates") or ())
    yield from _rest_faults(spec, known)


def _image_faults(containers: Sequence[Object], field: str) -> Iterator[Fault]:
    for index, container in enumerate(containers):
        if not container.get("image"):
            yield required(f"{field}[{index}].image")
        yield from image_space_faults(container, f"{field}[{index}]")


def _deadline_faults(spec: Object, known: Object) -> Iterator[Fault]:
    field = "spec.activeDeadlineSeconds"
    new, old = spec.get("activeDeadlineSeconds"), known.get("activeDeadlineSeconds")
    if new is None:
        if old is not None:
            yield invalid(field, None, "must not update from a positive integer to nil value")
    elif not 0 <= new <= _LONGEST_DEADLINE:
        yield invalid(field, new, f"must be between 0 and {_LONGEST_DEADLINE}, inclusive")
    elif old is not None and old < new:
        yield invalid(field, new, "must be less than or equal to previous value")


def _toleration_faults(new: Sequence[Object], old: Sequence[Object]) -> Iterator[Fault]:
    kept = [_but(each, "tolerationSeconds") for each in new]
    if any(_but(each, "tolerationSeconds") not in kept for each in old):
        yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
    else:
        yield from toleration_faults(new, "spec.tolerations")


def _gate_faults(new: Sequence[Object], old: Sequence[Object]) -> Iterator[Fault]:
    known = {gate.get("name") for gate in old}
    for index, gate in enumerate(new):
        if gate.get("name") not in known:
            detail = f"only deletion is allowed, but found new scheduling gate '{gate.get('name', '')}'"
            yield forbidden(f"spec.schedulingGates[{index}].name", detail)


def _rest_faults(spec: Object, known: Object) -> Iterator[Fault]:
    """Yield a fault where anything else differs; a gated pod may narrow down its nodes."""
    compared = _compared(spec, known)
    if known.get("schedulingGates"):
        if compared.get("nodeSelector") != known.get("nodeSelector"):
            yield from _selector_faults(compared.get("nodeSelector"), known.get("nodeSelector") or {})
            compared = _with(compared, "nodeSelector", known.get("nodeSelector"))
        yield from _node_affinity_faults(compared, known)
        compared = _with_node_affinity(compared, known)
    if compared != known:
        detail = f"pod updates may not change fields other than {_MUTABLE}\n{spec_difference(known, compared)}"
        yield forbidden("spec", detail)


def _compared(spec: Object, known: Object) -> dict[str, Any]:
    """Return the new spec with everything that may change set back to what it was."""
    back = dict(spec)
    for kind in ("containers", "initContainers"):
        if spec.get(kind):
            pairs = zip(spec[kind], known[kind], strict=True)
            back[kind] = [_with(new, "image", old.get("image")) for new, old in pairs]
    for key in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        back = _with(back, key, known.get(key))
    if known.get("terminationGracePeriodSeconds", 0) < 0 and back.get("terminationGracePeriodSeconds") == 1:
        back["terminationGracePeriodSeconds"] = known["terminationGracePeriodSeconds"]
    return back


def _selector_faults(new: Object | None, old: Object) -> Iterator[Fault]:
    if any((new or {}).get(key) != value for key, value in old.items()):
        detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        yield invalid("spec.nodeSelector", new, detail)


def _node_affinity_faults(spec: Object, known: Object) -> Iterator[Fault]:
    field = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    new, old = _terms(spec), _terms(known)
    if not old:
        return
    if len(new) != len(old):
        shown = [internal("NodeSelectorTerm", term) for term in new] or None
        yield invalid(field, shown, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
        return
    for index, (after, before) in enumerate(zip(new, old, strict=True)):
        if not _only_adds(after, before):
            term = internal("NodeSelectorTerm", after)
            yield invalid(f"{field}[{index}]", term, "only additions are allowed (no mutations or deletions)")


def _terms(spec: Object) -> list[Any]:
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required_terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    return list(required_terms.get("nodeSelectorTerms") or ())


def _only_adds(new: Object, old: Object) -> bool:
    kinds = ("matchExpressions", "matchFields")
    if not any(old.get(kind) for kind in kinds) and any(new.get(kind) for kind in kinds):
        return False
    return all((new.get(kind) or [])[: len(old.get(kind) or [])] == (old.get(kind) or []) for kind in kinds)


def _with_node_affinity(spec: dict[str, Any], known: Object) -> dict[str, Any]:
    affinity = _with(spec.get("affinity") or {}, "nodeAffinity", (known.get("affinity") or {}).get("nodeAffinity"))
    return _with(spec, "affinity", affinity or known.get("affinity"))


def _with(item: Object, key: str, value: Any) -> dict[str, Any]:
    if value is None:
        return _but(item, key)
    return {**item, key: value}


def _but(item: Object, key: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != key}
