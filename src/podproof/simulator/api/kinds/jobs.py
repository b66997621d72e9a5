"""The rules of Jobs and CronJobs.

Source: pkg/apis/batch/v1/defaults.go; pkg/registry/batch/job/strategy.go, pkg/registry/batch/cronjob/strategy.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.kinds.pod_defaults import default_template
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.cron_jobs import cron_job_faults, cron_job_update_faults
from podproof.simulator.api.validation.jobs import NAME_LABELS, UID_LABELS, job_faults, job_update_faults
from podproof.simulator.api.validation.scalars import LARGEST_INT32
from podproof.simulator.api.validation.template_warnings import name_warnings, template_warnings

_BACK_OFF_LIMIT = 6
_SELECTED = "batch.kubernetes.io/controller-uid"


def _default_job(job: Draft) -> None:
    """Complete a Job.

    Source: SetDefaults_Job.
    """
    spec = job.setdefault("spec", {})
    _default_template(spec)
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", LARGEST_INT32 if "backoffLimitPerIndex" in spec else _BACK_OFF_LIMIT)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")
    _default_labels(job)


def _default_template(spec: Draft) -> None:
    default_template(spec.setdefault("template", {}))
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            pattern.setdefault("status", "True")


def _default_labels(job: Draft) -> None:
    """Give a Job without labels those of its pods."""
    labels = job["spec"]["template"]["metadata"].get("labels")
    if labels and not job["metadata"].get("labels"):
        job["metadata"]["labels"] = dict(labels)


def _begin_job(job: Draft) -> None:
    """Give a Job the selector and the labels by which its pods are told from others'.

    Source: strategy.go, generateSelectorIfNeeded. What it stores is completed once more, so the labels reach the Job.
    """
    job["status"] = {}
    spec, meta = job["spec"], job["metadata"]
    if not spec["manualSelector"]:
        labels = spec["template"]["metadata"].setdefault("labels", {})
        for uid_label, name_label in zip(UID_LABELS, NAME_LABELS, strict=True):
            labels.setdefault(name_label, meta.get("name", ""))
            labels.setdefault(uid_label, meta["uid"])
        selector = spec.setdefault("selector", {}).setdefault("matchLabels", {})
        selector.setdefault(_SELECTED, meta["uid"])
    _default_labels(job)


def _default_cron_job(item: Draft) -> None:
    """Complete a CronJob; of its template only what every pod template gets.

    Source: SetDefaults_CronJob.
    """
    spec = item.setdefault("spec", {})
    template = spec.setdefault("jobTemplate", {})
    template.setdefault("metadata", {})
    _default_template(template.setdefault("spec", {}))
    for key, value in (
        ("concurrencyPolicy", "Allow"),
        ("suspend", False),
        ("successfulJobsHistoryLimit", 3),
        ("failedJobsHistoryLimit", 1),
    ):
        spec.setdefault(key, value)


def _begin_cron_job(item: Draft) -> None:
    item["status"] = {}


def _job_warnings(job: Draft) -> Iterator[str]:
    yield from name_warnings(job["metadata"].get("name", ""))
    yield from template_warnings(job["spec"]["template"], "spec.template")


def _cron_job_warnings(item: Draft) -> Iterator[str]:
    yield from name_warnings(item["metadata"].get("name", ""))
    yield from template_warnings(item["spec"]["jobTemplate"]["spec"]["template"], "spec.jobTemplate.spec.template")


JOBS = Rules(
    default=_default_job,
    begin=_begin_job,
    validate=job_faults,
    validate_update=job_update_faults,
    warnings=_job_warnings,
    derives=True,
)
CRON_JOBS = Rules(
    default=_default_cron_job,
    begin=_begin_cron_job,
    validate=cron_job_faults,
    validate_update=cron_job_update_faults,
    warnings=_cron_job_warnings,
    derives=True,
)
