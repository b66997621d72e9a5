"""Containers that are added to a pod while it runs."""

from podproof.cluster import Cluster
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('the ephemeral container "{container}" with image "{image}" running "{script}" is added to pod "{name}"')
def an_ephemeral_container_is_added(
    cluster: Cluster, scene: Scene, container: str, image: str, script: str, name: str
) -> None:
    """As `kubectl debug`, with a script for `sh` and nothing attached."""
    added = {"name": container, "image": image, "command": ["sh", "-c", script]}
    body = {"spec": {"ephemeralContainers": [added]}}
    outcome = cluster.patch(kinds.pod(cluster, name), body, "ephemeralcontainers")
    settle(scene, f'ephemeral container "{container}" is added to pod "{name}"', [outcome])
