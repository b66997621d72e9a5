"""Which volume a claim gets, what is said where it gets none, and what becomes of volumes whose claims go."""

from collections.abc import Iterable
from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.control.plans import Delete, Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.storage import claims, volumes
from podproof.simulator.control.storage.matching import best_match
from podproof.simulator.control.storage.protection import release_claim, release_volume, uses
from podproof.simulator.model.times import seconds

NOW = seconds(100)
BOUND = {"pv.kubernetes.io/bind-completed": "yes"}


def claim(size: str = "2Gi", **spec: Any) -> dict[str, Any]:
    notes, phase = spec.pop("notes", {}), spec.pop("phase", "Pending")
    base = {"accessModes": ["ReadWriteOnce"], "storageClassName": "slow"}
    requests = {"resources": {"requests": {"storage": size}}}
    meta = {"name": "c", "namespace": "default", "uid": "c1", "annotations": notes, "resourceVersion": "1"}
    about = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": meta}
    return {**about, "spec": {**base, **requests, **spec}, "status": {"phase": phase}}


def volume(name: str = "v", size: str = "5Gi", **spec: Any) -> dict[str, Any]:
    labels, phase, notes = spec.pop("labels", {}), spec.pop("phase", "Available"), spec.pop("notes", {})
    deleted = {"deletionTimestamp": "now"} if spec.pop("deleted", False) else {}
    base = {"accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "storageClassName": "slow", "capacity": {"storage": size}}
    meta = {"name": name, "uid": name, "labels": labels, "annotations": notes, **deleted}
    about = {"kind": "PersistentVolume", "apiVersion": "v1", "metadata": meta}
    return {**about, "spec": {**base, **spec}, "status": {"phase": phase}}


def on(*hosts: str) -> dict[str, Any]:
    row = {"key": "kubernetes.io/hostname", "operator": "In", "values": list(hosts)}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [row]}]}}


OURS = {"namespace": "default", "name": "c"}
THEIRS = {"namespace": "default", "name": "other"}
MATCHES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str | None]] = {
    "the smallest that is large enough": (
        claim(),
        [volume("v1", "1Gi"), volume("v5", "5Gi"), volume("v3", "3Gi")],
        "v3",
    ),
    "of equals the first name": (claim(), [volume("b"), volume("a")], "a"),
    "exactly as much is enough": (claim("5Gi"), [volume()], "v"),
    "none that is too small": (claim("6Gi"), [volume()], None),
    "none of another class": (claim(), [volume(storageClassName="fast")], None),
    "no class matches no class only": (claim(storageClassName=""), [volume(storageClassName="")], "v"),
    "none without the access mode": (claim(accessModes=["ReadWriteMany"]), [volume()], None),
    "none that lacks one of two access modes": (
        claim(accessModes=["ReadWriteOnce", "ReadWriteMany"]),
        [volume()],
        None,
    ),
    "none of another mode": (claim(volumeMode="Block"), [volume()], None),
    "one whose labels are selected": (
        claim(selector={"matchLabels": {"tier": "gold"}}),
        [volume("a"), volume("b", labels={"tier": "gold"})],
        "b",
    ),
    "none that another claim has": (claim(), [volume(claimRef=THEIRS)], None),
    "its own before a smaller one": (claim(), [volume("a", "2Gi"), volume("b", "9Gi", claimRef=OURS)], "b"),
    "its own though the class differs": (claim(), [volume(storageClassName="fast", claimRef=OURS)], "v"),
    "not its own where that is too small": (claim("9Gi"), [volume(claimRef=OURS)], None),
    "not one for the same name of long ago": (claim(), [volume(claimRef={**OURS, "uid": "c0"})], None),
    "none that is on its way out": (claim(), [volume(deleted=True)], None),
    "none that is released": (claim(), [volume(phase="Released")], None),
}


@pytest.mark.parametrize(("asking", "there", "found"), MATCHES.values(), ids=MATCHES.keys())
def test_which_volume_a_claim_gets(asking: Any, there: Any, found: str | None) -> None:
    match = best_match(asking, there)

    assert (match and match["metadata"]["name"]) == found


NODE = ("n1", {"kubernetes.io/hostname": "n1"})


def test_for_a_node_only_volumes_count_that_it_reaches() -> None:
    there = [volume("a", nodeAffinity=on("n2")), volume("b", "9Gi", nodeAffinity=on("n1", "n3"))]

    found = best_match(claim(), there, node=NODE)

    assert found is not None
    assert found["metadata"]["name"] == "b"


def test_what_is_promised_to_another_pod_is_taken() -> None:
    assert best_match(claim(), [volume()], node=NODE, taken={"v"}) is None


def test_a_claim_that_waits_for_a_pod_takes_only_a_volume_that_names_it() -> None:
    assert best_match(claim(), [volume()], only_own=True) is None
    assert best_match(claim(), [volume(claimRef=OURS)], only_own=True) is not None


def looked(
    asking: Any, there: Any = (), classes: Any = None, users: Iterable[str] = (), mode: str = "Immediate"
) -> Plan:
    known = {"slow": {"metadata": {"name": "slow"}, "provisioner": "disk", "volumeBindingMode": mode}}
    find = (known if classes is None else classes).get
    return claims.reconcile(claims.Look(asking, there, find, lambda: users, NOW))


def said(plan: Plan) -> list[tuple[str, str, str]]:
    return [(each.type, each.reason, each.message) for each in plan.commands if isinstance(each, Emit)]


NOWHERE = {"slow": {"metadata": {"name": "slow"}, "provisioner": "kubernetes.io/no-provisioner"}}
LATER = "WaitForFirstConsumer"
SAYS: dict[str, tuple[Plan, list[tuple[str, str, str]]]] = {
    "no class, no volume": (
        looked(claim(storageClassName="")),
        [("Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set")],
    ),
    "a class that is not there": (
        looked(claim(), classes={}),
        [("Warning", "ProvisioningFailed", 'storageclass.storage.k8s.io "slow" not found')],
    ),
    "a class that makes nothing": (
        looked(claim(), classes=NOWHERE),
        [("Warning", "ProvisioningFailed", "no volume plugin matched name: kubernetes.io/no-provisioner")],
    ),
    "no pod yet": (
        looked(claim(), mode=LATER),
        [("Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")],
    ),
    "one pod that has no node": (
        looked(claim(), users=["p"], mode=LATER),
        [("Normal", "WaitForPodScheduled", "waiting for pod p to be scheduled")],
    ),
    "two pods that have no node": (
        looked(claim(), users=["q", "p"], mode=LATER),
        [("Normal", "WaitForPodScheduled", "waiting for pods p,q to be scheduled")],
    ),
    "a named volume of another claim": (
        looked(claim(volumeName="v"), [volume(claimRef=THEIRS)]),
        [("Warning", "FailedBinding", 'volume "v" already bound to a different claim.')],
    ),
    "a named volume that is too small": (
        looked(claim("9Gi", volumeName="v"), [volume()]),
        [("Warning", "VolumeMismatch", 'Cannot bind to requested volume "v": requested PV is too small')],
    ),
    "a named volume of another class": (
        looked(claim(volumeName="v"), [volume(storageClassName="fast")]),
        [("Warning", "VolumeMismatch", 'Cannot bind to requested volume "v": storageClassName does not match')],
    ),
    "a named volume of another mode": (
        looked(claim(volumeName="v", volumeMode="Block"), [volume()]),
        [("Warning", "VolumeMismatch", 'Cannot bind to requested volume "v": incompatible volumeMode')],
    ),
    "a named volume without the access mode": (
        looked(claim(volumeName="v", accessModes=["ReadWriteMany"]), [volume()]),
        [("Warning", "VolumeMismatch", 'Cannot bind to requested volume "v": incompatible accessMode')],
    ),
    "a named volume that is not there": (looked(claim(volumeName="v")), []),
    "a bound claim whose volume is gone": (
        looked(claim(volumeName="v", notes=BOUND, phase="Bound")),
        [("Warning", "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!")],
    ),
    "a bound claim whose volume is another's": (
        looked(claim(volumeName="v", notes=BOUND, phase="Bound"), [volume(claimRef=THEIRS)]),
        [
            (
                "Warning",
                "ClaimMisbound",
                "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!",
            )
        ],
    ),
}


@pytest.mark.parametrize(("plan", "events"), SAYS.values(), ids=SAYS.keys())
def test_what_is_said_of_a_claim_that_gets_nothing(plan: Plan, events: list[tuple[str, str, str]]) -> None:
    assert said(plan) == events


def test_a_lost_claim_says_so_once() -> None:
    assert looked(claim(volumeName="v", notes=BOUND, phase="Lost")) == Plan()


def test_a_claim_whose_class_has_a_provisioner_names_it_for_that_one() -> None:
    (update,) = (each for each in looked(claim()).commands if isinstance(each, Update))

    assert update.body["metadata"]["annotations"]["volume.kubernetes.io/storage-provisioner"] == "disk"


def test_the_volume_is_bound_before_the_claim() -> None:
    (update,) = looked(claim(), [volume()]).commands

    assert isinstance(update, Update)
    assert update.resource == "persistentvolumes"
    assert update.body["spec"]["claimRef"]["uid"] == "c1"
    assert update.body["metadata"]["annotations"] == {"pv.kubernetes.io/bound-by-controller": "yes"}


MINE = {**OURS, "uid": "c1"}
HELD = claim(volumeName="v", notes=BOUND, phase="Bound")
MADE = {"pv.kubernetes.io/provisioned-by": "disk"}
PHASES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, list[str]]] = {
    "nobody's is available": (volume(phase="Pending"), None, ["Available"]),
    "kept for a claim that is not there yet is available": (
        volume(phase="Pending", claimRef=OURS),
        None,
        ["Available"],
    ),
    "its claim's is bound": (volume(claimRef=MINE), HELD, ["Bound"]),
    "of a claim that is gone it is released": (volume(claimRef=MINE, phase="Bound"), None, ["Released"]),
    "of a claim that came anew under the name it is released": (
        volume(claimRef={**OURS, "uid": "c0"}, phase="Bound"),
        HELD,
        ["Released"],
    ),
    "at rest nothing happens": (volume(claimRef=MINE, phase="Bound"), HELD, []),
    "to be deleted, and nobody can: it has failed": (
        volume(
            claimRef=MINE,
            phase="Bound",
            persistentVolumeReclaimPolicy="Delete",
            hostPath={"path": "/data"},
        ),
        None,
        ["Released", "Failed"],
    ),
    "to be deleted by its provisioner: it is released": (
        volume(claimRef=MINE, phase="Bound", persistentVolumeReclaimPolicy="Delete", notes=MADE),
        None,
        ["Released"],
    ),
}


@pytest.mark.parametrize(("seen", "claimed", "phases"), PHASES.values(), ids=PHASES.keys())
def test_the_phases_a_volume_goes_to(seen: Any, claimed: Any, phases: list[str]) -> None:
    commands = volumes.reconcile(seen, claimed, NOW).commands

    assert [each.body["status"]["phase"] for each in commands if isinstance(each, UpdateStatus)] == phases


def test_a_volume_found_for_a_claim_that_got_another_is_free_again() -> None:
    seen = volume(claimRef=MINE, notes={"pv.kubernetes.io/bound-by-controller": "yes"})

    (update,) = volumes.reconcile(seen, claim(volumeName="w"), NOW).commands

    assert isinstance(update, Update)
    assert "claimRef" not in update.body["spec"]
    assert update.body["metadata"]["annotations"] == {}


def test_a_volume_made_for_a_claim_that_got_another_goes() -> None:
    seen = volume(claimRef=MINE, notes=MADE, persistentVolumeReclaimPolicy="Delete")

    commands = volumes.reconcile(seen, claim(volumeName="w"), NOW).commands

    assert commands[-1] == Delete("persistentvolumes", "", "v")


def test_recycling_is_refused_by_the_name_of_the_volume() -> None:
    with pytest.raises(NotModelledError, match=r"persistentvolume v: .* the reclaim policy Recycle"):
        volumes.reconcile(volume(claimRef=MINE, persistentVolumeReclaimPolicy="Recycle"), None, NOW)


def user(phase: str = "Running", node: str = "n1") -> dict[str, Any]:
    source = [{"name": "data", "persistentVolumeClaim": {"claimName": "c"}}, {"name": "own", "ephemeral": {}}]
    return {"metadata": {"name": "p"}, "spec": {"nodeName": node, "volumes": source}, "status": {"phase": phase}}


def test_a_pod_uses_the_claims_it_names_and_those_of_its_own_volumes() -> None:
    assert [name for name in ("c", "p-own", "own", "p-data") if uses(user(), name)] == ["c", "p-own"]


HOLDERS = {
    "a pod that runs holds it": ([user()], False),
    "a pod that is to start holds it": ([user("Pending")], False),
    "a pod without a node does not": ([user("Pending", "")], True),
    "a pod that has ended does not": ([user("Succeeded"), user("Failed")], True),
    "nobody does": ([], True),
}


@pytest.mark.parametrize(("users", "goes"), HOLDERS.values(), ids=HOLDERS.keys())
def test_when_a_deleted_claim_goes(users: list[dict[str, Any]], goes: bool) -> None:
    meta = {"name": "c", "deletionTimestamp": "now", "finalizers": ["mine", "kubernetes.io/pvc-protection"]}

    plan = release_claim({"metadata": meta}, users)

    kept = [each.body["metadata"]["finalizers"] for each in plan.commands if isinstance(each, Update)]
    assert kept == ([["mine"]] if goes else [])


@pytest.mark.parametrize(("phase", "goes"), [("Bound", False), ("Released", True), ("Available", True)])
def test_when_a_deleted_volume_goes(phase: str, goes: bool) -> None:
    meta = {"name": "v", "deletionTimestamp": "now", "finalizers": ["kubernetes.io/pv-protection"]}

    plan = release_volume({"metadata": meta, "status": {"phase": phase}})

    assert bool(plan.commands) is goes
