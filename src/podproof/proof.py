"""How a step proves a claim: it waits on the cluster, and what does not hold is an error that carries the verdict."""

from podproof.claims import Claim, Verdict
from podproof.cluster import Applied, Cluster
from podproof.errors import PodproofError
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos


class UnprovedError(PodproofError, AssertionError):
    """A claim failed, or nothing could decide it."""

    def __init__(self, claim: Claim, verdict: Verdict) -> None:
        super().__init__(claim, verdict)
        self.claim, self.verdict = claim, verdict

    def __str__(self) -> str:
        return f"{self.claim.wanted}: {self.verdict.outcome}, {self.verdict.reason}"


class RefusedError(PodproofError, AssertionError):
    """The API refused what a step asked for; `action` is what was asked."""

    def __init__(self, action: str, refused: tuple[Applied, ...]) -> None:
        super().__init__(action, refused)
        self.action, self.refused = action, refused

    @property
    def seen(self) -> str:
        """The API's own words, a line for each object it refused."""
        return "\n".join(f"{each.ref}: {each.refusal.message}" for each in self.refused if each.refusal)

    @property
    def advice(self) -> str:
        """What to do."""
        return 'if that is what you expect, let the next line be: Then it is refused with "…"'

    def __str__(self) -> str:
        return f"{self.action}: the API refused it\n{self.seen}\n{self.advice}"


class NotSoError(PodproofError, AssertionError):
    """Something a step looked at is not as it says: what was wanted, what was seen, what to do, what it is about."""

    def __init__(self, wanted: str, seen: str, advice: str = "", subjects: tuple[Ref, ...] = ()) -> None:
        super().__init__(wanted, seen, advice, subjects)
        self.wanted, self.seen, self.advice, self.subjects = wanted, seen, advice, subjects

    def __str__(self) -> str:
        return "\n".join([self.wanted, self.seen, *([self.advice] if self.advice else [])])


def prove(cluster: Cluster, claim: Claim, within: Nanos) -> None:
    """Let time pass until a claim is decided, `within` at most.

    Raises:
        UnprovedError: it does not hold, or could not be decided.
    """
    __tracebackhide__ = True
    verdict = cluster.wait(claim, within)
    if not verdict.held:
        raise UnprovedError(claim, verdict)


def prove_now(cluster: Cluster, claim: Claim) -> None:
    """Judge a claim by what is recorded so far; no time passes.

    Raises:
        UnprovedError: it does not hold, or could not be decided.
    """
    __tracebackhide__ = True
    verdict = claim.judge(cluster.record())
    if not verdict.held:
        raise UnprovedError(claim, verdict)
