"""What a reconciler decides: commands to send to the API and when to look again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from podproof.simulator.kernel.informer import Key
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


@dataclass(frozen=True, slots=True)
class Told:
    """The events that follow a command: `about` whom, and (reason, message) of its success and of its refusal.

    A message may say {name}, of the object the command made or took, and {error}, the API server's own words.
    """

    about: Object
    done: tuple[str, str]
    refused: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Create:
    """Create an object."""

    resource: str
    body: Object
    told: Told | None = None


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
    """Delete an object: with `uid` only that very one; `propagation` says what becomes of its dependents."""

    resource: str
    namespace: str
    name: str
    told: Told | None = None
    uid: str = ""
    propagation: str = ""


@dataclass(frozen=True, slots=True)
class Finalize:
    """Replace the finalizers in a namespace's spec."""

    namespace: Object


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


@dataclass(frozen=True, slots=True)
class Patch:
    """Change a part of an object, or of a subresource of it, by a patch: merge, strategic or json."""

    resource: str
    namespace: str
    name: str
    body: Any
    kind: str = "merge"
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """Commands that go out side by side: all are carried out, and the first refusal is that of all of them."""

    commands: "tuple[Command, ...]"


Command: TypeAlias = Create | Update | UpdateStatus | Patch | Finalize | Delete | Bind | Emit | Together


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan's commands: the objects the API server answered with, and the refusal that ended them."""

    created: tuple[Object, ...]
    changed: tuple[Object, ...]
    """What updates and patches made, in their order."""
    deleted: tuple[Key, ...]
    refusal: ApiError | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, in order, and when to reconcile again though nothing has changed (None: not at all)."""

    commands: tuple[Command, ...] = ()
    wake_at: Nanos | None = None
    then: "Callable[[Outcome], Plan] | None" = None
    """What to do once the commands are carried out or one of them is refused; None: a refusal is nobody's business."""
    failed: bool = False
    """What was wanted cannot be had yet: look again after a wait that doubles each time."""
