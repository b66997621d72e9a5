"""Whether the extra `k3s` is there; nothing of it is imported to find out."""

from importlib.util import find_spec

from podproof.clusters.live.contexts import MissingExtraError

_NEEDED = ("testcontainers", "filelock", "kubernetes")


def check_installed(what: str) -> None:
    """Make sure that containers can be started.

    Raises:
        MissingExtraError: they cannot.
    """
    if any(find_spec(each) is None for each in _NEEDED):
        raise MissingExtraError(what, "k3s", "testcontainers")
