"""A cluster that shows what a script says, for tests of steps: no simulator, the same port.

A script is made of `shows(seconds, pod, status)` and `gone(seconds, pod)`; the STATUS column prints a pod's own reason,
so a status can be any word.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from podproof.claims import Claim, Outcome, Verdict
from podproof.cluster import Applied, Refusal
from podproof.manifests import Manifest
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record

Moment = tuple[Nanos, Ref, Object | None]


def shows(at: float, pod: str, status: str, restarts: int = 0, exit_code: int | None = None, uid: str = "u1") -> Moment:
    """Return that a pod shows a status from a moment on, in seconds."""
    last = {} if exit_code is None else {"terminated": {"exitCode": exit_code}}
    row = {"name": "main", "restartCount": restarts, "ready": True, "state": {"running": {}}, "lastState": last}
    item = {
        "kind": "Pod",
        "metadata": {"name": pod, "namespace": "default", "uid": uid},
        "spec": {"containers": [{"name": "main", "image": "busybox"}]},
        "status": {"phase": "Running", "reason": status, "containerStatuses": [row]},
    }
    return seconds(at), Ref("Pod", "default", pod), item


def gone(at: float, pod: str) -> Moment:
    """Return that a pod is gone from a moment on, in seconds."""
    return seconds(at), Ref("Pod", "default", pod), None


def there(at: float, kind: str, name: str, **fields: Any) -> Moment:
    """Return that any object is there from a moment on, in seconds."""
    item = {"kind": kind, "metadata": {"name": name, "namespace": "default", "uid": name}, **fields}
    return seconds(at), Ref(kind, "default", name), item


def event(at: float, pod: str, reason: str, message: str) -> Moment:
    """Return an event about a pod."""
    about = {"kind": "Pod", "namespace": "default", "name": pod}
    return there(at, "Event", f"{pod}.{reason}.{at}", involvedObject=about, reason=reason, message=message)


class ScriptedCluster:
    """The port over a script; `refuse` is what apply, create, patch and delete are refused with, "" for nothing."""

    name = "scripted"
    namespace = "default"

    def __init__(
        self, *script: Moment, logs: Mapping[str, str] | None = None, refuse: str = "", can: Sequence[str] = ()
    ) -> None:
        self.capabilities = frozenset(can)
        self.applied: list[Object] = []
        self._script = sorted(script, key=lambda moment: moment[0])
        self._logs, self._refuse = logs or {}, refuse
        self._now = Nanos(0)
        self._record = Record(lambda: self._now, Nanos(0))
        self._pass_to(self._now)

    def apply(self, manifest: Manifest) -> Sequence[Applied]:
        """Keep the documents."""
        return [self.create(document.object) for document in manifest.documents]

    def create(self, item: Object) -> Applied:
        """Keep the object, and show it."""
        ref = Ref(item["kind"], self.namespace, item["metadata"]["name"])
        self.applied.append(item)
        return self._answer(ref, "created")

    def patch(self, ref: Ref, body: Mapping[str, Any], subresource: str = "") -> Applied:
        """Keep the patch."""
        self.applied.append(body)
        return self._answer(ref, "patched")

    def delete(self, ref: Ref, grace_seconds: int | None = None) -> Applied:
        """Change nothing: what goes is in the script."""
        return self._answer(ref, "deleted")

    def evict(self, ref: Ref) -> Applied:
        """Change nothing: what goes is in the script."""
        return self._answer(ref, "evicted")

    def get(self, ref: Ref) -> Object | None:
        """Return the object as last shown."""
        return self._record.latest(ref)

    def list(self, kind: str) -> Sequence[Object]:
        """Return all that is shown of a kind."""
        found = (self._record.latest(ref) for ref in self._record.refs(kind))
        return [item for item in found if item is not None]

    def logs(self, pod: str, container: str = "", previous: bool = False) -> str | Refusal:
        """Return the log the script has for a container."""
        if container in self._logs:
            return self._logs[container]
        told = f'container "{container}" in pod "{pod}" is waiting to start: PodInitializing'
        return Refusal(400, "BadRequest", told)

    def record(self) -> Record:
        """Return what was shown so far."""
        return self._record

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Step through the script until the claim is decided."""
        judge, end = claim.begin(self._record), Nanos(self._now + within)
        while (verdict := judge.look()).outcome is Outcome.PENDING:
            if self._now >= end:
                return judge.close()
            due = [moment[0] for moment in self._script if moment[0] > self._now]
            wake = [judge.wake] if judge.wake is not None and judge.wake > self._now else []
            self._pass_to(min([*due, *wake, end]))
        return verdict

    def pass_time(self, span: Nanos) -> None:
        """Let time pass."""
        self._pass_to(Nanos(self._now + span))

    def close(self) -> None:
        """Nothing is left running."""

    def _pass_to(self, until: Nanos) -> None:
        while self._script and self._script[0][0] <= until:
            self._now, ref, item = self._script.pop(0)
            self._record.see(ref, item)
        self._now = until

    def _answer(self, ref: Ref, outcome: str) -> Applied:
        if self._refuse:
            return Applied(ref, "refused", Refusal(403, "Forbidden", self._refuse))
        return Applied(ref, outcome)
