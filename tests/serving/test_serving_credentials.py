"""Who may call."""

import http.client
import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from podproof.serving.credentials import Demands, OpenDoorError, credentials
from podproof.simulator.model.times import Nanos, seconds
from tests.serving.conftest import PATIENCE, Serve, Served, kubectl_path, pod

PODS = "/api/v1/namespaces/default/pods"


def _now() -> Nanos:
    return seconds(0)


@pytest.fixture
def token(serve: Serve) -> Served:
    """A server that asks for a token that is good for an hour."""
    return serve(demands=Demands(auth="token", token="sesame", lifetime=seconds(3600)))


@pytest.fixture
def certificate(serve: Serve) -> Served:
    """A server that asks for a certificate."""
    return serve(demands=Demands(auth="certificate"))


SHOWN = {
    "nothing": {},
    "another token": {"Authorization": "Bearer simsala"},
    "no bearer's": {"Authorization": "Basic sesame"},
}


@pytest.mark.parametrize("headers", SHOWN.values(), ids=SHOWN.keys())
def test_who_shows_the_wrong_thing_is_not_let_in(token: Served, headers: dict[str, str]) -> None:
    answer = token.call("GET", PODS, None, None, **headers)

    assert (answer.code, answer.json["reason"], answer.json["message"]) == (401, "Unauthorized", "Unauthorized")


def test_who_shows_the_token_is_let_in(token: Served) -> None:
    assert token.call("GET", PODS, Authorization="Bearer sesame").code == 200


def test_an_expired_token_is_no_token(token: Served) -> None:
    token.on_loop(lambda: token.serving.world.agenda.run_until(Nanos(token.serving.world.now + seconds(3600))))

    assert token.call("GET", PODS, Authorization="Bearer sesame").code == 401


@pytest.mark.parametrize("path", ["/readyz", "/version"])
def test_health_and_version_are_for_everybody(token: Served, path: str) -> None:
    assert token.call("GET", path).code == 200


def test_the_clock_is_not(token: Served) -> None:
    assert token.call("POST", "/podproof/clock", {"advance": "1s"}).code == 401


def test_a_token_is_made_where_none_is_given() -> None:
    made = [credentials(Demands(auth="token"), "127.0.0.1", _now).identity.token for _ in range(2)]

    assert made[0] != made[1]
    assert len(made[0]) >= 24


def test_https_is_vouched_for_by_the_kubeconfigs_authority(serve: Serve) -> None:
    served = serve(demands=Demands(tls=True))
    where = urlsplit(served.url)
    stranger = http.client.HTTPSConnection(str(where.hostname), where.port, timeout=PATIENCE)

    assert where.scheme == "https"
    assert served.call("GET", PODS).code == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", PODS)
    stranger.close()


def _with_certificate(served: Served, source: Served, folder: Path) -> Any:
    """Call a server with the certificate of (another) one."""
    identity = source.serving.credentials.identity
    path = folder / "client.pem"
    path.write_bytes(identity.certificate + identity.key)
    context = served.trust()
    context.load_cert_chain(path)
    where = urlsplit(served.url)
    return http.client.HTTPSConnection(str(where.hostname), where.port, timeout=PATIENCE, context=context)


def test_who_shows_a_certificate_is_let_in(certificate: Served, tmp_path: Path) -> None:
    connection = _with_certificate(certificate, certificate, tmp_path)

    assert certificate.call("GET", PODS, connection=connection).code == 200
    connection.close()


def test_who_shows_none_is_not(certificate: Served) -> None:
    assert certificate.call("GET", PODS).code == 401


def test_who_shows_one_of_another_authority_is_not(certificate: Served, serve: Serve, tmp_path: Path) -> None:
    other = serve(demands=Demands(auth="certificate"))
    connection = _with_certificate(certificate, other, tmp_path)

    with pytest.raises((ssl.SSLError, ConnectionError)):
        certificate.call("GET", PODS, connection=connection)
    connection.close()


def test_a_server_that_can_be_reached_from_outside_must_say_who_may_call() -> None:
    with pytest.raises(OpenDoorError, match=r"--auth token"):
        credentials(Demands(), "0.0.0.0", _now)

    assert credentials(Demands(auth="none"), "0.0.0.0", _now).auth == "none"


DEMANDS = {
    "HTTPS": Demands(tls=True),
    "a token": Demands(auth="token"),
    "a certificate": Demands(auth="certificate"),
}


@pytest.mark.parametrize("demands", DEMANDS.values(), ids=DEMANDS.keys())
def test_kubectl_is_let_in_by_the_kubeconfig(serve: Serve, demands: Demands) -> None:
    kubectl_path()
    served = serve(demands=demands)

    assert served.kubectl("create", "-f", "-", stdin=json.dumps(pod("foo"))).stdout == "pod/foo created\n"


def test_whoever_is_in_may_do_everything(served: Served) -> None:
    kubectl_path()

    assert served.kubectl("auth", "can-i", "delete", "pods").stdout == "yes\n"
    assert served.kubectl("auth", "can-i", "--list").stdout.splitlines()[1].split()[0] == "*.*"
    assert "podproof-admin" in served.kubectl("auth", "whoami").stdout


def test_there_are_no_metrics_and_kubectl_says_so(served: Served) -> None:
    kubectl_path()

    assert served.kubectl("top", "pods").stderr == "error: Metrics API not available\n"


def test_a_question_about_somebody_else_is_named_as_not_modelled(served: Served) -> None:
    answer = served.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": {"user": "eve"}})

    assert answer.code == 501
    assert "subjectaccessreviews" in answer.json["message"]
