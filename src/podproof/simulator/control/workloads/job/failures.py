"""What a failed pod means to its Job: a failure that counts, one that does not, or the end; and how long to wait.

Source: pkg/controller/job/pod_failure_policy.go, matchPodFailurePolicy; backoff_utils.go.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from podproof.simulator.control.workloads.pods import phase_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment, seconds

FIRST_BACK_OFF = seconds(10)
"""Source: pkg/controller/job/job_controller.go, DefaultJobPodFailureBackOff."""
_NEVER = Nanos(0)
LONGEST_BACK_OFF = seconds(600)
"""Source: pkg/controller/job/job_controller.go, MaxJobPodFailureBackOff."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy says of one failed pod."""

    counts: bool = True
    message: str = ""
    """Why the whole Job fails, "" where it does not."""
    fails_index: bool = False
    """Whether the pod's index fails for good."""


def only_failed_are_replaced(job: Object) -> bool:
    """Say whether a pod on its way out is not replaced before it is gone. Source: onlyReplaceFailedPods."""
    return bool(job["spec"].get("podReplacementPolicy") == "Failed") or "podFailurePolicy" in job["spec"]


def has_failed(pod: Object, job: Object) -> bool:
    """Say whether a pod is a failure: it ended so, or is on its way out before it could end. Source: isPodFailed."""
    if phase_of(pod) == "Failed":
        return True
    going = "deletionTimestamp" in pod["metadata"] and phase_of(pod) != "Succeeded"
    return going and not only_failed_are_replaced(job)


def judged(pod: Object, job: Object) -> Judgement:
    """Return what the first rule that matches a failed pod says; without one it counts."""
    for place, rule in enumerate((job["spec"].get("podFailurePolicy") or {}).get("rules") or ()):
        met = _met(pod, rule)
        if met and rule["action"] == "Ignore":
            return Judgement(counts=False)
        if met and rule["action"] == "FailJob":
            return Judgement(message=f"{met} matching FailJob rule at index {place}")
        if met:
            return Judgement(fails_index=rule["action"] == "FailIndex")
    return Judgement()


def _met(pod: Object, rule: Object) -> str:
    """Return what of a pod meets a rule, in the words a condition has for it; "" where nothing does."""
    meta, status = pod["metadata"], pod.get("status") or {}
    who = f"{meta['namespace']}/{meta['name']}"
    for wanted in rule.get("onPodConditions") or ():
        for each in status.get("conditions") or ():
            if (each["type"], each["status"]) == (wanted["type"], wanted.get("status", "True")):
                return f"Pod {who} has condition {each['type']}"
    codes = rule.get("onExitCodes") or {"operator": "In", "values": ()}
    for name, code in _exits(status):
        if codes.get("containerName") in (None, name) and (code in codes["values"]) == (codes["operator"] == "In"):
            return f"Container {name} for pod {who} failed with exit code {code}"
    return ""


def _exits(status: Object) -> Iterator[tuple[str, int]]:
    for group in ("containerStatuses", "initContainerStatuses"):
        for each in status.get(group) or ():
            ended = (each.get("state") or {}).get("terminated")
            if ended and ended.get("exitCode"):
                yield each["name"], ended["exitCode"]


@dataclass(frozen=True, slots=True)
class BackOff:
    """Failures in a row since the last success, and when the last of them ended."""

    failures: int = 0
    last: Nanos = _NEVER

    def after(self, succeeded: Iterable[Object], failed: Iterable[Object]) -> "BackOff":
        """Return the record with newly ended pods in it, in the order they ended. Source: newBackoffRecord."""
        record = self
        ends = [(ended_at(pod), 0) for pod in succeeded] + [(ended_at(pod), 1) for pod in failed]
        for at, is_failure in sorted(ends):
            record = BackOff(record.failures + 1, at) if is_failure else BackOff()
        return record

    def until(self) -> Nanos:
        """Return the moment from which a new pod may be made. Source: getRemainingTime."""
        return back_off_after(self.failures, self.last)


def back_off_after(failures: int, last: Nanos) -> Nanos:
    """Return when so many failures in a row are waited for. Source: getRemainingTimeForFailuresCount."""
    if not failures:
        return Nanos(0)
    return Nanos(last + min(FIRST_BACK_OFF << min(failures - 1, 20), LONGEST_BACK_OFF))


def ended_at(pod: Object) -> Nanos:
    """Return when a pod's last container ended; else when it was told to go, or stopped being ready.

    Source: backoff_utils.go, getFinishedTime.
    """
    status = pod.get("status") or {}
    ends = [
        moment(ended["finishedAt"])
        for each in status.get("containerStatuses") or ()
        if (ended := (each.get("state") or {}).get("terminated")) and ended.get("finishedAt")
    ]
    if ends:
        return max(ends)
    told = pod["metadata"].get("deletionTimestamp")
    ready = (each["lastTransitionTime"] for each in status.get("conditions") or () if each["type"] == "Ready")
    return moment(told or next(ready, pod["metadata"]["creationTimestamp"]))
