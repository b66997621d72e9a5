"""The snapshot controller, wired to its informers.

Source: kubernetes-csi/external-snapshotter, pkg/common-controller/snapshot_controller_base.go; cmd/snapshot-controller.
"""

from collections.abc import Iterator
from dataclasses import replace

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.storage.snapshots import binding, removal
from podproof.simulator.control.storage.snapshots.looks import Look, claim_let_go
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import seconds

NAME = "snapshot-controller"
RESYNC = seconds(15 * 60)
"""How often everything is looked at again. Source: cmd/snapshot-controller, --resync-period."""


class SnapshotController:
    """Binds snapshots and contents whenever one of them changes, and looks at all of them from time to time."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        snapshots: Informer,
        contents: Informer,
        classes: Informer,
        claims: Informer,
        volumes: Informer,
    ) -> None:
        self._agenda, self._classes, self._claims, self._volumes = agenda, classes, claims, volumes
        self._snapshots, self._contents = snapshots, contents
        work, retries = span("control", "work"), (span("storage", "retry_first"), span("storage", "retry_ceiling"))
        self._of_snapshots = Controller(agenda, client, events, self._snapshot, work, retries)
        self._of_contents = Controller(agenda, client, events, self._content, work, retries)
        snapshots.on_change(self._snapshot_changed)
        contents.on_change(self._content_changed)
        self._look_at_all()

    def _look_at_all(self) -> None:
        for snapshot in self._snapshots.list():
            self._of_snapshots.add(snapshot)
        for content in self._contents.list():
            self._of_contents.add(content)
        self._agenda.after(RESYNC, self._look_at_all)

    def _snapshot_changed(self, old: Object | None, new: Object | None) -> None:
        snapshot = new or old
        assert snapshot is not None
        self._of_snapshots.add(snapshot)
        bound = (snapshot.get("status") or {}).get("boundVolumeSnapshotContentName")
        if bound:
            self._of_contents.add_key(("", bound))

    def _content_changed(self, old: Object | None, new: Object | None) -> None:
        content = new or old
        assert content is not None
        self._of_contents.add(content)
        self._of_snapshots.add_key(_ref(content))

    def _snapshot(self, key: Key) -> Plan:
        snapshot = self._snapshots.get(*key)
        if snapshot is None:
            return Plan()
        look = self._look(snapshot)
        if "deletionTimestamp" in snapshot["metadata"]:
            return removal.reconcile(look)
        plan = binding.reconcile(look)
        return replace(plan, commands=(*claim_let_go(look), *plan.commands)) if plan.then is None else plan

    def _look(self, snapshot: Object) -> Look:
        def near(informer: Informer) -> Iterator[Object]:
            return informer.list(snapshot["metadata"]["namespace"])

        contents, classes, volumes = self._contents, self._classes, self._volumes
        return Look(
            snapshot,
            lambda name: contents.get("", name),
            lambda name: classes.get("", name),
            lambda name: volumes.get("", name),
            classes.list,
            lambda: near(self._claims),
            lambda: near(self._snapshots),
            self._agenda.now,
        )

    def _content(self, key: Key) -> Plan:
        content = self._contents.get(*key)
        return removal.keep_content(content, self._snapshots.get(*_ref(content))) if content is not None else Plan()


def _ref(content: Object) -> Key:
    named = content["spec"]["volumeSnapshotRef"]
    return named.get("namespace", ""), named.get("name", "")
