"""The log subresource: which container is meant, and how much of its log is wanted.

Source: pkg/registry/core/pod/strategy.go, LogLocation, validateContainer; pkg/apis/core/validation/validation.go,
ValidatePodLogOptions; staging/src/k8s.io/cri-client/pkg/logs/logs.go, ReadLogs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from podproof.errors import NotModelledError
from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, forbidden, invalid
from podproof.simulator.kernel.requests import NodeUnreachableError, NoLogError, Response
from podproof.simulator.machine.logs import Log
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, seconds

LogSource = Callable[[Object, str, bool], Log]
"""(pod, container, previous) to the log as the node has it; raises NoLogError."""

_NUMBERS = {"tailLines": 0, "limitBytes": 1, "sinceSeconds": 1}
"""The least each may be."""
_STREAMS = ("", "All")


@dataclass(frozen=True, slots=True)
class LogOptions:
    """How much of a log is wanted; None is all of it. `since` is a moment (ns)."""

    previous: bool = False
    follow: bool = False
    timestamps: bool = False
    tail_lines: int | None = None
    limit_bytes: int | None = None
    since: Nanos | None = None


def pod_log(
    pod: Object, params: Mapping[str, str], source: LogSource | None, resource: Resource, now: Nanos
) -> Response:
    """Return the log that `params` ask for; one that is followed can be asked for more.

    Raises:
        ApiError: an option that cannot be, no such container, or the node has no log of it.
        NotModelledError: an option that is not modelled.
    """
    if params.get("stream", "") not in _STREAMS:
        raise NotModelledError("the option stream of pods/log", f"pod {pod['metadata']['name']}")
    options = _options(pod, params, resource, now)
    container = container_of(pod, params.get("container", ""))
    if not pod["spec"].get("nodeName") or source is None:
        return Response(200, "")
    try:
        reading = _Reading(source(pod, container, options.previous), options)
    except NoLogError as error:
        raise statuses.bad_request(str(error)) from None
    except NodeUnreachableError as error:
        raise statuses.failure(500, "", str(error)) from None
    return Response(200, reading.first(), more=reading.more if options.follow else None)


class _Reading:
    """One reader of one log, who knows how far they are."""

    def __init__(self, log: Log, options: LogOptions) -> None:
        self._log, self._options = log, options
        self._left, self._seen = options.limit_bytes, 0

    def first(self) -> str:
        """Return what is there."""
        options = self._options
        self._seen = self._log.lines()
        return self._limited(self._log.text(options.tail_lines, options.timestamps, since=options.since))

    def more(self) -> tuple[str, bool]:
        """Return what was written since, and whether that was all."""
        fresh = self._log.lines() - self._seen
        self._seen += fresh
        text = self._limited(self._log.text(fresh, self._options.timestamps)) if fresh else ""
        return text, self._log.closed or self._left == 0

    def _limited(self, text: str) -> str:
        if self._left is None:
            return text
        kept = text.encode()[: self._left]
        self._left -= len(kept)
        return kept.decode(errors="ignore")


def container_of(pod: Object, wanted: str) -> str:
    """Return the container that is meant.

    Raises:
        ApiError: none of the pod's, or one of several.
    """
    name, spec = pod["metadata"]["name"], pod["spec"]
    apps = [each["name"] for each in spec["containers"]]
    inits = [each["name"] for each in spec.get("initContainers") or ()]
    if not wanted and len(apps) == 1:
        return str(apps[0])
    if not wanted:
        listed = f"choose one of: [{' '.join(apps)}]"
        first = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
        raise statuses.bad_request(f"a container name must be specified for pod {name}, {listed}{first}")
    ephemeral = [each["name"] for each in spec.get("ephemeralContainers") or ()]
    if wanted not in (*apps, *inits, *ephemeral):
        raise statuses.bad_request(f"container {wanted} is not valid for pod {name}")
    return wanted


def _options(pod: Object, params: Mapping[str, str], resource: Resource, now: Nanos) -> LogOptions:
    numbers = {name: _number(params[name]) for name in _NUMBERS if params.get(name)}
    faults = list(_faults(numbers, params))
    if faults:
        raise statuses.invalid(resource._replace(kind="PodLogOptions"), pod["metadata"]["name"], faults)
    span = numbers.get("sinceSeconds")
    since = _moment(params.get("sinceTime", "")) if span is None else Nanos(now - seconds(span))
    previous, follow, timestamps = (params.get(name) == "true" for name in ("previous", "follow", "timestamps"))
    return LogOptions(previous, follow, timestamps, numbers.get("tailLines"), numbers.get("limitBytes"), since)


def _faults(numbers: Mapping[str, int], params: Mapping[str, str]) -> Iterator[Fault]:
    for name, number in numbers.items():
        if number < (least := _NUMBERS[name]):
            detail = "must be greater than 0" if least else "must be greater than or equal to 0"
            yield invalid(name, number, detail)
    if params.get("sinceTime") and "sinceSeconds" in numbers:
        yield forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise statuses.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _moment(text: str) -> Nanos | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise statuses.bad_request(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse it')
    return Nanos(int(found.timestamp()) * SECOND + found.microsecond * 1000)
