"""Calls of the API over HTTP."""

import json

from podproof.errors import NotModelledError
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.world import World
from tests.serving.conftest import Serve, Served, pod

PODS = "/api/v1/namespaces/default/pods"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


def test_what_is_created_is_read_listed_changed_and_deleted(served: Served) -> None:
    created = served.call("POST", PODS, pod("foo"))
    read = served.call("GET", f"{PODS}/foo")
    listed = served.call("GET", PODS).json
    labels = {"metadata": {"labels": {"a": "b"}}}
    merged = served.call("PATCH", f"{PODS}/foo", labels, Content_Type="application/merge-patch+json")
    deleted = served.call("DELETE", f"{PODS}/foo", {"gracePeriodSeconds": 0})

    assert created.code == 201
    assert read.json == created.json
    assert [item["metadata"]["name"] for item in listed["items"]] == ["foo"]
    assert merged.json["metadata"]["labels"] == {"a": "b"}
    assert deleted.code == 200
    assert served.call("GET", f"{PODS}/foo").code == 404


def test_a_refusal_carries_the_status(served: Served) -> None:
    answer = served.call("GET", f"{PODS}/foo")

    assert answer.code == 404
    assert answer.json["message"] == 'pods "foo" not found'
    assert answer.json["kind"] == "Status"


def test_yaml_is_understood_and_spoken(served: Served) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: foo}\ndata: {day: '2026-01-01'}\n"
    path = "/api/v1/namespaces/default/configmaps"
    created = served.call("POST", path, text, Content_Type="application/yaml", Accept="application/yaml")

    assert created.code == 201
    assert created.headers["Content-Type"] == "application/yaml"
    assert "kind: ConfigMap\n" in created.text
    assert served.call("GET", f"{path}/foo").json["data"] == {"day": "2026-01-01"}


def test_a_table_has_the_columns_of_kubectl(served: Served) -> None:
    served.call("POST", PODS, pod("foo"))
    table = served.call("GET", PODS, Accept=TABLE).json
    narrow = [column["name"] for column in table["columnDefinitions"] if not column["priority"]]

    assert table["kind"] == "Table"
    assert [name.upper() for name in narrow] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert table["rows"][0]["cells"][:3] == ["foo", "0/1", "Pending"]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


def test_a_table_of_one_object_and_without_objects(served: Served) -> None:
    served.call("POST", PODS, pod("foo"))
    table = served.call("GET", f"{PODS}/foo?includeObject=None", Accept=TABLE).json

    assert [list(row) for row in table["rows"]] == [["cells"]]


def test_a_refusal_is_no_table(served: Served) -> None:
    assert served.call("GET", f"{PODS}/foo", Accept=TABLE).json["kind"] == "Status"


def test_metadata_alone_can_be_asked_for(served: Served) -> None:
    served.call("POST", PODS, pod("foo"))
    found = served.call("GET", f"{PODS}/foo", Accept=METADATA).json

    assert (found["kind"], found["metadata"]["name"]) == ("PartialObjectMetadata", "foo")
    assert "spec" not in found


def test_protobuf_is_understood_but_not_spoken(served: Served) -> None:
    protobuf = "application/vnd.kubernetes.protobuf"
    named = b"\x0a\x0f\x0a\x02v1\x12\x09ConfigMap"
    body = b"k8s\0" + named + b"\x12\x07\x0a\x05\x0a\x03foo"
    path = "/api/v1/namespaces/default/configmaps"
    created = served.call("POST", path, body, Content_Type=protobuf, Accept=f"{protobuf},application/json")

    assert (created.code, created.json["metadata"]["name"]) == (201, "foo")
    assert served.call("GET", PODS, Accept=protobuf).code == 406


def test_a_body_that_is_too_large_is_413(served: Served) -> None:
    answer = served.call("POST", PODS, b'{"a": "' + b"x" * 3 * 1024 * 1024 + b'"}')

    assert answer.code == 413
    assert answer.json["reason"] == "RequestEntityTooLarge"
    assert answer.json["message"] == "Request entity too large: limit is 3145728"


def test_warnings_are_headers(served: Served) -> None:
    unknown = {**pod("foo"), "spce": {}}

    assert served.call("POST", PODS, unknown).headers["Warning"] == '299 - "unknown field \\"spce\\""'


class _Moonless(World):
    def handle(self, request: Request) -> Response:
        raise NotModelledError("the moon", f"a {request.verb}")


def test_what_the_simulator_does_not_model_is_501_and_named(serve: Serve) -> None:
    answer = serve(_Moonless()).call("GET", PODS)

    assert answer.code == 501
    assert answer.json["message"].startswith("a list: the simulator does not model the moon")


def test_a_version_that_is_not_served_is_404(served: Served) -> None:
    assert served.call("GET", "/api/v2/namespaces/default/pods").code == 404


def test_nobody_outside_is_a_part_of_the_cluster(served: Served) -> None:
    answer = served.call("POST", PODS, {"metadata": {"name": "foo"}, "spec": {}}, User_Agent="kubelet/v1")

    assert answer.code == 422


def test_a_path_that_leads_nowhere_is_404(served: Served) -> None:
    assert served.call("GET", "/nowhere").code == 404


def test_pretty_is_laid_out(served: Served) -> None:
    plain, pretty = served.call("GET", PODS), served.call("GET", f"{PODS}?pretty=1")

    assert plain.text.count("\n") == 1
    assert pretty.text == json.dumps(plain.json, indent=2) + "\n"


def test_the_date_is_the_clusters(served: Served) -> None:
    before = served.call("GET", PODS).headers["Date"]
    served.advance("1 hour")

    assert before == "Thu, 01 Jan 2026 00:00:10 GMT"
    assert served.call("GET", PODS).headers["Date"] == "Thu, 01 Jan 2026 01:00:10 GMT"


def test_two_servers_are_two_clusters(serve: Serve) -> None:
    one, other = serve(World()), serve(World())
    one.call("POST", PODS, pod("foo"))

    assert other.call("GET", PODS).json["items"] == []
