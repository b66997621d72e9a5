"""Sends pod statuses to the API, and deletes a pod there once it has ended on the node.

Source: pkg/kubelet/status/status_manager.go, SetPodStatus, syncPod, canBeDeleted.
"""

from typing import Any

from podproof.simulator.control.kubelet.pod_status import NodeAddress, generate_status, merge_status
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import timestamp


class StatusManager:
    """The statuses of one node's pods."""

    def __init__(self, client: Client, agenda: Agenda, node: NodeAddress) -> None:
        self._client, self._agenda, self._node = client, agenda, node

    def publish(self, local: LocalPod, runtime: PodRuntime, ended: bool = False, may_run: bool = True) -> str:
        """Compute and send a pod's status; return the phase it came to, sent or not."""
        status = generate_status(local.pod, local.published, runtime, local.failures, self._node, ended)
        self._send(local, merge_status(local.pod, local.published, status, may_run, timestamp(self._agenda.now)))
        return str(status["phase"])

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

    def delete(self, local: LocalPod) -> None:
        """Remove a deleted pod from the API: its containers have ended."""
        self._agenda.after(span("kubelet", "publish"), lambda: self._delete(local))

    def _send(self, local: LocalPod, status: dict[str, Any]) -> None:
        if status == local.published:
            return
        local.published = status
        self._agenda.after(span("kubelet", "publish"), lambda: self._write(local, status))

    def _write(self, local: LocalPod, status: Object) -> None:
        live = self._live(local)
        if live is not None:
            self._client.update_status("pods", {**live, "status": status})

    def _delete(self, local: LocalPod) -> None:
        live = self._live(local)
        if live is not None:
            meta = live["metadata"]
            self._client.delete("pods", meta["namespace"], meta["name"], grace_seconds=0, uid=meta["uid"])

    def _live(self, local: LocalPod) -> Object | None:
        """Return the pod as the API has it, None where it is gone or another pod has taken its name."""
        meta = local.pod["metadata"]
        try:
            live: Object = self._client.get("pods", meta["namespace"], meta["name"])
        except ApiError as error:
            if error.reason != "NotFound":
                raise
            return None
        return live if live["metadata"]["uid"] == meta["uid"] else None
