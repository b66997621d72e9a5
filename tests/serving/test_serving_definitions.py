"""Kinds that definitions add, as clients find them."""

import json
from typing import Any

from tests.serving.conftest import Served

DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "crontabs.stable.example.com"},
    "spec": {
        "group": "stable.example.com",
        "scope": "Namespaced",
        "names": {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"cronSpec": {"type": "string", "description": "When it runs."}},
                            }
                        },
                    }
                },
                "additionalPrinterColumns": [{"name": "Spec", "type": "string", "jsonPath": ".spec.cronSpec"}],
            }
        ],
    },
}
CRONTAB = {
    "apiVersion": "stable.example.com/v1",
    "kind": "CronTab",
    "metadata": {"name": "mine"},
    "spec": {"cronSpec": "* * * * *"},
}
PATH = "/apis/stable.example.com/v1/namespaces/default/crontabs"


def defined(served: Served) -> None:
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert served.call("POST", path, DEFINITION).code == 201
    served.advance("1s")


def test_before_it_is_defined_there_is_no_such_path(served: Served) -> None:
    assert served.call("GET", PATH).code == 404
    assert served.call("GET", "/apis/stable.example.com/v1").code == 404


def test_its_path_is_live(served: Served) -> None:
    defined(served)

    assert served.call("POST", PATH, CRONTAB).code == 201
    assert [each["metadata"]["name"] for each in served.call("GET", PATH).json["items"]] == ["mine"]


def test_another_version_of_its_group_is_not(served: Served) -> None:
    defined(served)

    assert served.call("GET", PATH.replace("/v1/", "/v2/")).code == 404


def test_it_is_found(served: Served) -> None:
    defined(served)

    (row,) = served.call("GET", "/apis/stable.example.com/v1").json["resources"]
    assert (row["name"], row["kind"], row["shortNames"]) == ("crontabs", "CronTab", ["ct"])
    document = served.call("GET", "/openapi/v3/apis/stable.example.com/v1").json
    (schema,) = (
        each for each in document["components"]["schemas"].values() if "x-kubernetes-group-version-kind" in each
    )
    assert schema["properties"]["spec"]["properties"]["cronSpec"]["type"] == "string"


def test_kubectl_knows_it_by_its_short_name_and_prints_its_columns(served: Served) -> None:
    defined(served)

    made = served.kubectl("apply", "-f", "-", stdin=json.dumps(CRONTAB))
    assert made.stdout == "crontab.stable.example.com/mine created\n", made.stderr

    assert served.kubectl("get", "ct").stdout.split() == ["NAME", "SPEC", "mine", "*", "*", "*", "*", "*"]
    assert "When it runs." in served.kubectl("explain", "crontab.spec.cronSpec").stdout


def test_kubectl_apply_changes_it(served: Served) -> None:
    defined(served)
    served.kubectl("apply", "-f", "-", stdin=json.dumps(CRONTAB))

    changed = {**CRONTAB, "spec": {"cronSpec": "1 * * * *"}}
    assert "configured" in served.kubectl("apply", "-f", "-", stdin=json.dumps(changed)).stdout

    assert served.call("GET", f"{PATH}/mine").json["spec"] == {"cronSpec": "1 * * * *"}
