"""csi-attacher: has one driver attach volumes to nodes, and take them away.

Source: kubernetes-csi/external-attacher, pkg/controller/csi_handler.go, SyncNewOrUpdatedVolumeAttachment, csiAttach,
csiDetach; util.go, GetFinalizerName.
"""

import re

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Patch, Plan, UpdateStatus
from podproof.simulator.control.storage.attaching.facts import is_attached
from podproof.simulator.control.storage.drivers.calls import Calls, Pending
from podproof.simulator.control.storage.drivers.driver import Driver
from podproof.simulator.control.storage.facts import ATTACHMENTS
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import timestamp


class Attacher:
    """The csi-attacher of one driver."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        driver: Driver,
        events: EventRecorder,
        attachments: Informer,
        volumes: Informer,
    ) -> None:
        self._agenda, self._driver, self._attachments, self._volumes = agenda, driver, attachments, volumes
        self._calls, self._undoing = Calls(), Calls()
        self._finalizer = f"external-attacher/{re.sub('[^a-zA-Z0-9-]', '-', driver.spec.name)}"
        self._of_attachments = Controller(agenda, client, events, self._attachment, span("control", "work"))
        attachments.on_change(lambda _, new: self._of_attachments.add(new) if new is not None else None)
        for each in attachments.list():
            self._of_attachments.add(each)

    def _attachment(self, key: Key) -> Plan:
        item = self._attachments.get(*key)
        if item is None or item["spec"]["attacher"] != self._driver.spec.name:
            return Plan()
        if "deletionTimestamp" in item["metadata"]:
            return self._undone(item)
        known = item["metadata"].get("finalizers") or []
        if self._finalizer not in known:
            return Plan((self._held(item, [*known, self._finalizer]),))
        return Plan() if is_attached(item) else self._done(item)

    def _done(self, item: Object) -> Plan:
        """Have the volume attached, and say so, or why it is not."""
        name, node = item["metadata"]["name"], item["spec"]["nodeName"]
        handle = self._handle(item)
        if handle is None:
            return Plan(failed=True)
        state = self._calls.ask(name, self._agenda.now, lambda: self._driver.attach(handle, node))
        if isinstance(state, Pending):
            return Plan(wake_at=state.until)
        status: dict[str, object] = {"attached": not state.error}
        if state.error:
            status["attachError"] = {"message": state.error, "time": timestamp(self._agenda.now)}
        return Plan((UpdateStatus(ATTACHMENTS, {**item, "status": status}),), wake_at=self._calls.until(name))

    def _undone(self, item: Object) -> Plan:
        """Have the volume taken from the node, then let the attachment go."""
        name, node = item["metadata"]["name"], item["spec"]["nodeName"]
        handle, known = self._handle(item), item["metadata"].get("finalizers") or []
        if self._finalizer not in known:
            return Plan()
        self._calls.forget(name)
        if handle is not None:
            state = self._undoing.ask(name, self._agenda.now, lambda: self._driver.detach(handle, node))
            if isinstance(state, Pending):
                return Plan(wake_at=state.until)
            if state.error:
                error = {"message": state.error, "time": timestamp(self._agenda.now)}
                status = {**(item.get("status") or {"attached": False}), "detachError": error}
                told = UpdateStatus(ATTACHMENTS, {**item, "status": status})
                return Plan((told,), wake_at=self._undoing.until(name))
        return Plan((self._held(item, [each for each in known if each != self._finalizer]),))

    def _handle(self, item: Object) -> str | None:
        volume = self._volumes.get("", item["spec"]["source"]["persistentVolumeName"])
        found: str | None = at(volume, "spec", "csi", "volumeHandle") if volume is not None else None
        return found

    def _held(self, item: Object, finalizers: list[str]) -> Patch:
        return Patch(ATTACHMENTS, "", item["metadata"]["name"], {"metadata": {"finalizers": finalizers}})
