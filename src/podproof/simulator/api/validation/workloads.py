"""Checks of what keeps pods running: Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController.

Source: pkg/apis/apps/validation/validation.go; pkg/apis/core/validation/validation.go,
ValidateReplicationControllerSpec; the immutable selector: pkg/registry/apps/*/strategy.go, ValidateUpdate.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.scalars import not_negative
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.api.validation.shares import excess_faults, share, share_faults
from podproof.simulator.api.validation.templates import (
    is_usable,
    long_running_faults,
    outline_faults,
    required_selector_faults,
    template_faults,
    unmatched_faults,
    unmatched_map_faults,
)
from podproof.simulator.model.objects import Object

_DEPLOYMENT_STRATEGIES = ("Recreate", "RollingUpdate")
_DAEMON_STRATEGIES = ("RollingUpdate", "OnDelete")
_RETENTIONS = ("Retain", "Delete")
_NO_SELECTOR = "invalid label selector"
_MUTABLE = (
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "ordinals",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
)
_FIXED = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def deployment_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Deployment, besides its metadata."""
    spec = item.get("spec") or {}
    yield from not_negative(spec.get("replicas"), "spec.replicas")
    yield from _replicated_faults(spec)
    yield from _strategy_faults(spec.get("strategy") or {}, "spec.strategy")
    ready = spec.get("minReadySeconds", 0)
    yield from not_negative(ready, "spec.minReadySeconds")
    yield from not_negative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    deadline = spec.get("progressDeadlineSeconds")
    yield from not_negative(deadline, "spec.progressDeadlineSeconds")
    if deadline is not None and deadline <= ready:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _replicated_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with the selector and the template of a Deployment or a ReplicaSet."""
    selector, template = spec.get("selector"), spec.get("template") or {}
    # The real server calls a ReplicaSet a deployment here, too.
    yield from required_selector_faults(selector, "deployment", "spec.selector")
    if not is_usable(selector):
        yield invalid("spec.selector", selector, _NO_SELECTOR)
        return
    yield from unmatched_faults(selector, template, "spec.template")
    yield from template_faults(template, "spec.template")
    yield from long_running_faults(template, "ReplicaSet", "spec.template")


def _strategy_faults(strategy: Object, field: str) -> Iterator[Fault]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden(f"{field}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
    elif kind == "RollingUpdate":
        if rolling is None:
            yield required(f"{field}.rollingUpdate", "this should be defaulted and never be nil")
        else:
            yield from _rollout_faults(rolling, f"{field}.rollingUpdate")
    else:
        shown = {"Type": kind, "RollingUpdate": rolling and _inner(rolling)}
        yield unsupported(field, shown, _DEPLOYMENT_STRATEGIES)


def _inner(rolling: Object) -> dict[str, int | str]:
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}


def _rollout_faults(rolling: Object, field: str) -> Iterator[Fault]:
    gone, more = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from share_faults(gone, f"{field}.maxUnavailable")
    yield from share_faults(more, f"{field}.maxSurge")
    if share(gone) == 0 and share(more) == 0:
        yield invalid(f"{field}.maxUnavailable", gone, "may not be 0 when `maxSurge` is 0")
    yield from excess_faults(gone, f"{field}.maxUnavailable")


def deployment_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Deployment that replaces another."""
    yield from deployment_faults(item)
    yield from _selector_update_faults(item, old)


def _selector_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    new, known = item["spec"].get("selector"), old["spec"].get("selector")
    if new != known:
        yield invalid("spec.selector", new, IMMUTABLE)


def replica_set_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ReplicaSet, besides its metadata."""
    spec = item.get("spec") or {}
    yield from not_negative(spec.get("replicas"), "spec.replicas")
    yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    yield from _replicated_faults(spec)


def replica_set_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ReplicaSet that replaces another."""
    yield from replica_set_faults(item)
    yield from _selector_update_faults(item, old)


def daemon_set_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a DaemonSet, besides its metadata."""
    spec = item.get("spec") or {}
    selector, template = spec.get("selector"), spec.get("template") or {}
    yield from selector_faults(selector, "spec.selector")
    if is_usable(selector):
        yield from unmatched_faults(selector, template, "spec.template")
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid("spec.selector", dict(selector), "empty selector is invalid for daemonset")
    yield from template_faults(template, "spec.template")
    yield from long_running_faults(template, "DaemonSet", "spec.template")
    yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    yield from _daemon_strategy_faults(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from not_negative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")


def _daemon_strategy_faults(strategy: Object, field: str) -> Iterator[Fault]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        return
    if kind != "RollingUpdate":
        shown = {"Type": kind, "RollingUpdate": rolling and _inner(rolling)}
        yield unsupported(field, shown, _DAEMON_STRATEGIES)
    elif rolling is None:
        yield required(f"{field}.rollingUpdate")
    else:
        yield from _daemon_rollout_faults(rolling, f"{field}.rollingUpdate")


def _daemon_rollout_faults(rolling: Object, field: str) -> Iterator[Fault]:
    gone, more = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    for check in (share_faults, excess_faults):
        yield from check(gone, f"{field}.maxUnavailable")
        yield from check(more, f"{field}.maxSurge")
    if share(gone) and share(more):
        yield invalid(f"{field}.maxSurge", more, "may not be set when maxUnavailable is non-zero")
    elif not share(gone) and not share(more):
        yield required(f"{field}.maxUnavailable", "cannot be 0 when maxSurge is 0")


def daemon_set_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a DaemonSet that replaces another."""
    yield from daemon_set_faults(item)
    yield from _selector_update_faults(item, old)


def stateful_set_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a StatefulSet, besides its metadata."""
    spec = item.get("spec") or {}
    policy, selector, template = spec.get("podManagementPolicy", ""), spec.get("selector"), spec.get("template") or {}
    if not policy:
        yield required("spec.podManagementPolicy")
    elif policy not in ("OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_strategy_faults(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from _retention_faults(spec.get("persistentVolumeClaimRetentionPolicy"))
    yield from not_negative(spec.get("replicas"), "spec.replicas")
    yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    yield from not_negative((spec.get("ordinals") or {}).get("start"), "spec.ordinals.start")
    yield from not_negative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    yield from required_selector_faults(selector, "statefulset", "spec.selector")
    if not is_usable(selector):
        yield invalid("spec.selector", selector, "")
    else:
        yield from unmatched_faults(selector, template, "spec.template")
        yield from outline_faults(template, "spec.template")
    yield from long_running_faults(template, "StatefulSet", "spec.template")


def _retention_faults(policy: Object | None) -> Iterator[Fault]:
    if policy is None:
        return
    for key in ("whenDeleted", "whenScaled"):
        if policy.get(key, "") not in _RETENTIONS:
            yield unsupported(f"spec.persistentVolumeClaimRetentionPolicy.{key}", policy.get(key, ""), _RETENTIONS)


def _stateful_strategy_faults(strategy: Object, field: str) -> Iterator[Fault]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if not kind:
        yield required(field)
    elif kind == "OnDelete":
        if rolling is not None:
            shown = {"Partition": rolling.get("partition", 0), "MaxUnavailable": rolling.get("maxUnavailable")}
            yield invalid(f"{field}.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        if rolling is not None:
            yield from not_negative(rolling.get("partition"), f"{field}.rollingUpdate.partition")
    else:
        shown = {"Type": kind, "RollingUpdate": None}
        yield invalid(field, shown, "must be 'RollingUpdate' or 'OnDelete'")


def stateful_set_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a StatefulSet that replaces another."""
    yield from stateful_set_faults(item)
    after, before = ({key: value for key, value in each["spec"].items() if key not in _MUTABLE} for each in (item, old))
    if after != before:
        yield forbidden("spec", _FIXED)


def controller_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ReplicationController, besides its metadata."""
    spec = item.get("spec") or {}
    selector, template = spec.get("selector") or {}, spec.get("template")
    yield from not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    if not selector:
        yield required("spec.selector")
    yield from not_negative(spec.get("replicas"), "spec.replicas")
    if template is None:
        yield required("spec.template")
        return
    yield from unmatched_map_faults(selector, template, "spec.template")
    yield from template_faults(template, "spec.template")
    yield from long_running_faults(template, "ReplicationController", "spec.template")


def pod_template_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a PodTemplate, besides its metadata.

    Source: pkg/apis/core/validation/validation.go, ValidatePodTemplate.
    """
    yield from template_faults(item.get("template") or {}, "template")


def revision_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ControllerRevision, besides its metadata."""
    if item.get("data") is None:
        yield required("data", "data is mandatory")
    yield from not_negative(item.get("revision"), "revision")


def revision_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ControllerRevision that replaces another: its data stays."""
    yield from revision_faults(item)
    if item.get("data") != old.get("data"):
        yield invalid("data", item.get("data"), IMMUTABLE)
