"""One look at a StatefulSet: who is made, who goes, who waits for whom, and what becomes of claims.

The rows are those of pkg/controller/statefulset/stateful_set_control_test.go, stateful_set_utils_test.go.
"""

from typing import Any

import pytest

from podproof.simulator.control.plans import Command, Create, Delete, Outcome, Patch, Plan, Together, UpdateStatus
from podproof.simulator.control.workloads.stateful_set.identity import ordinal_of
from podproof.simulator.control.workloads.stateful_set.reconcile import Look, reconcile
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T01:00:00Z")
_READY_SINCE = "2026-01-01T00:59:30Z"
_DATA = [{"metadata": {"name": "data"}, "spec": {}}]


def owner(replicas: int = 3, **spec: Any) -> dict[str, Any]:
    """Return a StatefulSet whose pods are all of revision old; `spec` changes it."""
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c"}]}}
    whole = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    meta = {"name": "web", "namespace": "default", "uid": "set", "generation": 1}
    status = {"currentRevision": "old", "updateRevision": "old", "currentReplicas": replicas}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": whole, "status": status}


def pod(ordinal: int, text: str) -> dict[str, Any]:
    """Return a pod from words: a phase, and perhaps ready, going, new (of the new revision), unlabelled."""
    phase, *words = text.split()
    name = f"web-{ordinal}"
    labels = {"app": "web", "controller-revision-hash": "new" if "new" in words else "old"}
    if "unlabelled" not in words:
        labels["statefulset.kubernetes.io/pod-name"] = name
    meta: dict[str, Any] = {"name": name, "namespace": "default", "uid": f"u{ordinal}", "labels": labels}
    if "going" in words:
        meta["deletionTimestamp"] = _READY_SINCE
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": _READY_SINCE}] if "ready" in words else []
    return {"metadata": meta, "spec": {}, "status": {"phase": phase, "conditions": conditions}}


def revision(item: Object, name: str, number: int, image: str = "") -> dict[str, Any]:
    container = {"name": "c", **({"image": image} if image else {})}
    template = {**item["spec"]["template"], "spec": {"containers": [container]}, "$patch": "replace"}
    meta = {"name": name, "namespace": "default", "uid": name, "labels": {}}
    return {"metadata": meta, "revision": number, "data": {"spec": {"template": template}}}


def plan_of(item: dict[str, Any], there: dict[int, str], claims: dict[str, list[str]] | None = None) -> Plan:
    """Return the plan for a set, its pods, and the claims there are, each with its owners ("set", "Pod u1", …)."""
    found = {name: _claim(name, owners) for name, owners in (claims or {}).items()}
    kept = [revision(item, "old", 1, "old-image"), revision(item, "new", 2)]
    if "new" not in str(there) and "updated" not in item:
        kept = [revision(item, "old", 1)]
    pods = [pod(ordinal, text) for ordinal, text in there.items()]
    return reconcile(Look(item, pods, tuple(kept), lambda _, name: found.get(name), NOW))


def _claim(name: str, owners: list[str]) -> dict[str, Any]:
    references = [_reference(each) for each in owners]
    return {"metadata": {"name": name, "namespace": "default", "uid": name, "ownerReferences": references}}


def _reference(text: str) -> dict[str, Any]:
    if text == "set":
        return {"kind": "StatefulSet", "name": "web", "uid": "set"}
    kind, uid = text.split()
    return {"kind": kind, "name": uid.replace("u", "web-", 1) if kind == "Pod" else uid, "uid": uid}


def told(commands: Any) -> list[str]:
    """Return commands in short: "+0" a pod made, "-2" one deleted, "claim", "label 1", "claim → owners"."""
    found = []
    for each in _flat(commands):
        match each:
            case Create("pods", body):
                found.append(f"+{ordinal_of(body, owner())}")
            case Create(_, body):
                found.append(f"claim {body['metadata']['name']}")
            case Delete(_, _, name):
                found.append(f"-{name.removeprefix('web-')}")
            case Patch("pods", _, name):
                found.append(f"label {name.removeprefix('web-')}")
            case Patch(_, _, name, body):
                kinds = ", ".join(one["kind"] for one in body["metadata"]["ownerReferences"] or ())
                found.append(f"{name} → {kinds}")
    return found


def _flat(commands: Any) -> list[Command]:
    return [one for each in commands for one in (_flat(each.commands) if isinstance(each, Together) else [each])]


READY = "Running ready"
PARALLEL = {"podManagementPolicy": "Parallel"}
STEPS: dict[str, tuple[dict[str, Any], dict[int, str], list[str]]] = {
    "the first pod comes first": ({}, {}, ["+0"]),
    "the second waits until the first is ready": ({}, {0: "Running"}, []),
    "and comes then": ({}, {0: READY}, ["+1"]),
    "or once it has been ready for long enough": ({"minReadySeconds": 60}, {0: READY}, []),
    "30 s are enough for 30": ({"minReadySeconds": 30}, {0: READY}, ["+1"]),
    "a gap is filled first": ({}, {0: READY, 2: READY}, ["+1"]),
    "one on its way out is waited for": ({}, {0: f"{READY} going"}, []),
    "one that failed goes": ({}, {0: READY, 1: "Failed", 2: READY}, ["-1"]),
    "one that succeeded goes as well": ({}, {0: "Succeeded"}, ["-0"]),
    "one that failed and goes is waited for": ({}, {0: "Failed going"}, []),
    "numbers begin where the set says": ({"ordinals": {"start": 5}}, {5: READY}, ["+6"]),
    "those below the first go, the highest first": (
        {"ordinals": {"start": 1}}, {0: READY, 1: READY, 2: READY, 3: READY}, ["-0"],
    ),
    "the highest is the first to go": ({"replicas": 1}, {0: READY, 1: READY, 2: READY}, ["-2"]),
    "and the next waits for it": ({"replicas": 1}, {0: READY, 1: READY, 2: f"{READY} going"}, []),
    "nobody goes while one that stays is not ready": ({"replicas": 1}, {0: "Running", 1: READY}, []),
    "one that is not ready may go if it is the first": ({"replicas": 1}, {0: READY, 1: READY, 2: "Pending"}, ["-2"]),
    "but not before a lower one": ({"replicas": 1}, {0: READY, 1: "Pending", 2: "Pending"}, []),
    "none at all: from the highest down": ({"replicas": 0}, {0: READY, 1: READY}, ["-1"]),
    "in parallel all come at once": (PARALLEL, {}, ["+0", "+1", "+2"]),
    "and go at once": ({**PARALLEL, "replicas": 1}, {0: "Pending", 1: READY, 2: READY}, ["-2", "-1"]),
    "and do both at once": ({**PARALLEL, "ordinals": {"start": 1}}, {0: READY, 1: READY, 2: READY}, ["+3", "-0"]),
    "a label that was taken off comes back": ({"replicas": 1}, {0: f"{READY} unlabelled"}, ["label 0"]),
    "nothing is to be done": ({}, {0: READY, 1: READY, 2: READY}, []),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "steps"), STEPS.values(), ids=STEPS.keys())
def test_one_step(spec: dict[str, Any], there: dict[int, str], steps: list[str]) -> None:
    assert told(plan_of(owner(**spec), there).commands) == steps


def rolling(**said: Any) -> dict[str, Any]:
    return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, **said}}}


NEW, HALF = f"{READY} new", {0: READY, 1: READY, 2: "Running new"}
UPDATES: dict[str, tuple[dict[str, Any], dict[int, str], list[str]]] = {
    "the highest goes first": (rolling(), {0: READY, 1: READY, 2: READY}, ["-2"]),
    "the next waits until the new one is ready": (rolling(), HALF, []),
    "and goes then": (rolling(), {0: READY, 1: READY, 2: NEW}, ["-1"]),
    "one that is not ready goes all the same, where all come in parallel": (
        {**rolling(), **PARALLEL}, {0: READY, 1: READY, 2: "Running"}, ["-2"],
    ),
    "in order it is waited for": (rolling(), {0: READY, 1: READY, 2: "Running"}, []),
    "those below the partition stay": (rolling(partition=2), {0: READY, 1: READY, 2: NEW}, []),
    "a partition counts from the first number": (
        {**rolling(partition=2), "ordinals": {"start": 1}}, {1: READY, 2: READY, 3: READY}, ["-3"],
    ),
    "nobody goes by itself": ({"updateStrategy": {"type": "OnDelete"}}, {0: READY, 1: READY, 2: READY}, []),
    "more at a time is behind a gate that is off": (rolling(maxUnavailable=2), {0: READY, 1: READY, 2: READY}, ["-2"]),
    "a surplus goes before anybody is updated": ({**rolling(), "replicas": 2}, {0: READY, 1: READY, 2: READY}, ["-2"]),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "steps"), UPDATES.values(), ids=UPDATES.keys())
def test_one_step_of_an_update(spec: dict[str, Any], there: dict[int, str], steps: list[str]) -> None:
    assert told(plan_of({**owner(**spec), "updated": True}, there).commands) == steps


def kept(deleted: str, scaled: str) -> dict[str, Any]:
    policy = {"whenDeleted": deleted, "whenScaled": scaled}
    return {"volumeClaimTemplates": _DATA, "persistentVolumeClaimRetentionPolicy": policy}


CLAIMS: dict[str, tuple[dict[str, Any], dict[int, str], dict[str, list[str]], list[str]]] = {
    "a claim is made before its pod": ({"volumeClaimTemplates": _DATA}, {}, {}, ["claim data-web-0", "+0"]),
    "or is there already": ({"volumeClaimTemplates": _DATA}, {}, {"data-web-0": []}, ["+0"]),
    "one that is missing is made for a pending pod": (
        {"volumeClaimTemplates": _DATA}, {0: "Pending"}, {}, ["claim data-web-0"],
    ),
    "claims that stay have no owner": (
        {**kept("Retain", "Retain"), "replicas": 1}, {0: READY}, {"data-web-0": ["set"]}, ["data-web-0 → "],
    ),
    "claims that go with the set belong to it": (
        {**kept("Delete", "Retain"), "replicas": 1}, {0: READY}, {"data-web-0": []}, ["data-web-0 → StatefulSet"],
    ),
    "other owners stay": (
        {**kept("Delete", "Retain"), "replicas": 1}, {0: READY}, {"data-web-0": ["Backup b"]},
        ["data-web-0 → Backup, StatefulSet"],
    ),
    "those of a pod that is one too many go with it": (
        {**kept("Retain", "Delete"), "replicas": 1}, {0: READY, 1: READY}, {"data-web-0": [], "data-web-1": []},
        ["data-web-1 → Pod", "-1"],
    ),
    "and do not belong to the set any more": (
        {**kept("Delete", "Delete"), "replicas": 1}, {0: READY, 1: READY},
        {"data-web-0": ["set"], "data-web-1": ["set"]}, ["data-web-1 → Pod", "-1"],
    ),
    "a pod that is wanted again keeps its claim": (
        {**kept("Retain", "Delete"), "replicas": 1}, {0: READY}, {"data-web-0": ["Pod u0"]}, ["data-web-0 → "],
    ),
    "a claim that goes with an earlier pod holds up the next one": (
        {**kept("Retain", "Delete"), "replicas": 1}, {}, {"data-web-0": ["Pod u0"]}, [],
    ),
    "owners that are right are left alone": (
        {**kept("Delete", "Delete"), "replicas": 1}, {0: READY}, {"data-web-0": ["set"]}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "claims", "steps"), CLAIMS.values(), ids=CLAIMS.keys())
def test_claims(spec: dict[str, Any], there: dict[int, str], claims: dict[str, list[str]], steps: list[str]) -> None:
    assert told(plan_of(owner(**spec), there, claims).commands) == steps


def test_the_owner_of_a_new_claim() -> None:
    made = _flat(plan_of(owner(**kept("Delete", "Delete")), {}).commands)[0]

    assert isinstance(made, Create)
    assert [each["kind"] for each in made.body["metadata"]["ownerReferences"]] == ["StatefulSet"]


COUNTS: dict[str, tuple[dict[int, str], dict[str, Any]]] = {
    "who is new and who is ready": (
        {0: READY, 1: READY, 2: "Running new"},
        {"replicas": 3, "readyReplicas": 2, "availableReplicas": 2, "currentReplicas": 2, "updatedReplicas": 1},
    ),
    "one on its way out belongs to no revision": (
        {0: READY, 1: READY, 2: f"{NEW} going"},
        {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3, "currentReplicas": 2, "updatedReplicas": None},
    ),
    "when all are new the update is over": (
        {0: NEW, 1: NEW, 2: NEW},
        {"currentRevision": "new", "updateRevision": "new", "currentReplicas": 3, "updatedReplicas": 3},
    ),
}


@pytest.mark.parametrize(("there", "counts"), COUNTS.values(), ids=COUNTS.keys())
def test_what_the_status_counts(there: dict[int, str], counts: dict[str, Any]) -> None:
    plan = plan_of(owner(**rolling()), there)
    assert plan.then is not None
    writes = _flat(plan.then(Outcome((), (), (), None)).commands)
    status = next(each.body["status"] for each in writes if isinstance(each, UpdateStatus))

    assert {name: status.get(name) for name in counts} == counts
