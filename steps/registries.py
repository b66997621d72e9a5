"""Images that appear in a registry and vanish from it, and those that only some may pull."""

from base64 import b64encode

from podproof.cluster import Cluster
from podproof.simulator.model.registry_credentials import Credential, docker_config
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('the registry has the image "{image}"')
@says('the image "{image}" appears in the registry')
def the_image_appears(cluster: Cluster, image: str) -> None:
    cluster.registries.put(image)


@says('the registry has no image "{image}"')
@says('the image "{image}" disappears from the registry')
def the_image_disappears(cluster: Cluster, image: str) -> None:
    cluster.registries.remove(image)


@says('the image "{image}" is private')
@says('the image "{image}" is private to user "{user}" with password "{password}"')
def the_image_is_private(cluster: Cluster, image: str, user: str = "", password: str = "") -> None:
    """Without a user anybody with credentials for its registry may pull it."""
    cluster.registries.close(image, user, password)


@says('the nodes are logged in to the registry "{registry}" as user "{user}" with password "{password}"')
def the_nodes_are_logged_in(cluster: Cluster, registry: str, user: str, password: str) -> None:
    cluster.registries.log_in(registry, user, password)


@says('the secret "{name}" is created for user "{user}" with password "{password}" of the registry "{registry}"')
def the_pull_secret_is_created(
    cluster: Cluster, scene: Scene, name: str, user: str, password: str, registry: str
) -> None:
    """As `kubectl create secret docker-registry` does."""
    text = docker_config(registry, Credential(user, password))
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": cluster.namespace},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": b64encode(text.encode()).decode()},
    }
    settle(scene, f'the secret "{name}" is created', [cluster.create(body)])
