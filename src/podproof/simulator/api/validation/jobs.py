"""Checks of Jobs, and of the templates CronJobs make them from.

Source: pkg/apis/batch/validation/validation.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.faults import Fault, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.job_policies import failure_policy_faults, success_policy_faults
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.scalars import domain_path_faults, not_negative
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.api.validation.templates import UNMATCHED, is_usable, labels_of, template_faults
from podproof.simulator.model.names import dns_label
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches

UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_COUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
)
_LONGEST_MANAGER = 63
_MODES = ("NonIndexed", "Indexed")
_MOST_INDEXES = 100_000
_MOST_OF_MANY = 10_000
_OF_MANY = (
    f"must be less than or equal to {_MOST_OF_MANY} when completions are above {_MOST_INDEXES} "
    "and used with backoff limit per index"
)
_ENDING = ("OnFailure", "Never")
_FIXED = (
    ("completionMode", ""),
    ("podFailurePolicy", "PodFailurePolicy"),
    ("backoffLimitPerIndex", ""),
    ("managedBy", ""),
    ("successPolicy", "SuccessPolicy"),
)
"""What of a Job may not change, and the internal type it is shown as."""


def job_faults(job: Object) -> Iterator[Fault]:
    """Yield what is wrong with a new Job, besides its metadata; it has its uid and its labels already."""
    spec, name = job.get("spec") or {}, job["metadata"].get("name", "")
    yield from _generated_faults(job)
    yield from _job_spec_faults(spec)
    completions = spec.get("completions") or 0
    if spec.get("completionMode") == "Indexed" and completions > 0:
        longest = f"{name}-{completions - 1}"
        if dns_label(longest):
            detail = f"will not able to create pod with invalid DNS label: {longest}"
            yield invalid("metadata.name", name, detail)


def _generated_faults(job: Object) -> Iterator[Fault]:
    """Yield a fault where the labels or the selector that the server gives a Job are not the ones it has.

    Source: validation.go, validateGeneratedSelector.
    """
    spec, meta = job["spec"], job["metadata"]
    if spec.get("manualSelector") or spec.get("selector") is None:
        return
    expected = _expected_labels(meta)
    labels = labels_of(spec.get("template") or {})
    for key, value in expected.items():
        if key not in labels:
            yield required(f"spec.template.metadata.labels[{key}]", f"must be '{value}'")
        elif labels[key] != value:
            yield invalid(f"spec.template.metadata.labels[{key}]", dict(sorted(labels.items())), f"must be '{value}'")
    if is_usable(spec["selector"]) and not matches(spec["selector"], expected):
        yield invalid("spec.selector", spec["selector"], "`selector` not auto-generated")


def _expected_labels(meta: Object) -> Mapping[str, str]:
    expected: dict[str, str] = {}
    for uid_label, name_label in zip(UID_LABELS, NAME_LABELS, strict=True):
        expected[uid_label] = meta.get("uid", "")
        expected[name_label] = meta.get("name", "")
    return expected


def _job_spec_faults(spec: Object) -> Iterator[Fault]:
    yield from job_template_faults(spec, "spec")
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
    else:
        yield from selector_faults(selector, "spec.selector")
    labels = labels_of(spec.get("template") or {})
    if is_usable(selector) and not matches(selector, labels):
        yield invalid("spec.template.metadata.labels", dict(sorted(labels.items())) or None, UNMATCHED)


def job_template_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the spec of any job, besides its selector.

    Source: validation.go, validateJobSpec.
    """
    for key in _COUNTS:
        yield from not_negative(spec.get(key), f"{field}.{key}")
    if "maxFailedIndexes" in spec:
        yield from not_negative(spec["maxFailedIndexes"], f"{field}.maxFailedIndexes")
        if "backoffLimitPerIndex" not in spec:
            yield required(f"{field}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    if "managedBy" in spec:
        yield from _manager_faults(spec["managedBy"], f"{field}.managedBy")
    yield from _mode_faults(spec, field)
    if "podFailurePolicy" in spec:
        yield from failure_policy_faults(spec, f"{field}.podFailurePolicy")
    if "successPolicy" in spec:
        yield from success_policy_faults(spec, f"{field}.successPolicy")
    yield from _replacement_faults(spec, f"{field}.podReplacementPolicy")
    yield from template_faults(spec.get("template") or {}, f"{field}.template")
    yield from _restart_faults(spec, f"{field}.template.spec.restartPolicy")


def _manager_faults(name: str, field: str) -> Iterator[Fault]:
    yield from domain_path_faults(name, field)
    if len(name) > _LONGEST_MANAGER:
        yield too_long(field, _LONGEST_MANAGER)


def _mode_faults(spec: Object, field: str) -> Iterator[Fault]:
    mode = spec.get("completionMode")
    if mode is not None and mode not in _MODES:
        yield unsupported(f"{field}.completionMode", mode, _MODES)
    if mode == "Indexed":
        yield from _indexed_faults(spec, field)
    if mode in (None, "NonIndexed"):
        for key in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if key in spec:
                yield invalid(f"{field}.{key}", spec[key], "requires indexed completion mode")


def _indexed_faults(spec: Object, field: str) -> Iterator[Fault]:
    completions, parallelism = spec.get("completions"), spec.get("parallelism") or 0
    failed = spec.get("maxFailedIndexes")
    if completions is None:
        yield required(f"{field}.completions", "when completion mode is Indexed")
    if parallelism > _MOST_INDEXES:
        detail = f"must be less than or equal to {_MOST_INDEXES} when completion mode is Indexed"
        yield invalid(f"{field}.parallelism", parallelism, detail)
    if failed is not None and completions is not None and failed > completions:
        yield invalid(f"{field}.maxFailedIndexes", failed, "must be less than or equal to completions")
    if failed is not None and failed > _MOST_INDEXES:
        yield invalid(f"{field}.maxFailedIndexes", failed, f"must be less than or equal to {_MOST_INDEXES}")
    if (completions or 0) <= _MOST_INDEXES or "backoffLimitPerIndex" not in spec:
        return
    if failed is None:
        detail = f"must be specified when completions is above {_MOST_INDEXES}"
        yield required(f"{field}.maxFailedIndexes", detail)
    if parallelism > _MOST_OF_MANY:
        yield invalid(f"{field}.parallelism", parallelism, _OF_MANY)
    if failed is not None and failed > _MOST_OF_MANY:
        yield invalid(f"{field}.maxFailedIndexes", failed, _OF_MANY)


def _replacement_faults(spec: Object, field: str) -> Iterator[Fault]:
    policy = spec.get("podReplacementPolicy")
    supported = ("Failed",) if "podFailurePolicy" in spec else ("Failed", "TerminatingOrFailed")
    if policy is not None and policy not in supported:
        yield unsupported(field, policy, supported)


def _restart_faults(spec: Object, field: str) -> Iterator[Fault]:
    policy = at(spec, "template", "spec", "restartPolicy") or ""
    if policy in ("", "Always"):
        yield required(field, 'valid values: "OnFailure", "Never"')
    elif policy not in _ENDING:
        yield unsupported(field, policy, _ENDING)
    elif "podFailurePolicy" in spec and policy != "Never":
        yield invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')


def job_update_faults(job: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Job that replaces another."""
    spec, known = job["spec"], old["spec"]
    yield from _job_spec_faults(spec)
    yield from _completion_update_faults(spec, known)
    if spec.get("selector") != known.get("selector"):
        yield invalid("spec.selector", spec.get("selector"), IMMUTABLE)
    if spec.get("template") != _comparable(spec, old):
        yield invalid("spec.template", internal("PodTemplateSpec", spec.get("template") or {}), IMMUTABLE)
    for key, struct in _FIXED:
        if spec.get(key) != known.get(key):
            shown = internal(struct, spec[key]) if struct and key in spec else spec.get(key)
            yield invalid(f"spec.{key}", shown, IMMUTABLE)


def _completion_update_faults(spec: Object, known: Object) -> Iterator[Fault]:
    """Yield a fault where completions changed: of an indexed Job they may, together with the parallelism."""
    new = spec.get("completions")
    if new == known.get("completions"):
        return
    if spec.get("completionMode") != "Indexed":
        yield invalid("spec.completions", new, IMMUTABLE)
    elif new is not None and new != spec.get("parallelism"):
        yield invalid("spec.completions", new, "can only be modified in tandem with spec.parallelism")


_DIRECTIVES = ("nodeSelector", "tolerations", "schedulingGates")


def _comparable(spec: Object, old: Object) -> Any:
    """Return the old template with what may still change of a Job that has not started as the new one has it.

    Source: validation.go, validatePodTemplateUpdate; pkg/registry/batch/job/strategy.go, validationOptionsForJob.
    """
    known: Any = old["spec"].get("template")
    started = at(old, "status", "startTime") is not None
    if not old["spec"].get("suspend") or started or "template" not in spec:
        return known
    new, kept = spec["template"], dict(known["spec"])
    for key in _DIRECTIVES:
        _take(kept, new["spec"], key)
    affinity = dict(kept.get("affinity") or {})
    _take(affinity, new["spec"].get("affinity") or {}, "nodeAffinity")
    kept.pop("affinity", None)
    if affinity or "affinity" in new["spec"]:
        kept["affinity"] = affinity
    meta = dict(known.get("metadata") or {})
    for key in ("annotations", "labels"):
        _take(meta, new.get("metadata") or {}, key)
    return {**known, "metadata": meta, "spec": kept}


def _take(target: dict[str, Any], source: Object, key: str) -> None:
    target.pop(key, None)
    if key in source:
        target[key] = source[key]
