"""The text of `kubectl describe pod`.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describePod, DescribeEvents.
"""

from collections.abc import Iterable, Iterator

from podproof.simulator.model.describe_containers import containers, resource_lines
from podproof.simulator.model.describe_parts import (
    annotations,
    controlled_by,
    events,
    pairs,
    spread_constraints,
    tolerations,
)
from podproof.simulator.model.describe_volumes import volumes
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.tab_writer import tabbed
from podproof.simulator.model.table_cells import since
from podproof.simulator.model.times import Nanos, long_date


def describe_pod(pod: Object, about: Iterable[Object], now: Nanos) -> str:
    """Return what kubectl says of a pod and of the events `about` it; `now` counts from the epoch."""
    return tabbed([*_head(pod, now), *_body(pod), *_tail(pod), *events(about, now)])


def _head(pod: Object, now: Nanos) -> Iterator[str]:
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    yield f"Name:\t{meta['name']}"
    yield f"Namespace:\t{meta['namespace']}"
    if spec.get("priority") is not None:
        yield f"Priority:\t{spec['priority']}"
    if spec.get("priorityClassName"):
        yield f"Priority Class Name:\t{spec['priorityClassName']}"
    if spec.get("runtimeClassName"):
        yield f"Runtime Class Name:\t{spec['runtimeClassName']}"
    if spec.get("serviceAccountName"):
        yield f"Service Account:\t{spec['serviceAccountName']}"
    node = spec.get("nodeName")
    yield f"Node:\t{node}/{status.get('hostIP', '')}" if node else "Node:\t<none>"
    if status.get("startTime"):
        yield f"Start Time:\t{long_date(status['startTime'])}"
    yield from pairs("Labels", meta.get("labels") or {})
    yield from annotations(meta.get("annotations") or {})
    if meta.get("deletionTimestamp") and status.get("phase") not in ("Failed", "Succeeded"):
        yield f"Status:\tTerminating (lasts {since(meta['deletionTimestamp'], now)})"
        yield f"Termination Grace Period:\t{meta.get('deletionGracePeriodSeconds', 0)}s"
    else:
        yield f"Status:\t{status.get('phase', '')}"
    yield from (f"{label}:\t{status[label.lower()]}" for label in ("Reason", "Message") if status.get(label.lower()))
    yield f"IP:\t{status.get('podIP', '')}"
    addresses = status.get("podIPs") or ()
    yield "IPs:" if addresses else "IPs:\t<none>"
    yield from (f"  IP:\t{each['ip']}" for each in addresses)
    yield from controlled_by(pod)
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
    yield from pairs("Node-Selectors", spec.get("nodeSelector") or {})
    yield from tolerations("Tolerations", spec)
    yield from spread_constraints(spec, "")
