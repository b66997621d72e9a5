"""`--cluster`: a kind of cluster that is none is an error of usage, before anything is collected."""

import pytest

from podproof.clusters import kinds
from podproof.errors import PodproofError


def check(text: str) -> None:
    """Refuse a cluster that cannot be made.

    Raises:
        UsageError: there is no such kind, or the distribution that adds it cannot be used.
    """
    try:
        kinds.maker(text.partition(":")[0])
    except PodproofError as error:
        raise pytest.UsageError(f"--cluster {text}: {error}") from None
