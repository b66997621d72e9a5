"""The rules against rows that Kubernetes' own functions gave; the rows lie beside the repository and may be absent."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.model import image_names, pod_conditions, pod_phase, qos, tables
from podproof.simulator.model.pod_columns import columns_of
from podproof.simulator.model.times import Nanos, human_duration, moment, seconds

SHARED = Path(__file__).parents[4] / "shared"
TABLES, TRACES = SHARED / "exam-sample", SHARED / "traces"

Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    path = TABLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    rows: list[Row] = json.loads(path.read_text())
    return rows


def differing(found: Iterator[tuple[str, Any, Any]]) -> dict[str, tuple[Any, Any]]:
    return {name: (got, wanted) for name, got, wanted in found if got != wanted}


def test_image_names() -> None:
    def compare() -> Iterator[tuple[str, Any, Any]]:
        for row in rows_of("imagenames"):
            image, wanted = row["input"]["image"], row["expected"]
            yield row["id"], parsed(image), wanted["parse"]
            policy = image_names.default_pull_policy(image)
            yield f"{row['id']}: policy", policy, wanted["defaultImagePullPolicy"]
            if "pullsImage" in wanted["kubelet"]:
                yield f"{row['id']}: pulls", image_names.with_default_tag(image), wanted["kubelet"]["pullsImage"]

    def parsed(image: str) -> dict[str, str]:
        try:
            name = image_names.parse(image)
        except image_names.ImageNameError as error:
            return {"error": str(error)}
        return {"repository": name.repository, "tag": name.tag, "digest": name.digest}

    assert differing(compare()) == {}


def test_phases() -> None:
    def compare() -> Iterator[tuple[str, Any, Any]]:
        for row in rows_of("phase"):
            given = row["input"]
            source = (given["podMetadata"].get("annotations") or {}).get("kubernetes.io/config.source", "api")
            phase = pod_phase.phase(
                given["podSpec"],
                given["containerStatuses"],
                given["podIsTerminal"],
                has_initialized=given["podHasInitialized"],
                is_static=source != "api",
            )
            yield row["id"], phase, row["expected"]["phase"]

    assert differing(compare()) == {}


def test_conditions() -> None:
    def derived(kind: str, given: Row) -> Mapping[str, Any]:
        pod, phase, statuses = given["pod"], given["podPhase"], given.get("containerStatuses")
        before = (given.get("oldPodStatus") or {}).get("conditions") or []
        if kind == "ContainersReady":
            return pod_conditions.containers_ready(pod, statuses, phase)
        if kind == "Ready":
            return pod_conditions.ready(pod, given["conditions"] or [], statuses, phase)
        if kind == "Initialized":
            return pod_conditions.initialized(pod, statuses, phase, before)
        runtime = given["runtimePodStatus"]["ContainerStatuses"] or []
        exits = {one["Name"]: one["ExitCode"] if one["State"] == "exited" else None for one in runtime}
        return pod_conditions.all_containers_restarting(pod, exits, phase, given.get("oldPodStatus") or {})

    rows = rows_of("conditions")

    assert differing((row["id"], derived(row["condition"], row["input"]), row["expected"]) for row in rows) == {}


def test_quality_of_service_and_resources() -> None:
    def derived(row: Row) -> Mapping[str, Any]:
        kind, given = row["kind"], row["input"]
        if kind == "qosClass":
            return {"qosClass": qos.qos_class(given["pod"]["spec"])}
        if kind == "IsSupportedPodLevelResource":
            return {"value": qos.is_pod_level(given["arg"])}
        if kind.startswith("IsPod"):
            return {"value": qos.has_pod_level(given["arg"], *(["limits"] if "Limits" in kind else []))}
        return {"resources": {name: str(amount) for name, amount in listed(row).items()}}

    def listed(row: Row) -> qos.Resources:
        pod, options = row["input"]["pod"], row["input"]["options"]
        with_status = options.get("useStatusResources", False)
        # The rows do not carry this option; only the one that turns it off says so, in its name.
        with_claims = "flag_disabled" not in row["id"]
        overhead, pod_level = not options.get("excludeOverhead"), not options.get("skipPodLevelResources")
        if row["kind"] == "effectivePodRequests":
            return qos.pod_requests(
                pod,
                with_status=with_status,
                with_claims=with_claims,
                overhead=overhead,
                pod_level=pod_level,
                container_level=not options.get("skipContainerLevelResources"),
            )
        if row["kind"] == "effectivePodLimits":
            return qos.pod_limits(pod, with_status=with_status, overhead=overhead, pod_level=pod_level)
        if row["kind"] == "aggregateContainerRequests":
            return qos.container_requests(pod, with_status=with_status)
        return qos.container_limits(pod, with_status=with_status)

    assert differing((row["id"], derived(row), row["expected"]) for row in rows_of("qos")) == {}


def test_printed_tables() -> None:
    def derived(row: Row) -> dict[str, Any]:
        if row["kind"] == "HumanDuration":
            return {"text": human_duration(seconds(row["input"]["seconds"]))}
        # The clock of these rows was cut to whole seconds; its ages fit any fraction from 0.54 s on.
        now = Nanos(moment(row["now"]) + 600_000_000)
        made = tables.table(row["kind"], [row["input"]], now, row["wide"])
        return dict(zip(made.columns, made.rows[0], strict=True))

    rows = rows_of("printers")
    found = {row["id"]: derived(row) for row in rows}

    assert differing((row["id"], found[row["id"]], row["expected"]) for row in rows) == {}
    assert all(list(found[row["id"]]) == list(row["expected"]) for row in rows)


def recorded_pods() -> Iterator[tuple[str, Row, Row]]:
    """Yield each version of each pod of the recordings whose manifest is in them: where, the pod, what was printed."""
    if not TRACES.exists():
        pytest.skip(f"{TRACES} is not on this machine")
    for path in sorted(TRACES.glob("*.json")):
        scenario = json.loads(path.read_text())
        applied = [step["apply"] for step in scenario["steps"] if "apply" in step]
        manifests = [one for step in applied for one in (step if isinstance(step, list) else [step])]
        specs = {one["metadata"]["name"]: one["spec"] for one in manifests if one["kind"] == "Pod"}
        for run in scenario["runs"]:
            for name, versions in run["timelines"].items():
                kind, _, pod = name.partition("/")
                if kind == "Pod" and pod in specs:
                    seen = (version for version in versions if "phase" in version)
                    yield from ((f"{path.stem} {name} {row['t']}", rebuilt(specs[pod], row), row) for row in seen)


def rebuilt(spec: Row, version: Row) -> Row:
    rows = (version.get("conditions") or {}).items()
    conditions = [{"type": kind, "status": row[0], "reason": row[1]} for kind, row in rows]
    init, apps = version.get("init") or {}, version.get("containers") or {}
    order = [container["name"] for container in spec.get("initContainers") or () if container["name"] in init]
    status = {
        "phase": version["phase"],
        "conditions": conditions,
        "initContainerStatuses": [container_status(name, init[name]) for name in order],
        "containerStatuses": [container_status(name, apps[name]) for name in sorted(apps)],
    }
    if version.get("reason"):
        status["reason"] = version["reason"]
    meta = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if version.get("deleting") else {}
    return {"metadata": meta, "spec": spec, "status": status}


def container_status(name: str, row: Row) -> Row:
    detail = {key: row[key] for key in ("reason", "message", "exitCode", "signal") if key in row}
    return {
        "name": name,
        "state": {row["state"]: detail},
        "lastState": {"terminated": row["last"]} if row.get("last") else {},
        "ready": row["ready"],
        "started": row["started"],
        "restartCount": row["restarts"],
    }


def test_the_columns_of_every_recorded_version_of_every_pod() -> None:
    def compare() -> Iterator[tuple[str, Any, Any]]:
        for where, pod, row in recorded_pods():
            found = columns_of(pod)
            wanted = (row["status"], row["ready"], int(str(row["restarts"]).split()[0]))
            yield where, (found.status, f"{found.ready}/{found.total}", found.restarts), wanted

    assert differing(compare()) == {}
