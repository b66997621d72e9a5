"""Records made by hand: what a cluster would have shown, second by second."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.claims import Claim, Outcome, Verdict
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record


def pod_showing(name: str, status: str, restarts: int = 0, uid: str = "1", **more: Any) -> Object:
    """Return a pod whose STATUS and RESTARTS columns read so."""
    running = status == "Running"
    phase = "Running" if running else "Pending"
    state = {"running": {}} if running else {"waiting": {"reason": status}}
    container = {"name": "app", "ready": running, "restartCount": restarts, "state": state, **more}
    ready = {"type": "Ready", "status": "True" if running else "False"}
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": uid},
        "spec": {"containers": [{"name": "app", "image": "busybox"}]},
        "status": {"phase": phase, "conditions": [ready], "containerStatuses": [container]},
    }


class History:
    """A record to which one adds what was shown, at a time that one lets pass."""

    def __init__(self) -> None:
        self.time = seconds(0)
        self.record = Record(lambda: self.time, Nanos(0))

    def at(self, moment: float) -> "History":
        """Let time pass up to a moment, in seconds."""
        self.time = seconds(moment)
        return self

    def pod(self, status: str, name: str = "foo", **more: Any) -> "History":
        """Show a pod with a status."""
        self.record.see(Ref("Pod", "default", name), pod_showing(name, status, **more))
        return self

    def gone(self, name: str = "foo", kind: str = "Pod") -> "History":
        """Show that an object is gone."""
        self.record.see(Ref(kind, "default", name), None)
        return self

    def service(self, name: str) -> "History":
        """Show a service."""
        item = {"kind": "Service", "metadata": {"name": name, "namespace": "default", "uid": name}}
        self.record.see(Ref("Service", "default", name), item)
        return self

    def unwatched(self, since: float, until: float) -> "History":
        """Lose sight of the cluster for a while."""
        self.record.lost(seconds(since), seconds(until))
        return self

    def watched(self, claim: Claim, *steps: Callable[["History"], object]) -> Verdict:
        """Judge a claim from now on, looking after each step as a waiting cluster does, and close it at the end."""
        judge = claim.begin(self.record)
        verdict = judge.look()
        for step in steps:
            if verdict.outcome is not Outcome.PENDING:
                return verdict
            step(self)
            verdict = judge.look()
        return judge.close() if verdict.outcome is Outcome.PENDING else verdict


@pytest.fixture
def history() -> History:
    """Return a record in which nothing was seen yet."""
    return History()
