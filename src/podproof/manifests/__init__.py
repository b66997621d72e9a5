"""Manifests: YAML as kubectl takes it; bad input is an error with its place."""

from podproof.manifests.faults import Document, Fault, Manifest, ManifestError, ManifestNotFoundError
from podproof.manifests.finding import find
from podproof.manifests.reading import LIMIT_BYTES, load, read

__all__ = [
    "LIMIT_BYTES",
    "Document",
    "Fault",
    "Manifest",
    "ManifestError",
    "ManifestNotFoundError",
    "find",
    "load",
    "read",
]
