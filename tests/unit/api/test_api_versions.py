"""Versions that are served beside the stored one: the same objects, each in the words of the version asked for."""

import json
from typing import Any

import pytest

from podproof import kubectl
from podproof.simulator.kernel.requests import Response

from .conftest import BEGINNING, Bench, manifest, pod_spec

EVENTS, STORED = "events.events.k8s.io", "events"
SCALERS, OLD = "horizontalpodautoscalers.autoscaling", "horizontalpodautoscalers.v1.autoscaling"
WHEN = "2026-01-01T00:00:00.000000Z"


def event(**changes: Any) -> dict[str, Any]:
    told = {"note": "it ran", "reason": "Ran", "action": "Running", "type": "Normal", "eventTime": WHEN}
    by = {"reportingController": "example.com/a", "reportingInstance": "a-1"}
    about = {"regarding": {"kind": "Pod", "namespace": "default", "name": "p"}}
    head = {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e"}}
    return {key: value for key, value in {**head, **told, **by, **about, **changes}.items() if value is not None}


def scaler(**changes: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}
    spec = {"scaleTargetRef": target, "maxReplicas": 3, **changes}
    meta = {"name": "h"}
    return {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}


def cpu(utilization: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": utilization}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def test_an_event_of_the_new_group_is_stored_as_one_of_the_core(bench: Bench) -> None:
    made = bench.ask("create", EVENTS, body=event()).body
    core = bench.ask("get", STORED, "e").body

    assert (core["apiVersion"], core["message"], core["involvedObject"]["name"], core["reportingComponent"]) == (
        "v1", "it ran", "p", "example.com/a")  # fmt: skip
    assert "note" not in core
    assert bench.ask("get", "events.v1.events.k8s.io", "e").body == made


def test_what_was_counted_the_old_way_is_shown_as_deprecated(bench: Bench) -> None:
    old = {"involvedObject": {"namespace": "default"}, "count": 3, "source": {"component": "kubelet"}}
    bench.ask("create", STORED, body={"metadata": {"name": "e"}, "lastTimestamp": "2026-01-01T00:00:00Z", **old})
    shown = bench.ask("get", EVENTS, "e").body

    assert (shown["deprecatedCount"], shown["deprecatedSource"], shown["deprecatedLastTimestamp"]) == (
        3, {"component": "kubelet"}, "2026-01-01T00:00:00Z")  # fmt: skip


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no moment": ({"eventTime": None}, "eventTime: Required value"),
    "another type": ({"type": "Odd"}, 'type: Invalid value: "": has invalid value: Odd'),
    "a count": ({"deprecatedCount": 2}, 'count: Invalid value: "": needs to be unset'),
    "a series of one": ({"series": {"count": 1, "lastObservedTime": WHEN}},
        'series.count: Invalid value: "": should be at least 2'),
    "nobody who reports": ({"reportingInstance": None}, "reportingInstance: Required value"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "fault"), REFUSED.values(), ids=REFUSED.keys())
def test_an_event_of_the_new_group_is_judged_more_strictly(bench: Bench, changes: dict[str, Any], fault: str) -> None:
    answer = bench.ask("create", EVENTS, body=event(**changes))

    assert answer.body["message"] == f'Event.events.k8s.io "e" is invalid: {fault}'


def test_of_an_event_only_its_series_changes(bench: Bench) -> None:
    bench.ask("create", EVENTS, body=event())
    series = {"series": {"count": 2, "lastObservedTime": WHEN}}
    other = {"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": "q"}

    assert bench.ask("patch", EVENTS, "e", series, patchType="merge").code == 200
    message = bench.ask("update", EVENTS, "e", event(regarding=other, **series)).body["message"]
    assert message == (
        'Event.events.k8s.io "e" is invalid: involvedObject: Invalid value: {"Kind":"Pod","Namespace":"default",'
        '"Name":"q","UID":"","APIVersion":"v1","ResourceVersion":"","FieldPath":""}: field is immutable'
    )


def names(response: Response) -> list[str]:
    return [item["metadata"]["name"] for item in response.body["items"]]


def test_selectors_use_the_words_of_the_version(bench: Bench) -> None:
    bench.ask("create", EVENTS, body=event())
    bench.ask("create", EVENTS, body=event(metadata={"name": "f"}, regarding={"namespace": "default", "name": "q"}))

    assert names(bench.ask("list", EVENTS, fieldSelector="regarding.name=q,reportingController=example.com/a")) == ["f"]
    assert bench.ask("list", EVENTS, fieldSelector="involvedObject.name=q").body["message"] == (
        'Unable to find "events.k8s.io/v1, Resource=events" that match label selector "", field selector '
        '"involvedObject.name=q": field label not supported: involvedObject.name'
    )


def test_a_watch_tells_in_the_words_of_the_version(bench: Bench) -> None:
    seen = bench.watched(EVENTS)
    bench.ask("create", EVENTS, body=event())
    bench.ask("delete", EVENTS, "e")

    assert [(each.type, each.object["note"]) for each in seen] == [("ADDED", "it ran"), ("DELETED", "it ran")]


def test_a_body_of_the_other_version_is_refused(bench: Bench) -> None:
    answer = bench.ask("create", STORED, body=event())

    assert (answer.code, answer.body["message"]) == (
        400, "the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)")  # fmt: skip


def test_its_row_is_the_one_of_the_stored_version(bench: Bench) -> None:
    made = bench.ask("create", EVENTS, body=event()).body

    assert kubectl.columns(made, now=BEGINNING)["MESSAGE"] == "it ran"


def test_the_old_autoscaler_knows_only_the_cpu(bench: Bench) -> None:
    made = bench.ask("create", OLD, body=scaler(targetCPUUtilizationPercentage=50)).body
    new = bench.ask("get", SCALERS, "h").body

    assert made["spec"] == {**scaler(targetCPUUtilizationPercentage=50)["spec"], "minReplicas": 1}
    assert new["spec"]["metrics"] == [cpu(50)]


def test_an_old_autoscaler_that_says_nothing_wants_80_percent(bench: Bench) -> None:
    bench.ask("create", OLD, body=scaler())

    assert bench.ask("get", SCALERS, "h").body["spec"]["metrics"] == [cpu(80)]


def test_what_the_old_version_has_no_field_for_is_kept_in_annotations(bench: Bench) -> None:
    memory = {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
    }
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 60, "selectPolicy": "Max",
                              "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]}}  # fmt: skip
    bench.ask("create", OLD, body=scaler(targetCPUUtilizationPercentage=50))
    change = {"spec": {"metrics": [cpu(40), memory], "behavior": behavior}}
    before = bench.ask("patch", SCALERS, "h", change, patchType="merge").body["spec"]
    shown = bench.ask("get", OLD, "h").body
    bench.ask("patch", OLD, "h", {"spec": {"maxReplicas": 9}}, patchType="merge")
    after = bench.ask("get", SCALERS, "h").body

    notes = shown["metadata"]["annotations"]
    assert shown["spec"]["targetCPUUtilizationPercentage"] == 40
    assert json.loads(notes["autoscaling.alpha.kubernetes.io/metrics"]) == [
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}}
    ]
    assert '"ScaleDown":{"StabilizationWindowSeconds":60' in notes["autoscaling.alpha.kubernetes.io/behavior"]
    assert after["spec"] == {**before, "maxReplicas": 9}
    assert "annotations" not in after["metadata"]


def test_faults_are_told_where_the_stored_version_has_them(bench: Bench) -> None:
    answer = bench.ask("create", OLD, body=scaler(targetCPUUtilizationPercentage=-1))

    assert [each["field"] for each in answer.body["details"]["causes"]] == [
        "spec.metrics[0].resource.target.averageUtilization"
    ]


def test_a_wrong_type_is_told_by_the_struct_of_the_version(bench: Bench) -> None:
    answer = bench.ask("create", OLD, body=scaler(targetCPUUtilizationPercentage="half"))

    assert answer.body["message"].endswith(
        "Go struct field HorizontalPodAutoscalerSpec.spec.targetCPUUtilizationPercentage of type int32"
    )


def test_a_manager_is_known_by_the_version_it_wrote_in(bench: Bench) -> None:
    made = bench.ask("create", OLD, body=scaler(targetCPUUtilizationPercentage=50)).body
    told = made["metadata"]["managedFields"][0]

    assert told["apiVersion"] == "autoscaling/v1"
    assert "f:targetCPUUtilizationPercentage" in told["fieldsV1"]["f:spec"]


def test_a_binding_may_be_sent_to_their_collection(bench: Bench) -> None:
    bench.ask("create", "pods", body=manifest(pod_spec()))
    target = {"kind": "Node", "name": "n"}
    answer = bench.ask("create", "bindings", body={"metadata": {"name": "p"}, "target": target})

    assert (answer.code, bench.ask("get", "pods", "p").body["spec"]["nodeName"]) == (201, "n")
    assert bench.ask("list", "bindings").body["reason"] == "MethodNotAllowed"
