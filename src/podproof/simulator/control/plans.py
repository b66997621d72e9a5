"""What a reconciler decides: commands to send to the API and when to look again."""

from dataclasses import dataclass
from typing import TypeAlias

from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


@dataclass(frozen=True, slots=True)
class Create:
    """Create an object."""

    resource: str
    body: Object


@dataclass(frozen=True, slots=True)
class Update:
    """Replace an object; it carries the resourceVersion it was read at, so a conflict is noticed."""

    resource: str
    body: Object


@dataclass(frozen=True, slots=True)
class UpdateStatus:
    """Replace an object's status."""

    resource: str
    body: Object


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object."""

    resource: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Bind:
    """Bind a pod to a node."""

    namespace: str
    name: str
    node: str


@dataclass(frozen=True, slots=True)
class Emit:
    """Record an event about an object."""

    about: Object
    type: str
    reason: str
    message: str
    action: str


Command: TypeAlias = Create | Update | UpdateStatus | Delete | Bind | Emit


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, in order, and when to reconcile again though nothing has changed (None: not at all)."""

    commands: tuple[Command, ...] = ()
    wake_at: Nanos | None = None
