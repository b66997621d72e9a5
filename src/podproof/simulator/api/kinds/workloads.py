"""The rules of what keeps pods running: Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController.

Source: pkg/apis/apps/v1/defaults.go; pkg/apis/core/v1/defaults.go, SetDefaults_ReplicationController;
pkg/registry/apps/*/strategy.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.kinds.pod_defaults import default_template
from podproof.simulator.api.kinds.storage_volumes import default_claim_spec
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.template_warnings import name_warnings, template_warnings
from podproof.simulator.api.validation.workloads import (
    controller_faults,
    daemon_set_faults,
    daemon_set_update_faults,
    deployment_faults,
    deployment_update_faults,
    pod_template_faults,
    replica_set_faults,
    replica_set_update_faults,
    revision_faults,
    revision_update_faults,
    stateful_set_faults,
    stateful_set_update_faults,
)
from podproof.simulator.model.objects import Object

_HISTORY = 10
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def _default_deployment(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", _HISTORY)
    spec.setdefault("progressDeadlineSeconds", 600)


def _default_replica_set(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)


def _default_daemon_set(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    strategy = spec.setdefault("updateStrategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", _HISTORY)
    for key, value in _DAEMON_STATUS.items():
        item.setdefault("status", {}).setdefault(key, value)


_DAEMON_STATUS = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}
"""What a DaemonSet's status always tells, even of a new one."""


def _default_stateful_set(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec.setdefault("updateStrategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
    # Behind a gate that is off (MaxUnavailableStatefulSet).
    (strategy.get("rollingUpdate") or {}).pop("maxUnavailable", None)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", _HISTORY)
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.setdefault("kind", "PersistentVolumeClaim")
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("metadata", {})
        default_claim_spec(claim.setdefault("spec", {}))
        claim.setdefault("status", {}).setdefault("phase", "Pending")


def _default_controller(item: Draft) -> None:
    """Complete a ReplicationController: it takes its labels and its selector from its template."""
    spec, meta = item.setdefault("spec", {}), item["metadata"]
    if "template" in spec:
        default_template(spec["template"])
        labels = spec["template"]["metadata"].get("labels")
        if labels and not spec.get("selector"):
            spec["selector"] = dict(labels)
        if labels and not meta.get("labels"):
            meta["labels"] = dict(labels)
    spec.setdefault("replicas", 1)


def _default_pod_template(item: Draft) -> None:
    default_template(item.setdefault("template", {}))


def _begin_deployment(item: Draft) -> None:
    item["status"] = {}


def _begin_replicated(item: Draft) -> None:
    item["status"] = {"replicas": 0}


def _begin_stateful(item: Draft) -> None:
    item["status"] = {"replicas": 0, "availableReplicas": 0}


def _begin_daemon_set(item: Draft) -> None:
    item["status"] = dict(_DAEMON_STATUS)
    item["metadata"].setdefault("annotations", {})[_TEMPLATE_GENERATION] = "1"


def _carry_daemon_set(item: Draft, old: Object) -> None:
    """Count the templates a DaemonSet has had, whatever a user writes there.

    Source: pkg/registry/apps/daemonset/strategy.go, PrepareForUpdate; pkg/apis/apps/v1/conversion.go.
    """
    item["status"] = old.get("status", {})
    seen = int((old["metadata"].get("annotations") or {}).get(_TEMPLATE_GENERATION, "1"))
    changed = item["spec"]["template"] != old["spec"]["template"]
    item["metadata"].setdefault("annotations", {})[_TEMPLATE_GENERATION] = str(seen + changed)


def _named_warnings(item: Draft) -> Iterator[str]:
    yield from name_warnings(item["metadata"].get("name", ""))
    yield from template_warnings(item["spec"].get("template") or {}, "spec.template")


def _warnings(item: Draft) -> Iterator[str]:
    yield from template_warnings(item["spec"].get("template") or {}, "spec.template")


DEPLOYMENTS = Rules(
    default=_default_deployment,
    begin=_begin_deployment,
    validate=deployment_faults,
    validate_update=deployment_update_faults,
    warnings=_named_warnings,
    derives=True,
)
REPLICA_SETS = Rules(
    default=_default_replica_set,
    begin=_begin_replicated,
    validate=replica_set_faults,
    validate_update=replica_set_update_faults,
    warnings=_named_warnings,
    derives=True,
)
STATEFUL_SETS = Rules(
    default=_default_stateful_set,
    begin=_begin_stateful,
    validate=stateful_set_faults,
    validate_update=stateful_set_update_faults,
    warnings=_warnings,
    derives=True,
)
DAEMON_SETS = Rules(
    default=_default_daemon_set,
    begin=_begin_daemon_set,
    carry_over=_carry_daemon_set,
    validate=daemon_set_faults,
    validate_update=daemon_set_update_faults,
    warnings=_warnings,
    derives=True,
)
CONTROLLERS = Rules(
    default=_default_controller,
    begin=_begin_replicated,
    validate=controller_faults,
    validate_update=lambda item, _: controller_faults(item),
    warnings=_named_warnings,
    derives=True,
)
TEMPLATES = Rules(
    default=_default_pod_template,
    validate=pod_template_faults,
    validate_update=lambda item, _: pod_template_faults(item),
    warnings=lambda item: template_warnings(item.get("template") or {}, "template"),
    derives=True,
)
REVISIONS = Rules(validate=revision_faults, validate_update=revision_update_faults, derives=True)
