"""The probers of one node's pods, and what a new result sets going.

Source: pkg/kubelet/prober/prober_manager.go, AddPod, UpdatePodStatus, StopLivenessAndStartup, RemovePod;
pkg/kubelet/kubelet.go, syncLoopIteration, handleProbeSync.
"""

from collections.abc import Callable
from functools import partial

from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.prober import Probe, Prober
from podproof.simulator.control.kubelet.probes.rules import FAILURE, SUCCESS, Kind, probes_of, status_of
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.model.times import Nanos

Settled = Callable[[LocalPod, Kind, str, bool], None]
"""Told of a readiness or startup result: the pod, the kind, the container's id and whether it is a success."""


class Probes:
    """Probes the containers of one node. `wake(uid)` asks for a sync of a pod."""

    def __init__(self, agenda: Agenda, probe: Probe, settled: Settled, wake: Callable[[str], None]) -> None:
        self._agenda, self._probe, self._settled, self._wake = agenda, probe, settled, wake
        self._probers: dict[str, tuple[Prober, ...]] = {}

    def add(self, local: LocalPod) -> None:
        """Begin to probe a pod; harmless when it is probed already."""
        if local.uid in self._probers:
            return
        self._probers[local.uid] = tuple(
            Prober(self._agenda, local, container, kind, self._probe, partial(self._settle, local, kind))
            for container, kind in probes_of(local.pod)
        )

    def status_changed(self, local: LocalPod) -> None:
        """Tell a pod's probers that its status has changed."""
        for prober in self._probers.get(local.uid, ()):
            prober.consider()

    def status_made(self, local: LocalPod) -> None:
        """A sync has made a new status: who has started and is not ready is probed for readiness at once."""
        for prober in self._probers.get(local.uid, ()):
            if prober.kind is Kind.READINESS:
                seen = status_of(local.published, prober.container["name"])
                if seen is not None and seen.get("started") and not seen.get("ready"):
                    prober.trigger()

    def stop_killing(self, local: LocalPod) -> None:
        """The pod is being stopped: nothing is to be killed or held back by its probes any more."""
        for prober in self._probers.get(local.uid, ()):
            if prober.kind is not Kind.READINESS:
                prober.end()
        for results in local.results.values():
            results.update({kind: SUCCESS for kind in (Kind.LIVENESS, Kind.STARTUP) if kind in results})

    def forget(self, uid: str) -> None:
        """Stop probing a pod."""
        for prober in self._probers.pop(uid, ()):
            prober.end()

    def _settle(self, local: LocalPod, kind: Kind, container_id: str, result: str) -> None:
        known = local.results.setdefault(container_id, {})
        if not result:
            known.pop(kind, None)
            if not known:
                del local.results[container_id]
            return
        known[kind] = result
        if kind is not Kind.LIVENESS:
            self._settled(local, kind, container_id, result == SUCCESS)
        if kind is not Kind.LIVENESS or result == FAILURE:
            self._agenda.after(Nanos(0), partial(self._wake, local.uid))
