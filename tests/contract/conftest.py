"""A served simulator for the adapter that reaches clusters over HTTP, and one in a container for k3s's."""

from podproof.clusters.live.clocks import pause
from podproof.clusters.live.contexts import client_of
from podproof.clusters.live.transport import Transport
from tests.k3s.conftest import docker_engine, k3s_image, k3s_manual
from tests.serving.conftest import Serve, Served, serve

__all__ = ["Serve", "Served", "docker_engine", "k3s_image", "k3s_manual", "serve", "transport_to"]


def transport_to(served: Served) -> Transport:
    """Reach a served simulator as its kubeconfig says."""
    return Transport(client_of(served.serving.kubeconfig()), pause)
