"""The rows kubectl prints for controllers and storage.

Each function gives all cells of a row, wide ones included, in the order of the kind's columns.
Source: pkg/printers/internalversion/printers.go.
"""

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.selectors import printed
from podproof.simulator.model.table_cells import NONE, UNSET, Cell, age, containers, labels, phase_or_terminating, since
from podproof.simulator.model.times import Nanos, human_duration, moment

_ACCESS_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_DEFAULT_CLASS_ANNOTATIONS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_DAEMON_COUNTS = (
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "numberReady",
    "updatedNumberScheduled",
    "numberAvailable",
)
_ENDED_JOB, _LIVE_JOB = ("Complete", "Failed"), ("Suspended", "FailureTarget")
"""Conditions of a Job that are its STATUS, the first that is true; a deletion comes between the two groups."""


def _count(item: Object, *path: str) -> int:
    return int(at(item, *path) or 0)


def deployment(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Deployment's row."""
    return (
        item["metadata"]["name"],
        f"{_count(item, 'status', 'readyReplicas')}/{_count(item, 'spec', 'replicas')}",
        _count(item, "status", "updatedReplicas"),
        _count(item, "status", "availableReplicas"),
        age(item, now),
        *containers(item["spec"].get("template")),
        printed(item["spec"].get("selector")),
    )


def replica_set(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ReplicaSet's row."""
    return *_replicas(item, now), printed(item["spec"].get("selector"))


def replication_controller(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ReplicationController's row."""
    return *_replicas(item, now), labels(item["spec"].get("selector"))


def _replicas(item: Object, now: Nanos) -> tuple[Cell, ...]:
    return (
        item["metadata"]["name"],
        _count(item, "spec", "replicas"),
        _count(item, "status", "replicas"),
        _count(item, "status", "readyReplicas"),
        age(item, now),
        *containers(item["spec"].get("template")),
    )


def stateful_set(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a StatefulSet's row."""
    ready = f"{_count(item, 'status', 'readyReplicas')}/{_count(item, 'spec', 'replicas')}"
    return item["metadata"]["name"], ready, age(item, now), *containers(item["spec"].get("template"))


def daemon_set(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a DaemonSet's row."""
    return (
        item["metadata"]["name"],
        *(_count(item, "status", name) for name in _DAEMON_COUNTS),
        labels(at(item, "spec", "template", "spec", "nodeSelector")),
        age(item, now),
        *containers(item["spec"].get("template")),
        printed(item["spec"].get("selector")),
    )


def job(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Job's row."""
    return (
        item["metadata"]["name"],
        _job_status(item),
        _completions(item),
        _job_duration(item, now),
        age(item, now),
        *containers(item["spec"].get("template")),
        printed(item["spec"].get("selector")),
    )


def _job_status(item: Object) -> str:
    conditions: dict[str, str] = {}
    for row in at(item, "status", "conditions") or ():
        conditions.setdefault(row["type"], row["status"])
    shown = [kind for kind in _ENDED_JOB if conditions.get(kind) == "True"]
    shown += ["Terminating"] if "deletionTimestamp" in item["metadata"] else []
    shown += [kind for kind in _LIVE_JOB if conditions.get(kind) == "True"]
    return shown[0] if shown else "Running"


def _completions(item: Object) -> str:
    succeeded, wanted = _count(item, "status", "succeeded"), item["spec"].get("completions")
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    parallelism = _count(item, "spec", "parallelism")
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _job_duration(item: Object, now: Nanos) -> str:
    started, ended = at(item, "status", "startTime"), at(item, "status", "completionTime")
    if not started:
        return ""
    return human_duration(Nanos((moment(ended) if ended else now) - moment(started)))


def cron_job(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a CronJob's row."""
    spec, last = item["spec"], at(item, "status", "lastScheduleTime")
    suspended = {True: "True", False: "False", None: UNSET}[spec.get("suspend")]
    return (
        item["metadata"]["name"],
        spec.get("schedule", ""),
        spec.get("timeZone", NONE),
        suspended,
        len(at(item, "status", "active") or ()),
        since(last, now) if last else NONE,
        age(item, now),
        *containers(at(spec, "jobTemplate", "spec", "template")),
        printed(at(spec, "jobTemplate", "spec", "selector")),
    )


def storage_class(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a StorageClass's row."""
    annotations = item["metadata"].get("annotations") or {}
    is_default = any(annotations.get(name) == "true" for name in _DEFAULT_CLASS_ANNOTATIONS)
    return (
        item["metadata"]["name"] + (" (default)" if is_default else ""),
        item.get("provisioner", ""),
        item.get("reclaimPolicy", "Delete"),
        item.get("volumeBindingMode", "Immediate"),
        bool(item.get("allowVolumeExpansion", False)),
        age(item, now),
    )


def persistent_volume(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a PersistentVolume's row."""
    spec = item["spec"]
    claim = spec.get("claimRef")
    return (
        item["metadata"]["name"],
        storage_of(spec.get("capacity")),
        access_modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        phase_or_terminating(item),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        class_of(item),
        spec.get("volumeAttributesClassName", UNSET),
        at(item, "status", "reason") or "",
        age(item, now),
        spec.get("volumeMode", UNSET),
    )


def persistent_volume_claim(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a PersistentVolumeClaim's row."""
    spec, is_bound = item["spec"], bool(item["spec"].get("volumeName"))
    return (
        item["metadata"]["name"],
        phase_or_terminating(item),
        spec.get("volumeName", ""),
        storage_of(at(item, "status", "capacity")) if is_bound else "",
        access_modes(at(item, "status", "accessModes")) if is_bound else "",
        class_of(item),
        spec.get("volumeAttributesClassName", UNSET),
        age(item, now),
        spec.get("volumeMode", UNSET),
    )


def storage_of(listed: Object | None) -> str:
    """Return how much storage a list of resources names."""
    return str(parse((listed or {}).get("storage", "0")))


def access_modes(modes: list[str] | None) -> str:
    """Return access modes in their short forms, in the order kubectl has for them."""
    return ",".join(short for mode, short in _ACCESS_MODES.items() if mode in (modes or ()))


def class_of(item: Object) -> str:
    """Return the storage class of a volume or a claim, the old annotation first."""
    annotations = item["metadata"].get("annotations") or {}
    return str(annotations.get(_CLASS_ANNOTATION) or item["spec"].get("storageClassName") or "")
