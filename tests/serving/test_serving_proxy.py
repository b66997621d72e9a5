"""What the API server passes on to a pod."""

import pytest

from tests.serving.conftest import Served, pod

PODS = "/api/v1/namespaces/default/pods"
WEB = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}]}]},
}


@pytest.fixture
def running(served: Served) -> Served:
    """A pod with a web server in it, one that names no port, and one without an address."""
    for each in (WEB, pod("mute"), pod("lost", nodeName="nowhere")):
        served.call("POST", PODS, each)
    served.advance("10s")
    return served


ANSWERS = {
    "the root of a port": ("web:80/proxy/", 200, "Welcome to nginx!"),
    "without the slash at the end": ("web:80/proxy", 200, "Welcome to nginx!"),
    "the port that its container names": ("web/proxy/index.html?a=b", 200, "Welcome to nginx!"),
    "with its scheme": ("http:web:80/proxy/", 200, "Welcome to nginx!"),
    "what the server there does not have": ("web:80/proxy/c", 404, "404 Not Found"),
    "a port nobody listens on": ("web:81/proxy/", 503, ":81: connect: connection refused"),
    "80 where no container names one": ("mute/proxy/", 503, ":80: connect: connection refused"),
    "a pod that is not there": ("no:80/proxy/", 404, 'pods \\"no\\" not found'),
    "one without an address": ("lost:80/proxy/", 400, "address not allowed"),
    "a port that is none": ("web:x/proxy/", 400, 'invalid pod request \\"web:x\\"'),
    "a scheme that is not spoken": ("https:web:80/proxy/", 400, "invalid pod request"),
}


@pytest.mark.parametrize(("path", "code", "text"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_a_pod_answers(running: Served, path: str, code: int, text: str) -> None:
    answer = running.call("GET", f"{PODS}/{path}")

    assert (answer.code, text in answer.text) == (code, True), answer.text
