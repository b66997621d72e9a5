"""What a manifest is, and what may be wrong with one."""

from dataclasses import dataclass

from podproof.errors import PodproofError
from podproof.simulator.model.objects import Object


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a manifest, and the line it begins at."""

    object: Object
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The documents of one text, in order; a List is its items."""

    source: str
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place; line and column count from 1, 0 where there is no place."""

    line: int
    column: int
    text: str


class ManifestError(PodproofError, ValueError):
    """A manifest cannot be read; `faults` are all that is wrong with it."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(source, faults)
        self.source, self.faults = source, faults

    def __str__(self) -> str:
        return "\n".join(f"{self._place(fault)}: {fault.text}" for fault in self.faults)

    def _place(self, fault: Fault) -> str:
        return f"{self.source}:{fault.line}:{fault.column}" if fault.line else self.source


class ManifestNotFoundError(PodproofError, FileNotFoundError):
    """No manifest of that name; `looked` are the folders searched, `near` the names that come close."""

    def __init__(self, name: str, looked: tuple[str, ...], near: tuple[str, ...]) -> None:
        super().__init__(name, looked, near)
        self.name, self.looked, self.near = name, looked, near

    def __str__(self) -> str:
        looked = "\n".join(f"  {folder}" for folder in self.looked) or "  (no folder manifests/ beside or above)"
        near = f"\nDid you mean {' or '.join(self.near)}?" if self.near else ""
        return f'there is no manifest "{self.name}"; looked in:\n{looked}{near}'
