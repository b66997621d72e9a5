"""What Kubernetes' node tests say of environments and volumes; the rows lie beside the repository and may be absent."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podproof.cluster import Refusal
from podproof.clusters.simulated import SimulatedCluster
from podproof.errors import NotModelledError
from podproof.manifests import Document, Manifest
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds

ROWS = Path(__file__).parents[4] / "shared" / "facts" / "node-behaviours.json"
GROUPS = ("configmap", "downwardapi", "expansion", "secrets")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_ASSIGNED = re.compile(r"\b[A-Z_]+=\w+")


def rows_of_groups() -> list[dict[str, Any]]:
    if not ROWS.exists():
        pytest.skip(f"{ROWS} is not on this machine")
    rows = json.loads(ROWS.read_text(encoding="utf-8"))
    ours = (row for row in rows if row["id"].partition("/")[0] in GROUPS)
    return [row for row in ours if any(item["kind"] == "Pod" for item in row["manifests"])]


def faults(row: dict[str, Any]) -> Iterator[str]:
    """Yield what the simulator shows otherwise than the row expects."""
    cluster = SimulatedCluster()
    cluster.apply(Manifest(row["id"], tuple(Document(item, row["id"], 0) for item in row["manifests"])))
    cluster.pass_time(seconds(60))
    pod = next(item for item in row["manifests"] if item["kind"] == "Pod")
    name, container = pod["metadata"]["name"], pod["spec"]["containers"][0]["name"]
    shown = cluster.get(Ref("Pod", "default", name))
    assert shown is not None
    log = cluster.logs(name, container)
    output = "" if isinstance(log, Refusal) else log
    for sentence in row["expectedBehaviour"]:
        phase = re.match(r"phase ends (\w+)", sentence)
        if phase and shown["status"]["phase"] != phase[1]:
            yield f"phase {shown['status']['phase']}"
        waits = re.search(r"Waiting with reason (\w+)", sentence)
        if waits and waits[1] not in str(shown["status"]["containerStatuses"]):
            yield f"it does not wait with {waits[1]}"
        if sentence.startswith("the container output contains") or "output has" in sentence:
            wanted = [ast.literal_eval(each) for each in _QUOTED.findall(sentence)] or _ASSIGNED.findall(sentence)
            yield from (f"no {each!r} in its output" for each in wanted if each not in output)


def test_rows_about_environments_and_volumes() -> None:
    differing, refused = {}, set()
    for row in rows_of_groups():
        try:
            found = list(faults(row))
        except NotModelledError as error:
            refused.add(error.what)
            continue
        if found:
            differing[row["id"]] = found

    assert differing == {}
    assert refused == set()


def test_a_sub_path_that_is_missing_a_variable_heals_with_the_annotation_it_names() -> None:
    row = next(row for row in rows_of_groups() if "failing-subpath-expansion-can-be-modified" in row["id"])
    cluster = SimulatedCluster()
    cluster.apply(Manifest("", tuple(Document(item, "", 0) for item in row["manifests"])))
    cluster.pass_time(seconds(30))
    ref = Ref("Pod", "default", "var-expansion")
    before = cluster.get(ref)
    cluster.patch(ref, {"metadata": {"annotations": {"mysubpath": "mypath"}}})
    cluster.pass_time(seconds(30))
    after = cluster.get(ref)

    assert before is not None
    assert after is not None
    assert (before["status"]["phase"], after["status"]["phase"]) == ("Pending", "Running")
    assert before["metadata"]["uid"] == after["metadata"]["uid"]
