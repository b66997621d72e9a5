"""What runs a reconciler: a work queue in front of it, the API behind it.

A reconciler is a pure function from what its informers show of one key to a `Plan`; this is the only place where
commands become requests, and where a conflict or a lost race leads to another look.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from podproof.simulator.control.events import EventRecorder, EventSeries
from podproof.simulator.control.plans import (
    Bind,
    Command,
    Create,
    Delete,
    Emit,
    Finalize,
    Outcome,
    Patch,
    Plan,
    Together,
    Told,
    Update,
    UpdateStatus,
)
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Key, key_of
from podproof.simulator.kernel.queue import WorkQueue
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

Reconcile = Callable[[Key], Plan]
_LOST_RACES = ("Conflict", "NotFound", "AlreadyExists")


class _Ending(NamedTuple):
    """How a plan ended: its first refusal, whether it has to be made again, and when to look again anyway."""

    refusal: ApiError | None
    failed: bool = False
    wake_at: Nanos | None = None

    @property
    def why(self) -> str:
        """Why it has to be made again."""
        return f"{self.refusal.code} {self.refusal.reason}" if self.refusal is not None else "not yet"


class Controller:
    """Reconciles the keys it is given, each `latency` (ns) after it was added.

    `retries` are the first and the longest wait (ns) after a failure, where they are not what most controllers have.
    """

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventSeries | EventRecorder,
        reconcile: Reconcile,
        latency: Nanos,
        retries: tuple[Nanos, Nanos] | None = None,
    ) -> None:
        self._agenda, self._client, self._events, self._reconcile = agenda, client, events, reconcile
        usual = span("control", "retry_first"), span("control", "retry_ceiling")
        self._queue = WorkQueue(agenda, self._work, latency, *(retries or usual), name=client.component)

    def add(self, item: Object) -> None:
        """Reconcile the key of an object soon."""
        self.add_key(key_of(item))

    def add_key(self, key: Key) -> None:
        """Reconcile a key soon."""
        self._queue.add("/".join(key))

    def add_after(self, item: Object, delay: Nanos) -> None:
        """Reconcile the key of an object once `delay` has passed, or earlier where it is due earlier already."""
        self._queue.add_after("/".join(key_of(item)), delay)

    def _work(self, joined: str) -> None:
        namespace, _, name = joined.partition("/")
        plan = self._reconcile((namespace, name))
        if self._agenda.journal is not None:
            self._tell(f"{joined}: {_told(plan)}")
        ending = self._carried_out(plan)
        if ending.failed:
            self._tell(f"{joined}: {ending.why}, again")
            self._queue.retry(joined)
            return
        self._queue.forget(joined)
        if ending.wake_at is not None:
            self._queue.add_after(joined, Nanos(ending.wake_at - self._agenda.now))

    def _tell(self, what: str) -> None:
        if self._agenda.journal is not None:
            self._agenda.journal.tell(self._agenda.now, self._client.component, "rule", what)

    def _carried_out(self, plan: Plan) -> _Ending:
        """Carry out a plan and what follows from it."""
        hands = _Hands(self._client, self._events)
        refusal: ApiError | None = None
        try:
            for command in plan.commands:
                hands.carry_out(command)
        except ApiError as error:
            if plan.then is None and _is_dropped(error):
                return _Ending(None)
            if plan.then is None and error.reason not in _LOST_RACES:
                raise
            refusal = error
        failed = plan.failed or refusal is not None
        if plan.then is None:
            return _Ending(refusal, failed, plan.wake_at)
        later = self._carried_out(plan.then(hands.outcome(refusal)))
        return _Ending(refusal or later.refusal, failed or later.failed, later.wake_at)


def _told(plan: Plan) -> str:
    """Return in a few words what a plan does at first."""
    counts = Counter(type(each).__name__ for each in _single(plan.commands))
    return ", ".join(f"{name} x{count}" if count > 1 else name for name, count in counts.items()) or "nothing to do"


def _single(commands: Iterable[Command]) -> Iterator[Command]:
    for command in commands:
        if isinstance(command, Together):
            yield from _single(command.commands)
        else:
            yield command


def _is_dropped(refusal: ApiError) -> bool:
    """Say whether trying again is pointless: nothing more is made in a namespace that goes.

    Source: pkg/controller/endpoint/endpoints_controller.go, syncService (v1.NamespaceTerminatingCause).
    """
    causes = (refusal.status.get("details") or {}).get("causes") or ()
    return any(each.get("reason") == "NamespaceTerminating" for each in causes)


class _Hands:
    """Carries out commands, and remembers what came of them."""

    def __init__(self, client: Client, events: EventSeries | EventRecorder) -> None:
        self._client, self._events = client, events
        self._created: list[Object] = []
        self._changed: list[Object] = []
        self._deleted: list[Key] = []

    def outcome(self, refusal: ApiError | None) -> Outcome:
        """Return what came of all commands so far."""
        return Outcome(tuple(self._created), tuple(self._changed), tuple(self._deleted), refusal)

    def carry_out(self, command: Command) -> None:
        """Send one command to the API; a refusal is raised."""
        match command:
            case Create(resource, body, told):
                with self._telling(told):
                    self._created.append(self._client.create(resource, body))
                self._tell(told, self._created[-1]["metadata"]["name"])
            case Update(resource, body):
                self._changed.append(self._client.update(resource, body))
            case UpdateStatus(resource, body):
                self._changed.append(self._client.update_status(resource, body))
            case Patch(resource, namespace, name, body, kind, subresource):
                self._changed.append(self._client.patch(resource, namespace, name, body, kind, subresource))
            case Finalize(item):
                self._client.finalize(item)
            case Delete(resource, namespace, name, told, uid, propagation):
                with self._telling(told):
                    self._client.delete(resource, namespace, name, uid=uid, propagation=propagation)
                self._deleted.append((namespace, name))
                self._tell(told, name)
            case Bind(namespace, name, node):
                self._client.bind(namespace, name, node)
            case Emit(about, kind, reason, message, action):
                self._events.emit(about, kind, reason, message, action)
            case Together(commands):
                self._carry_out_all(commands)

    def _carry_out_all(self, commands: Sequence[Command]) -> None:
        refusals = []
        for command in commands:
            try:
                self.carry_out(command)
            except ApiError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]

    @contextmanager
    def _telling(self, told: Told | None) -> Iterator[None]:
        """Record the event of a refusal, where there is one to tell."""
        try:
            yield
        except ApiError as error:
            if told is not None:
                reason, message = told.refused
                self._events.emit(told.about, "Warning", reason, message.format(error=error.message), "")
            raise

    def _tell(self, told: Told | None, name: str) -> None:
        if told is not None:
            reason, message = told.done
            self._events.emit(told.about, "Normal", reason, message.format(name=name), "")
