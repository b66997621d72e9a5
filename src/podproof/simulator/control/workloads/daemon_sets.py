"""The DaemonSet controller, wired to its informers."""

from dataclasses import dataclass, replace

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Emit, Outcome, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.daemon_set.look import Look
from podproof.simulator.control.workloads.daemon_set.managing import failed_on
from podproof.simulator.control.workloads.daemon_set.nodes import HASH, by_node
from podproof.simulator.control.workloads.daemon_set.reconcile import reconcile
from podproof.simulator.control.workloads.expectations import Expectations
from podproof.simulator.control.workloads.owners import (
    claim,
    claimable,
    controlled,
    controllers_among,
    index_controllers,
)
from podproof.simulator.control.workloads.revisions import revised, same
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds

_FIRST_BACK_OFF, _LONGEST_BACK_OFF = seconds(1), seconds(900)
"""How long a failed pod stays before it is replaced.

Source: cmd/kube-controller-manager/app/apps.go, newDaemonSetController (failedPodsBackoff)."""


@dataclass(frozen=True, slots=True)
class _BackOff:
    """How long to wait after a failed pod of a node was last removed."""

    wait: Nanos
    since: Nanos


class DaemonSetController:
    """Reconciles a DaemonSet whenever it, a pod of it, or a node changes."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        sets: Informer,
        pods: Informer,
        revisions: Informer,
        nodes: Informer,
    ) -> None:
        self._agenda, self._sets, self._pods = agenda, sets, pods
        self._revisions, self._nodes = revisions, nodes
        self._expectations = Expectations()
        self._back_offs: dict[tuple[str, str], _BackOff] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        for informer in (pods, revisions):
            index_controllers(informer)
        sets.on_change(self._set_changed)
        pods.on_change(self._pod_changed)
        nodes.on_change(self._node_changed)

    def _set_changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add(new)
        elif old is not None:
            self._expectations.forget(old["metadata"]["uid"])

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        for owner, key in controllers_among("DaemonSet", old, new):
            self._expectations.seen(owner["uid"], old, new)
            self._controller.add_key(key)

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        """Wake everybody when what decides about a node has changed: its labels, its taints, its being there."""
        if old is not None and new is not None and _decisive(old) == _decisive(new):
            return
        for item in self._sets.list():
            self._controller.add(item)

    def _reconcile(self, key: Key) -> Plan:
        owner = self._sets.get(*key)
        if owner is None or "deletionTimestamp" in owner["metadata"]:
            return Plan()
        if not any(owner["spec"]["selector"].values()):
            why = "This daemon set is selecting all pods. A non-empty selector is required."
            return Plan((Emit(owner, "Warning", "SelectingAll", why, ""),))
        revision = revised(owner, tuple(controlled(self._revisions, owner)), HASH)
        if revision is not None:
            return Plan((revision,), then=lambda outcome: Plan() if outcome.refusal else self._at(owner, outcome))
        return self._at(owner, None)

    def _at(self, owner: Object, made: Outcome | None) -> Plan:
        """Go on with the revision that was just made, or with the one that is there."""
        known = tuple(controlled(self._revisions, owner))
        fresh = (made.created or made.changed) if made else ()
        revisions = (*(each for each in known if each["metadata"]["uid"] not in _uids(fresh)), *fresh)
        update = same(revisions, owner)
        assert update is not None
        claims, now, uid = (
            claim(owner, "pods", claimable(self._pods, owner)),
            self._agenda.now,
            owner["metadata"]["uid"],
        )
        word = update["metadata"]["labels"][HASH]
        nodes = sorted(self._nodes.list(), key=lambda node: str(node["metadata"]["name"]))
        look = Look(owner, nodes, by_node(claims.owned), word, self._held(uid, now), now)
        current = self._expectations.met(uid, now)
        plan = reconcile(look, revisions, current=current)
        follows = plan.then

        def then(outcome: Outcome) -> Plan:
            self._expectations.expect(uid, outcome, now)
            if current:
                self._raise_back_offs(uid, look)
            return self._waking(uid, follows(outcome) if follows else Plan())

        return replace(plan, commands=(*claims.patches, *plan.commands), then=then)

    def _held(self, uid: str, now: Nanos) -> frozenset[str]:
        return frozenset(
            node for (owner, node), each in self._back_offs.items() if owner == uid and now < each.since + each.wait
        )

    def _raise_back_offs(self, uid: str, look: Look) -> None:
        """Let the next failed pod of a node wait longer.

        Source: client-go util/flowcontrol/backoff.go, Backoff.Next.
        """
        for node in failed_on(look):
            known = self._back_offs.get((uid, node))
            is_new = known is None or look.now - known.since > 2 * _LONGEST_BACK_OFF
            wait = _FIRST_BACK_OFF if is_new or known is None else min(Nanos(2 * known.wait), _LONGEST_BACK_OFF)
            self._back_offs[uid, node] = _BackOff(wait, look.now)

    def _waking(self, uid: str, plan: Plan) -> Plan:
        """Look again when the first back-off ends, if not earlier."""
        now = self._agenda.now
        ends = [each.since + each.wait for (owner, _), each in self._back_offs.items() if owner == uid]
        due = [Nanos(each) for each in (*ends, plan.wake_at) if each is not None and each > now]
        return replace(plan, wake_at=min(due, default=None))


def _uids(items: tuple[Object, ...]) -> set[str]:
    return {each["metadata"]["uid"] for each in items}


def _decisive(node: Object) -> tuple[object, object, object]:
    return node["metadata"].get("labels"), node["spec"].get("taints"), node["spec"].get("unschedulable")
