"""AppArmor profiles that a new pod names by annotation, as was done before there was a field.

Source: pkg/registry/core/pod/strategy.go, applyAppArmorVersionSkew; pkg/api/pod/util.go, ApparmorFieldForAnnotation.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.rules import Draft
from podproof.simulator.api.validation.pod_annotations import APP_ARMOR
from podproof.simulator.api.validation.security import app_armor_faults, visited
from podproof.simulator.api.validation.warnings import app_armor_warning
from podproof.simulator.model.objects import Object, at

_LOCAL = "localhost/"
_TYPES = {"unconfined": "Unconfined", "runtime/default": "RuntimeDefault"}


def fill_app_armor_fields(pod: Draft) -> None:
    """Write the profile that an annotation names into the container that says nothing itself."""
    for container, _, profile in _annotated(pod):
        if profile is not None and profile != _of_pod(pod):
            container.setdefault("securityContext", {})["appArmorProfile"] = profile


def app_armor_warnings(pod: Object) -> Iterator[str]:
    """Yield a warning for each annotation of a new pod that stands for a field, or for nothing."""
    for _, key, profile in _annotated(pod):
        if profile is None or profile != _of_pod(pod):
            yield app_armor_warning(key)


def _of_pod(pod: Object) -> Any:
    return at(pod, "spec", "securityContext", "appArmorProfile")


def _annotated(pod: Object) -> Iterator[tuple[Any, str, dict[str, str] | None]]:
    """Yield each container whose profile is named by annotation only, the key, and the profile."""
    notes = pod["metadata"].get("annotations") or {}
    if at(pod, "spec", "os", "name") == "windows":
        return
    for container, _ in visited(pod["spec"]):
        key = f"{APP_ARMOR}{container.get('name', '')}"
        if key in notes and at(container, "securityContext", "appArmorProfile") is None:
            profile = _profile(notes[key])
            yield container, key, None if any(app_armor_faults(profile, "")) else profile


def _profile(note: str) -> dict[str, str] | None:
    if note.startswith(_LOCAL) and note != _LOCAL:
        return {"type": "Localhost", "localhostProfile": note.removeprefix(_LOCAL)}
    return {"type": _TYPES[note]} if note in _TYPES else None
