"""What `kubectl get` prints: a table for each kind, and its layout as text.

Adding a kind is a line in `_KINDS` and a function that gives its cells; columns after the bar are those of `-o wide`
only, unless the kind mixes them and marks each by a plus.
Source: pkg/printers/internalversion/printers.go, AddHandlers.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from podproof.errors import NotModelledError
from podproof.simulator.model import core_tables as core
from podproof.simulator.model import network_tables as network
from podproof.simulator.model import policy_tables as policy
from podproof.simulator.model import storage_tables as storage
from podproof.simulator.model import workload_tables as workload
from podproof.simulator.model.custom import columns as custom_columns
from podproof.simulator.model.custom.types import CustomType
from podproof.simulator.model.objects import Object
from podproof.simulator.model.table_cells import Cell
from podproof.simulator.model.times import Nanos

_Cells = Callable[[Object, Nanos, bool], tuple[Cell, ...]]

_SHORTEST_COLUMN = 6
_GAP = 3


class Table(NamedTuple):
    """Column names and rows of cells; numbers and booleans stay what they are until they are rendered."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class _Kind(NamedTuple):
    columns: tuple[str, ...]
    is_wide: tuple[bool, ...]
    cells: _Cells


def _kind(columns: str, cells: _Cells) -> _Kind:
    """Read `NAME, STATUS | IP` (IP is wide only) or `NAME, +IP, STATUS` (the same, in between)."""
    narrow, _, wide = columns.partition("|")
    names = [name.strip() for name in narrow.split(",")] + [f"+{name.strip()}" for name in wide.split(",") if name]
    return _Kind(tuple(name.lstrip("+") for name in names), tuple(name.startswith("+") for name in names), cells)


_KINDS = {
    "Pod": _kind("NAME, READY, STATUS, RESTARTS, AGE | IP, NODE, NOMINATED NODE, READINESS GATES", core.pod),
    "Service": _kind("NAME, TYPE, CLUSTER-IP, EXTERNAL-IP, PORT(S), AGE | SELECTOR", core.service),
    "Endpoints": _kind("NAME, ENDPOINTS, AGE", core.endpoints),
    "EndpointSlice": _kind("NAME, ADDRESSTYPE, PORTS, ENDPOINTS, AGE", core.endpoint_slice),
    "ConfigMap": _kind("NAME, DATA, AGE", core.config_map),
    "Secret": _kind("NAME, TYPE, DATA, AGE", core.secret),
    "Namespace": _kind("NAME, STATUS, AGE", core.namespace),
    "ServiceAccount": _kind("NAME, AGE", core.service_account),
    "Node": _kind(
        "NAME, STATUS, ROLES, AGE, VERSION | INTERNAL-IP, EXTERNAL-IP, OS-IMAGE, KERNEL-VERSION, CONTAINER-RUNTIME",
        core.node,
    ),
    "Event": _kind(
        "LAST SEEN, TYPE, REASON, OBJECT, +SUBOBJECT, +SOURCE, MESSAGE, +FIRST SEEN, +COUNT, +NAME", core.event
    ),
    "Deployment": _kind("NAME, READY, UP-TO-DATE, AVAILABLE, AGE | CONTAINERS, IMAGES, SELECTOR", workload.deployment),
    "ReplicaSet": _kind("NAME, DESIRED, CURRENT, READY, AGE | CONTAINERS, IMAGES, SELECTOR", workload.replica_set),
    "ReplicationController": _kind(
        "NAME, DESIRED, CURRENT, READY, AGE | CONTAINERS, IMAGES, SELECTOR", workload.replication_controller
    ),
    "StatefulSet": _kind("NAME, READY, AGE | CONTAINERS, IMAGES", workload.stateful_set),
    "DaemonSet": _kind(
        "NAME, DESIRED, CURRENT, READY, UP-TO-DATE, AVAILABLE, NODE SELECTOR, AGE | CONTAINERS, IMAGES, SELECTOR",
        workload.daemon_set,
    ),
    "Job": _kind("NAME, STATUS, COMPLETIONS, DURATION, AGE | CONTAINERS, IMAGES, SELECTOR", workload.job),
    "CronJob": _kind(
        "NAME, SCHEDULE, TIMEZONE, SUSPEND, ACTIVE, LAST SCHEDULE, AGE | CONTAINERS, IMAGES, SELECTOR",
        workload.cron_job,
    ),
    "StorageClass": _kind(
        "NAME, PROVISIONER, RECLAIMPOLICY, VOLUMEBINDINGMODE, ALLOWVOLUMEEXPANSION, AGE", workload.storage_class
    ),
    "PersistentVolume": _kind(
        "NAME, CAPACITY, ACCESS MODES, RECLAIM POLICY, STATUS, CLAIM, STORAGECLASS, VOLUMEATTRIBUTESCLASS, REASON, AGE"
        " | VOLUMEMODE",
        workload.persistent_volume,
    ),
    "Ingress": _kind("NAME, CLASS, HOSTS, ADDRESS, PORTS, AGE", network.ingress),
    "IngressClass": _kind("NAME, CONTROLLER, PARAMETERS, AGE", network.ingress_class),
    "NetworkPolicy": _kind("NAME, POD-SELECTOR, AGE", network.network_policy),
    "CSIDriver": _kind(
        "NAME, ATTACHREQUIRED, PODINFOONMOUNT, STORAGECAPACITY, TOKENREQUESTS, REQUIRESREPUBLISH, MODES, AGE",
        storage.csi_driver,
    ),
    "CSINode": _kind("NAME, DRIVERS, AGE", storage.csi_node),
    "CSIStorageCapacity": _kind("NAME, STORAGECLASSNAME, CAPACITY", storage.csi_storage_capacity),
    "VolumeAttachment": _kind("NAME, ATTACHER, PV, NODE, ATTACHED, AGE", storage.volume_attachment),
    "VolumeAttributesClass": _kind("NAME, DRIVERNAME, AGE", storage.volume_attributes_class),
    "PodTemplate": _kind("NAME, CONTAINERS, IMAGES, POD LABELS", policy.pod_template),
    "PodDisruptionBudget": _kind(
        "NAME, MIN AVAILABLE, MAX UNAVAILABLE, ALLOWED DISRUPTIONS, AGE", policy.pod_disruption_budget
    ),
    "ResourceQuota": _kind("NAME, REQUEST, LIMIT, AGE", policy.resource_quota),
    "LimitRange": _kind("NAME, CREATED AT", policy.created),
    "HorizontalPodAutoscaler": _kind(
        "NAME, REFERENCE, TARGETS, MINPODS, MAXPODS, REPLICAS, AGE", policy.horizontal_pod_autoscaler
    ),
    "PriorityClass": _kind("NAME, VALUE, GLOBAL-DEFAULT, AGE, PREEMPTIONPOLICY", policy.priority_class),
    "RuntimeClass": _kind("NAME, HANDLER, AGE", policy.runtime_class),
    "Lease": _kind("NAME, HOLDER, AGE", policy.lease),
    "ControllerRevision": _kind("NAME, CONTROLLER, REVISION, AGE", policy.controller_revision),
    "Role": _kind("NAME, CREATED AT", policy.created),
    "ClusterRole": _kind("NAME, CREATED AT", policy.created),
    "RoleBinding": _kind("NAME, ROLE, AGE | USERS, GROUPS, SERVICEACCOUNTS", policy.role_binding),
    "ClusterRoleBinding": _kind("NAME, ROLE, AGE | USERS, GROUPS, SERVICEACCOUNTS", policy.role_binding),
    "CustomResourceDefinition": _kind("NAME, CREATED AT", policy.created),
    "PersistentVolumeClaim": _kind(
        "NAME, STATUS, VOLUME, CAPACITY, ACCESS MODES, STORAGECLASS, VOLUMEATTRIBUTESCLASS, AGE | VOLUMEMODE",
        workload.persistent_volume_claim,
    ),
}


def _custom_table(custom: CustomType, items: Iterable[Object], now: Nanos, wide: bool) -> Table:
    known = custom_columns.columns_of(custom)
    shown = [index for index, column in enumerate(known) if wide or not column.is_wide]
    rows = custom_columns.cells(custom, items, now)
    return Table(tuple(known[index].title for index in shown), tuple(tuple(row[i] for i in shown) for row in rows))


def columns(item: Object, now: Nanos, wide: bool = False) -> dict[str, Cell]:
    """Return one object's row, column to cell; numbers and booleans stay what they are.

    Raises:
        NotModelledError: the columns of its kind are not known.
    """
    made = table(item.get("kind", ""), (item,), now, wide)
    return dict(zip(made.columns, made.rows[0], strict=True))


def table(
    kind: str, items: Iterable[Object], now: Nanos, wide: bool = False, custom: CustomType | None = None
) -> Table:
    """Return the table of objects of a kind, one row each in the order given; `custom` is what defines the kind.

    Raises:
        NotModelledError: the columns of this kind are not known.
    """
    if custom is not None:
        return _custom_table(custom, items, now, wide)
    if kind not in _KINDS:
        raise NotModelledError(f"the columns of {kind}", "kubectl get")
    known = _KINDS[kind]
    shown = [index for index, is_wide in enumerate(known.is_wide) if wide or not is_wide]
    rows = (known.cells(_whole(item), now, wide) for item in items)
    return Table(
        tuple(known.columns[index] for index in shown), tuple(tuple(row[index] for index in shown) for row in rows)
    )


def _whole(item: Object) -> Object:
    """Return an object with the parts that every one has on a server; one that was never there may lack them."""
    if "spec" in item and "name" in item.get("metadata", ()):
        return item
    return {"spec": {}, **item, "metadata": {"name": "", **item.get("metadata", {})}}


def render(made: Table) -> str:
    """Return a table as kubectl lays it out, each line closed by a newline.

    Source: staging/src/k8s.io/cli-runtime/pkg/printers/tabwriter.go, GetNewTabWriter; tableprinter.go, printRows.
    """
    lines = [made.columns, *(tuple(text(cell) for cell in row) for row in made.rows)]
    widths = [max(_SHORTEST_COLUMN, max(map(len, column)) + _GAP) for column in zip(*lines, strict=True)]
    return "".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = "".join(cell.ljust(width) for cell, width in zip(cells[:-1], widths, strict=False))
    return f"{padded}{cells[-1]}\n"


def text(cell: Cell) -> str:
    """Return a cell as it is printed: one line, what follows it told by dots."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    whole = str(cell)
    first = whole.replace("\f", "\n").replace("\r", "\n").partition("\n")[0]
    return whole if first == whole else f"{first}..."
