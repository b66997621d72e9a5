"""Facts as rows, each with its source; read once, when first asked for."""

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rows(name: str) -> Any:
    """Return the rows of `name`.yaml."""
    import yaml

    return yaml.load((files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
