"""Snapshots and claims that volumes are made of are kept until the last of these is made.

Source: kubernetes-csi/external-provisioner, pkg/controller/clone_controller.go, snapshot_finalizer_controller.go;
controller.go, removeSnapshotFinalizer.
"""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan, Update
from podproof.simulator.control.storage.drivers.sources import CLONED, Find, let_go, source_of
from podproof.simulator.control.storage.facts import CLAIMS, phase_of
from podproof.simulator.control.storage.snapshots.facts import KIND, SNAPSHOTS, finalizers
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object


class SourceProtection:
    """Looks at a source whenever a claim that names it has its volume, or goes."""

    def __init__(self, agenda: Agenda, client: Client, events: EventRecorder, claims: Informer, find: Find) -> None:
        self._claims, self._find = claims, find
        work = span("control", "work")
        self._of_claims = Controller(agenda, client, events, self._claim, work)
        self._of_snapshots = Controller(agenda, client, events, self._snapshot, work)
        claims.on_change(self._claim_changed)

    def _claim_changed(self, old: Object | None, new: Object | None) -> None:
        claim = new or old
        assert claim is not None
        if "deletionTimestamp" in claim["metadata"] and CLONED in finalizers(claim):
            self._of_claims.add(claim)
        source = source_of(claim)
        if source and (new is None or phase_of(new) not in ("", "Pending")):
            queue = self._of_snapshots if source["kind"] == KIND else self._of_claims
            queue.add_key((claim["metadata"]["namespace"], source["name"]))

    def _claim(self, key: Key) -> Plan:
        return self._looked_at(CLAIMS, key)

    def _snapshot(self, key: Key) -> Plan:
        return self._looked_at(SNAPSHOTS, key)

    def _looked_at(self, resource: str, key: Key) -> Plan:
        try:
            item = self._find(resource, *key)
        except LookupError:
            return Plan()
        free = let_go(item, self._claims.list(key[0]))
        return Plan((Update(resource, free),)) if free is not None else Plan()
