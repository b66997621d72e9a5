"""Paths into objects, as kubectl's jsonpath writes them."""

import pytest

from podproof.steps.paths import ABSENT, PathError, above, found, printed

POD = {
    "metadata": {"labels": {"app.kubernetes.io/name": "web", "tier": "front"}},
    "spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}], "hostNetwork": False},
    "status": {"conditions": [{"type": "Ready", "status": "True"}], "podIP": None},
}

FOUND = {
    "a field": (".spec.hostNetwork", "false"),
    "in braces": ("{.spec.hostNetwork}", "false"),
    "from the root": ("$.spec.hostNetwork", "false"),
    "by its number": (".spec.containers[1].image", "y"),
    "by its number from the end": (".spec.containers[-1].name", "b"),
    "by a value in it": ('.spec.containers[?(@.name=="a")].image', "x"),
    "by a value in single quotes": (".status.conditions[?(@.type=='Ready')].status", "True"),
    "a key with dots": (r".metadata.labels.app\.kubernetes\.io/name", "web"),
    "a key in brackets": (".metadata.labels['app.kubernetes.io/name']", "web"),
    "a mapping": (".metadata.labels", '{"app.kubernetes.io/name":"web","tier":"front"}'),
    "null is something": (".status.podIP", "null"),
}


@pytest.mark.parametrize(("path", "text"), FOUND.values(), ids=FOUND.keys())
def test_what_is_at_a_path(path: str, text: str) -> None:
    assert printed(found(POD, path)) == text


MISSING = {
    "no such field": ".spec.nodeName",
    "a field of what is no mapping": ".spec.hostNetwork.x",
    "a number too high": ".spec.containers[2]",
    "a number of what is no list": ".spec[0]",
    "nothing has the value": '.spec.containers[?(@.name=="c")].image',
}


@pytest.mark.parametrize("path", MISSING.values(), ids=MISSING.keys())
def test_nothing_is_there(path: str) -> None:
    assert found(POD, path) is ABSENT


@pytest.mark.parametrize("path", ["spec", ".spec..x", ".spec[", ".items[*].x"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(PathError, match="cannot be followed"):
        found({"spec": {"x y": 1}}, path)


ABOVE = {
    "of a field": (".spec.hostNetwork", ".spec"),
    "of a key in brackets that has dots": (".metadata.labels['app.kubernetes.io/name']", ".metadata.labels"),
    "of a row by its number": (".spec.containers[1]", ".spec.containers"),
    "of the first field": ("{.spec}", ""),
}


@pytest.mark.parametrize(("path", "holder"), ABOVE.values(), ids=ABOVE.keys())
def test_the_path_to_what_holds_a_place(path: str, holder: str) -> None:
    assert above(path) == holder
