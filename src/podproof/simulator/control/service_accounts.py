"""The service account controller: every namespace has an account called default.

Source: pkg/controller/serviceaccount/serviceaccounts_controller.go, syncNamespace, serviceAccountDeleted.
"""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Create, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object

NAME = "service-account-controller"
ACCOUNTS = "serviceaccounts"
DEFAULT = "default"


def reconcile(namespace: Object | None, account: Object | None) -> Plan:
    """Make the default account of a namespace that is to stay and has none."""
    if namespace is None or account is not None or "deletionTimestamp" in namespace["metadata"]:
        return Plan()
    return Plan((Create(ACCOUNTS, _account(namespace)),))


def _account(namespace: Object) -> Object:
    meta = {"name": DEFAULT, "namespace": namespace["metadata"]["name"]}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}


class ServiceAccountController:
    """Looks at every namespace; those that are there already have had their account since before."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventSeries, namespaces: Informer, accounts: Informer
    ) -> None:
        self._namespaces, self._accounts = namespaces, accounts
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        namespaces.on_change(lambda old, new: self._look((new or old or {})["metadata"]["name"]))
        accounts.on_change(lambda old, new: None if old is None else self._look(old["metadata"]["namespace"]))
        for each in namespaces.list():
            client.create(ACCOUNTS, _account(each))

    def _look(self, namespace: str) -> None:
        self._controller.add_key(("", namespace))

    def _reconcile(self, key: Key) -> Plan:
        return reconcile(self._namespaces.get("", key[1]), self._accounts.get(key[1], DEFAULT))
