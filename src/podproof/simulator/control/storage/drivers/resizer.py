"""The external resizer, and what a node does after it: the volume grows, then its file system.

Source: kubernetes-csi/external-resizer, pkg/controller/controller.go, syncPVC, expandAndRecover;
pkg/volume/util/operationexecutor/node_expander.go, expandOnPlugin.
"""

from collections.abc import Callable

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.drivers import resizing
from podproof.simulator.control.storage.drivers.calls import Calls, Pending
from podproof.simulator.control.storage.drivers.driver import Driver
from podproof.simulator.control.storage.facts import CLAIMS, VOLUMES, requested
from podproof.simulator.control.storage.protection import uses
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO

_FINISHED = "MountVolume.NodeExpandVolume succeeded"
NodeVoice = Callable[[str], EventRecorder]


class Resizer:
    """The resizer of one driver; `voice` gives the events of a node's kubelet."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        driver: Driver,
        events: EventRecorder,
        claims: Informer,
        volumes: Informer,
        pods: Informer,
        voice: NodeVoice,
    ) -> None:
        self._agenda, self._client, self._driver, self._voice = agenda, client, driver, voice
        self._claims, self._volumes, self._pods = claims, volumes, pods
        self._calls = Calls()
        self._of_claims = Controller(agenda, client, events, self._claim, span("control", "work"))
        claims.on_change(self._claim_changed)
        pods.on_change(self._pod_changed)

    def _claim_changed(self, _: Object | None, new: Object | None) -> None:
        if new is not None and new["spec"].get("volumeName"):
            self._of_claims.add(new)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        """A pod that runs at last may be the one a file system waited for."""
        if new is None or not new["spec"].get("volumes") or not _runs(new) or (old is not None and _runs(old)):
            return
        for claim in self._claims.list(new["metadata"]["namespace"]):
            if resizing.waits_for_node(claim) and uses(new, claim["metadata"]["name"]):
                self._of_claims.add_after(claim, span("storage", "node_expands"))

    def _claim(self, key: Key) -> Plan:
        claim = self._claims.get(*key)
        volume = self._volumes.get("", claim["spec"].get("volumeName") or "") if claim is not None else None
        if claim is None or volume is None:
            return Plan()
        if resizing.is_growing(claim, volume, self._driver.spec.name):
            return self._resized(claim, volume)
        if resizing.waits_for_node(claim) and at(volume, "spec", "csi", "driver") == self._driver.spec.name:
            self._finish(claim, volume)
        return Plan()

    def _resized(self, claim: Object, volume: Object) -> Plan:
        uid, now, name = claim["metadata"]["uid"], self._agenda.now, volume["metadata"]["name"]
        handle = volume["spec"]["csi"]["volumeHandle"]
        state = self._calls.ask(uid, now, lambda: self._driver.expand(handle, requested(claim) // NANO))
        if isinstance(state, Pending):
            told = Emit(claim, "Normal", "Resizing", f"External resizer is resizing volume {name}", "")
            begun = (UpdateStatus(CLAIMS, resizing.resizing(claim, now)), told)
            return Plan(begun if state.begun else (), wake_at=state.until)
        if state.error:
            why = f'resize volume "{name}" by resizer "{self._driver.spec.name}" failed: {state.error}'
            return Plan((Emit(claim, "Warning", "VolumeResizeFailed", why, ""),), wake_at=self._calls.until(uid))
        required = "Require file system resize of volume on node"
        return Plan((
            Update(VOLUMES, resizing.larger(volume, claim)),
            UpdateStatus(CLAIMS, resizing.pending_on_node(claim, now)),
            Emit(claim, "Normal", "FileSystemResizeRequired", required, ""),
        ))  # fmt: skip

    def _finish(self, claim: Object, volume: Object) -> None:
        """Let the node of a running pod make the file system larger, and say so of the pod and of the claim."""
        pods = self._pods.list(claim["metadata"]["namespace"])
        pod = next((each for each in pods if _runs(each) and uses(each, claim["metadata"]["name"])), None)
        if pod is None:
            return
        try:
            self._client.update_status(CLAIMS, resizing.grown(claim, volume))
        except ApiError:
            self._of_claims.add_after(claim, span("storage", "node_expands"))
            return
        node = pod["spec"]["nodeName"]
        said = f'{_FINISHED} for volume "{volume["metadata"]["name"]}" {node}'
        for about in (pod, claim):
            self._voice(node).emit(about, "Normal", "FileSystemResizeSuccessful", said)


def _runs(pod: Object) -> bool:
    return at(pod, "status", "phase") == "Running" and bool(pod["spec"].get("nodeName"))
