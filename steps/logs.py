"""The logs of containers, as kubectl logs prints them."""

from collections.abc import Callable
from dataclasses import dataclass

from podproof.cluster import Cluster, Refusal
from podproof.proof import NotSoError
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import kinds
from podproof.steps.phrases import says

_LOOK = seconds(1)
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Log:
    """One log that can be read; no container is named where the pod has one only."""

    cluster: Cluster
    pod: str
    container: str = ""
    previous: bool = False

    def __str__(self) -> str:
        which = f'container "{self.container}" of pod "{self.pod}"' if self.container else f'pod "{self.pod}"'
        return f"the {'previous ' if self.previous else ''}log of {which}"

    def read(self) -> str | Refusal:
        """Return the log, or the API's refusal."""
        return self.cluster.logs(self.pod, self.container, self.previous)

    def text(self, wanted: str) -> str:
        """Return the log; raises where it cannot be read."""
        answer = self.read()
        if isinstance(answer, Refusal):
            raise self.not_so(wanted, f"the log cannot be read: {answer.message}")
        return answer

    def not_so(self, wanted: str, seen: str) -> NotSoError:
        """Return the error that says so."""
        return NotSoError(f"{self} {wanted}", seen, subjects=(kinds.pod(self.cluster, self.pod),))

    def becomes(self, wanted: str, holds: Callable[[str], bool], limit: Nanos) -> None:
        """Look now, then once a second until the limit: a log is not an object, so nothing tells that it has grown."""
        left = limit
        while True:
            answer = self.read()
            if isinstance(answer, str) and holds(answer):
                return
            if left <= 0:
                raise self.not_so(wanted, f"it reads:\n{_tail(self.text(wanted))}")
            self.cluster.pass_time(min(_LOOK, left))
            left = Nanos(left - _LOOK)

    def is_refused(self, text: str) -> None:
        """Check that it cannot be read, and why."""
        answer, wanted = self.read(), f'cannot be read: "{text}"'
        if isinstance(answer, str):
            raise self.not_so(wanted, f"it can; it reads:\n{_tail(answer)}")
        if text not in answer.message:
            raise self.not_so(wanted, f"the API refuses with: {answer.message}")


@says('the log of container "{container}" of pod "{pod}" contains "{text}"')
@says('the log of container "{container}" of pod "{pod}" contains "{text}" within {limit:duration}')
def the_log_contains(cluster: Cluster, container: str, pod: str, text: str, limit: Nanos) -> None:
    _Log(cluster, pod, container).becomes(f'contains "{text}"', lambda log: text in log, limit)


@says('the log of pod "{pod}" contains "{text}"')
@says('the log of pod "{pod}" contains "{text}" within {limit:duration}')
def the_log_of_the_pod_contains(cluster: Cluster, pod: str, text: str, limit: Nanos) -> None:
    _Log(cluster, pod).becomes(f'contains "{text}"', lambda log: text in log, limit)


@says('the previous log of container "{container}" of pod "{pod}" contains "{text}"')
def the_previous_log_contains(cluster: Cluster, container: str, pod: str, text: str, limit: Nanos) -> None:
    _Log(cluster, pod, container, previous=True).becomes(f'contains "{text}"', lambda log: text in log, limit)


@says('the log of container "{container}" of pod "{pod}" is:')
def the_log_is(cluster: Cluster, container: str, pod: str, docstring: str, limit: Nanos) -> None:
    wanted = f"is:\n{_indented(docstring)}"
    _Log(cluster, pod, container).becomes(wanted, lambda log: log.strip() == docstring.strip(), limit)


@says('the log of container "{container}" of pod "{pod}" does not contain "{text}"')
def the_log_does_not_contain(cluster: Cluster, container: str, pod: str, text: str) -> None:
    log, wanted = _Log(cluster, pod, container), f'does not contain "{text}"'
    found = log.text(wanted)
    if text in found:
        before = found.partition(text)[0]
        line = found.splitlines()[before.count("\n")]
        raise log.not_so(wanted, f"it does: {line}")


@says('the log of container "{container}" of pod "{pod}" is at most {size:number} MiB long')
def the_log_is_at_most(cluster: Cluster, container: str, pod: str, size: int) -> None:
    log, wanted = _Log(cluster, pod, container), f"is at most {size} MiB long"
    length = len(log.text(wanted).encode())
    if length > size << 20:
        raise log.not_so(wanted, f"it has {length} bytes")


@says('reading the log of container "{container}" of pod "{pod}" is refused with "{text}"')
def reading_the_log_is_refused(cluster: Cluster, container: str, pod: str, text: str) -> None:
    _Log(cluster, pod, container).is_refused(text)


@says('reading the previous log of container "{container}" of pod "{pod}" is refused with "{text}"')
def reading_the_previous_log_is_refused(cluster: Cluster, container: str, pod: str, text: str) -> None:
    _Log(cluster, pod, container, previous=True).is_refused(text)


def _tail(log: str) -> str:
    lines = log.splitlines()
    left_out = [f"… {len(lines) - _SHOWN} lines before"] if len(lines) > _SHOWN else []
    return _indented("\n".join([*left_out, *lines[-_SHOWN:]]) or "(nothing)")


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
