"""What a probe means: when it runs, how its outcomes are counted, and what follows. Pure, over plain API objects.

Source: pkg/kubelet/prober/worker.go, newWorker, doProbe.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from podproof.simulator.model.objects import Object
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.restart_rules import NEVER, is_sidecar, may_restart_all
from podproof.simulator.model.times import SECOND, Nanos, moment, seconds

SUCCESS, FAILURE, UNKNOWN = "Success", "Failure", "Unknown"
"""Results. Source: pkg/kubelet/prober/results/results_manager.go, Result."""


class Kind(StrEnum):
    """What a probe is for; the value is its key among a container's results."""

    STARTUP = "startup"
    READINESS = "readiness"
    LIVENESS = "liveness"


INITIAL: Mapping[Kind, str] = {Kind.LIVENESS: SUCCESS, Kind.READINESS: FAILURE, Kind.STARTUP: UNKNOWN}
"""The result of a container nobody has probed yet."""


class Turn(StrEnum):
    """What a prober does when its time has come."""

    END = "end"
    REST = "rest"
    DEAD = "dead"
    QUIET = "quiet"
    WAIT = "wait"
    PROBE = "probe"


class Count(NamedTuple):
    """How often in a row a probe has come to its last result."""

    last: str = ""
    run: int = 0

    def then(self, result: str) -> "Count":
        """Return the count after one more result."""
        return Count(result, self.run + 1 if result == self.last else 1)

    def decides(self, probe: Object) -> bool:
        """Return whether it has reached its threshold, so that the result holds."""
        threshold = "failureThreshold" if self.last == FAILURE else "successThreshold"
        return self.run >= int(probe.get(threshold, 3 if self.last == FAILURE else 1))


def probes_of(pod: Object) -> Iterator[tuple[Object, Kind]]:
    """Yield every probe of a pod's containers, sidecars before apps.

    Source: pkg/kubelet/prober/prober_manager.go, AddPod.
    """
    spec = pod["spec"]
    sidecars = [container for container in spec.get("initContainers") or () if is_sidecar(container)]
    for container in (*sidecars, *spec["containers"]):
        for kind in Kind:
            if container.get(f"{kind}Probe") is not None:
                yield container, kind


def status_of(status: Object, name: str) -> Object | None:
    """Return the status of a container the runtime has made, None where it is not known yet."""
    for field in ("containerStatuses", "initContainerStatuses"):
        for row in status.get(field) or ():
            if row["name"] == name and row.get("containerID"):
                found: Object = row
                return found
    return None


def turn(kind: Kind, container: Object, pod: Object, status: Object, on_hold: bool, now: Nanos) -> Turn:
    """Return what a prober does now, given the pod's status as the kubelet has it.

    END is for good; REST lasts until the status changes; DEAD is a container that does not run; QUIET ends what would
    kill or hold back in a pod that is being deleted; WAIT is the initial delay.
    """
    seen = status_of(status, container["name"])
    if status.get("phase") in TERMINAL:
        return Turn.END
    if seen is None or on_hold:
        return Turn.REST
    if "running" not in seen["state"]:
        return Turn.DEAD
    if pod["metadata"].get("deletionTimestamp") and kind is not Kind.READINESS:
        return Turn.QUIET
    if now < probed_from(container[f"{kind}Probe"], seen):
        return Turn.WAIT
    return Turn.PROBE if bool(seen.get("started")) != (kind is Kind.STARTUP) else Turn.REST


def probed_from(probe: Object, running: Object) -> Nanos:
    """Return the moment from which a running container is probed: its start, in whole seconds, and the delay."""
    started = moment(running["state"]["running"]["startedAt"])
    return Nanos(started + seconds(probe.get("initialDelaySeconds", 0)))


def may_run_again(container: Object, pod: Object, status: Object) -> bool:
    """Return whether a container that does not run may yet do so."""
    if "terminated" not in status["state"] or is_sidecar(container) or may_restart_all(pod["spec"]):
        return True
    policy = container.get("restartPolicy") or pod["spec"].get("restartPolicy", "Always")
    return bool(policy != NEVER or container.get("restartPolicyRules"))


def period_of(probe: Object) -> Nanos:
    """Return the time (ns) between two probes."""
    return Nanos(int(probe.get("periodSeconds", 10)) * SECOND)


def timeout_of(probe: Object) -> Nanos:
    """Return how long (ns) one probe may take."""
    return Nanos(int(probe.get("timeoutSeconds", 1)) * SECOND)
