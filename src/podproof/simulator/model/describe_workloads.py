"""What `kubectl describe` says of the controllers of pods.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeDeployment, describeReplicaSet,
describeReplicationController, describeStatefulSet, describeDaemonSet, describeJob, describeCronJob,
DescribePodTemplate.
"""

from collections.abc import Sequence

from podproof.simulator.model.describe_containers import containers
from podproof.simulator.model.describe_parts import (
    Around,
    Lines,
    annotations,
    conditions,
    controlled_by,
    created,
    names,
    notes,
    pairs,
    selector,
    spread_constraints,
    told,
    tolerations,
    truth,
)
from podproof.simulator.model.describe_volumes import volumes
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches, matches_map
from podproof.simulator.model.table_cells import NONE, UNSET, labels
from podproof.simulator.model.times import Nanos, human_duration, long_date, moment

_HASH = "pod-template-hash"
_LONGEST_INDEXES = 50
_PHASES = (("Running", "Running"), ("Pending", "Waiting"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))


def _count(item: Object, *path: str) -> int:
    return int(at(item, *path) or 0)


def template(found: Object | None) -> Lines:
    """Yield the section of a pod template."""
    yield "Pod Template:"
    if found is None:
        yield f"  {UNSET}"
        return
    meta, spec = found.get("metadata") or {}, found.get("spec") or {}
    yield from pairs("  Labels", meta.get("labels") or {})
    if meta.get("annotations"):
        yield from annotations(meta["annotations"], "  Annotations")
    if spec.get("serviceAccountName"):
        yield f"  Service Account:\t{spec['serviceAccountName']}"
    if spec.get("initContainers"):
        yield from containers("Init Containers", spec["initContainers"], (), None, "  ")
    yield from containers("Containers", spec.get("containers") or (), (), None, "  ")
    yield from volumes(spec.get("volumes") or (), "  ")
    yield from spread_constraints(spec, "  ")
    if spec.get("priorityClassName"):
        yield f"  Priority Class Name:\t{spec['priorityClassName']}"
    yield from pairs("  Node-Selectors", spec.get("nodeSelector") or {})
    yield from tolerations("  Tolerations", spec)


def deployment(item: Object, around: Around) -> Lines:
    """Yield what is said of a Deployment."""
    spec, status = item["spec"], item.get("status") or {}
    counts = (("updated", "updatedReplicas"), ("total", "replicas"), ("available", "availableReplicas"))
    told_counts = " | ".join(f"{status.get(key, 0)} {word}" for word, key in counts)
    yield from names(item)
    yield from created(item)
    yield from notes(item)
    yield from selector(spec.get("selector"))
    missing = status.get("unavailableReplicas", 0)
    yield f"Replicas:\t{spec.get('replicas', 1)} desired | {told_counts} | {missing} unavailable"
    yield f"StrategyType:\t{at(spec, 'strategy', 'type') or ''}"
    yield f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}"
    rolling = at(spec, "strategy", "rollingUpdate")
    if rolling is not None:
        surge = rolling.get("maxSurge")
        yield f"RollingUpdateStrategy:\t{rolling.get('maxUnavailable')} max unavailable, {surge} max surge"
    yield from template(spec.get("template"))
    yield from conditions(status.get("conditions") or (), (("Reason", "reason"),), "")
    yield from _replica_sets(item, around)


def _replica_sets(item: Object, around: Around) -> Lines:
    owned = [each for each in around.beside(item, "ReplicaSet") if _is_owned(each, item)]
    wanted = _unhashed(item["spec"].get("template"))
    new = next((each for each in owned if _unhashed(each["spec"].get("template")) == wanted), None)
    if owned:
        yield f"OldReplicaSets:\t{_named([each for each in owned if each is not new])}"
        yield f"NewReplicaSet:\t{_named([new] if new is not None else [])}"


def _unhashed(found: Object | None) -> Object:
    meta = at(found, "metadata") or {}
    kept = {key: value for key, value in (meta.get("labels") or {}).items() if key != _HASH}
    return {**(found or {}), "metadata": {**meta, "labels": kept}}


def _named(sets: Sequence[Object]) -> str:
    texts = [
        f"{each['metadata']['name']} ({_count(each, 'status', 'replicas')}/{_count(each, 'spec', 'replicas')}"
        " replicas created)"
        for each in sets
    ]
    return ", ".join(texts) or NONE


def _is_owned(item: Object, owner: Object) -> bool:
    refs = item["metadata"].get("ownerReferences") or ()
    return any(row.get("controller") and row.get("uid") == owner["metadata"].get("uid") for row in refs)


def replica_set(item: Object, around: Around) -> Lines:
    """Yield what is said of a ReplicaSet or a ReplicationController."""
    spec, chosen = item["spec"], item["spec"].get("selector")
    yield from names(item)
    if item.get("kind") == "ReplicationController":
        yield f"Selector:\t{labels(chosen)}"
    else:
        yield from selector(chosen)
    yield from notes(item)
    if item.get("kind") != "ReplicationController":
        yield from controlled_by(item)
    yield f"Replicas:\t{_count(item, 'status', 'replicas')} current / {_count(item, 'spec', 'replicas')} desired"
    yield _pods(item, around)
    yield from template(spec.get("template"))
    yield from conditions(at(item, "status", "conditions") or (), (("Reason", "reason"),), "")


def _pods(item: Object, around: Around) -> str:
    """Return how many of a controller's own pods are in each phase. Source: getPodStatusForController."""
    phases = [at(each, "status", "phase") for each in around.beside(item, "Pod") if _is_its_pod(each, item)]
    return "Pods Status:\t" + " / ".join(f"{phases.count(phase)} {word}" for phase, word in _PHASES)


def _is_its_pod(pod: Object, item: Object) -> bool:
    found, chosen = pod["metadata"].get("labels") or {}, item["spec"].get("selector")
    plain = item.get("kind") == "ReplicationController"
    return _is_owned(pod, item) and (matches_map(chosen or {}, found) if plain else matches(chosen, found))


def stateful_set(item: Object, around: Around) -> Lines:
    """Yield what is said of a StatefulSet."""
    spec = item["spec"]
    yield from names(item)
    yield from created(item)
    yield from selector(spec.get("selector"))
    yield from notes(item)
    yield f"Replicas:\t{_count(item, 'spec', 'replicas')} desired | {_count(item, 'status', 'replicas')} total"
    yield f"Update Strategy:\t{at(spec, 'updateStrategy', 'type') or ''}"
    rolling = at(spec, "updateStrategy", "rollingUpdate") or {}
    if rolling.get("partition") is not None:
        yield from told(rolling, (("  Partition", "partition"), ("  MaxUnavailable", "maxUnavailable")))
    yield _pods(item, around)
    yield from template(spec.get("template"))
    yield from _claims(spec.get("volumeClaimTemplates") or ())


def _claims(rows: Sequence[Object]) -> Lines:
    yield "Volume Claims:" if rows else f"Volume Claims:\t{NONE}"
    for row in rows:
        yield f"  Name:\t{row['metadata']['name']}"
        yield f"  StorageClass:\t{row['spec'].get('storageClassName', '')}"
        for label in ("Labels", "Annotations"):
            yield from pairs(f"  {label}", row["metadata"].get(label.lower()) or {})
        yield f"  Capacity:\t{at(row, 'spec', 'resources', 'requests', 'storage') or '<default>'}"
        yield f"  Access Modes:\t[{' '.join(row['spec'].get('accessModes') or ())}]"


def daemon_set(item: Object, around: Around) -> Lines:
    """Yield what is said of a DaemonSet."""
    status = item.get("status") or {}
    yield from names(item)
    yield from selector(item["spec"].get("selector"))
    yield f"Node-Selector:\t{labels(at(item, 'spec', 'template', 'spec', 'nodeSelector'))}"
    yield from notes(item)
    yield from (f"{label}: {status.get(key, 0)}" for label, key in _DAEMON_COUNTS)
    yield _pods(item, around)
    yield from template(item["spec"].get("template"))


_DAEMON_COUNTS = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


def job(item: Object, around: Around) -> Lines:
    """Yield what is said of a Job."""
    spec = item["spec"]
    yield from names(item)
    yield from selector(spec.get("selector"))
    yield from notes(item)
    yield from controlled_by(item)
    yield from told(spec, (("Parallelism", "parallelism"),))
    yield from told(spec, (("Completions", "completions"),), UNSET)
    yield from told(spec, _JOB_FIELDS)
    yield from _job_times(item)
    yield _job_pods(item.get("status") or {})
    if spec.get("completionMode") == "Indexed":
        yield f"Completed Indexes:\t{_cut(at(item, 'status', 'completedIndexes') or '')}"
    yield from template(spec.get("template"))


_JOB_FIELDS = (
    ("Completion Mode", "completionMode"),
    ("Suspend", "suspend"),
    ("Backoff Limit", "backoffLimit"),
    ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
)


def _job_times(item: Object) -> Lines:
    started, ended = at(item, "status", "startTime"), at(item, "status", "completionTime")
    if started:
        yield f"Start Time:\t{long_date(started)}"
    if ended:
        yield f"Completed At:\t{long_date(ended)}"
    if started and ended:
        yield f"Duration:\t{human_duration(Nanos(moment(ended) - moment(started)))}"
    deadline = item["spec"].get("activeDeadlineSeconds")
    if deadline is not None:
        yield f"Active Deadline Seconds:\t{deadline}s"


def _job_pods(status: Object) -> str:
    ready = f" ({status['ready']} Ready)" if status.get("ready") is not None else ""
    ended = f"{status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed"
    return f"Pods Statuses:\t{status.get('active', 0)} Active{ready} / {ended}"


def _cut(indexes: str) -> str:
    comma = indexes.find(",", _LONGEST_INDEXES)
    return f"{indexes[: comma + 1]}..." if comma >= 0 else indexes or NONE


def cron_job(item: Object, around: Around) -> Lines:
    """Yield what is said of a CronJob."""
    spec, last = item["spec"], at(item, "status", "lastScheduleTime")
    yield from names(item)
    yield from notes(item)
    yield f"Schedule:\t{spec.get('schedule', '')}"
    yield f"Concurrency Policy:\t{spec.get('concurrencyPolicy', '')}"
    yield f"Suspend:\t{truth(spec.get('suspend'))}"
    yield from told(spec, _CRON_FIELDS, UNSET)
    deadline = spec.get("startingDeadlineSeconds")
    yield f"Starting Deadline Seconds:\t{UNSET if deadline is None else f'{deadline}s'}"
    yield from _job_template(at(spec, "jobTemplate", "spec") or {})
    yield f"Last Schedule Time:\t{long_date(last) if last else UNSET}"
    active = ", ".join(row.get("name", "") for row in at(item, "status", "active") or ())
    yield f"Active Jobs:\t{active or NONE}"


_CRON_FIELDS = (
    ("Time Zone", "timeZone"),
    ("Successful Job History Limit", "successfulJobsHistoryLimit"),
    ("Failed Job History Limit", "failedJobsHistoryLimit"),
)


def _job_template(spec: Object) -> Lines:
    if spec.get("selector") is None:
        yield f"Selector:\t{UNSET}"
    else:
        yield from selector(spec["selector"])
    yield from told(spec, (("Parallelism", "parallelism"), ("Completions", "completions")), UNSET)
    if spec.get("activeDeadlineSeconds") is not None:
        yield f"Active Deadline Seconds:\t{spec['activeDeadlineSeconds']}s"
    yield from template(spec.get("template"))
