"""The real kubectl on the simulator; skipped where there is none."""

import json

import pytest

from podproof.cli import main
from tests.serving.conftest import Serve, Served, kubectl_path, pod

POD = json.dumps(pod("foo"))


@pytest.fixture(autouse=True)
def kubectl() -> str:
    """Every test here needs it."""
    return kubectl_path()


def test_apply_get_and_delete(served: Served) -> None:
    created = served.kubectl("apply", "-f", "-", stdin=POD)
    again = served.kubectl("apply", "-f", "-", stdin=POD)
    served.advance("5 seconds")
    got = served.kubectl("get", "pods")
    deleted = served.kubectl("delete", "pod", "foo", "--now", "--wait=false")

    assert (created.stdout, created.stderr) == ("pod/foo created\n", "")
    assert again.stdout == "pod/foo unchanged\n"
    assert got.stdout == "NAME   READY   STATUS    RESTARTS   AGE\nfoo    1/1     Running   0          5s\n"
    assert deleted.stdout.startswith('pod "foo" deleted')


def test_what_is_wrong_is_told_in_the_servers_words(served: Served) -> None:
    wrong = served.kubectl("create", "-f", "-", stdin=POD.replace('"foo"', '"Foo"'))
    missing = served.kubectl("get", "pod", "bar")

    assert 'The Pod "Foo" is invalid: metadata.name' in wrong.stderr
    assert missing.stderr == 'Error from server (NotFound): pods "bar" not found\n'


def test_label_annotate_and_patch(served: Served) -> None:
    served.kubectl("create", "-f", "-", stdin=POD)
    said = [
        served.kubectl("label", "pod", "foo", "a=b").stdout,
        served.kubectl("annotate", "pod", "foo", "c=d").stdout,
        served.kubectl("patch", "pod", "foo", "-p", '{"metadata":{"labels":{"e":"f"}}}').stdout,
        served.kubectl("get", "pod", "foo", "-o", "jsonpath={.metadata.labels}{.metadata.annotations.c}").stdout,
    ]

    assert said == ["pod/foo labeled\n", "pod/foo annotated\n", "pod/foo patched\n", '{"a":"b","e":"f"}d']


def test_wait_sees_the_pod_become_ready(serve: Serve) -> None:
    served = serve(pace="max")
    served.kubectl("create", "-f", "-", stdin=POD)
    waited = served.kubectl("wait", "--for=condition=Ready", "pod/foo", "--timeout=20s")

    assert waited.stdout == "pod/foo condition met\n"


def test_logs(served: Served) -> None:
    served.kubectl("create", "-f", "-", stdin=json.dumps(pod("foo", "echo", "SUCCESS")))
    served.advance("5 seconds")

    assert served.kubectl("logs", "foo").stdout == "SUCCESS\n"


def test_describe(served: Served) -> None:
    served.kubectl("create", "-f", "-", stdin=POD)
    served.advance("5 seconds")
    described = served.kubectl("describe", "pod", "foo").stdout

    assert "Status:           Running" in described
    assert "Started container app" in described or "Container started" in described


def test_run_and_expose(served: Served) -> None:
    served.kubectl("run", "web", "--image=nginx:1.27", "--port=80", "--labels=app=web")
    exposed = served.kubectl("expose", "pod", "web", "--port=80")
    served.advance("20 seconds")

    assert exposed.stdout == "service/web exposed\n"
    assert ":80" in served.kubectl("get", "endpoints", "web", "--no-headers").stdout


def test_api_resources_and_version(served: Served) -> None:
    listed = served.kubectl("api-resources", "-o", "name").stdout.splitlines()

    assert {"pods", "nodes", "endpointslices.discovery.k8s.io"} <= set(listed)
    assert "Server Version: v1.36.2" in served.kubectl("version").stdout


def test_get_wide_of_every_kind_that_is_served(served: Served) -> None:
    kinds = served.kubectl("api-resources", "-o", "name", "--verbs=list").stdout.split()
    answers = {kind: served.kubectl("get", kind, "-A", "-o", "wide") for kind in kinds}

    assert {kind: answer.stderr for kind, answer in answers.items() if answer.returncode} == {}


def test_explain(served: Served) -> None:
    explained = served.kubectl("explain", "pod.spec.containers").stdout

    assert "KIND:       Pod\nVERSION:    v1\n" in explained
    assert "  imagePullPolicy\t<string>\n" in explained


@pytest.mark.parametrize("path", ["pods", "deploy.spec", "svc.spec.ports", "jobs.spec", "crd.spec"])
def test_podproof_explains_as_kubectl_does(served: Served, capsys: pytest.CaptureFixture[str], path: str) -> None:
    main(["explain", path, "--recursive"])
    ours = capsys.readouterr().out
    theirs = served.kubectl("explain", path, "--recursive").stdout

    assert ours.partition("DESCRIPTION:")[0] == theirs.partition("DESCRIPTION:")[0]
    assert ours.partition("FIELDS:")[2].split("\n") == theirs.partition("FIELDS:")[2].split("\n")


def test_an_unknown_field_is_refused(served: Served) -> None:
    refused = served.kubectl("create", "-f", "-", stdin=POD.replace('"spec"', '"spce": {}, "spec"'))

    assert 'unknown field "spce"' in refused.stderr


def test_apply_takes_away_what_is_no_longer_written(served: Served) -> None:
    two = pod("foo", volumes=[{"name": "a", "emptyDir": {}}])
    served.kubectl("apply", "-f", "-", stdin=json.dumps({**two, "metadata": {"name": "foo", "labels": {"a": "b"}}}))
    served.kubectl("apply", "-f", "-", stdin=json.dumps(two))

    assert "labels" not in served.call("GET", "/api/v1/namespaces/default/pods/foo").json["metadata"]


CREATED = {
    "a namespace": (("namespace", "bar"), "namespace/bar created\n"),
    "a config map": (("configmap", "bar", "--from-literal=a=b"), "configmap/bar created\n"),
    "a secret": (("secret", "generic", "bar", "--from-literal=a=b"), "secret/bar created\n"),
    "a service": (("service", "clusterip", "bar", "--tcp=80:8080"), "service/bar created\n"),
    "a service account": (("serviceaccount", "bar"), "serviceaccount/bar created\n"),
}


@pytest.mark.parametrize(("arguments", "told"), CREATED.values(), ids=CREATED.keys())
def test_create_by_words_which_kubectl_sends_in_protobuf(served: Served, arguments: tuple[str, ...], told: str) -> None:
    assert served.kubectl("create", *arguments).stdout == told


def test_what_was_sent_in_protobuf_is_what_was_meant(served: Served) -> None:
    served.kubectl("create", "secret", "generic", "bar", "--from-literal=a=b")
    served.kubectl("create", "service", "clusterip", "bar", "--tcp=80:8080")
    secret = served.call("GET", "/api/v1/namespaces/default/secrets/bar").json
    service = served.call("GET", "/api/v1/namespaces/default/services/bar").json

    assert (secret["data"], secret["type"]) == ({"a": "Yg=="}, "Opaque")
    assert service["spec"]["ports"] == [{"name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080}]


def test_events_of_the_other_group(served: Served) -> None:
    event = {
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e", "namespace": "default"},
        "note": "it ran", "reason": "Ran", "action": "Running", "type": "Normal", "reportingController": "a",
        "reportingInstance": "a-1", "eventTime": "2026-01-01T00:00:00.000000Z",
        "regarding": {"kind": "Pod", "namespace": "default", "name": "p"},
    }  # fmt: skip
    served.call("POST", "/apis/events.k8s.io/v1/namespaces/default/events", event)

    assert "it ran" in served.kubectl("get", "events.v1.events.k8s.io").stdout
    assert "note: it ran" in served.kubectl("get", "events.v1.events.k8s.io", "e", "-o", "yaml").stdout
