"""Warnings about what makes pods: its own name, and its template.

Source: pkg/api/pod/warnings.go, GetWarningsForPodTemplate; pkg/registry/apps/deployment/strategy.go,
WarningsOnCreate.
"""

from collections.abc import Iterator

from podproof.simulator.api.validation.pod_annotations import APP_ARMOR
from podproof.simulator.api.validation.security import visited
from podproof.simulator.api.validation.templates import as_pod
from podproof.simulator.api.validation.warnings import app_armor_warning, pod_warnings
from podproof.simulator.model.names import dns_label
from podproof.simulator.model.objects import Object, at

_SURPRISE = (
    "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
    "a DNS label is recommended"
)


def name_warnings(name: str) -> Iterator[str]:
    """Yield a warning where a name makes poor names for pods."""
    if faults := dns_label(name):
        yield f"{_SURPRISE}: [{' '.join(faults)}]"


def template_warnings(template: Object, field: str) -> Iterator[str]:
    """Yield what the real server warns of when it takes a pod template."""
    pod = as_pod(template)
    for text in (*pod_warnings(pod), *_app_armor_warnings(pod)):
        yield f"{field}.{text}" if text.startswith(("spec.", "metadata.")) else text


def _app_armor_warnings(pod: Object) -> Iterator[str]:
    """Yield a warning for each container whose AppArmor profile is named by an annotation only."""
    if at(pod, "spec", "securityContext", "appArmorProfile") is not None:
        return
    notes = pod["metadata"].get("annotations") or {}
    for container, _ in visited(pod["spec"]):
        key = f"{APP_ARMOR}{container.get('name', '')}"
        if key in notes and at(container, "securityContext", "appArmorProfile") is None:
            yield app_armor_warning(key)
