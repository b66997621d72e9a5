"""Warnings about what makes pods: its own name, and its template.

Source: pkg/api/pod/warnings.go, GetWarningsForPodTemplate; pkg/registry/apps/deployment/strategy.go,
WarningsOnCreate.
"""

from collections.abc import Iterator

from podproof.simulator.api.validation.templates import as_pod
from podproof.simulator.api.validation.warnings import pod_warnings
from podproof.simulator.model.names import dns_label
from podproof.simulator.model.objects import Object

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
    for text in pod_warnings(as_pod(template)):
        yield f"{field}.{text}" if text.startswith(("spec.", "metadata.")) else text
