"""A node had better have a pod's images already, the large ones above all.

Names count as they are written: what containerd calls docker.io/library/nginx:1.27 is not nginx:1.27 to the scheduler.
Source: pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
"""

from collections.abc import Sequence

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import BEST, Scores
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.objects import containers_of

_MIB = 1024 * 1024
_LEAST, _MOST = 23 * _MIB, 1000 * _MIB
"""Source: minThreshold, maxContainerThreshold."""


class ImageLocality:
    """Scores by the sizes of the images a node has, each weighed by the share of the nodes that have it."""

    name = "ImageLocality"

    def scores(self, asking: Asking, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores; where no node has any of the images all nodes are as good."""
        images = [normalized(each.get("image") or "") for each in containers_of(asking.pod["spec"])]
        spread = {name: cluster.images[name] / len(cluster.nodes()) for name in images if cluster.images[name]}
        if not spread:
            return None
        sums = (sum(int(node.images[name] * spread[name]) for name in images if name in node.images) for node in nodes)
        return [priority(each, len(images)) for each in sums]


def priority(total: int, containers: int) -> int:
    """Return the score of so many bytes that are there. Source: calculatePriority."""
    most = _MOST * containers
    return BEST * (min(max(total, _LEAST), most) - _LEAST) // (most - _LEAST)


def normalized(image: str) -> str:
    """Return an image's name with a tag. Source: normalizedImageName."""
    return image if image.rfind(":") > image.rfind("/") else f"{image}:latest"
