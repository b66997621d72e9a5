"""What is special about each kind: how it is completed, checked and changed.

A draft is a decoded copy that nobody else holds, so these rules may change it in place; stored objects they only read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

Draft: TypeAlias = dict[str, Any]


class Surroundings(NamedTuple):
    """What admission may look at: the other objects, chance for what is drawn, the moment."""

    store: Store
    chance: Chance
    now: Nanos
    dry: bool
    """Whether nothing will be stored."""


def _nothing(_: Draft) -> None:
    """Leave the draft as it is."""


def _update_nothing(_: Draft, __: Object) -> None:
    """Leave the draft as it is."""


def _keep_status(draft: Draft, old: Object) -> None:
    """Give a draft the status of the stored object."""
    draft.pop("status", None)
    if "status" in old:
        draft["status"] = old["status"]


def _no_faults(_: Draft) -> Iterable[Fault]:
    return ()


def _no_update_faults(_: Draft, __: Object) -> Iterable[Fault]:
    return ()


def _no_warnings(_: Draft) -> Iterable[str]:
    return ()


def _admitted(_: Draft, __: Surroundings) -> None:
    """Admit everything."""


def _update_admitted(_: Draft, __: Object, ___: Surroundings) -> None:
    """Admit everything."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The steps that a write of one kind takes beyond what all kinds share, in the order they are taken."""

    default: Callable[[Draft], None] = _nothing
    begin: Callable[[Draft], None] = _nothing
    """Prepares a draft for creation (drops what a user may not set)."""
    admit: Callable[[Draft, Surroundings], None] = _admitted
    allocate: Callable[[Draft, Surroundings], None] = _admitted
    """Gives out what must be unique; the real server does so before it validates."""
    validate: Callable[[Draft], Iterable[Fault]] = _no_faults
    carry_over: Callable[[Draft, Object], None] = _keep_status
    """Prepares a draft for an update (keeps what an update may not touch)."""
    carry_status: Callable[[Draft, Object], None] = _update_nothing
    """Prepares a draft whose status a user writes."""
    reallocate: Callable[[Draft, Object, Surroundings], None] = _update_admitted
    validate_update: Callable[[Draft, Object], Iterable[Fault]] = _no_update_faults
    first_warnings: Callable[[Draft], Iterable[str]] = _no_warnings
    """What is told of a new object as it was sent, before it is prepared."""
    warnings: Callable[[Draft], Iterable[str]] = _no_warnings
    subresources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is different where a subresource is written that changes more than the status."""
    derives: bool = False
    """Whether even what a component writes is decoded, completed and checked; others are taken as they are written."""


@cache
def rules_of(kind: str, subresource: str = "") -> Rules:
    """Return the rules of a kind, or of one of its subresources.

    They are imported with the first write of a kind: a run that never touches a kind does not pay for its rules.
    """
    from podproof.simulator.api.kinds import RULES

    rules = RULES.get(kind, Rules)()
    return replace(rules, **rules.subresources.get(subresource, {}))


def rules_for(resource: Resource, subresource: str = "") -> Rules:
    """Return the rules of a resource, or of one of its subresources: its kind's, or those of its definition."""
    if resource.custom is None:
        return rules_of(resource.struct, subresource)
    from podproof.simulator.api.custom.rules import custom_rules

    return custom_rules(resource, resource.custom, subresource)
