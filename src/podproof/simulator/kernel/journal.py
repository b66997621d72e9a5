"""What the stages between the API server and a controller say they do, for whoever wants to see it."""

from typing import NamedTuple

from podproof.simulator.model.times import Nanos


class Sight(NamedTuple):
    """One thing a stage did: `part` is the resource of an informer, or the controller whose queue or rule it is."""

    moment: Nanos
    part: str
    stage: str
    what: str


class Journal:
    """Everything told since it was opened, in order. Nothing is told where no agenda carries one."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []

    def tell(self, moment: Nanos, part: str, stage: str, what: str) -> None:
        """Write down what a stage does."""
        self.sights.append(Sight(moment, part, stage, what))
