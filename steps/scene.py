"""What a step may know of its own scenario."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from podproof.cluster import Applied
from podproof.manifests import Manifest
from podproof.simulator.model.objects import Object, Ref


class Scene(Protocol):
    """The scenario as its steps see it; the fixture `scene`.

    `refused` is what the API refused in the step before, `read` what each writer has read, and `pending` a manifest
    that waits for its values.
    """

    file: Path
    rootdir: Path
    refused: tuple[Applied, ...]
    read: dict[str, tuple[Ref, Object]]
    pending: Callable[[Mapping[str, str]], Manifest] | None

    @property
    def line(self) -> int:
        """The line of the step that runs."""

    @property
    def following(self) -> str:
        """The text of the next step, "" after the last."""
