"""The files of a starter project, each beside the place it is written to."""

from collections.abc import Mapping
from importlib.resources import files

_PLACES: Mapping[str, Mapping[str, str]] = {
    "en": {"features/web.feature": "web.feature", "manifests/web.yaml": "web.yaml", "podproof.yaml": "podproof.yaml"},
    "zh-CN": {
        "features/web.feature": "web.zh-CN.feature", "manifests/web.yaml": "web.yaml", "podproof.yaml": "podproof.yaml",
    },
}  # fmt: skip
LANGUAGES = tuple(_PLACES)


def project(language: str) -> dict[str, str]:
    """Return the text of each file of the starter project by its place."""
    return {place: (files(__name__) / name).read_text("utf-8") for place, name in _PLACES[language].items()}
