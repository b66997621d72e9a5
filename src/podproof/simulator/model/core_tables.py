"""The rows kubectl prints for pods, Services, nodes and what stands round them.

Each function gives all cells of a row, wide ones included, in the order of the kind's columns.
Source: pkg/printers/internalversion/printers.go.
"""

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_columns import columns_of, ready_text, restarts_text
from podproof.simulator.model.table_cells import (
    NONE,
    UNKNOWN,
    UNSET,
    Cell,
    age,
    balancer,
    first_few,
    joined,
    labels,
    since,
)
from podproof.simulator.model.times import Nanos

_ROLE_PREFIX, _ROLE_LABEL = "node-role.kubernetes.io/", "kubernetes.io/role"


def pod(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Pod's row."""
    spec, columns = item["spec"], columns_of(item)
    address = at(item, "status", "podIPs", 0, "ip") or at(item, "status", "podIP")
    return (
        item["metadata"]["name"],
        ready_text(columns),
        columns.status,
        restarts_text(columns, now),
        age(item, now),
        address or NONE,
        spec.get("nodeName") or NONE,
        at(item, "status", "nominatedNodeName") or NONE,
        _gates(item),
    )


def _gates(item: Object) -> str:
    gates = item["spec"].get("readinessGates") or ()
    conditions: dict[str, str] = {}
    for row in at(item, "status", "conditions") or ():
        conditions.setdefault(row["type"], row["status"])
    met = sum(conditions.get(gate["conditionType"]) == "True" for gate in gates)
    return f"{met}/{len(gates)}" if gates else NONE


def service(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Service's row."""
    spec = item["spec"]
    addresses = spec.get("clusterIPs") or [spec.get("clusterIP") or NONE]
    ports = ",".join(_service_port(row) for row in spec.get("ports") or ())
    return (
        item["metadata"]["name"],
        spec.get("type", ""),
        addresses[0],
        _external_address(item, wide),
        ports or NONE,
        age(item, now),
        labels(spec.get("selector")),
    )


def _service_port(row: Object) -> str:
    node_port = f":{row['nodePort']}" if row.get("nodePort") else ""
    return f"{row['port']}{node_port}/{row.get('protocol', '')}"


def _external_address(item: Object, wide: bool) -> str:
    spec = item["spec"]
    kind = spec.get("type", "")
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    given = list(spec.get("externalIPs") or ())
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(given) or NONE
    if kind != "LoadBalancer":
        return UNKNOWN
    reached = balancer(item, wide)
    return ",".join(([reached] if reached else []) + given) or "<pending>"


def endpoints(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return the row of an Endpoints object."""
    subsets = item.get("subsets") or ()
    shown = [text for subset in subsets for text in _subset(subset)]
    return item["metadata"]["name"], first_few(shown, "") if subsets else NONE, age(item, now)


def _subset(subset: Object) -> list[str]:
    addresses = [row["ip"] for row in subset.get("addresses") or ()]
    if not subset.get("ports"):
        return addresses
    return [joined(address, port["port"]) for port in subset["ports"] for address in addresses]


def endpoint_slice(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return an EndpointSlice's row."""
    ports = [str(row.get("port") or row.get("name") or "*") for row in item.get("ports") or ()]
    addresses = [address for row in item.get("endpoints") or () for address in row.get("addresses") or ()]
    name, kind = item["metadata"]["name"], item.get("addressType", "")
    return name, kind, first_few(ports, UNSET), first_few(addresses, UNSET), age(item, now)


def config_map(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ConfigMap's row."""
    count = len(item.get("data") or ()) + len(item.get("binaryData") or ())
    return item["metadata"]["name"], count, age(item, now)


def secret(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Secret's row."""
    return item["metadata"]["name"], item.get("type", ""), len(item.get("data") or ()), age(item, now)


def namespace(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Namespace's row."""
    return item["metadata"]["name"], at(item, "status", "phase") or "", age(item, now)


def service_account(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ServiceAccount's row."""
    return item["metadata"]["name"], age(item, now)


def node(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Node's row."""
    info = at(item, "status", "nodeInfo") or {}
    return (
        item["metadata"]["name"],
        _node_status(item),
        ",".join(roles(item)) or NONE,
        age(item, now),
        info.get("kubeletVersion", ""),
        _node_address(item, "InternalIP"),
        _node_address(item, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    )


def _node_status(item: Object) -> str:
    conditions = {row["type"]: row["status"] for row in at(item, "status", "conditions") or ()}
    ready = "Unknown"
    if "Ready" in conditions:
        ready = "Ready" if conditions["Ready"] == "True" else "NotReady"
    return f"{ready},SchedulingDisabled" if at(item, "spec", "unschedulable") else ready


def roles(item: Object) -> list[str]:
    """Return the roles a node's labels give it."""
    found = item["metadata"].get("labels") or {}
    named = {key.removeprefix(_ROLE_PREFIX) for key in found if key.startswith(_ROLE_PREFIX)}
    return sorted((named | {found.get(_ROLE_LABEL, "")}) - {""})


def _node_address(item: Object, kind: str) -> str:
    rows = at(item, "status", "addresses") or ()
    return next((str(row["address"]) for row in rows if row["type"] == kind), NONE)


def event(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return an Event's row."""
    target, source = item.get("involvedObject") or {}, item.get("source") or {}
    series = item.get("series") or {}
    first = since(item.get("firstTimestamp") or item.get("eventTime"), now)
    last = since(item["lastTimestamp"], now) if item.get("lastTimestamp") else first
    kind = target.get("kind", "").lower()
    component = source.get("component") or item.get("reportingComponent")
    instance = source.get("host") or item.get("reportingInstance")
    return (
        since(series.get("lastObservedTime"), now) if series else last,
        item.get("type", ""),
        item.get("reason", ""),
        f"{kind}/{target['name']}" if target.get("name") else kind,
        target.get("fieldPath", ""),
        f"{component or ''}, {instance}" if instance else component or "",
        item.get("message", "").strip(),
        first,
        series.get("count", 0) if series else item.get("count") or 1,
        item["metadata"]["name"],
    )
