"""Who a container may be."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.security import Rights, refuse_root, rights_of


def pod(**context: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p", "namespace": "default", "uid": "u"}, "spec": {"securityContext": context}}


def container(**context: Any) -> dict[str, Any]:
    return {"name": "app", "securityContext": context}


RIGHTS: dict[str, tuple[dict[str, Any], dict[str, Any], Rights]] = {
    "nobody says anything": (pod(), {"name": "app"}, Rights()),
    "the pod's": (pod(runAsUser=1, runAsGroup=2), container(), Rights(1, 2)),
    "the container's own come first, also root": (pod(runAsUser=1), container(runAsUser=0), Rights(0)),
    "further groups, the volumes' last": (
        pod(supplementalGroups=[5], fsGroup=4),
        container(readOnlyRootFilesystem=True),
        Rights(groups=(5, 4), read_only=True),
    ),
}
WHERE = '(pod: "p_default(u)", container: app)'
NUMBERLESS = f"container has runAsNonRoot and image has non-numeric user (www), cannot verify user is non-root {WHERE}"
ROOT: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "nothing is said": (pod(), container(), "", ""),
    "an image of root": (
        pod(runAsNonRoot=True),
        container(),
        "",
        f"container has runAsNonRoot and image will run as root {WHERE}",
    ),
    "an image of root by number": (
        pod(),
        container(runAsNonRoot=True),
        "0:0",
        f"container has runAsNonRoot and image will run as root {WHERE}",
    ),
    "an image of somebody by number": (pod(runAsNonRoot=True), container(), "65535:65535", ""),
    "an image of somebody by name": (pod(runAsNonRoot=True), container(), "www", NUMBERLESS),
    "a user of the pod": (pod(runAsNonRoot=True, runAsUser=5), container(), "", ""),
    "root by the pod": (
        pod(runAsNonRoot=True, runAsUser=0),
        container(),
        "5",
        f"container's runAsUser breaks non-root policy {WHERE}",
    ),
    "the container need not": (pod(runAsNonRoot=True), container(runAsNonRoot=False), "", ""),
}


@pytest.mark.parametrize(("of_pod", "own", "wanted"), RIGHTS.values(), ids=RIGHTS.keys())
def test_rights(of_pod: dict[str, Any], own: dict[str, Any], wanted: Rights) -> None:
    assert rights_of(of_pod, own) == wanted


REFUSED = {name: row for name, row in ROOT.items() if row[3]}
TAKEN = {name: row[:3] for name, row in ROOT.items() if not row[3]}


@pytest.mark.parametrize(("of_pod", "own", "image_user", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_root_is_refused(of_pod: dict[str, Any], own: dict[str, Any], image_user: str, told: str) -> None:
    with pytest.raises(SourceError) as refusal:
        refuse_root(of_pod, own, image_user)

    assert str(refusal.value) == told


@pytest.mark.parametrize(("of_pod", "own", "image_user"), TAKEN.values(), ids=TAKEN.keys())
def test_others_are_not(of_pod: dict[str, Any], own: dict[str, Any], image_user: str) -> None:
    refuse_root(of_pod, own, image_user)
