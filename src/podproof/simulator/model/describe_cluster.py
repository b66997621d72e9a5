"""What `kubectl describe` says of nodes and of namespaces with what bounds them.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeNode, describeNodeResource, describeNamespace,
describeQuota, describeLimitRange, describePriorityClass.
"""

from collections.abc import Iterable, Mapping, Sequence

from podproof.simulator.model import qos
from podproof.simulator.model.core_tables import roles
from podproof.simulator.model.describe_parts import Around, Lines, conditions, created, listed, names, notes, told
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import Quantity, parse
from podproof.simulator.model.table_cells import NONE, UNSET, age, labels
from podproof.simulator.model.times import long_date

_LEASES = "kube-node-lease"
_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"
_ZERO = Quantity(0)
_HEARTBEATS = (
    ("LastHeartbeatTime", "lastHeartbeatTime"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)
_SYSTEM = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node "
    "before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
    "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort "
    "quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable "
    "or guaranteed quality of service.",
}
"""kubectl's own help to a quota's scopes."""


def node(item: Object, around: Around) -> Lines:
    """Yield what is said of a Node."""
    spec, status = item.get("spec") or {}, item.get("status") or {}
    yield from names(item)
    yield f"Roles:\t{','.join(roles(item)) or NONE}"
    yield from notes(item)
    yield from created(item)
    taints = sorted(spec.get("taints") or (), key=lambda row: f"{row.get('effect', '')},{row['key']}")
    yield from listed("Taints", [_taint(row) for row in taints])
    yield f"Unschedulable:\t{str(bool(spec.get('unschedulable'))).lower()}"
    yield from _lease(item, around)
    yield from conditions(status.get("conditions") or (), _HEARTBEATS)
    yield "Addresses:"
    yield from (f"  {row['type']}:\t{row['address']}" for row in status.get("addresses") or ())
    for label in ("Capacity", "Allocatable"):
        amounts = status.get(label.lower()) or {}
        if amounts:
            yield f"{label}:"
        yield from (f"  {name}:\t{parse(amount)}" for name, amount in sorted(amounts.items()))
    yield "System Info:"
    yield from told(status.get("nodeInfo") or {}, [(f"  {label}", key) for label, key in _SYSTEM], "")
    yield from told(spec, (("PodCIDR", "podCIDR"),))
    if spec.get("podCIDRs"):
        yield f"PodCIDRs:\t{','.join(spec['podCIDRs'])}"
    yield from told(spec, (("ProviderID", "providerID"),))
    yield from _use(item, _running(item, around), around)


def _taint(row: Object) -> str:
    value = f"={row['value']}" if row.get("value") else ""
    effect = f":{row['effect']}" if row.get("effect") else ""
    return f"{row['key']}{value}{effect}"


def _lease(item: Object, around: Around) -> Lines:
    name = item["metadata"]["name"]
    wanted = (_LEASES, name)
    held = around.of_kind("Lease")
    found = next(
        (each for each in held if (each["metadata"].get("namespace"), each["metadata"]["name"]) == wanted), None
    )
    if found is None:
        yield f'Lease:\tFailed to get lease: leases.coordination.k8s.io "{name}" not found'
        return
    spec = found.get("spec") or {}
    yield "Lease:"
    yield f"  HolderIdentity:\t{spec.get('holderIdentity', UNSET)}"
    for label, key in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        yield f"  {label}:\t{long_date(spec[key]) if spec.get(key) else UNSET}"


def _running(item: Object, around: Around) -> list[Object]:
    name, ended = item["metadata"]["name"], ("Succeeded", "Failed")
    pods = (pod for pod in around.of_kind("Pod") if at(pod, "spec", "nodeName") == name)
    found = [pod for pod in pods if at(pod, "status", "phase") not in ended]
    return sorted(found, key=lambda pod: (pod["metadata"].get("namespace", ""), pod["metadata"]["name"]))


def _use(item: Object, pods: Sequence[Object], around: Around) -> Lines:
    """Yield who uses the node, and how much of it is promised. Source: describeNodeResource."""
    amounts = at(item, "status", "allocatable") or at(item, "status", "capacity") or {}
    room = {name: parse(amount) for name, amount in amounts.items()}
    yield f"Non-terminated Pods:\t({len(pods)} in total)"
    yield "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge"
    yield "  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---"
    for pod in pods:
        both = qos.pod_requests(pod, with_status=True), qos.pod_limits(pod, with_status=True)
        cells = [_share(part, name, room) for name in ("cpu", "memory") for part in both]
        meta = pod["metadata"]
        yield "\t".join([f"  {meta.get('namespace', '')}", meta["name"], "", *cells, age(pod, around.now)])
    yield "Allocated resources:"
    yield "  (Total limits may be over 100 percent, i.e., overcommitted.)"
    yield "  Resource\tRequests\tLimits"
    yield "  --------\t--------\t------"
    asked, bounded = _total(map(qos.pod_requests, pods)), _total(map(qos.pod_limits, pods))
    for name in (*_STANDARD, *sorted(name for name in room if name.startswith(_HUGE))):
        yield f"  {name}\t{_share(asked, name, room)}\t{_share(bounded, name, room)}"
    for name in sorted(name for name in room if not name.startswith(_HUGE) and name not in (*_STANDARD, "pods")):
        yield f"  {name}\t{asked.get(name, _ZERO)}\t{bounded.get(name, _ZERO)}"


def _share(amounts: Mapping[str, Quantity], name: str, room: Mapping[str, Quantity]) -> str:
    amount, whole = amounts.get(name, _ZERO), room.get(name, _ZERO)
    part, all_of_it = (each.milli_value if name == "cpu" else each.value for each in (amount, whole))
    percent = part * 100 // all_of_it if all_of_it else 0
    return f"{amount} ({percent}%)"


def _total(parts: Iterable[Mapping[str, Quantity]]) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for part in parts:
        for name, amount in part.items():
            found[name] = found[name] + amount if name in found else amount
    return found


def namespace(item: Object, around: Around) -> Lines:
    """Yield what is said of a Namespace, its quotas and its limits."""
    name = item["metadata"]["name"]
    times = (("LastTransitionTime", "lastTransitionTime"), ("Reason", "reason"), ("Message", "message"))
    yield from names(item)
    yield from notes(item)
    yield f"Status:\t{at(item, 'status', 'phase') or ''}"
    yield from conditions(at(item, "status", "conditions") or (), times, "")
    yield ""
    yield from _quotas(_inside(around.of_kind("ResourceQuota"), name))
    yield ""
    yield from _limits(_inside(around.of_kind("LimitRange"), name))


def _inside(items: Iterable[Object], name: str) -> list[Object]:
    found = [item for item in items if item["metadata"].get("namespace") == name]
    return sorted(found, key=lambda item: str(item["metadata"]["name"]))


def _quotas(items: Sequence[Object]) -> Lines:
    yield "Resource Quotas" if items else "No resource quota."
    for item in items:
        yield f"  Name:\t{item['metadata']['name']}"
        yield from _scopes(item, "  ", "  * ")
        yield "  Resource\tUsed\tHard"
        yield "  --------\t---\t---"
        yield from (f"  {row}" for row in _used(item))


def _scopes(item: Object, indent: str, mark: str) -> Lines:
    scopes = sorted(at(item, "spec", "scopes") or ())
    if scopes:
        yield f"{indent}Scopes:\t{', '.join(scopes)}"
    yield from (f"{mark}{_SCOPES[scope]}" for scope in scopes if scope in _SCOPES)


def _used(item: Object) -> Lines:
    used = at(item, "status", "used") or {}
    for name, amount in sorted((at(item, "status", "hard") or {}).items()):
        yield f"{name}\t{parse(used.get(name, '0'))}\t{parse(amount)}"


def _limits(items: Sequence[Object]) -> Lines:
    if not items:
        yield "No LimitRange resource."
        return
    yield "Resource Limits"
    yield " Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
    yield " ----\t--------\t---\t---\t---------------\t-------------\t-----------------------"
    for item in items:
        yield from _bounds(item, " ")


def _bounds(item: Object, indent: str) -> Lines:
    """Yield one line per bounded resource; kubectl leaves their order to chance, here it is by name."""
    kinds = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
    for row in at(item, "spec", "limits") or ():
        for name in sorted({name for kind in kinds for name in row.get(kind) or ()}):
            cells = [str(parse(row[kind][name])) if name in (row.get(kind) or ()) else "-" for kind in kinds]
            yield "\t".join([f"{indent}{row['type']}", name, *cells])


def resource_quota(item: Object, around: Around) -> Lines:
    """Yield what is said of a ResourceQuota."""
    yield from names(item)
    yield from _scopes(item, "", " * ")
    yield "Resource\tUsed\tHard"
    yield "--------\t----\t----"
    yield from _used(item)


def limit_range(item: Object, around: Around) -> Lines:
    """Yield what is said of a LimitRange."""
    yield from names(item)
    yield "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
    yield "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"
    yield from _bounds(item, "")


def priority_class(item: Object, around: Around) -> Lines:
    """Yield what is said of a PriorityClass."""
    yield from names(item)
    yield f"Value:\t{item.get('value', 0)}"
    yield f"GlobalDefault:\t{str(bool(item.get('globalDefault'))).lower()}"
    yield f"PreemptionPolicy:\t{item.get('preemptionPolicy', 'PreemptLowerPriority')}"
    yield f"Description:\t{item.get('description', '')}"
    yield f"Annotations:\t{labels(item['metadata'].get('annotations'))}"
