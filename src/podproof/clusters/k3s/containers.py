"""The containers of one cluster: a k3s server, its agents, and the network between them."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Any, Final

import docker
import yaml
from docker.errors import APIError, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from podproof.clusters.k3s import engine, loading
from podproof.clusters.k3s.faults import NoImageError, NotStartedError
from podproof.clusters.k3s.readiness import PORT, Readiness
from podproof.clusters.live.territory import RUN

SERVER: Final = "node1"
"""The server's node is called as the simulator's only one, the agents' are as its others."""
_TOKEN_BYTES = 16
_CGROUPS = "/sys/fs/cgroup"


def default_image() -> str:
    """Return the image that is started where nobody names another."""
    text = (files(__package__) / "images.yaml").read_text(encoding="utf-8")
    return str(yaml.safe_load(text)["server"]["image"])


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted: the image of every node, how many agents, and which images of the engine's each node gets."""

    image: str = ""
    agents: int = 0
    load: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A cluster that is ready: the kubeconfig (as a value) that leads there, and the container of each node."""

    config: Mapping[str, Any]
    nodes: Mapping[str, str]
    image: str

    def text(self) -> str:
        """Return it as another process can read it."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class Containers:
    """Starts the containers of one run. `stopped` says whether to give up; all carry the label of the run."""

    shape: Shape
    run: str
    stopped: Callable[[], bool] = lambda: False
    _made: dict[str, DockerContainer] = field(default_factory=dict)

    def start(self) -> Started:
        """Start them all and return once the cluster is ready.

        Raises:
            K3sError: no cluster came about; what was begun is left for `remove`.
        """
        client, image = engine.engine(), self.shape.image or default_image()
        engine.check_reaper()
        _check_image(client, image)
        network = client.networks.create(f"podproof-{self.run}", labels={RUN: self.run}, check_duplicate=True)
        token = secrets.token_hex(_TOKEN_BYTES)
        server = _node(image, token)
        names = (server.get_docker_client().host(), _gateway(network), _host(self.run, SERVER))
        server.with_command(" ".join(("server --disable=traefik", *(f"--tls-san={name}" for name in names))))
        self._begin(server.with_exposed_ports(PORT), SERVER, network.name)
        readiness = Readiness(server, testcontainers_config.timeout, self.stopped)
        config = readiness.kubeconfig()
        for number in range(self.shape.agents):
            agent = _node(image, token).with_command("agent")
            agent.with_env("K3S_URL", f"https://{_host(self.run, SERVER)}:{PORT}")
            self._begin(agent, f"node{number + 2}", network.name)
        readiness.until_ready(config, len(self._made))
        for reference in self.shape.load:
            loading.load(client, reference, {name: each.get_wrapped_container() for name, each in self._made.items()})
        return Started(config, {name: each.get_container_id() for name, each in self._made.items()}, image)

    def _begin(self, container: DockerContainer, node: str, network: str) -> None:
        """Start a container as a node of the cluster."""
        container.with_env("K3S_NODE_NAME", node)
        container.with_name(_host(self.run, node))
        container.with_kwargs(privileged=True, hostname=node, labels={RUN: self.run}, network=network)
        self._made[node] = container
        try:
            DockerContainer.start(container)
        except (APIError, NotFound) as error:
            raise NotStartedError(container.image, str(error.explanation or error)) from None


def _node(image: str, token: str) -> DockerContainer:
    """Return a container that is to be a node.

    testcontainers' own K3SContainer does not fit: it asks where a container is reached before that is started, which
    fails where this process runs in one itself, and tells a server what only an agent is told (K3S_URL).
    """
    made = DockerContainer(image).with_env("K3S_TOKEN", token).with_volume_mapping(_CGROUPS, _CGROUPS, "rw")
    return made.with_tmpfs_mount("/run").with_tmpfs_mount("/var/run")


def _gateway(network: Any) -> str:
    """Return the address at which this machine is in a network; a process in a container reaches ports there."""
    network.reload()
    return str(network.attrs["IPAM"]["Config"][0].get("Gateway", ""))


def _host(run: str, node: str) -> str:
    return f"podproof-{run}-{node}"


def _check_image(client: docker.DockerClient, image: str) -> None:
    """Pull an image that is not there.

    Raises:
        NoImageError: it cannot be pulled.
    """
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.pull(image)
        except (NotFound, APIError) as error:
            hint = "name another with --k3s-image (or k3s-image in podproof.yaml)"
            raise NoImageError(image, str(error.explanation or error), hint) from None


def remove(run: str) -> list[str]:
    """Remove all that a run has on the engine, and return what it was."""
    names = []
    for name, found in list(engine.left(engine.engine(), run)):
        engine.remove(found)
        names.append(name)
    return names
