"""Checks of CronJobs.

Source: pkg/apis/batch/validation/validation.go, ValidateCronJobCreate, validateCronJobSpec.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid, required, unsupported
from podproof.simulator.api.validation.jobs import job_template_faults
from podproof.simulator.api.validation.scalars import not_negative
from podproof.simulator.api.validation.schedules import schedule_faults, zone_faults
from podproof.simulator.model.objects import Object

_LONGEST_NAME = 52
_CONCURRENCY = ("Allow", "Forbid", "Replace")


def cron_job_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a new CronJob, besides its metadata."""
    yield from _spec_faults(item.get("spec") or {}, None)
    name = item["metadata"].get("name", "")
    if len(name) > _LONGEST_NAME:
        yield invalid("metadata.name", name, f"must be no more than {_LONGEST_NAME} characters")


def cron_job_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CronJob that replaces another."""
    yield from _spec_faults(item.get("spec") or {}, old.get("spec") or {})


def _spec_faults(spec: Object, known: Object | None) -> Iterator[Fault]:
    schedule, zone = spec.get("schedule", ""), spec.get("timeZone")
    if not schedule:
        yield required("spec.schedule")
    else:
        zoned = known is not None and "TZ" in known.get("schedule", "")
        yield from schedule_faults(schedule, zone, "spec.schedule", zoned=zoned)
    yield from not_negative(spec.get("startingDeadlineSeconds"), "spec.startingDeadlineSeconds")
    if zone is not None and (known is None or known.get("timeZone") != zone):
        yield from zone_faults(zone, "spec.timeZone")
    policy = spec.get("concurrencyPolicy", "")
    if not policy:
        yield required("spec.concurrencyPolicy")
    elif policy not in _CONCURRENCY:
        yield unsupported("spec.concurrencyPolicy", policy, _CONCURRENCY)
    yield from _template_faults((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from not_negative(spec.get(key), f"spec.{key}")


def _template_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the template of a CronJob's jobs: their selectors are the server's business."""
    yield from job_template_faults(spec, field)
    if "selector" in spec:
        yield invalid(f"{field}.selector", spec["selector"], "`selector` will be auto-generated")
    if spec.get("manualSelector"):
        yield unsupported(f"{field}.manualSelector", spec["manualSelector"], ("nil", "false"))
