"""What every namespace that lives has in it: its default account, and the certificate of the cluster's authority.

Source: pkg/controller/serviceaccount/serviceaccounts_controller.go, syncNamespace;
pkg/controller/certificates/rootcacertpublisher/publisher.go, syncNamespace.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Create, Plan, Update
from podproof.simulator.control.timings import span
from podproof.simulator.data import rows
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at

ACCOUNTS, CERTIFICATES = "serviceaccounts", "configmaps"
ACCOUNT_NAME, CERTIFICATE_NAME = "default", "kube-root-ca.crt"
_DESCRIPTION = "kubernetes.io/description"


def default_account(namespace: str, known: Object | None) -> Object | None:
    """Return the account a namespace lacks, None where it has one, whatever is in it.

    It mounts no token, as that of the clusters the recordings come from: hardly a scenario looks at one.
    """
    if known is not None:
        return None
    meta = {"name": ACCOUNT_NAME, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "automountServiceAccountToken": False}


def root_certificate(namespace: str, known: Object | None) -> Object | None:
    """Return the certificate as a namespace should have it, None where it does."""
    said = _authority()
    data, note = {"ca.crt": said["certificate"]}, {_DESCRIPTION: said["description"]}
    if known is None:
        meta: dict[str, Any] = {"name": CERTIFICATE_NAME, "namespace": namespace, "annotations": note}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}
    notes = at(known, "metadata", "annotations") or {}
    if known.get("data") == data and notes.get(_DESCRIPTION):
        return None
    return {**known, "metadata": {**known["metadata"], "annotations": {**notes, **note}}, "data": data}


@cache
def _authority() -> Any:
    return rows("authority")


def reconcile(
    namespace: Object | None, resource: str, known: Object | None, mended: Callable[[str, Object | None], Object | None]
) -> Plan:
    """Make the object of a namespace, or mend it; in a namespace that goes nothing is made any more."""
    if namespace is None or "deletionTimestamp" in namespace["metadata"]:
        return Plan()
    body = mended(namespace["metadata"]["name"], known)
    if body is None:
        return Plan()
    command = Create(resource, body) if known is None else Update(resource, body)
    return Plan((command,), then=lambda _: Plan())


class NamespaceObjects:
    """Keeps one object in each namespace: `mended` says from the known one what it should be, None if it is that."""

    def __init__(
        self, component: str, agenda: Agenda, client: Client, events: EventSeries, namespaces: Informer,
        objects: Informer, name: str, mended: Callable[[str, Object | None], Object | None],
    ) -> None:  # fmt: skip
        self._namespaces, self._objects, self._name, self._mended = namespaces, objects, name, mended
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        namespaces.on_change(self._namespace_changed, who=component)
        objects.on_change(self._object_changed, who=component)

    def _namespace_changed(self, _: Object | None, new: Object | None) -> None:
        if new is not None and "deletionTimestamp" not in new["metadata"]:
            self._controller.add_key(("", new["metadata"]["name"]))

    def _object_changed(self, old: Object | None, new: Object | None) -> None:
        meta = (new or old or {})["metadata"]
        if old is not None and meta["name"] == self._name:
            self._controller.add_key(("", meta["namespace"]))

    def _reconcile(self, key: Key) -> Plan:
        _, name = key
        known = self._objects.get(name, self._name)
        return reconcile(self._namespaces.get("", name), self._objects.resource, known, self._mended)


def namespace_objects(
    agenda: Agenda, client: Client, events: Callable[[str], EventSeries], informer: Callable[[str], Informer]
) -> Iterator[NamespaceObjects]:
    """Begin to keep what every namespace has."""
    for component, resource, name, mended in (
        ("service-account-controller", ACCOUNTS, ACCOUNT_NAME, default_account),
        ("root-ca-cert-publisher", CERTIFICATES, CERTIFICATE_NAME, root_certificate),
    ):
        seen = informer("namespaces"), informer(resource)
        yield NamespaceObjects(component, agenda, client, events(component), *seen, name, mended)
