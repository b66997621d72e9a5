"""The Docker engine, as testcontainers finds it, and what of it is a run's."""

from collections.abc import Iterator
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import Reaper
from testcontainers.core.docker_client import DockerClient, get_docker_host

from podproof.clusters.k3s.faults import NoEngineError, NoImageError
from podproof.clusters.live.territory import RUN

_USUAL = "unix:///var/run/docker.sock"


def engine() -> docker.DockerClient:
    """Return the client of an engine that answers.

    Raises:
        NoEngineError: none does.
    """
    try:
        found: docker.DockerClient = DockerClient().client
        found.ping()
    except (DockerException, OSError) as error:
        raise NoEngineError(where(), _said(error)) from None
    return found


def where() -> str:
    """Return where the engine is looked for."""
    return get_docker_host() or _USUAL


def check_reaper() -> None:
    """Make sure of testcontainers' own container, which removes what a run leaves that is killed.

    Raises:
        NoImageError: it cannot be had, and nobody said that it is not wanted.
    """
    if testcontainers_config.ryuk_disabled:
        return
    try:
        Reaper.get_instance()
    except (ImageNotFound, NotFound, APIError) as error:
        hint = (
            "set TESTCONTAINERS_RYUK_DISABLED=true: testcontainers starts it to remove what a killed run leaves, which "
            "podproof sweep --k3s does too"
        )
        raise NoImageError(testcontainers_config.ryuk_image, _said(error), hint) from None


def reaps() -> bool:
    """Say whether testcontainers removes this run's containers once this process has ended."""
    return not testcontainers_config.ryuk_disabled


def left(client: docker.DockerClient, run: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what runs (or one of them) have on the engine, by name: containers first, then their networks."""
    filters = {"label": f"{RUN}={run}" if run else RUN}
    for container in client.containers.list(all=True, filters=filters, ignore_removed=True):
        yield f"containers/{container.name}", container
    for network in client.networks.list(filters=filters):
        yield f"networks/{network.name}", network


def label(found: Any, key: str) -> str:
    """Return what a label of a container or a network says."""
    labels = found.attrs.get("Labels") or found.attrs.get("Config", {}).get("Labels") or {}
    return str(labels.get(key, ""))


def remove(found: Any) -> None:
    """Remove a container or a network; what is gone already is no fault."""
    try:
        if hasattr(found, "pause"):
            found.remove(force=True, v=True)
        else:
            found.remove()
    except NotFound:
        return
    except APIError as error:
        if error.status_code != 409:  # somebody else is removing it
            raise


def _said(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error).strip()
