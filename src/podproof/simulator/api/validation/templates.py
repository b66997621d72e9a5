"""Checks of pod templates: what a pod of theirs is held to, and that a selector finds it.

Source: pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec, ValidatePodTemplateSpecForRC;
pkg/apis/apps/validation/validation.go, ValidatePodTemplateSpecForReplicaSet.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation import pod_annotations
from podproof.simulator.api.validation.metadata import annotation_faults, label_faults
from podproof.simulator.api.validation.pods import spec_faults
from podproof.simulator.api.validation.scalars import under
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches, matches_map

UNMATCHED = "`selector` does not match template `labels`"


def template_faults(template: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a pod template."""
    pod = as_pod(template)
    yield from _metadata_faults(pod, field)
    yield from under(field, spec_faults(pod, pod["spec"], of_pod=False))
    yield from under(field, pod_annotations.seccomp_match_faults(pod))
    yield from under(field, pod_annotations.app_armor_match_faults(pod))
    if pod["spec"].get("ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        yield forbidden(f"{field}.spec.ephemeralContainers", detail)


def as_pod(template: Object) -> dict[str, Any]:
    """Return a pod as a template makes it: of its metadata only the labels and annotations count."""
    meta = template.get("metadata") or {}
    kept = {key: meta[key] for key in ("labels", "annotations") if key in meta}
    return {"metadata": kept, "spec": template.get("spec") or {}}


def _metadata_faults(pod: Object, field: str) -> Iterator[Fault]:
    meta = pod["metadata"]
    yield from label_faults(meta.get("labels"), f"{field}.labels")
    yield from annotation_faults(meta.get("annotations"), f"{field}.annotations")
    for fault in pod_annotations.annotation_faults(pod):
        yield fault._replace(field=f"{field}.{fault.field.removeprefix('metadata.')}")


def outline_faults(template: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a template's metadata; what it asks of its pods is not looked at.

    Source: pkg/apis/apps/validation/validation.go, ValidatePodTemplateSpecForStatefulSet.
    """
    yield from _metadata_faults(as_pod(template), field)


def labels_of(template: Object) -> Mapping[str, str]:
    """Return the labels of a template's pods."""
    found: Mapping[str, str] = (template.get("metadata") or {}).get("labels") or {}
    return found


def unmatched_faults(selector: Object | None, template: Object, field: str) -> Iterator[Fault]:
    """Yield a fault where a template's pods would not be found by the selector; the empty one is not asked."""
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        return
    labels = labels_of(template)
    if not matches(selector, labels):
        yield invalid(f"{field}.metadata.labels", dict(sorted(labels.items())) or None, UNMATCHED)


def unmatched_map_faults(selector: Mapping[str, str], template: Object, field: str) -> Iterator[Fault]:
    """Yield a fault where a template's pods would not be found by a plain map of labels."""
    labels = labels_of(template)
    if selector and not matches_map(selector, labels):
        yield invalid(f"{field}.metadata.labels", dict(sorted(labels.items())) or None, UNMATCHED)


def required_selector_faults(selector: Object | None, kind: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a selector is missing, wrong, or selects everything."""
    if selector is None:
        yield required(field)
        return
    yield from selector_faults(selector, field)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid(field, dict(selector), f"empty selector is invalid for {kind}")


def is_usable(selector: Object | None) -> bool:
    """Say whether a selector can be asked at all."""
    return next(iter(selector_faults(selector, "")), None) is None


def long_running_faults(template: Object, kind: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a template's pods would end by themselves, which nobody could keep running."""
    spec = template.get("spec") or {}
    policy = spec.get("restartPolicy", "")
    if policy != "Always":
        yield unsupported(f"{field}.spec.restartPolicy", policy, ("Always",))
    if "activeDeadlineSeconds" in spec:
        detail = f"activeDeadlineSeconds in {kind} is not Supported"
        yield forbidden(f"{field}.spec.activeDeadlineSeconds", detail)
