"""Sends pod statuses to the API, and deletes a pod there once it has ended on the node.

Source: pkg/kubelet/status/status_manager.go, SetPodStatus, syncPod, canBeDeleted.
"""

from collections.abc import Callable
from typing import Any

from podproof.simulator.control.kubelet.eviction.evictions import with_disruption
from podproof.simulator.control.kubelet.pod_status import NodeAddress, generate_status, merge_status, with_probe_result
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.resizes import with_resource_status
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_conditions import foreign_conditions, is_of_kubelet
from podproof.simulator.model.pod_phase import FAILED
from podproof.simulator.model.qos import qos_class
from podproof.simulator.model.static_pods import is_mirror_of, is_static
from podproof.simulator.model.times import timestamp


def shown_as(local: LocalPod) -> Object | None:
    """Return the pod of the API that has a pod's status: itself, or a static pod's mirror, None while there is none."""
    if not is_static(local.pod):
        return local.pod
    mirror = local.mirror
    return mirror if mirror is not None and not local.removed and is_mirror_of(mirror, local.pod) else None


class StatusManager:
    """The statuses of one node's pods."""

    def __init__(self, client: Client, agenda: Agenda, node: NodeAddress) -> None:
        self.node = node
        self.on_change: Callable[[LocalPod], None] = lambda local: None
        self._client, self._agenda = client, agenda

    def publish(self, local: LocalPod, runtime: PodRuntime, ended: bool = False, may_run: bool = True) -> str:
        """Compute and send a pod's status; return the phase it came to, sent or not."""
        status = generate_status(
            local.pod, local.published, runtime, local.failures, self.node, ended, local.ending, local.results
        )
        status = with_disruption(with_resource_status(status, local, runtime), local, may_run)
        self._send(local, merge_status(local.pod, local.published, status, may_run, timestamp(self._agenda.now)))
        return str(status["phase"])

    def reject(self, local: LocalPod, reason: str, message: str) -> None:
        """Say that a pod has failed before anything of it was run."""
        told = {"phase": FAILED, "reason": reason, "message": message, "conditions": []}
        qos = {"qosClass": at(local.pod, "status", "qosClass") or qos_class(local.pod["spec"])}
        self._send(local, merge_status(local.pod, local.published, {**told, **qos}, False, timestamp(self._agenda.now)))

    def sandbox_ready(self, local: LocalPod) -> None:
        """Say at once that the sandbox is up; the rest of the status follows with the next sync.

        Source: pkg/kubelet/kubelet.go, OnPodSandboxReady.
        """
        conditions = [
            {**condition, "status": "True", "lastTransitionTime": timestamp(self._agenda.now)}
            if condition["type"] == "PodReadyToStartContainers" and condition["status"] != "True"
            else condition
            for condition in local.published.get("conditions") or ()
        ]
        self._send(local, {**local.published, "conditions": conditions})

    def probed(self, local: LocalPod, kind: str, container_id: str, success: bool) -> None:
        """Say at once that a container has become ready or is so no more, or has started.

        Source: pkg/kubelet/status/status_manager.go, SetContainerReadiness, SetContainerStartup.
        """
        status = with_probe_result(local.pod, local.published, kind, container_id, success)
        if status is not None:
            self._send(local, merge_status(local.pod, local.published, status, True, timestamp(self._agenda.now)))

    def delete(self, local: LocalPod) -> None:
        """Remove a deleted pod from the API: its containers have ended."""
        self._agenda.after(span("kubelet", "publish"), lambda: self._delete(local))

    def send_again(self, local: LocalPod) -> None:
        """Send a status once more where the API does not have it yet.

        Source: pkg/kubelet/status/status_manager.go, syncBatch.
        """
        self._write(local, local.published)

    def _send(self, local: LocalPod, status: dict[str, Any]) -> None:
        if status == local.published:
            return
        local.published = status
        self.on_change(local)
        self._agenda.after(span("kubelet", "publish"), lambda: self._write(local, status))

    def _write(self, local: LocalPod, status: Object) -> None:
        live = self._live(local)
        if live is not None:
            own = {row["type"]: row for row in status["conditions"] if is_of_kubelet(row)}
            foreign = (row for row in foreign_conditions(live) if row["type"] not in own)
            told = {**status, "conditions": [*foreign, *own.values()]}
            self._client.update_status("pods", {**live, "status": told})

    def _delete(self, local: LocalPod) -> None:
        live = self._live(local)
        if live is not None:
            meta = live["metadata"]
            self._client.delete("pods", meta["namespace"], meta["name"], grace_seconds=0, uid=meta["uid"])

    def _live(self, local: LocalPod) -> Object | None:
        """Return the pod as the API has it, None where it is gone or another pod has taken its name.

        A static pod's status goes to its mirror, once the kubelet has seen that one.
        """
        shown = shown_as(local)
        if shown is None:
            return None
        meta = shown["metadata"]
        try:
            live: Object = self._client.get("pods", meta["namespace"], meta["name"])
        except ApiError as error:
            if error.reason != "NotFound":
                raise
            return None
        return live if live["metadata"]["uid"] == meta["uid"] else None
