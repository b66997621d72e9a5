"""How long a pod may be active on its node.

Source: pkg/kubelet/active_deadline.go.
"""

from collections.abc import Callable

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.kubelet.pods import Ending, LocalPod
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment, seconds

EXCEEDED = Ending("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")


def deadline_of(spec: Object, status: Object) -> Nanos | None:
    """Return the moment a pod's time is over, None where it has no deadline or has not begun."""
    allowed, began = spec.get("activeDeadlineSeconds"), status.get("startTime")
    if allowed is None or began is None:
        return None
    return Nanos(moment(began) + seconds(allowed))


class Deadlines:
    """Watches the deadlines of one node's pods: each is looked at once, at the first tick that can find it exceeded."""

    def __init__(self, agenda: Agenda, ticks: Grid, recorder: EventRecorder, wake: Callable[[str], None]) -> None:
        self._agenda, self._ticks, self._recorder, self._wake = agenda, ticks, recorder, wake
        self._alarms: dict[str, tuple[Nanos, Entry]] = {}

    def judge(self, local: LocalPod) -> None:
        """End a pod whose time is over; it is said each time the pod's status is computed."""
        due = deadline_of(local.pod["spec"], local.published)
        if due is not None and due <= self._agenda.now:
            self._recorder.emit(local.pod, "Normal", EXCEEDED.reason, EXCEEDED.message)
            local.ending = EXCEEDED

    def watch(self, local: LocalPod) -> None:
        """Have a pod synced when its time is over.

        Source: pkg/kubelet/kubelet.go, getPodsToSync.
        """
        due = deadline_of(local.pod["spec"], local.published)
        known = self._alarms.get(local.uid)
        if due is None or due <= self._agenda.now or (known is not None and known[0] == due):
            return
        self.forget(local.uid)
        entry = self._agenda.at(self._ticks.after(Nanos(due - 1)), lambda: self._wake(local.uid))
        self._alarms[local.uid] = due, entry

    def forget(self, uid: str) -> None:
        """Drop the deadline of a pod that has ended."""
        known = self._alarms.pop(uid, None)
        if known is not None:
            known[1].cancel()
