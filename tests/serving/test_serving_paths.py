"""From paths to calls."""

import pytest

from podproof.serving.paths import Call, call_of, params_of

CALLS = {
    "a list in a namespace": ("GET", "/api/v1/namespaces/foo/pods", Call("list", "", "v1", "pods", "foo")),
    "a list everywhere": ("GET", "/api/v1/pods", Call("list", "", "v1", "pods")),
    "one object": ("GET", "/api/v1/namespaces/foo/pods/bar", Call("get", "", "v1", "pods", "foo", "bar")),
    "one that has no namespace": ("GET", "/api/v1/nodes/bar", Call("get", "", "v1", "nodes", "", "bar")),
    "all namespaces": ("GET", "/api/v1/namespaces", Call("list", "", "v1", "namespaces")),
    "a namespace": ("GET", "/api/v1/namespaces/foo", Call("get", "", "v1", "namespaces", "", "foo")),
    "a namespace's status": (
        "PUT", "/api/v1/namespaces/foo/status", Call("update", "", "v1", "namespaces", "", "foo", "status"),
    ),
    "a subresource": (
        "GET", "/api/v1/namespaces/foo/pods/bar/log", Call("get", "", "v1", "pods", "foo", "bar", "log"),
    ),
    "what follows a subresource": (
        "GET", "/api/v1/namespaces/foo/pods/bar/proxy/a/b",
        Call("get", "", "v1", "pods", "foo", "bar", "proxy", "a/b"),
    ),
    "a creation": ("POST", "/api/v1/namespaces/foo/pods", Call("create", "", "v1", "pods", "foo")),
    "a replacement": ("PUT", "/api/v1/namespaces/foo/pods/bar", Call("update", "", "v1", "pods", "foo", "bar")),
    "a patch": ("PATCH", "/api/v1/namespaces/foo/pods/bar", Call("patch", "", "v1", "pods", "foo", "bar")),
    "a deletion": ("DELETE", "/api/v1/namespaces/foo/pods/bar", Call("delete", "", "v1", "pods", "foo", "bar")),
    "a deletion of many": (
        "DELETE", "/api/v1/namespaces/foo/pods", Call("deletecollection", "", "v1", "pods", "foo"),
    ),
    "a group": (
        "GET", "/apis/apps/v1/namespaces/foo/deployments/bar",
        Call("get", "apps", "v1", "deployments", "foo", "bar"),
    ),
    "a watch by its old path": (
        "GET", "/api/v1/watch/namespaces/foo/pods", Call("watch", "", "v1", "pods", "foo"),
    ),
    "slashes too many": ("GET", "/api/v1//namespaces/foo/pods/", Call("list", "", "v1", "pods", "foo")),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "call"), CALLS.values(), ids=CALLS.keys())
def test_a_path_means(method: str, path: str, call: Call) -> None:
    assert call_of(method, path, {}) == call


def test_a_list_that_is_watched_is_a_watch() -> None:
    found = call_of("GET", "/api/v1/pods", {"watch": "true"})

    assert found is not None
    assert found.verb == "watch"


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1", "/apis/apps/v1", "/version", "/podproof/clock"])
def test_a_path_that_leads_to_no_resource(path: str) -> None:
    assert call_of("GET", path, {}) is None


BOOLEANS = {"1": "true", "True": "true", "": "true", "yes": "true", "0": "false", "False": "false"}


@pytest.mark.parametrize(("written", "meant"), BOOLEANS.items())
def test_yes_and_no_are_read_as_the_server_reads_them(written: str, meant: str) -> None:
    assert params_of({"watch": written, "limit": "0"}) == {"watch": meant, "limit": "0"}


def test_the_resource_is_spelled_with_its_group() -> None:
    assert Call("get", "apps", "v1", "deployments").resource == "deployments.apps"
