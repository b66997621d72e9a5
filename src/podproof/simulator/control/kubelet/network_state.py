"""What a kubelet knows of its runtime's network: it asks every few seconds, and starts no pod while it is not ready.

Source: pkg/kubelet/kubelet.go, updateRuntimeUp, SyncPod (networkErrors); pkg/kubelet/runtime.go, networkErrors.
"""

from collections.abc import Callable

from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.cni import Cni

NOT_READY = "network is not ready"
"""Source: pkg/kubelet/errors.go, NetworkNotReadyErrorMsg."""


class NetworkState:
    """One node's network as its kubelet last heard of it; `on_change` is called when it hears otherwise."""

    def __init__(self, agenda: Agenda, cni: Cni, chance: Chance) -> None:
        self._agenda, self._cni, self._chance = agenda, cni, chance
        self._looks: Grid | None = None
        self.fault = ""
        self.on_change: Callable[[], None] = lambda: None
        cni.on_change = self._changed

    def _changed(self) -> None:
        """Look at the runtime with the next of the looks that are made anyway: the others would see nothing new."""
        if self._looks is None:
            period = span("kubelet", "runtime_status")
            self._looks = Grid(period, self._chance.below(period))
        self._agenda.at(self._looks.after(self._agenda.now), self._look)

    def _look(self) -> None:
        said = self._cni.fault
        condition = f"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: {said}"
        fault = f"container runtime network not ready: {condition}" if said else ""
        if fault != self.fault:
            self.fault = fault
            self.on_change()
