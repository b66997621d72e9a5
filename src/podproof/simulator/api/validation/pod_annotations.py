"""Checks of annotations that mean something on a pod.

Source: pkg/apis/core/validation/validation.go, ValidatePodSpecificAnnotations and its update.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid
from podproof.simulator.api.validation.paths import descending_path_faults
from podproof.simulator.api.validation.security import visited
from podproof.simulator.model.objects import Object, at, containers_of

_MIRROR = "kubernetes.io/config.mirror"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_NAMES = {"Unconfined": ("unconfined",), "RuntimeDefault": ("runtime/default", "docker/default")}
_APP_ARMOR_NAMES = {"Unconfined": "unconfined", "RuntimeDefault": "runtime/default"}
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)


def annotation_faults(pod: Object) -> Iterator[Fault]:
    """Yield what is wrong with annotations that Kubernetes reads."""
    annotations, spec = pod["metadata"].get("annotations"), pod["spec"]
    if not annotations:
        return
    field = "metadata.annotations"
    if _MIRROR in annotations and not spec.get("nodeName"):
        detail = "must set spec.nodeName if mirror pod annotation is set"
        yield invalid(f"{field}[{_MIRROR}]", annotations[_MIRROR], detail)
    cost = annotations.get(_DELETION_COST, "0")
    if not _WHOLE_NUMBER.fullmatch(cost) or not -(2**31) <= int(cost) < 2**31:
        yield invalid(f"{field}[{_DELETION_COST}]", cost, "must be a 32bit integer")
    for key, value in sorted(annotations.items()):
        if key == _SECCOMP_POD or key.startswith(_SECCOMP_CONTAINER):
            yield from _seccomp_faults(value, f"{field}.{key}")
    names = {container.get("name") for container in containers_of(spec)}
    for key, value in sorted(annotations.items()):
        if key.startswith(APP_ARMOR):
            name = key[len(APP_ARMOR) :]
            if name not in names:
                yield invalid(f"{field}[{key}]", name, "container not found")
            if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
                yield invalid(f"{field}[{key}]", value, f'invalid AppArmor profile name: "{value}"')


def _seccomp_faults(profile: str, field: str) -> Iterator[Fault]:
    if profile in ("runtime/default", "docker/default", "unconfined"):
        return
    if profile.startswith("localhost/"):
        yield from descending_path_faults(profile.removeprefix("localhost/"), field)
    else:
        yield invalid(field, profile, "must be a valid seccomp profile")


def seccomp_match_faults(pod: Object) -> Iterator[Fault]:
    """Yield a fault where an annotation and a field of a new pod name different seccomp profiles.

    Source: validation.go, validateSeccompAnnotationsAndFields.
    """
    annotations, spec = pod["metadata"].get("annotations"), pod["spec"]
    if not annotations:
        return
    named = ((each, field, _SECCOMP_CONTAINER + each.get("name", "")) for each, field in visited(spec))
    for holder, field, key in ((spec, "spec", _SECCOMP_POD), *named):
        profile = at(holder, "securityContext", "seccompProfile")
        if profile is None or key not in annotations:
            continue
        place, stated = f"{field}.securityContext.seccompProfile", annotations[key]
        if profile.get("type") != "Localhost":
            if stated not in _SECCOMP_NAMES.get(profile.get("type", ""), (stated,)):
                yield forbidden(f"{place}.type", "seccomp type in annotation and field must match")
        elif not stated.startswith("localhost/"):
            yield forbidden(f"{place}.type", "seccomp type in annotation and field must match")
        elif stated.removeprefix("localhost/") != profile.get("localhostProfile"):
            yield forbidden(f"{place}.localhostProfile", "seccomp profile in annotation and field must match")


def app_armor_match_faults(pod: Object) -> Iterator[Fault]:
    """Yield a fault where an annotation and a field of a new pod name different AppArmor profiles.

    Source: validation.go, validateAppArmorAnnotationsAndFieldsMatchOnCreate.
    """
    annotations, spec = pod["metadata"].get("annotations"), pod["spec"]
    if not annotations or at(spec, "os", "name") == "windows":
        return
    for container, field in visited(spec):
        stated = annotations.get(APP_ARMOR + container.get("name", ""))
        path = ("securityContext", "appArmorProfile")
        profile = at(container, *path) or at(spec, *path)
        if profile is None or stated is None:
            continue
        place, kind = f"{field}.securityContext.appArmorProfile", profile.get("type", "")
        if kind != "Localhost":
            if stated != _APP_ARMOR_NAMES.get(kind, stated):
                yield forbidden(f"{place}.type", "apparmor type in annotation and field must match")
        elif not stated.startswith("localhost/"):
            yield forbidden(f"{place}.type", "apparmor type in annotation and field must match")
        elif stated.removeprefix("localhost/") != profile.get("localhostProfile"):
            yield forbidden(f"{place}.localhostProfile", "apparmor profile in annotation and field must match")


def annotation_update_faults(pod: Object, old: Object) -> Iterator[Fault]:
    """Yield a fault for each annotation that may not change on a live pod, then what is wrong with them all.

    Source: validation.go, ValidatePodSpecificAnnotationUpdates.
    """
    new, known = pod["metadata"].get("annotations") or {}, old["metadata"].get("annotations") or {}
    for key in sorted({*new, *known}):
        if new.get(key) == known.get(key):
            continue
        verb = "remove or update" if key in known else "add"
        if key.startswith(APP_ARMOR):
            yield forbidden(f"metadata.annotations[{key}]", f"may not {verb} AppArmor annotations")
        if key == _MIRROR:
            yield forbidden(f"metadata.annotations[{key}]", f"may not {verb} mirror pod annotation")
    yield from annotation_faults(pod)
