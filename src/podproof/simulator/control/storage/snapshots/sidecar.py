"""csi-snapshotter: has one driver take the snapshots that contents ask for, and throw them away.

Source: kubernetes-csi/external-snapshotter, pkg/sidecar-controller/snapshot_controller.go, csi_handler.go.
"""

from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Command, Emit, Patch, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.drivers.calls import Calls, Pending
from podproof.simulator.control.storage.drivers.driver import Answer, Driver
from podproof.simulator.control.storage.facts import notes, with_notes
from podproof.simulator.control.storage.snapshots.binding import class_missing
from podproof.simulator.control.storage.snapshots.facts import (
    BEING_CREATED,
    BEING_DELETED,
    CONTENT_BOUND,
    CONTENTS,
    finalizers,
    is_ready,
    with_finalizers,
)
from podproof.simulator.control.storage.words import quoted
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import timestamp

_MAYBE = ("Canceled", "DeadlineExceeded", "Unavailable", "ResourceExhausted", "Aborted")
"""Errors after which the driver may still be at it. Source: isCSIFinalError."""


class Snapshotter:
    """The csi-snapshotter of one driver."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        driver: Driver,
        events: EventRecorder,
        contents: Informer,
        classes: Informer,
    ) -> None:
        self._agenda, self._driver, self._contents, self._classes = agenda, driver, contents, classes
        self._taking, self._dropping = Calls(), Calls()
        retries = span("storage", "retry_first"), span("storage", "retry_ceiling")
        self._of_contents = Controller(agenda, client, events, self._content, span("control", "work"), retries)
        contents.on_change(lambda _, new: self._of_contents.add(new) if new is not None else None)
        for content in contents.list():
            self._of_contents.add(content)

    def _content(self, key: Key) -> Plan:
        content = self._contents.get(*key)
        if content is None or not self._is_mine(content):
            return Plan()
        if is_to_go(content):
            return self._gone(content)
        if is_ready(content):
            return Plan((_not_being_created(content),) if BEING_CREATED in notes(content) else ())
        return self._looked_up(content) if "snapshotHandle" in content["spec"]["source"] else self._taken(content)

    def _is_mine(self, content: Object) -> bool:
        """Say whether a content and its class are of this driver. Source: isDriverMatch."""
        found = self._class(content)
        name = self._driver.spec.name
        return bool(content["spec"]["driver"] == name and (found is None or found["driver"] == name))

    def _class(self, content: Object) -> Object | None:
        return self._classes.get("", content["spec"].get("volumeSnapshotClassName") or "")

    def _taken(self, content: Object) -> Plan:
        """Have the snapshot taken; while the driver is at it the content says so. Source: createSnapshotWrapper."""
        name, now = content["metadata"]["name"], self._agenda.now
        until = self._taking.until(name)
        if until is not None and now < until:
            return Plan(wake_at=until)
        amiss = self._amiss(content)
        if amiss:
            return Plan(tuple(self._failed(content, amiss)), failed=True)
        if BEING_CREATED not in notes(content):
            return Plan((Update(CONTENTS, with_notes(content, {BEING_CREATED: "yes"})),))
        volume, handle = content["spec"]["source"]["volumeHandle"], handle_of(content)
        state = self._taking.ask(name, now, lambda: self._driver.take_snapshot(handle, volume, now))
        if isinstance(state, Pending):
            return Plan(wake_at=state.until)
        if not state.error:
            return self._told(content, handle)
        why = f"failed to take snapshot of the volume {volume}: {quoted(state.error)}"
        final = () if any(f"code = {each}" in state.error for each in _MAYBE) else (_not_being_created(content),)
        return Plan((*self._failed(content, why), *final), wake_at=self._taking.until(name))

    def _amiss(self, content: Object) -> str:
        """Return what keeps the driver from even being asked, "" for nothing."""
        meta, chosen = content["metadata"], content["spec"].get("volumeSnapshotClassName")
        if self._class(content) is None:
            missing = f"failed to take snapshot {meta['name']} without a snapshot class"
            why = quoted(class_missing(chosen) if chosen else missing)
            return f"failed to get input parameters to create snapshot for content {meta['name']}: {why}"
        if content["spec"]["volumeSnapshotRef"].get("uid"):
            return ""
        why = quoted(f"cannot create snapshot. Snapshot content {meta['name']} not bound to a snapshot")
        return f"failed to take snapshot of the volume {content['spec']['source']['volumeHandle']}: {why}"

    def _looked_up(self, content: Object) -> Plan:
        """Ask the driver about a snapshot that is there already. Source: GetSnapshotStatus."""
        name, now = content["metadata"]["name"], self._agenda.now
        handle = content["spec"]["source"]["snapshotHandle"]
        state = self._taking.ask(name, now, lambda: self._listed(handle))
        if isinstance(state, Pending):
            return Plan(wake_at=state.until)
        if not state.error:
            return self._told(content, handle)
        why = f"failed to list snapshot for content {name}: {quoted(state.error)}"
        told = f"Failed to check and update snapshot content: {why}"
        commands = self._error(content, "SnapshotContentCheckandUpdateFailed", told)
        return Plan(commands, wake_at=self._taking.until(name))

    def _listed(self, handle: str) -> Answer:
        answer = self._driver.list_snapshots(handle, self._agenda.now)
        if answer.error or self._driver.snapshot(handle) is not None:
            return answer
        return Answer(answer.after, f"can not find snapshot for snapshotID {handle}")

    def _told(self, content: Object, handle: str) -> Plan:
        """Say what the driver has; what cannot be used yet is asked for again. Source: updateSnapshotContentStatus."""
        found, now = self._driver.snapshot(handle), self._agenda.now
        if found is None:
            return Plan(failed=True)
        known = {key: value for key, value in (content.get("status") or {}).items() if key != "error"}
        said = {"snapshotHandle": handle, "creationTime": int(found.taken), "restoreSize": found.size}
        status = {**said, **known, "readyToUse": now >= found.usable}
        commands: list[Command] = []
        if status != content.get("status"):
            commands.append(UpdateStatus(CONTENTS, {**content, "status": status}))
        if BEING_CREATED in notes(content):
            commands.append(_not_being_created(content))
        return Plan(tuple(commands), wake_at=self._taking.until(content["metadata"]["name"]))

    def _failed(self, content: Object, why: str) -> tuple[Command, ...]:
        """Say that a snapshot was not taken: first so, and then so."""
        if "status" in content:
            told = f"Failed to check and update snapshot content: {why}"
            return self._error(content, "SnapshotContentCheckandUpdateFailed", told)
        return self._error(content, "SnapshotCreationFailed", f"Failed to create snapshot: {why}")

    def _error(self, content: Object, reason: str, told: str) -> tuple[Command, ...]:
        """Return what says an error, once for each message. Source: updateContentErrorStatusWithEvent."""
        if at(content, "status", "error", "message") == told:
            return ()
        error = {"message": told, "time": timestamp(self._agenda.now)}
        status = {**(content.get("status") or {}), "error": error, "readyToUse": False}
        written = UpdateStatus(CONTENTS, {**content, "status": status})
        return written, Emit(content, "Warning", reason, told, "")

    def _gone(self, content: Object) -> Plan:
        """Throw away what stands on the storage where the policy says so, then let the content go."""
        name, handle = content["metadata"]["name"], at(content, "status", "snapshotHandle")
        if handle is None or content["spec"]["deletionPolicy"] != "Delete":
            kept = [each for each in finalizers(content) if each != CONTENT_BOUND]
            is_held = kept != finalizers(content)
            return Plan((Update(CONTENTS, with_finalizers(content, kept)),) if is_held else ())
        state = self._dropping.ask(name, self._agenda.now, lambda: self._driver.delete_snapshot(handle))
        if isinstance(state, Pending):
            return Plan(wake_at=state.until)
        if state.error:
            told = Emit(content, "Warning", "SnapshotDeleteError", "Failed to delete snapshot", "")
            return Plan((told,), wake_at=self._dropping.until(name))
        gone = ("snapshotHandle", "readyToUse", "creationTime", "restoreSize")
        left = {key: value for key, value in content["status"].items() if key not in gone}
        return Plan((UpdateStatus(CONTENTS, {**content, "status": left}),))


def handle_of(content: Object) -> str:
    """Return the name that a driver is asked to give to a content's snapshot. Source: makeSnapshotName."""
    return f"snapshot-{content['spec']['volumeSnapshotRef']['uid']}"


def is_to_go(content: Object) -> bool:
    """Say whether a deleted content may go: nobody has it, or its snapshot goes and nothing is under way.

    Source: shouldDelete.
    """
    if "deletionTimestamp" not in content["metadata"]:
        return False
    if "snapshotHandle" in content["spec"]["source"] and not content["spec"]["volumeSnapshotRef"].get("uid"):
        return True
    return BEING_CREATED not in notes(content) and BEING_DELETED in notes(content)


def _not_being_created(content: Object) -> Patch:
    body: dict[str, Any] = {"metadata": {"annotations": {BEING_CREATED: None}}}
    return Patch(CONTENTS, "", content["metadata"]["name"], body)
