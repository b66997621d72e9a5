"""`podproof explain pod/NAME pod/OTHER:PORT MANIFEST…`: the way of a packet from a pod, hop by hop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from podproof.cli import exits
from podproof.cli.placement import applied

if TYPE_CHECKING:
    from podproof.simulator.model.objects import Ref

TARGET = re.compile(
    r"(?:(?P<kind>pod|service|node)s?/(?P<name>[^:/\s]+)|(?P<address>\d+\.\d+\.\d+\.\d+)):(?P<port>\d+)", re.IGNORECASE
)


def explain(name: str, target: str, files: Sequence[str], after: str, network: str = "") -> int:
    """Apply manifests to a simulated cluster, let time pass, and print the way of a packet from a pod to a target.

    `network` is the kind of the cluster's network, "" for the usual one.

    Raises:
        UnplacedError: there are no manifests, one is refused, or none holds the pod.
        UnknownKindError: there is no network of that kind.
        NotSoError: the target does not exist, or has no address.
    """
    from podproof.paths import Asked
    from podproof.simulator.model.objects import Ref

    with applied(name, files, after, network) as cluster:
        source = Ref("Pod", cluster.namespace, name)
        found = TARGET.fullmatch(target)
        assert found is not None
        to = found["address"] or _ref(found["kind"], found["name"], cluster.namespace)
        print(cluster.paths.path(Asked(source, to, int(found["port"]))))
    return exits.OK


def _ref(kind: str, name: str, namespace: str) -> Ref:
    from podproof.simulator.model.objects import Ref

    return Ref(kind.capitalize(), "" if kind.lower() == "node" else namespace, name)
