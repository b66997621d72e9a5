"""PodSecurity: the labels of a namespace, and what becomes of its pods."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request, Response

from .conftest import Bench, manifest, pod_spec

PREFIX = "pod-security.kubernetes.io/"
ESCALATES = 'privileged (container "c" must not set securityContext.privileged=true)'


def labelled(bench: Bench, **modes: str) -> Response:
    """Give the namespace "default" its labels."""
    labels = {f"{PREFIX}{mode.replace('_', '-')}": level for mode, level in modes.items()}
    body = {"metadata": {"labels": labels}}
    return bench.api.handle(Request("patch", "namespaces", "", "default", body=body, params={"patchType": "merge"}))


def privileged(**meta: Any) -> dict[str, Any]:
    containers = [{"name": "c", "image": "i", "securityContext": {"privileged": True}}]
    return manifest(pod_spec(containers=containers), **meta)


def test_what_is_enforced_is_refused(bench: Bench) -> None:
    labelled(bench, enforce="baseline")
    answer = bench.ask("create", "pods", body=privileged())

    assert (answer.code, answer.body["reason"], answer.body["message"]) == (
        403,
        "Forbidden",
        f'pods "p" is forbidden: violates PodSecurity "baseline:latest": {ESCALATES}',
    )


def test_a_version_is_named(bench: Bench) -> None:
    labelled(bench, enforce="baseline", enforce_version="v1.30")

    assert 'violates PodSecurity "baseline:v1.30"' in bench.ask("create", "pods", body=privileged()).body["message"]


def test_what_is_warned_about_is_taken(bench: Bench) -> None:
    labelled(bench, warn="baseline")
    answer = bench.ask("create", "pods", body=privileged())

    assert (answer.code, answer.warnings) == (201, (f'would violate PodSecurity "baseline:latest": {ESCALATES}',))


def test_what_is_audited_says_nothing(bench: Bench) -> None:
    labelled(bench, audit="restricted")
    answer = bench.ask("create", "pods", body=privileged())

    assert (answer.code, answer.warnings) == (201, ())


def test_a_workload_is_taken_with_a_warning_of_what_its_pods_will_meet(bench: Bench) -> None:
    labelled(bench, enforce="baseline")
    template = {"metadata": {"labels": {"app": "a"}}, "spec": privileged()["spec"]}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "r"}, "spec": spec}
    answer = bench.ask("create", "replicasets.apps", body=body)

    assert (answer.code, answer.warnings) == (201, (f'would violate PodSecurity "baseline:latest": {ESCALATES}',))


def test_a_label_alone_is_no_reason_to_look_again(bench: Bench) -> None:
    bench.ask("create", "pods", body=privileged())
    labelled(bench, enforce="baseline")
    label = bench.ask("patch", "pods", "p", {"metadata": {"labels": {"a": "b"}}}, patchType="merge")
    image = bench.ask("patch", "pods", "p", {"spec": {"containers": [{"name": "c", "image": "j"}]}})

    assert (label.code, image.code) == (200, 403)


def test_a_stricter_level_warns_of_the_pods_that_are_there(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.ask("create", "pods", name, privileged(name=name))
    bench.ask("create", "pods", "plain", manifest(pod_spec(), name="plain"))
    answer = labelled(bench, enforce="baseline")

    assert answer.warnings == (
        'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
        "a (and 1 other pod): privileged",
    )


LABELS = {
    "a level there is none of": (
        {"enforce": "strict"},
        'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": '
        "must be one of privileged, baseline, restricted",
    ),
    "a version there is none of": (
        {"warn_version": "1.30"},
        'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/warn-version]: '
        'Invalid value: "1.30": must be "latest" or "v1.x"',
    ),
}


@pytest.mark.parametrize(("modes", "message"), LABELS.values(), ids=LABELS.keys())
def test_labels_that_are_no_policy(bench: Bench, modes: dict[str, str], message: str) -> None:
    answer = labelled(bench, **modes)

    assert (answer.code, answer.body["message"]) == (422, message)


def test_a_pinned_version_is_what_is_checked(bench: Bench) -> None:
    spec = pod_spec(
        containers=[
            {
                "name": "c",
                "image": "i",
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "runAsNonRoot": True,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
            }
        ]
    )
    labelled(bench, enforce="restricted", enforce_version="v1.21")
    old = bench.ask("create", "pods", body=manifest(spec))
    labelled(bench, enforce_version="v1.22")
    new = bench.ask("create", "pods", body=manifest(spec, name="q"))

    assert old.code == 201
    assert "unrestricted capabilities" in new.body["message"]


def test_a_warning_keeps_to_its_own_version(bench: Bench) -> None:
    labelled(bench, enforce="baseline", warn_version="v1.30")
    template = {"metadata": {"labels": {"app": "a"}}, "spec": privileged()["spec"]}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}

    assert (
        bench.ask("create", "deployments.apps", body=body)
        .warnings[0]
        .startswith('would violate PodSecurity "baseline:v1.30"')
    )
