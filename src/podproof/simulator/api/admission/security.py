"""PodSecurity: the labels of a namespace say which level its pods are held to, and which one is only warned about.

Source: staging/src/k8s.io/pod-security-admission/admission/admission.go; api/helpers.go, PolicyToEvaluate.
"""

from collections.abc import Iterator
from typing import NamedTuple

from podproof.simulator.api import statuses
from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking, Plugin
from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_security import LATEST, LEVELS, PRIVILEGED, is_version, violations
from podproof.simulator.model.pod_security_checks import Violation

_PREFIX = "pod-security.kubernetes.io/"
_MODES = ("enforce", "audit", "warn")
_TEMPLATES = {
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("ReplicationController", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"), ("spec", "template")
    ),
}
_MOST_PODS = 3000


class _Policy(NamedTuple):
    """A level, and the version of it that is meant."""

    level: str = PRIVILEGED
    version: str = LATEST

    def __str__(self) -> str:
        return f'"{self.level}:{self.version}"'


def _policy(labels: Object, mode: str) -> _Policy:
    """Return what one mode asks for; a level that is none is the loosest, but for enforcement."""
    level, version = labels.get(f"{_PREFIX}{mode}", PRIVILEGED), labels.get(f"{_PREFIX}{mode}-version", LATEST)
    if level not in LEVELS:
        level = LEVELS[-1] if mode == "enforce" else PRIVILEGED
    return _Policy(level, version if is_version(version) else LATEST)


def _warned(labels: Object) -> _Policy:
    """Return what is warned about: what is enforced, unless the namespace says otherwise or looser."""
    own, enforced = _policy(labels, "warn"), _policy(labels, "enforce")
    is_enforced = labels.get(f"{_PREFIX}enforce") in LEVELS and f"{_PREFIX}warn" not in labels
    if not is_enforced or LEVELS.index(enforced.level) <= LEVELS.index(own.level):
        return own
    return own._replace(level=enforced.level) if f"{_PREFIX}warn-version" in labels else enforced


def _judge(asking: Asking) -> tuple[str, ...]:
    if asking.resource.kind == "Namespace":
        return _judge_namespace(asking)
    namespace = asking.around.store.get("namespaces", "", asking.namespace)
    labels = at(namespace, "metadata", "labels") or {}
    if not any(key.startswith(_PREFIX) for key in labels):
        return ()
    if asking.resource.kind == "Pod":
        return _judge_pod(asking, labels)
    template = at(asking.draft, *_TEMPLATES[asking.resource.kind])
    return _warnings(_warned(labels), template) if template else ()


def _judge_pod(asking: Asking, labels: Object) -> tuple[str, ...]:
    pod, enforced = asking.draft, _policy(labels, "enforce")
    if asking.old is not None and not _is_significant(pod, asking.old):
        return ()
    if found := _found(enforced, pod):
        raise asking.refusal(f"violates PodSecurity {enforced}: {_listed(found)}")
    return _warnings(_warned(labels), pod)


def _warnings(policy: _Policy, pod: Object) -> tuple[str, ...]:
    found = _found(policy, pod)
    return (f"would violate PodSecurity {policy}: {_listed(found)}",) if found else ()


def _found(policy: _Policy, pod: Object) -> list[Violation]:
    spec, annotations = pod.get("spec") or {}, at(pod, "metadata", "annotations") or {}
    return violations(policy.level, policy.version, spec, annotations)


def _listed(found: list[Violation]) -> str:
    return ", ".join(str(each) for each in found)


def _is_significant(pod: Object, old: Object) -> bool:
    """Say whether an update changes what the standards look at: a pod's images, containers or seccomp annotations."""
    return _images(pod) != _images(old) or _profiles(pod) != _profiles(old)


def _images(pod: Object) -> list[tuple[str, str]]:
    groups = ("initContainers", "containers", "ephemeralContainers")
    return [(each["name"], each.get("image", "")) for group in groups for each in pod["spec"].get(group) or ()]


def _profiles(pod: Object) -> dict[str, str]:
    annotations = at(pod, "metadata", "annotations") or {}
    return {key: value for key, value in annotations.items() if "seccomp.security.alpha.kubernetes.io/" in key}


def _judge_namespace(asking: Asking) -> tuple[str, ...]:
    """Refuse labels that are no policy, and warn of the pods that a stricter one would not let in.

    Source: admission.go, ValidateNamespace.
    """
    labels = asking.draft["metadata"].get("labels") or {}
    old = at(asking.old, "metadata", "labels") or {}
    faults = list(_label_faults(labels))
    if faults and (asking.old is None or faults != list(_label_faults(old))):
        raise statuses.invalid(asking.resource, asking.name, faults)
    new, known = _policy(labels, "enforce"), _policy(old, "enforce")
    relaxed = new.version == known.version and LEVELS.index(new.level) <= LEVELS.index(known.level)
    if asking.old is None or new.level == PRIVILEGED or relaxed:
        return ()
    return tuple(_existing(asking, new))


def _existing(asking: Asking, policy: _Policy) -> Iterator[str]:
    """Yield what is warned of: one line for all pods with the same violations."""
    pods = asking.around.store.list("pods", asking.name)
    if len(pods) > _MOST_PODS:
        yield f"new PodSecurity enforce level only checked against the first {_MOST_PODS} of {len(pods)} existing pods"
    names: dict[str, list[str]] = {}
    for pod in pods[:_MOST_PODS]:
        if found := _found(policy, pod):
            names.setdefault(", ".join(each.reason for each in found), []).append(pod["metadata"]["name"])
    if names:
        yield f'existing pods in namespace "{asking.name}" violate the new PodSecurity enforce level {policy}'
    yield from sorted(f"{min(each)}{_others(len(each) - 1)}: {reasons}" for reasons, each in names.items())


def _others(count: int) -> str:
    return f" (and {count} other pod{'' if count == 1 else 's'})" if count else ""


def _label_faults(labels: Object) -> Iterator[Fault]:
    for mode in _MODES:
        level, version = labels.get(f"{_PREFIX}{mode}"), labels.get(f"{_PREFIX}{mode}-version")
        if level is not None and level not in LEVELS:
            yield invalid(f"metadata.labels[{_PREFIX}{mode}]", level, f"must be one of {', '.join(LEVELS)}")
        if version is not None and not is_version(version):
            detail = 'must be "latest" or "v1.x"'
            yield invalid(f"metadata.labels[{_PREFIX}{mode}-version]", version, detail)


POD_SECURITY = Plugin(
    "PodSecurity",
    kinds=("Namespace", "Pod", *_TEMPLATES),
    operations=(CREATE, UPDATE),
    subresources=("", "ephemeralcontainers"),
    validate=_judge,
)
