"""What the API server takes but warns of, and AppArmor profiles that are named by annotation."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Response

from .conftest import Bench, manifest, pod_spec

APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/c"
NOTE = f'metadata.annotations[{APP_ARMOR}]: deprecated since v1.30; use the "appArmorProfile" field instead'
NOTHING = "a null labelSelector results in matching no pod"


def ports(*each: dict[str, Any]) -> dict[str, Any]:
    return pod_spec(containers=[{"name": "c", "image": "a", "ports": list(each)}])


def two(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    named = (("c", first), ("d", second))
    return pod_spec(containers=[{"name": name, "image": "a", "ports": [port]} for name, port in named])


def files(*sources: dict[str, Any]) -> dict[str, Any]:
    return pod_spec(volumes=[{"name": "v", "projected": {"sources": list(sources)}}])


TOKEN = {"serviceAccountToken": {"path": "token"}}
SPECS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two containers with one port": (two({"containerPort": 80}, {"containerPort": 80}),
        ["spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]"]),
    "one port with and without a host port": (two({"containerPort": 80, "hostPort": 8080}, {"containerPort": 80}),
        ["spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]"]),
    "one host port at one and at every address": (
        two({"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1"}, {"containerPort": 80, "hostPort": 8080}),
        ["spec.containers[1].ports[0]: dangerously ambiguous port definition with spec.containers[0].ports[0]"]),
    "one number of two protocols": (ports({"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}), []),
    "one host port at two addresses": (ports({"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1"},
        {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.2"}), []),
    "a host address without a host port": (ports({"name": "web", "containerPort": 80, "hostIP": "10.0.0.1"}),
        ["spec.containers[0].ports[0]: hostIP set without hostPort: "
         "{Name:web HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}"]),
    "a file where the token is": (
        files(TOKEN, {"configMap": {"name": "m", "items": [{"key": "k", "path": "token"}]}}),
        ['spec.volumes[0].projected.sources.configMap[0]: has duplicated path with ServiceAccountToken "token"']),
    "a secret where the token is": (
        files({"secret": {"name": "m", "items": [{"key": "k", "path": "x"}, {"key": "l", "path": "token"}]}}, TOKEN),
        ['spec.volumes[0].projected.sources.secrets[1]: has duplicated path with ServiceAccountToken "token"']),
    "pod affinity to no pod": (pod_spec(affinity={"podAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}}),
        ["spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: " + NOTHING]),
    "preferred anti-affinity to no pod": (pod_spec(affinity={"podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": "z"}}]}}),
        ["spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm"
         ".labelSelector: " + NOTHING]),
    "an alias in another spelling": (pod_spec(hostAliases=[{"ip": "2001:DB8::1", "hostnames": ["a"]}]),
        ['spec.hostAliases[0].ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")']),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "wanted"), SPECS.values(), ids=SPECS.keys())
def test_a_new_pod_is_warned_of(bench: Bench, spec: dict[str, Any], wanted: list[str]) -> None:
    assert told(bench.ask("create", "pods", body=manifest(spec))) == wanted


def told(response: Response) -> list[str]:
    assert response.code == 201, response.body["message"]
    return list(response.warnings)


def annotated(value: str, **spec: Any) -> dict[str, Any]:
    return manifest(pod_spec(**spec), annotations={APP_ARMOR: value})


@pytest.mark.parametrize(
    ("value", "profile"),
    [
        ("unconfined", {"type": "Unconfined"}),
        ("runtime/default", {"type": "RuntimeDefault"}),
        ("localhost/mine", {"type": "Localhost", "localhostProfile": "mine"}),
    ],
)
def test_an_annotated_profile_becomes_the_field(bench: Bench, value: str, profile: dict[str, str]) -> None:
    response = bench.ask("create", "pods", body=annotated(value))

    assert told(response) == [NOTE]
    assert response.body["spec"]["containers"][0]["securityContext"] == {"appArmorProfile": profile}


def test_an_annotation_that_names_no_profile_stays_one(bench: Bench) -> None:
    response = bench.ask("create", "pods", body=annotated("localhost/"))

    assert told(response) == [NOTE]
    assert "securityContext" not in response.body["spec"]["containers"][0]


def test_an_annotation_that_says_what_the_pod_says_is_not_copied(bench: Bench) -> None:
    context = {"appArmorProfile": {"type": "RuntimeDefault"}}
    response = bench.ask("create", "pods", body=annotated("runtime/default", securityContext=context))

    assert told(response) == []
    assert "securityContext" not in response.body["spec"]["containers"][0]


def test_a_template_is_warned_of_the_annotation_and_keeps_it(bench: Bench) -> None:
    template = {"metadata": {"labels": {"a": "b"}, "annotations": {APP_ARMOR: "unconfined"}}, "spec": pod_spec()}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    response = bench.ask("create", "deployments.apps", body=body)

    assert told(response) == [f"spec.template.{NOTE}"]
    assert "securityContext" not in response.body["spec"]["template"]["spec"]["containers"][0]
