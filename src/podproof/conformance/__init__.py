"""The suite that comes with podproof: where it lies, and the rows of the mission that it speaks of."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

FEATURES = Path(__file__).parent / "features"
PROFILES = ("pods", "storage", "network", "operators", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is to be shown; scenarios are tagged with its name."""

    name: str
    profile: str
    title: str


@cache
def rows(profile: str = "all") -> tuple[Row, ...]:
    """Return the rows of a profile; "all" has those of the harness itself too."""
    import yaml

    text = (files(__name__) / "mission.yaml").read_text(encoding="utf-8")
    found = (Row(each["row"], each["profile"], each["title"]) for each in yaml.load(text, Loader=yaml.CSafeLoader))
    return tuple(row for row in found if profile in ("all", row.profile))
