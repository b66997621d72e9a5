"""What a claim is and what may become of it.

Rules for editing: a claim is a value; its judge walks the record once, forward, so that judging costs no more than
recording. What cannot be decided is inconclusive, which is red: never held by default.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

AT_ONCE = Nanos(0)
"""No time to wait: judged as things stand."""


class Outcome(StrEnum):
    """What became of a claim; pending only while time may still decide."""

    HELD = "held"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, why, and the moment that decided it (since the start of the record)."""

    outcome: Outcome
    reason: str
    at: Nanos

    @property
    def held(self) -> bool:
        """Whether the claim held: everything else is red."""
        return self.outcome is Outcome.HELD


class Judge(Protocol):
    """Judges one claim over a record that grows."""

    @property
    def wake(self) -> Nanos | None:
        """When time alone may decide, None where only something new can."""

    def look(self) -> Verdict:
        """Take in what is new and return the verdict, pending where nothing is decided yet."""

    def close(self) -> Verdict:
        """Return the final verdict: no more time will pass."""


class Claim(Protocol):
    """Words about what a cluster shows. `wanted` is the sentence; `subjects` are the objects it speaks about."""

    @property
    def wanted(self) -> str:
        """What is claimed, as a sentence."""

    @property
    def subjects(self) -> tuple[Ref, ...]:
        """The objects the claim is about, the first one first."""

    def begin(self, record: Record) -> Judge:
        """Return a judge whose "now" is the record's present moment."""

    def judge(self, record: Record) -> Verdict:
        """Judge what is recorded so far, letting no time pass."""


class Begins(Protocol):
    """What `JudgedAtOnce` needs of the claim it is mixed into."""

    def begin(self, record: Record) -> Judge:
        """Return a judge whose "now" is the record's present moment."""


class JudgedAtOnce:
    """What claims share: judging what is recorded so far."""

    __slots__ = ()

    def judge(self: Begins, record: Record) -> Verdict:
        """Judge what is recorded so far, letting no time pass."""
        return self.begin(record).close()


def held(reason: str, at: Nanos) -> Verdict:
    """Return that the claim held."""
    return Verdict(Outcome.HELD, reason, at)


def failed(reason: str, at: Nanos) -> Verdict:
    """Return that the claim was seen to be wrong."""
    return Verdict(Outcome.FAILED, reason, at)


def inconclusive(reason: str, at: Nanos) -> Verdict:
    """Return that the record cannot decide."""
    return Verdict(Outcome.INCONCLUSIVE, reason, at)


def pending(reason: str, at: Nanos) -> Verdict:
    """Return that time may still decide."""
    return Verdict(Outcome.PENDING, reason, at)
