"""Images of the Docker engine on the nodes of a cluster: `docker save`, and `ctr images import` in each container."""

import tarfile
from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import IO, Any

import docker
from docker.errors import ImageNotFound

from podproof.clusters.k3s.faults import NoImageError, NotLoadedError

_PLACE = "podproof-image.tar"


def load(client: docker.DockerClient, reference: str, nodes: Mapping[str, Any]) -> None:
    """Bring an image to every node, by name the container it is.

    Raises:
        NoImageError: the engine does not have it.
        NotLoadedError: a node does not take it.
    """
    with TemporaryFile() as saved:
        try:
            for chunk in client.images.get(reference).save(named=reference):
                saved.write(chunk)
        except ImageNotFound as error:
            why = str(error.explanation or error)
            raise NoImageError(reference, why, "docker build it: --k3s-load takes what the engine has") from None
        for name, container in nodes.items():
            _put(container, saved)
            done = container.exec_run(["ctr", "-n", "k8s.io", "images", "import", f"/{_PLACE}"])
            if done.exit_code:
                raise NotLoadedError(reference, name, done.output.decode(errors="replace").strip())


def _put(container: Any, saved: IO[bytes]) -> None:
    """Write a file into a container, which Docker takes as an archive of it."""
    with TemporaryFile() as whole:
        with tarfile.open(fileobj=whole, mode="w") as archive:
            entry = tarfile.TarInfo(_PLACE)
            entry.size = saved.seek(0, 2)
            saved.seek(0)
            archive.addfile(entry, saved)
        whole.seek(0)
        container.put_archive("/", whole)
