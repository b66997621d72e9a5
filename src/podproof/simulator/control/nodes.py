"""One node: its machine's runtime, the kubelet's process on it, and what that says of the node."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.kubelet import Kubelet
from podproof.simulator.control.kubelet.node_status import news, node_conditions, node_images
from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.node_lifecycle.heartbeats import Heartbeats
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.process import Process
from podproof.simulator.machine.images import Image, ImageStore
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, timestamp

_NODE_INFO = {
    "architecture": "amd64",
    "containerRuntimeVersion": "containerd://2.1.0",
    "kernelVersion": "6.12.0",
    "kubeletVersion": "v1.36.2",
    "operatingSystem": "linux",
    "osImage": "podproof simulator",
}


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node to be: what it can allocate, in Kubernetes' quantities; `pulls` is how many images it pulls at a time."""

    name: str = "node1"
    cpu: str = "4"
    memory: str = "16Gi"
    pods: str = "110"
    pulls: str = "1"
    labels: Mapping[str, str] = field(default_factory=dict)
    disks: tuple[str, ...] = ()
    """The local paths its disks are mounted at; none said: every path a local volume names is there."""
    taints: tuple[Mapping[str, str], ...] = ()
    address: str = ""
    """Its own address, and its pods' range; "" is the next free one."""
    pod_cidr: str = ""
    segment: str = ""
    """The layer-2 network its card is on; "" is that of its address."""
    images: tuple[str, ...] = ()
    """The images it has from the start."""

    @property
    def amounts(self) -> dict[str, str]:
        """What it has of each resource."""
        return {"cpu": self.cpu, "memory": self.memory, "pods": self.pods, "ephemeral-storage": "100Gi"}


def node_object(spec: NodeSpec, address: str, cidr: str, now_text: str, images: Iterable[Image] = ()) -> dict[str, Any]:
    """Return the API object of a node that has just joined."""
    listed = node_images(images)
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": spec.name, "kubernetes.io/os": "linux"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": spec.name, "labels": {**labels, **spec.labels}},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr], **({"taints": list(spec.taints)} if spec.taints else {})},
        "status": {
            "capacity": spec.amounts,
            "allocatable": spec.amounts,
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": spec.name}],
            "conditions": node_conditions((), (), now_text),
            "nodeInfo": _NODE_INFO,
            **({"images": listed} if listed else {}),
        },
    }


def peer_object(name: str) -> dict[str, Any]:
    """Return the API object of a cordoned node that has not said yet how it is.

    Source: plugin/pkg/admission/nodetaint/admission.go, Admit (the taint).
    """
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {"unschedulable": True, "taints": [taint]},
    }


def with_peer_ready(node: Object, now_text: str) -> dict[str, Any]:
    """Return a peer that says it is ready, and no more."""
    ready = [each for each in node_conditions((), (), now_text) if each["type"] == "Ready"]
    return {**node, "status": {"conditions": ready}}


class Node:
    """One node of the cluster, as the world drives it. `process` is the kubelet's time."""

    def __init__(
        self,
        name: str,
        agenda: Agenda,
        process: Process,
        kubelet: Kubelet,
        client: Client,
        heartbeats: Heartbeats,
        chance: Chance,
        images: ImageStore,
    ) -> None:
        self.name, self.kubelet, self.process, self._images = name, kubelet, process, images
        self._agenda, self._client, self._heartbeats = agenda, client, heartbeats
        self._recorder = EventRecorder(client, agenda, "kubelet", name)
        self._starting: list[Entry] = []
        period = span("kubelet", "node_status")
        self._reports = Grid(period, chance.below(period))
        self._due: Nanos | None = None
        kubelet.evictions.on_pressure = self._say_soon
        kubelet.network.on_change = self._say_soon
        images.on_change = lambda: process.do(self._say_soon)
        heartbeats.begin(name)

    def stop(self) -> None:
        """Let the kubelet stop; the containers go on."""
        for entry in self._starting:
            entry.cancel()
        self._starting.clear()
        self.process.halt()
        self._heartbeats.stop(self.name)

    def start(self, pods: Callable[[], list[Object]]) -> None:
        """Let the kubelet start again; `pods` gives what the API has on this node once it looks."""
        if self.process.running or self._starting:
            return
        ready, syncs = span("kubelet", "restart_node"), span("kubelet", "restart")
        self._starting = [
            self._agenda.after(ready, self._heard),
            self._agenda.after(syncs, lambda: self._syncing(pods())),
        ]

    def starve(self, what: str, by: int) -> None:
        """Let the node run short of memory or disk by so many bytes."""
        self.kubelet.evictions.starve(what, by)

    def relieve(self, what: str) -> None:
        """Let the node have enough of it again."""
        self.kubelet.evictions.relieve(what)

    def _say_soon(self) -> None:
        """Publish with the next report: nothing is reported at once.

        Source: pkg/kubelet/kubelet.go, Run (syncNodeStatus each NodeStatusUpdateFrequency).
        """
        due = self._reports.after(self._agenda.now)
        if due != self._due:
            self._due = due
            self.process.at(due, self.say)

    def _heard(self) -> None:
        self._heartbeats.resume(self.name)
        self._tell("Starting", "Starting kubelet.")
        self._tell("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
        self.say()

    def _tell(self, reason: str, message: str) -> None:
        meta = {"name": self.name, "uid": self.name, "resourceVersion": ""}
        self._recorder.emit({"apiVersion": "v1", "kind": "Node", "metadata": meta}, "Normal", reason, message)

    def _syncing(self, pods: list[Object]) -> None:
        self._starting.clear()
        self.kubelet.take_over(pods)
        self.process.resume()
        self.kubelet.sync_all()

    def say(self) -> None:
        """Publish what the kubelet knows of its node."""
        node = self._client.get("nodes", "", self.name)
        status = node["status"]
        short_of = self.kubelet.evictions.pressures
        fault = self.kubelet.network.fault
        conditions = node_conditions(short_of, status["conditions"], timestamp(self._agenda.now), fault)
        for reason in news(status["conditions"], conditions):
            self._tell(reason, f"Node {self.name} status is now: {reason}")
        images = node_images(self._images.present())
        said = {**status, "conditions": conditions, **({"images": images} if images else {})}
        self._client.update_status("nodes", {**node, "status": said})
