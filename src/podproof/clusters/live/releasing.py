"""What an operator was to do before something goes, and does no more since its scenario is over: nobody waits for it.

Without this a namespace whose custom objects have a finalizer of an operator's would stay for ever.
"""

from collections.abc import Callable

from podproof.clusters.live.transport import Transport
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import at
from podproof.timeline import Record

_OWN = (".kubernetes.io", ".k8s.io")


def release(transport: Transport, record: Record, namespace: str, kind: Callable[[str], Resource | None]) -> None:
    """Take the finalizers that are not Kubernetes' own off all that a scenario has shown in its namespace."""
    for ref in record.refs():
        item = record.latest(ref) if ref.namespace == namespace else None
        held = at(item or {}, "metadata", "finalizers") or []
        kept = [each for each in held if _is_own(each)]
        resource = kind(ref.kind) if kept != held else None
        if resource is not None:
            body = {"metadata": {"finalizers": kept}}
            transport.handle(
                Request("patch", resource.name, namespace, ref.name, body=body, params={"patchType": "merge"})
            )


def _is_own(finalizer: str) -> bool:
    domain = finalizer.partition("/")[0]
    return "/" not in finalizer or f".{domain}".endswith(_OWN)
