"""Claims over what a cluster has shown: words in, verdicts out."""

from podproof.claims.counts import Bound, Count, RestartCount
from podproof.claims.eventually import Becomes, Eventually, EventuallyUnless
from podproof.claims.holds import StayedUntil, StaysFor
from podproof.claims.never import Never
from podproof.claims.order import After, Before, PassesThrough
from podproof.claims.predicates import (
    EXISTS,
    GONE,
    Happening,
    Predicate,
    existed,
    exited,
    has,
    has_phase,
    named,
    showed,
    shows,
)
from podproof.claims.verdicts import Claim, Judge, Outcome, Verdict

__all__ = [
    "EXISTS",
    "GONE",
    "After",
    "Becomes",
    "Before",
    "Bound",
    "Claim",
    "Count",
    "Eventually",
    "EventuallyUnless",
    "Happening",
    "Judge",
    "Never",
    "Outcome",
    "PassesThrough",
    "Predicate",
    "RestartCount",
    "StayedUntil",
    "StaysFor",
    "Verdict",
    "existed",
    "exited",
    "has",
    "has_phase",
    "named",
    "showed",
    "shows",
]
