"""Kinds that are not built in: what a cluster serves is asked of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from podproof.claims import Eventually, Predicate
from podproof.clusters.live.discovering import AGGREGATED, Catalogue
from podproof.clusters.live.runs import Run
from podproof.errors import NotModelledError
from podproof.manifests import load
from podproof.simulator.kernel.requests import Response
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boxes.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: boxes, singular: box, kind: Box}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
BOX = "{apiVersion: example.com/v1, kind: Box, metadata: {name: b}, size: %d, list: [{name: a, v: %d}]}"
THERE = Predicate("is there", lambda version: version.object is not None, lambda _: "it is not there")


def boxed(run: Run) -> tuple[list[str], list[Any]]:
    """Define a kind, apply an object of it three times, and return what became of that and all that was seen."""
    cluster = run.cluster("x")
    ref = Ref("Box", cluster.namespace, "b")
    outcomes = [each.outcome for each in cluster.apply(load(DEFINITION, "crd.yaml"))]
    cluster.pass_time(seconds(5))
    for size in (1, 2, 2):
        outcomes += [each.outcome for each in cluster.apply(load(BOX % (size, size), "box.yaml"))]
    cluster.wait(Eventually(ref, THERE, seconds(5)), seconds(5))
    seen = [None if each.object is None else each.object["size"] for each in cluster.record().timeline(ref)]
    cluster.close()
    run.ended(cluster, failed=False)
    return outcomes, seen


def test_objects_of_a_definition_are_applied_and_recorded(run: Run) -> None:
    outcomes, seen = boxed(run)

    assert outcomes == ["created", "created", "configured", "unchanged"]
    assert seen == [1, 2]


def test_the_next_scenario_may_define_the_same_again_and_nothing_stays(run: Run) -> None:
    first, second = boxed(run), boxed(run)

    assert first == second
    assert run.end() == []


def test_a_kind_is_recorded_in_its_preferred_version_whichever_was_named(run: Run) -> None:
    schema = "{openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}"
    old = f"  - {{name: v1beta1, served: true, storage: false, schema: {schema}}}\n"
    cluster = run.cluster("x")
    cluster.apply(load(DEFINITION + old, "crd.yaml"))
    cluster.pass_time(seconds(5))
    cluster.apply(load((BOX % (1, 1)).replace("/v1,", "/v1beta1,"), "box.yaml"))
    cluster.pass_time(seconds(1))
    found = cluster.record().latest(Ref("Box", cluster.namespace, "b"))
    cluster.close()

    assert found is not None
    assert found["apiVersion"] == "example.com/v1"


def test_a_kind_nobody_serves_is_none(run: Run) -> None:
    cluster = run.cluster("x")
    (applied,) = cluster.apply(load(BOX % (1, 1), "box.yaml"))

    assert applied.refusal is not None
    assert applied.refusal.message.endswith(
        'no matches for kind "Box" in version "example.com/v1"\nensure CRDs are installed first'
    )
    with pytest.raises(NotModelledError, match="kind Box"):
        cluster.get(Ref("Box", cluster.namespace, "b"))
    cluster.close()


VERBS = ["get", "list", "watch", "create"]
ONE: Any = {
    "/apis": {
        "kind": "APIGroupDiscoveryList",
        "items": [
            {
                "metadata": {"name": "example.com"},
                "versions": [
                    {
                        "version": "v1",
                        "resources": [
                            {
                                "resource": "boxes", "responseKind": {"kind": "Box"}, "scope": "Namespaced",
                                "verbs": VERBS, "subresources": [{"subresource": "status"}],
                            },
                            {
                                "resource": "asks", "responseKind": {"kind": "Ask"}, "scope": "Cluster",
                                "verbs": ["create"],
                            },
                        ],
                    }
                ],
            },
            {
                "metadata": {"name": "apps"},
                "versions": [
                    {
                        "version": "v1",
                        "resources": [
                            {
                                "resource": "deployments", "responseKind": {"kind": "Deployment"},
                                "scope": "Namespaced", "verbs": VERBS,
                            }
                        ],
                    }
                ],
            },
        ],
    }
}  # fmt: skip
MANY: Any = {
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {"name": "example.com", "versions": [{"groupVersion": "example.com/v1", "version": "v1"}]},
            {"name": "broken.example.com", "versions": [{"groupVersion": "broken.example.com/v1", "version": "v1"}]},
        ],
    },
    "/apis/example.com/v1": {
        "resources": [
            {"name": "boxes", "kind": "Box", "namespaced": True, "verbs": VERBS},
            {"name": "boxes/status", "kind": "Box", "namespaced": True, "verbs": VERBS},
            {"name": "asks", "kind": "Ask", "namespaced": False, "verbs": ["create"]},
        ]
    },
}


class _Told:
    """A server that tells what it serves."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.others: Mapping[str, Any] = {}
        self._documents = documents

    def call(self, method: str, path: str, accept: str = "") -> Response:
        assert (method, accept in ("", AGGREGATED)) == ("GET", True)
        return Response(200, self._documents[path]) if path in self._documents else Response(503, "no")


@pytest.mark.parametrize("documents", [ONE, MANY], ids=["in one document", "in one for each group"])
def test_what_is_served_is_told(documents: Any) -> None:
    server: Any = _Told(documents)
    box = Catalogue(server).of_manifest("example.com/v1", "Box")

    assert (box.name, box.requested, box.namespaced) == ("boxes.example.com", "boxes.v1.example.com", True)
    assert set(server.others) == {"boxes.example.com", "boxes.v1.example.com"}
