"""Where a scenario stands: the fixture `scene` of its steps."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from podproof.cluster import Applied
from podproof.manifests import Manifest
from podproof.plugin.bdd import Step
from podproof.simulator.model.objects import Object, Ref


class Story:
    """The steps of a scenario, the number of the one that runs, and what one step leaves to the next."""

    def __init__(self, file: Path, rootdir: Path, steps: Sequence[Step]) -> None:
        self.file, self.rootdir, self.steps = file, rootdir, steps
        self.number = 0
        self.refused: tuple[Applied, ...] = ()
        self.read: dict[str, tuple[Ref, Object]] = {}
        self.pending: Callable[[Mapping[str, str]], Manifest] | None = None

    def turn_to(self, number: int) -> None:
        """Note which step runs."""
        self.number = number

    @property
    def step(self) -> Step:
        """The step that runs, or ran last."""
        return self.steps[self.number]

    @property
    def line(self) -> int:
        """The line of the step that runs."""
        return int(self.step.line_number)

    @property
    def following(self) -> str:
        """The next step's text, "" after the last."""
        return str(self.steps[self.number + 1].name) if self.number + 1 < len(self.steps) else ""
