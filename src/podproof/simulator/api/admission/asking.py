"""What an admission plugin is asked: one write, on its way to the store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.rules import Draft, Surroundings
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object

CREATE, UPDATE = "create", "update"


class Asking(NamedTuple):
    """One write: what is to be stored, what is there (None: it is created), and all that may be looked at.

    Source: staging/src/k8s.io/apiserver/pkg/admission/interfaces.go, Attributes.
    """

    operation: str
    resource: Resource
    draft: Draft
    old: Object | None
    around: Surroundings
    subresource: str = ""

    @property
    def name(self) -> str:
        """The object's name, "" where it has none yet."""
        return str(self.draft["metadata"].get("name", ""))

    @property
    def namespace(self) -> str:
        """The object's namespace, "" where it lives in none."""
        return str(self.draft["metadata"].get("namespace", ""))

    def refusal(self, why: str) -> ApiError:
        """Return the 403 a plugin refuses with.

        Source: staging/src/k8s.io/apiserver/pkg/admission/errors.go, NewForbidden.
        """
        name = self.name or self.draft["metadata"].get("generateName", "") or "Unknown"
        return statuses.forbidden(self.resource, name, why)


Admit = Callable[[Asking], None]
Judge = Callable[[Asking], tuple[str, ...]]
"""Refuses by raising ApiError, and returns warnings."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin: what it looks at, what it changes (`admit`) and what it refuses at the end (`validate`)."""

    name: str
    kinds: tuple[str, ...]
    """The kinds it looks at; none named means every kind."""
    operations: tuple[str, ...] = (CREATE,)
    subresources: tuple[str, ...] = ("",)
    admit: Admit | None = None
    validate: Judge | None = None
    components: bool = False
    """Whether it also looks at what a component writes without having it completed and checked."""

    def concerns(self, kind: str, operation: str, subresource: str) -> bool:
        """Say whether it looks at such a write."""
        about = not self.kinds or kind in self.kinds
        return about and operation in self.operations and subresource in self.subresources
