"""The text of `kubectl describe pod`.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describePod, DescribeEvents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from podproof.simulator.model.describe_containers import containers, resource_lines
from podproof.simulator.model.describe_volumes import volumes
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.tab_writer import tabbed
from podproof.simulator.model.table_cells import since
from podproof.simulator.model.times import Nanos, long_date

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 140


def describe_pod(pod: Object, events: Iterable[Object], now: Nanos) -> str:
    """Return what kubectl says of a pod and the events about it; `now` counts from the epoch."""
    return tabbed([*_head(pod, now), *_body(pod), *_tail(pod), *_events(events, now)])


def _head(pod: Object, now: Nanos) -> Iterator[str]:
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    yield f"Name:\t{meta['name']}"
    yield f"Namespace:\t{meta['namespace']}"
    if spec.get("priority") is not None:
        yield f"Priority:\t{spec['priority']}"
    if spec.get("priorityClassName"):
        yield f"Priority Class Name:\t{spec['priorityClassName']}"
    if spec.get("serviceAccountName"):
        yield f"Service Account:\t{spec['serviceAccountName']}"
    node = spec.get("nodeName")
    yield f"Node:\t{node}/{status.get('hostIP', '')}" if node else "Node:\t<none>"
    if status.get("startTime"):
        yield f"Start Time:\t{long_date(status['startTime'])}"
    yield from _pairs("Labels", meta.get("labels") or {})
    yield from _annotations(meta.get("annotations") or {})
    if meta.get("deletionTimestamp"):
        yield f"Status:\tTerminating (lasts {since(meta['deletionTimestamp'], now)})"
        yield f"Termination Grace Period:\t{meta.get('deletionGracePeriodSeconds', 0)}s"
    else:
        yield f"Status:\t{status.get('phase', '')}"
    yield from (f"{label}:\t{status[label.lower()]}" for label in ("Reason", "Message") if status.get(label.lower()))
    yield f"IP:\t{status.get('podIP', '')}"
    addresses = status.get("podIPs") or ()
    yield "IPs:" if addresses else "IPs:\t<none>"
    yield from (f"  IP:\t{each['ip']}" for each in addresses)
    owner = next((each for each in meta.get("ownerReferences") or () if each.get("controller")), None)
    if owner is not None:
        yield f"Controlled By:\t{owner['kind']}/{owner['name']}"
    if status.get("nominatedNodeName"):
        yield f"NominatedNodeName:\t{status['nominatedNodeName']}"
    if spec.get("resources") is not None:
        yield "Resources:"
        yield from resource_lines(spec["resources"], "  ")


def _body(pod: Object) -> Iterator[str]:
    spec, status = pod["spec"], pod.get("status") or {}
    for label, field, statuses in _GROUPS:
        if spec.get(field):
            yield from containers(label, spec[field], status.get(statuses) or (), pod)
    conditions = status.get("conditions") or ()
    gates = spec.get("readinessGates") or ()
    if gates:
        known = {each["type"]: each["status"] for each in conditions}
        yield "Readiness Gates:"
        yield "  Type\tStatus"
        yield from (f"  {gate['conditionType']} \t{known.get(gate['conditionType'], '<none>')} " for gate in gates)
    if conditions:
        yield "Conditions:"
        yield "  Type\tStatus"
        yield from (f"  {each['type']} \t{each['status']} " for each in conditions)


_GROUPS = (
    ("Init Containers", "initContainers", "initContainerStatuses"),
    ("Containers", "containers", "containerStatuses"),
    ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
)


def _tail(pod: Object) -> Iterator[str]:
    spec = pod["spec"]
    yield from volumes(spec.get("volumes") or ())
    yield f"QoS Class:\t{at(pod, 'status', 'qosClass') or ''}"
    yield from _pairs("Node-Selectors", spec.get("nodeSelector") or {})
    tolerations = sorted(spec.get("tolerations") or (), key=lambda each: str(each.get("key", "")))
    yield from _listed("Tolerations", [_toleration(each) for each in tolerations])


def _toleration(row: Object) -> str:
    text = str(row.get("key", ""))
    text += f"={row['value']}" if row.get("value") else ""
    text += f":{row['effect']}" if row.get("effect") else ""
    if row.get("operator") == "Exists" and not row.get("value"):
        text += " op=Exists" if text else "op=Exists"
    seconds = row.get("tolerationSeconds")
    return f"{text} for {seconds}s" if seconds is not None else text


def _pairs(label: str, pairs: Mapping[str, str]) -> Iterator[str]:
    yield from _listed(label, [f"{key}={value}" for key, value in sorted(pairs.items())])


def _listed(label: str, texts: Sequence[str]) -> Iterator[str]:
    first, *more = texts or ("<none>",)
    yield f"{label}:\t{first}"
    yield from (f"\t{text}" for text in more)


def _annotations(annotations: Mapping[str, str]) -> Iterator[str]:
    lines: list[str] = []
    for key in sorted(key for key in annotations if key != _LAST_APPLIED):
        value = annotations[key].removesuffix("\n")
        if "\n" not in value and len(key) + len(value) + 2 <= _LONGEST_ANNOTATION:
            lines.append(f"{key}: {value}")
            continue
        lines.append(f"{key}:")
        lines.extend(f"  {_short(line)}" for line in value.split("\n"))
    yield from _listed("Annotations", lines)


def _short(line: str) -> str:
    longest = _LONGEST_ANNOTATION - 2
    return line if len(line) <= longest else f"{line[:longest]}..."


def _events(events: Iterable[Object], now: Nanos) -> Iterator[str]:
    rows = sorted(events, key=_last_seen)
    yield "Events:" if rows else "Events:\t<none>"
    if rows:
        yield "  Type\tReason\tAge\tFrom\tMessage"
        yield "  ----\t------\t----\t----\t-------"
    for row in rows:
        source = at(row, "source", "component") or row.get("reportingComponent", "")
        message = str(row.get("message", "")).strip()
        yield f"  {row.get('type')}\t{row.get('reason')}\t{_when(row, now)}\t{source}\t{message}"


def _last_seen(event: Object) -> str:
    """Return what kubectl sorts by: events that are told by an eventTime of their own come first."""
    return str(event.get("lastTimestamp") or "")


def _when(event: Object, now: Nanos) -> str:
    first = event.get("firstTimestamp") or event.get("eventTime")
    count = at(event, "series", "count") or event.get("count") or 1
    if count <= 1:
        return since(first, now)
    last = at(event, "series", "lastObservedTime") or event.get("lastTimestamp") or first
    return f"{since(last, now)} (x{count} over {since(first, now)})"
