"""The attach/detach controller: asks for the volumes of pods to be attached to their nodes, and taken away again.

Approximated: which volumes a node has still mounted is not reported; a node that is ready has let go of one some
seconds after the last pod that used it.
Source: pkg/controller/volume/attachdetach/reconciler/reconciler.go, attachDesiredVolumes, reportMultiAttachError;
pkg/volume/util/operationexecutor/operation_generator.go, GenerateAttachVolumeFunc.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.volumes.claimed import claim_name
from podproof.simulator.control.plans import Command, Create, Delete, Emit, Plan
from podproof.simulator.control.storage.attaching.facts import attachment, is_attached, is_exclusive, needs_attaching
from podproof.simulator.control.storage.facts import ATTACHMENTS
from podproof.simulator.control.storage.protection import uses
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.times import Nanos

NAME = "attachdetach-controller"
Wanted = Mapping[str, Sequence[Object]]
"""The pods that use a volume, by node."""
_OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


class AttachDetachController:
    """Looks at a volume whenever a pod that uses it, or one of its attachments, changes."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        pods: Informer,
        claims: Informer,
        volumes: Informer,
        nodes: Informer,
        drivers: Informer,
        attachments: Informer,
    ) -> None:
        self._agenda, self._pods, self._claims, self._volumes, self._nodes = agenda, pods, claims, volumes, nodes
        self._drivers, self._attachments = drivers, attachments
        self._begun: dict[str, Nanos] = {}
        self._failures: dict[str, str] = {}
        self._refused: set[tuple[str, str]] = set()
        self._unwanted: dict[str, Nanos] = {}
        self._of_volumes = Controller(agenda, client, events, self._volume, span("control", "work"))
        pods.on_change(self._pod_changed)
        claims.on_change(lambda old, new: self._claim_changed(new or old or {}))
        volumes.on_change(lambda _, new: self._of_volumes.add(new) if new is not None else None)
        nodes.on_change(self._node_changed)
        attachments.on_change(lambda old, new: self._of_volumes.add_key(_volume_of(new or old or {})))
        for volume in volumes.list():
            self._of_volumes.add(volume)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        pod = new or old
        assert pod is not None
        if pod["spec"].get("nodeName"):
            for volume in pod["spec"].get("volumes") or ():
                if "persistentVolumeClaim" in volume or "ephemeral" in volume:
                    claim = self._claims.get(pod["metadata"]["namespace"], claim_name(pod, volume))
                    self._claim_changed(claim or {"spec": {}})

    def _claim_changed(self, claim: Object) -> None:
        if claim["spec"].get("volumeName"):
            self._of_volumes.add_key(("", claim["spec"]["volumeName"]))

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        """A node that is gone, or will not come back, has let go of everything."""
        node = new or old
        assert node is not None
        if old is not None and (new is None or _health(old) != _health(new)):
            for each in self._attachments.list():
                if each["spec"]["nodeName"] == node["metadata"]["name"]:
                    self._of_volumes.add_key(_volume_of(each))

    def _volume(self, key: Key) -> Plan:
        volume = self._volumes.get(*key)
        found = {each["spec"]["nodeName"]: each for each in self._attachments.list() if _volume_of(each) == key}
        wanted = self._wanted(volume) if volume is not None else {}
        commands: list[Command] = []
        for node in wanted:
            assert volume is not None
            commands += self._attach(volume, node, wanted, found)
        commands += self._detach(each for node, each in found.items() if node not in wanted)
        return Plan(tuple(commands), wake_at=self._next(found.values()))

    def _wanted(self, volume: Object) -> Wanted:
        driver = at(volume, "spec", "csi", "driver")
        if driver is None or not needs_attaching(self._drivers.get("", driver)):
            return {}
        space, found = at(volume, "spec", "claimRef", "namespace"), dict[str, list[Object]]()
        for pod in self._pods.list(space) if space else ():
            node = pod["spec"].get("nodeName")
            if node and at(pod, "status", "phase") not in TERMINAL and _is_used_by(volume, pod):
                found.setdefault(node, []).append(pod)
        return found

    def _attach(self, volume: Object, node: str, wanted: Wanted, found: dict[str, Object]) -> Iterator[Command]:
        """Yield what attaches a volume to a node, or what is told of it; what is asked for is `found` from then on."""
        name, known = volume["metadata"]["name"], found.get(node)
        if known is None and found and is_exclusive(volume):
            yield from self._in_use(name, node, wanted)
        elif known is None:
            asked = found[node] = attachment(volume, node)
            self._begun[asked["metadata"]["name"]] = self._agenda.now
            yield Create(ATTACHMENTS, asked)
        elif "deletionTimestamp" not in known["metadata"]:
            yield from self._told(volume, node, wanted, known)

    def _told(self, volume: Object, node: str, wanted: Wanted, known: Object) -> Iterator[Emit]:
        """Yield what the pods of a node are told of an attachment that was asked for."""
        name = volume["metadata"]["name"]
        self._unwanted.pop(known["metadata"]["name"], None)
        if is_attached(known):
            self._refused.discard((name, node))
        text = self._ended(known, volume)
        reason = ("Normal", "SuccessfulAttachVolume") if is_attached(known) else ("Warning", "FailedAttachVolume")
        for pod in wanted[node] if text else ():
            yield Emit(pod, *reason, text, "")

    def _ended(self, item: Object, volume: Object) -> str:
        """Return what is to be told of an attachment: that it is done, or failed; "" for nothing new."""
        name, of = item["metadata"]["name"], f'for volume "{volume["metadata"]["name"]}"'
        if is_attached(item):
            return f"AttachVolume.Attach succeeded {of} " if self._begun.pop(name, None) is not None else ""
        failure = str(at(item, "status", "attachError", "message") or "")
        if failure:
            is_new = self._failures.get(name) != str(at(item, "status", "attachError", "time"))
            self._failures[name] = str(at(item, "status", "attachError", "time"))
            return f"AttachVolume.Attach failed {of} : {failure}" if is_new else ""
        if name not in self._begun or self._agenda.now < self._begun[name] + span("storage", "attach_timeout"):
            return ""
        self._begun[name] = self._agenda.now
        csi = volume["spec"]["csi"]
        who = f"external-attacher of {csi['driver']} CSI driver to attach volume {csi['volumeHandle']}"
        return f"AttachVolume.Attach failed {of} : timed out waiting for {who}"

    def _in_use(self, name: str, node: str, wanted: Wanted) -> Iterator[Emit]:
        """Yield once for each node that a volume of one node is wanted on another."""
        if (name, node) in self._refused:
            return
        self._refused.add((name, node))
        others = [each["metadata"]["name"] for other in wanted if other != node for each in wanted[other]]
        used = "Volume is already exclusively attached to one node and can't be attached to another"
        if others:
            used = f"Volume is already used by pod(s) {', '.join(others)}"
        for pod in wanted[node]:
            yield Emit(pod, "Warning", "FailedAttachVolume", f'Multi-Attach error for volume "{name}" {used}', "")

    def _detach(self, unwanted: Iterator[Object]) -> Iterator[Delete]:
        for each in unwanted:
            name = each["metadata"]["name"]
            self._unwanted.setdefault(name, self._agenda.now)
            if "deletionTimestamp" not in each["metadata"] and self._agenda.now >= self._free(each):
                yield Delete(ATTACHMENTS, "", name)

    def _free(self, item: Object) -> Nanos:
        """Return when the node of an attachment that nobody wants has let go of the volume.

        Of a node that is not ready nobody knows: after six minutes the volume is taken from it.
        """
        node, since = self._nodes.get("", item["spec"]["nodeName"]), self._unwanted[item["metadata"]["name"]]
        if node is None or _health(node) == "out of service":
            return since
        ready = _health(node) == "ready"
        return Nanos(since + (span("storage", "detached_from") if ready else span("storage", "force_detach")))

    def _next(self, found: Iterable[Object]) -> Nanos | None:
        """Return when time alone changes what there is to do."""
        dues = []
        for each in found:
            name = each["metadata"]["name"]
            if name in self._unwanted and "deletionTimestamp" not in each["metadata"]:
                dues.append(self._free(each))
            elif name in self._begun:
                dues.append(Nanos(self._begun[name] + span("storage", "attach_timeout")))
        return min((due for due in dues if due > self._agenda.now), default=None)


def _volume_of(item: Object) -> Key:
    return "", str(at(item, "spec", "source", "persistentVolumeName") or "")


def _is_used_by(volume: Object, pod: Object) -> bool:
    claim = volume["spec"].get("claimRef") or {}
    return pod["metadata"]["namespace"] == claim.get("namespace") and uses(pod, str(claim.get("name")))


def _health(node: Object) -> str:
    if any(each["key"] == _OUT_OF_SERVICE for each in at(node, "spec", "taints") or ()):
        return "out of service"
    conditions = at(node, "status", "conditions") or ()
    ready = next((each["status"] for each in conditions if each["type"] == "Ready"), "Unknown")
    return "ready" if ready == "True" else "not ready"
