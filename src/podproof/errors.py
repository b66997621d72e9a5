"""The one exception tree of podproof: everything it raises on purpose is a PodproofError.

Messages say what was wanted, what was seen and what to do. All fields go positionally to `super().__init__`, so that
errors survive copying and pickling (they cross the process boundary under pytest-xdist).
"""


class PodproofError(Exception):
    """The root: catch this to catch everything podproof raises on purpose."""


class FaultsError(PodproofError, ValueError):
    """A source cannot be used; `faults` are all that is wrong with it."""

    def __init__(self, source: str, faults: tuple[str, ...]) -> None:
        super().__init__(source, faults)
        self.source, self.faults = source, faults

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {fault}" for fault in self.faults)


class LackingError(PodproofError):
    """This machine has not got what a scenario needs: it is skipped, and never passed."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotModelledError(PodproofError):
    """The simulator was asked for something it does not model; `what` names it, `where` says where it was met."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where)
        self.what, self.where = what, where

    def __str__(self) -> str:
        return f"{self.where}: the simulator does not model {self.what} (see docs/fidelity.md); it does not guess"


class CapabilityError(LackingError):
    """A cluster cannot do what a scenario needs; `lacking` names the capabilities."""

    def __init__(self, cluster: str, lacking: tuple[str, ...]) -> None:
        super().__init__(cluster, lacking)
        self.cluster, self.lacking = cluster, lacking

    def __str__(self) -> str:
        return f"the cluster {self.cluster} lacks {', '.join(self.lacking)}, which the scenario needs"
