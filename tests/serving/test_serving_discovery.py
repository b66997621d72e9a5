"""What a server says of itself."""

import pytest

from podproof.serving.reviews import REVIEWS
from podproof.simulator.api.discovery import versions
from tests.serving.conftest import Served

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz?verbose=true", "/readyz/ping"])
def test_it_is_well(served: Served, path: str) -> None:
    assert served.call("GET", path).text == "ok"


def test_it_says_its_version(served: Served) -> None:
    assert served.call("GET", "/version").json["gitVersion"] == "v1.36.2"


def test_every_resource_is_found_by_the_old_way(served: Served) -> None:
    groups = served.call("GET", "/apis").json["groups"]
    paths = ["/api/v1", *(f"/apis/{each['groupVersion']}" for group in groups for each in group["versions"])]
    lists = [served.call("GET", path).json for path in paths]
    found = {(each["groupVersion"], row["name"]) for each in lists for row in each["resources"]}

    assert found == {
        (each.api_version, name)
        for each in (*versions(), *REVIEWS)
        for name in (each.plural, *(f"{each.plural}/{below}" for below in each.subresources))
    }


def test_every_resource_is_found_in_one_document(served: Served) -> None:
    documents = [served.call("GET", path, Accept=AGGREGATED) for path in ("/api", "/apis")]
    found = {
        (group["metadata"]["name"], version["version"], row["resource"], row["responseKind"]["kind"])
        for document in documents
        for group in document.json["items"]
        for version in group["versions"]
        for row in version["resources"]
    }

    assert documents[0].headers["Content-Type"] == AGGREGATED.partition(",")[0]
    assert found == {(each.group, each.version, each.plural, each.kind) for each in (*versions(), *REVIEWS)}


@pytest.mark.parametrize("path", ["/apis/nowhere", "/apis/nowhere/v1", "/api/v9"])
def test_what_is_not_served_is_not_found(served: Served, path: str) -> None:
    assert served.call("GET", path).code == 404


def test_the_root_lists_the_paths(served: Served) -> None:
    assert {"/api", "/api/v1", "/apis", "/version", "/readyz"} <= set(served.call("GET", "/").json["paths"])
