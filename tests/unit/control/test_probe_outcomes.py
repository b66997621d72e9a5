"""What a probe came to, in Kubernetes' words."""

import pytest

from podproof.simulator.control.kubelet.handlers import Connected, Fetched, HttpGet, http_get, port_of
from podproof.simulator.control.kubelet.probes.outcomes import ProbeOutcome, of_exec, of_grpc, of_http, of_tcp
from podproof.simulator.control.kubelet.probes.rules import FAILURE, SUCCESS, Kind
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.machine.grpc import health_reply
from podproof.simulator.machine.http import HttpResponse

WARNING, ERROR = "Warning", "Error"
WHERE = "10.244.0.5:5000"

CASES = {
    "exit 0 is a success": (of_exec(("true",), 1, ExecResult(0)), SUCCESS, ""),
    "another exit is a failure, with all it wrote": (
        of_exec(("x",), 1, ExecResult(2, "a\n", "b\n")), FAILURE, "a\nb\n",
    ),
    "a command over its time is a failure": (
        of_exec(("sleep", "10"), 1, ExecResult(timed_out=True)), FAILURE,
        'command timed out: "sleep 10" timed out after 1s',
    ),
    "a command that cannot be run says nothing": (
        of_exec(("x",), 1, ExecResult(error="no")), ERROR, "rpc error: code = Unknown desc = no",
    ),
    "200 is a success": (of_http(Fetched(HttpResponse(200, "ok"))), SUCCESS, "ok"),
    "399 is a success that is told": (
        of_http(Fetched(HttpResponse(399, "b"))), WARNING, "Probe terminated redirects, Response body: b",
    ),
    "400 is a failure": (of_http(Fetched(HttpResponse(400))), FAILURE, "HTTP probe failed with statuscode: 400"),
    "500 is a failure that keeps its body": (
        of_http(Fetched(HttpResponse(500, "secret"))), FAILURE, "HTTP probe failed with statuscode: 500",
    ),
    "no answer is a failure": (of_http(Fetched(error="Get …")), FAILURE, "Get …"),
    "a connection is a success": (of_tcp(Connected()), SUCCESS, ""),
    "none is a failure": (of_tcp(Connected(error="dial tcp …")), FAILURE, "dial tcp …"),
    "SERVING is a success": (of_grpc(WHERE, 1, Connected(health_reply("SERVING"))), SUCCESS, "service healthy"),
    "NOT_SERVING is a failure": (
        of_grpc(WHERE, 1, Connected(health_reply("NOT_SERVING"))), FAILURE,
        'service unhealthy (responded with "NOT_SERVING")',
    ),
    "who speaks HTTP is waited for in vain": (
        of_grpc(WHERE, 5, Connected("HTTP/1.1 400 Bad Request\r\n\r\n")), FAILURE,
        'timeout: failed to connect service "10.244.0.5:5000" within 5s: context deadline exceeded',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "verdict", "text"), CASES.values(), ids=CASES.keys())
def test_an_outcome(outcome: ProbeOutcome, verdict: str, text: str) -> None:
    assert (outcome.verdict, outcome.text) == (verdict, text)


EVENTS = {
    "a failure": (ProbeOutcome(FAILURE, "x"), ("Unhealthy", "Liveness probe failed: x")),
    "a warning": (ProbeOutcome(WARNING, "x"), ("ProbeWarning", "Liveness probe warning: x")),
    "an error": (ProbeOutcome(ERROR, "x"), ("Unhealthy", "Liveness probe errored and resulted in unknown state: x")),
    "a success": (ProbeOutcome(SUCCESS, "x"), None),
}


@pytest.mark.parametrize(("outcome", "event"), EVENTS.values(), ids=EVENTS.keys())
def test_what_is_told_of(outcome: ProbeOutcome, event: tuple[str, str] | None) -> None:
    assert outcome.event(Kind.LIVENESS) == event


def test_a_request_has_the_kubelet_s_headers_and_the_manifest_s() -> None:
    action = {"path": "healthz", "port": "web", "httpHeaders": [{"name": "X-Own", "value": "1"}]}
    container = {"ports": [{"name": "web", "containerPort": 8080}]}

    request = http_get(action, container, "10.244.0.5", "kube-probe")

    assert request.url == "http://10.244.0.5:8080/healthz"
    assert request.headers == {"user-agent": "kube-probe/1.36", "accept": "*/*", "x-own": "1"}


def test_a_port_s_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(ValueError, match='parsing "web": invalid syntax'):
        port_of("web", {"ports": []})


REDIRECTS = {
    "a path leads to the same host": ("/healthz", "http://10.244.0.5:8080/healthz"),
    "another port of it is followed": ("http://10.244.0.5:81/x?y=1", "http://10.244.0.5:81/x?y=1"),
    "another host is not": ("http://0.0.0.0/", None),
}


@pytest.mark.parametrize(("location", "url"), REDIRECTS.values(), ids=REDIRECTS.keys())
def test_a_redirect(location: str, url: str | None) -> None:
    request = HttpGet("http", "10.244.0.5", 8080, "/redirect", {})

    following = request.redirected(HttpResponse(302, "", {"location": location}))

    assert (following.url if following is not None else None) == url
