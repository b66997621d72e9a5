"""The zones of volumes that say theirs by labels."""

from typing import Any

import pytest

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.control.scheduling.volumes import VolumeZone

ZONE, OLD, REGION = (
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
    "topology.kubernetes.io/region",
)
ZONES: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "the same zone": ({ZONE: "a"}, {ZONE: "a"}, True),
    "another zone": ({ZONE: "a"}, {ZONE: "b"}, False),
    "one of several zones": ({ZONE: "a__b"}, {ZONE: "b"}, True),
    "a node that says nothing takes every volume": ({ZONE: "a"}, {}, True),
    "a volume that says nothing goes everywhere": ({}, {ZONE: "a"}, True),
    "the old label of a volume, the new one of a node": ({OLD: "a"}, {ZONE: "a"}, True),
    "a node that says its region only": ({ZONE: "a"}, {REGION: "r"}, False),
    "zone and region both": ({ZONE: "a", REGION: "r"}, {ZONE: "a", REGION: "s"}, False),
}


@pytest.mark.parametrize(("volume", "node", "suits"), ZONES.values(), ids=ZONES.keys())
def test_a_node_takes_volumes_of_its_zone(volume: dict[str, str], node: dict[str, str], suits: bool) -> None:
    source: list[dict[str, Any]] = [{"name": "data", "persistentVolumeClaim": {"claimName": "c"}}]
    asking = Asking({"metadata": {"name": "p"}, "spec": {"volumes": source}})
    check = VolumeZone(lambda _: [{"metadata": {"labels": volume}}]).prepare(asking, Cluster())
    where = NodeInfo("n")
    where.labels = node

    refusal = check(where) if check is not None else None

    assert (refusal is None) is suits
    assert refusal is None or refusal.reasons == ("node(s) had no available volume zone",)


def test_a_pod_without_claims_is_not_looked_at() -> None:
    asking = Asking({"metadata": {"name": "p"}, "spec": {}})

    assert VolumeZone(lambda _: pytest.fail("asked")).prepare(asking, Cluster()) is None
