"""The static pods of one node: their files, and the mirror pods that show them.

Source: pkg/kubelet/kubelet.go, tryReconcileMirrorPods; pkg/kubelet/kubelet_pods.go, HandlePodCleanups,
deleteOrphanedMirrorPods; pkg/kubelet/pod_workers.go, allowStaticPodStart.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.static_pods import FullName, full_name, is_mirror_of, is_static, mirror_of
from podproof.simulator.model.times import Nanos


class Ways(NamedTuple):
    """What the kubelet does for static pods: by uid, its pods; run a pod, end one, sync one, send its status again."""

    pods: Mapping[str, LocalPod]
    begin: Callable[[Object], None]
    end: Callable[[str], None]
    wake: Callable[[str], None]
    send: Callable[[LocalPod], None]

    def named(self, name: FullName) -> LocalPod | None:
        """Return the static pod of a name that is on the node, also while it still ends."""
        return next((each for each in self.pods.values() if is_static(each.pod) and full_name(each.pod) == name), None)


class StaticFiles:
    """Follows the files of one node and keeps the API's mirror pods as they are."""

    def __init__(self, agenda: Agenda, client: Client, pods: Ways, ticks: Grid, chance: Chance) -> None:
        self._agenda, self._client, self._pods, self._ticks, self._chance = agenda, client, pods, ticks, chance
        self._housekeeping = Grid(span("kubelet", "housekeeping"), chance.below(span("kubelet", "housekeeping")))
        self._batches = Grid(span("kubelet", "status_batch"), chance.below(span("kubelet", "status_batch")))
        self._files: dict[str, Object] = {}
        self._mirrors: dict[FullName, Object] = {}

    def write(self, file: str, pod: Object | None) -> None:
        """Take notice of a file, at once: its pod is new, another one, or (None) gone.

        Source: pkg/kubelet/config/file_linux.go, watchEvents.
        """
        old = self._files.pop(file, None)
        if pod is not None:
            self._files[file] = pod
        if old is not None and (pod is None or pod["metadata"]["uid"] != old["metadata"]["uid"]):
            self._pods.end(old["metadata"]["uid"])
        if pod is not None and (old is None or pod["metadata"]["uid"] != old["metadata"]["uid"]):
            self._begin(file, pod)

    def mirror_changed(self, old: Object | None, new: Object | None) -> None:
        """Take notice of a mirror pod of the API; who takes one away gets it back.

        Source: pkg/kubelet/kubelet.go, HandlePodUpdates, HandlePodRemoves (of a mirror pod).
        """
        mirror = new or old
        assert mirror is not None
        name = full_name(mirror)
        known = self._mirrors.pop(name, None)
        if new is not None:
            self._mirrors[name] = new
        local = self._pods.named(name)
        if local is None:
            self._agenda.at(self._housekeeping.after(self._agenda.now), lambda: self._tidy(name))
            return
        local.mirror = new
        if new is None or new["metadata"].get("deletionTimestamp"):
            self._pods.wake(local.uid)
        elif known is None:
            self._agenda.at(self._batches.after(self._agenda.now), lambda: self._pods.send(local))

    def reconcile(self, local: LocalPod) -> None:
        """See in a static pod's sync that its mirror is there and shows what the file says now."""
        mirror = self._mirrors.get(full_name(local.pod))
        local.mirror = mirror
        if mirror is None:
            self._later(1, lambda: self._create(local))
        elif mirror["metadata"].get("deletionTimestamp") or not is_mirror_of(mirror, local.pod):
            self._later(1, lambda: self._delete(mirror))
            self._later(2, lambda: self._create(local))

    def ended(self, name: FullName) -> None:
        """Let the next clean-up take the mirror of a pod that has ended for good."""
        self._agenda.at(self._housekeeping.after(self._agenda.now), lambda: self._tidy(name))

    def _begin(self, file: str, pod: Object) -> None:
        """Start a pod; another one of its name, whose file said something else, ends first."""
        if self._files.get(file) is not pod:
            return
        if self._pods.named(full_name(pod)) is None:
            self._pods.begin(pod)
            return
        wait = self._chance.jitter(span("kubelet", "retry_period"), figure("kubelet", "retry_jitter"))
        due = self._ticks.after(Nanos(self._agenda.now + wait - 1))
        self._agenda.at(due, lambda: self._begin(file, pod))

    def _later(self, times: int, act: Callable[[], None]) -> None:
        self._agenda.after(Nanos(times * span("kubelet", "publish")), act)

    def _tidy(self, name: FullName) -> None:
        mirror = self._mirrors.get(name)
        if mirror is not None and self._pods.named(name) is None and not self._is_wanted(name):
            self._delete(mirror)

    def _is_wanted(self, name: FullName) -> bool:
        return any(full_name(pod) == name for pod in self._files.values())

    def _create(self, local: LocalPod) -> None:
        if local.removed:
            return
        node = self._client.get("nodes", "", local.pod["spec"]["nodeName"])
        _asked(lambda: self._client.create("pods", mirror_of(local.pod, node["metadata"]["uid"])))

    def _delete(self, mirror: Object) -> None:
        meta = mirror["metadata"]
        _asked(lambda: self._client.delete("pods", meta["namespace"], meta["name"], 0, meta["uid"]))


def _asked(request: Callable[[], object]) -> None:
    """Send a request; what another has done already needs no doing."""
    try:
        request()
    except ApiError as error:
        if error.reason not in ("NotFound", "AlreadyExists", "Conflict"):
            raise
