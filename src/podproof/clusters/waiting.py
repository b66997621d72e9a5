"""How a wait asks its judge: only when the answer may be another."""

from podproof.claims import Claim, Outcome, Verdict
from podproof.timeline import Record


class Waiting:
    """One wait: asks its judge again only when that can change the verdict."""

    def __init__(self, claim: Claim, record: Record) -> None:
        self.judge = claim.begin(record)
        self._record = record
        self._revision = -1
        self.verdict = Verdict(Outcome.PENDING, "nothing was looked at yet", record.now)

    def decided(self) -> bool:
        """Say whether the claim is decided."""
        wake, record = self.judge.wake, self._record
        if record.revision != self._revision or (wake is not None and record.now >= wake):
            self._revision = record.revision
            self.verdict = self.judge.look()
        return self.verdict.outcome is not Outcome.PENDING
