"""The suite that comes with podproof, where it lies, and what a run of it says about a cluster."""

from pathlib import Path

FEATURES = Path(__file__).parent / "features"
MANIFESTS = Path(__file__).parent / "manifests"
