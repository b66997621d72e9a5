"""What runs a reconciler: a work queue in front of it, the API behind it.

A reconciler is a pure function from what its informers show of one key to a `Plan`; this is the only place where
commands become requests, and where a conflict or a lost race leads to another look.
"""

from collections.abc import Callable

from podproof.simulator.control.events import EventRecorder, EventSeries
from podproof.simulator.control.plans import Bind, Command, Create, Delete, Emit, Plan, Update, UpdateStatus
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


class Controller:
    """Reconciles the keys it is given, each `latency` (ns) after it was added."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventSeries | EventRecorder,
        reconcile: Reconcile,
        latency: Nanos,
    ) -> None:
        self._agenda, self._client, self._events, self._reconcile = agenda, client, events, reconcile
        retries = span("control", "retry_first"), span("control", "retry_ceiling")
        self._queue = WorkQueue(agenda, self._work, latency, *retries)

    def add(self, item: Object) -> None:
        """Reconcile the key of an object soon."""
        self.add_key(key_of(item))

    def add_key(self, key: Key) -> None:
        """Reconcile a key soon."""
        self._queue.add("/".join(key))

    def _work(self, joined: str) -> None:
        namespace, _, name = joined.partition("/")
        plan = self._reconcile((namespace, name))
        try:
            for command in plan.commands:
                self._carry_out(command)
        except ApiError as error:
            if error.reason not in _LOST_RACES:
                raise
            self._queue.retry(joined)
            return
        self._queue.forget(joined)
        if plan.wake_at is not None:
            self._queue.add_after(joined, Nanos(plan.wake_at - self._agenda.now))

    def _carry_out(self, command: Command) -> None:
        match command:
            case Create(resource, body):
                self._client.create(resource, body)
            case Update(resource, body):
                self._client.update(resource, body)
            case UpdateStatus(resource, body):
                self._client.update_status(resource, body)
            case Delete(resource, namespace, name):
                self._client.delete(resource, namespace, name)
            case Bind(namespace, name, node):
                self._client.bind(namespace, name, node)
            case Emit(about, kind, reason, message, action):
                self._events.emit(about, kind, reason, message, action)
