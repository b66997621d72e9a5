"""NamespaceLifecycle: what would live in no namespace, or in one that is going, is refused.

Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, Admit.
"""

from podproof.simulator.api import statuses
from podproof.simulator.api.admission.asking import Asking, Plugin
from podproof.simulator.api.discovery import Resource

_IMMORTAL = ("default", "kube-system", "kube-public")


def refuse_deletion(resource: Resource, name: str) -> None:
    """Keep the namespaces that a cluster cannot be without.

    Raises:
        ApiError: 403, it is one of them.
    """
    if resource.struct == "Namespace" and name in _IMMORTAL:
        raise statuses.forbidden(resource, name, "this namespace may not be deleted")


def _admit(asking: Asking) -> None:
    if not asking.resource.namespaced:
        return
    name = asking.namespace
    namespace = asking.around.store.get("namespaces", "", name)
    if namespace is None:
        details = {"name": name, "kind": "namespaces"}
        raise statuses.failure(404, "NotFound", f'namespaces "{name}" not found', details)
    if "deletionTimestamp" in namespace["metadata"]:
        why = f"unable to create new content in namespace {name} because it is being terminated"
        cause = {
            "reason": "NamespaceTerminating",
            "message": f"namespace {name} is being terminated",
            "field": "metadata.namespace",
        }
        raise statuses.forbidden(asking.resource, asking.name, why, [cause])


NAMESPACE_LIFECYCLE = Plugin("NamespaceLifecycle", kinds=(), admit=_admit, components=True)
