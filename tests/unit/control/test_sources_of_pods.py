"""What ConfigMaps, Secrets and the pod itself give to environments and volumes."""

import base64
from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.environment import container_environment
from podproof.simulator.control.kubelet.fields import field_of_pod, resource_of_pod
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.volumes.payloads import Projected, payload_of, references

MAPS: dict[str, Any] = {"settings": {"data": {"colour": "red", "size": "7"}, "binaryData": {"logo": "/w=="}}}
SECRETS: dict[str, Any] = {"shop": {"data": {"password": base64.b64encode(b"sesame").decode()}}}
POD: dict[str, Any] = {
    "metadata": {
        "name": "p",
        "namespace": "space",
        "uid": "u1",
        "labels": {"tier": "front", "app": 'the "shop"'},
        "annotations": {"note": "n"},
    },
    "spec": {
        "nodeName": "node1",
        "containers": [{"name": "app", "resources": {"limits": {"cpu": "1250m"}, "requests": {"memory": "32Mi"}}}],
    },
}
ADDRESSES = {"status.podIP": "10.1.0.2", "status.hostIPs": "192.168.0.10"}
SOURCES = Sources(
    services=lambda pod: {"KUBERNETES_SERVICE_HOST": "10.96.0.1"},
    config_maps=lambda namespace, name: MAPS.get(name) if namespace == "space" else None,
    secrets=lambda namespace, name: SECRETS.get(name) if namespace == "space" else None,
    allocatable={"cpu": "4", "memory": "16Gi"},
)


def env_of(**container: Any) -> dict[str, str]:
    made = container_environment(POD, {"name": "app", **container}, SOURCES, ADDRESSES, {})
    assert made.pop("KUBERNETES_SERVICE_HOST") == "10.96.0.1"
    return made


def key(kind: str, name: str, key: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "A", "valueFrom": {f"{kind}KeyRef": {"name": name, "key": key, **more}}}]


ENVIRONMENTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a key of a ConfigMap": ({"env": key("configMap", "settings", "colour")}, {"A": "red"}),
    "a key of a Secret is decoded": ({"env": key("secret", "shop", "password")}, {"A": "sesame"}),
    "a ConfigMap that may be missing": ({"env": key("configMap", "nosuch", "x", optional=True)}, {}),
    "a key that may be missing": ({"env": key("configMap", "settings", "x", optional=True)}, {}),
    "a whole ConfigMap, without its binary data": (
        {"envFrom": [{"configMapRef": {"name": "settings"}}]},
        {"colour": "red", "size": "7"},
    ),
    "a whole Secret with a prefix": (
        {"envFrom": [{"prefix": "1-", "secretRef": {"name": "shop"}}]},
        {"1-password": "sesame"},
    ),
    "a whole one that may be missing": ({"envFrom": [{"secretRef": {"name": "nosuch", "optional": True}}]}, {}),
    "own variables win over whole ones": (
        {"envFrom": [{"configMapRef": {"name": "settings"}}], "env": [{"name": "size", "value": "$(colour)8"}]},
        {"colour": "red", "size": "red8"},
    ),
    "the address the sandbox has": (
        {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]},
        {"A": "10.1.0.2"},
    ),
}


@pytest.mark.parametrize(("container", "wanted"), ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_environments(container: dict[str, Any], wanted: dict[str, str]) -> None:
    assert env_of(**container) == wanted


MISSING: dict[str, tuple[dict[str, Any], str]] = {
    "a ConfigMap": ({"env": key("configMap", "nosuch", "x")}, 'configmap "nosuch" not found'),
    "a Secret": ({"env": key("secret", "nosuch", "x")}, 'secret "nosuch" not found'),
    "a key of a ConfigMap": (
        {"env": key("configMap", "settings", "x")},
        "couldn't find key x in ConfigMap space/settings",
    ),
    "a key of a Secret": ({"env": key("secret", "shop", "x")}, "couldn't find key x in Secret space/shop"),
    "a whole ConfigMap": ({"envFrom": [{"configMapRef": {"name": "nosuch"}}]}, 'configmap "nosuch" not found'),
}


@pytest.mark.parametrize(("container", "text"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_named(container: dict[str, Any], text: str) -> None:
    with pytest.raises(SourceError) as missing:
        env_of(**container)

    assert str(missing.value) == text


FIELDS = {
    "metadata.name": "p",
    "metadata.namespace": "space",
    "metadata.uid": "u1",
    "metadata.labels": 'app="the \\"shop\\""\ntier="front"',
    "metadata.labels['tier']": "front",
    "metadata.labels['nosuch']": "",
    "metadata.annotations['note']": "n",
    "spec.nodeName": "node1",
    "status.hostIPs": "192.168.0.10",
}


@pytest.mark.parametrize(("path", "wanted"), FIELDS.items(), ids=FIELDS.keys())
def test_fields_of_the_pod(path: str, wanted: str) -> None:
    assert field_of_pod(POD, path, ADDRESSES) == wanted


def test_a_field_nobody_offers_is_refused_by_its_name() -> None:
    with pytest.raises(NotModelledError, match=r"status\.phase"):
        field_of_pod(POD, "status.phase", ADDRESSES)


RESOURCES = {
    "a limit, in whole CPUs rounded up": ("limits.cpu", None, "2"),
    "in thousandths": ("limits.cpu", "1m", "1250"),
    "a request in bytes": ("requests.memory", None, "33554432"),
    "a request in MiB": ("requests.memory", "1Mi", "32"),
    "no limit is all that the node can give": ("limits.memory", "1Gi", "16"),
    "no request is none": ("requests.cpu", None, "0"),
}


@pytest.mark.parametrize(("resource", "divisor", "wanted"), RESOURCES.values(), ids=RESOURCES.keys())
def test_resources_of_a_container(resource: str, divisor: str | None, wanted: str) -> None:
    ref = {"resource": resource, "containerName": "app", **({"divisor": divisor} if divisor else {})}

    assert resource_of_pod(POD, None, ref, SOURCES.allocatable) == wanted


PAYLOADS: dict[str, tuple[dict[str, Any], dict[str, Projected]]] = {
    "every key of a ConfigMap is a file, the binary ones too": (
        {"configMap": {"name": "settings", "defaultMode": 0o640}},
        {
            "colour": Projected("red", 0o640),
            "size": Projected("7", 0o640),
            "logo": Projected("\udcff", 0o640),
        },
    ),
    "items choose keys, paths and modes": (
        {"secret": {"secretName": "shop", "items": [{"key": "password", "path": "keys/pw", "mode": 0o400}]}},
        {"keys/pw": Projected("sesame", 0o400)},
    ),
    "what may be missing shows nothing": ({"secret": {"secretName": "nosuch", "optional": True}}, {}),
    "nor does a key that may be missing": (
        {"configMap": {"name": "settings", "optional": True, "items": [{"key": "x", "path": "x"}]}},
        {},
    ),
    "fields and resources of the pod": (
        {
            "downwardAPI": {
                "items": [
                    {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
                    {"path": "cpu", "resourceFieldRef": {"containerName": "app", "resource": "limits.cpu"}},
                ]
            }
        },
        {"name": Projected("p"), "cpu": Projected("2")},
    ),
    "several sources in one, the later one wins": (
        {
            "projected": {
                "sources": [
                    {"configMap": {"name": "settings", "items": [{"key": "colour", "path": "a"}]}},
                    {"secret": {"name": "shop", "items": [{"key": "password", "path": "a"}]}},
                ]
            }
        },
        {"a": Projected("sesame")},
    ),
}


@pytest.mark.parametrize(("volume", "wanted"), PAYLOADS.values(), ids=PAYLOADS.keys())
def test_files_of_a_volume(volume: dict[str, Any], wanted: dict[str, Projected]) -> None:
    assert payload_of(volume, POD, SOURCES) == wanted


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a ConfigMap": ({"configMap": {"name": "nosuch"}}, 'configmap "nosuch" not found'),
    "a Secret": ({"secret": {"secretName": "nosuch"}}, 'secret "nosuch" not found'),
    "a key of a ConfigMap": (
        {"configMap": {"name": "settings", "items": [{"key": "x", "path": "x"}]}},
        "configmap references non-existent config key: x",
    ),
    "a key of a Secret": (
        {"secret": {"secretName": "shop", "items": [{"key": "x", "path": "x"}]}},
        "references non-existent secret key: x",
    ),
    "several at once": (
        {"projected": {"sources": [{"configMap": {"name": "a"}}, {"secret": {"name": "b"}}]}},
        '[configmap "a" not found, secret "b" not found]',
    ),
}


@pytest.mark.parametrize(("volume", "text"), FAULTS.values(), ids=FAULTS.keys())
def test_what_a_volume_misses_is_named(volume: dict[str, Any], text: str) -> None:
    with pytest.raises(SourceError) as missing:
        payload_of(volume, POD, SOURCES)

    assert str(missing.value) == text


def test_a_token_names_its_pod_and_audience() -> None:
    volume = {"projected": {"sources": [{"serviceAccountToken": {"path": "token", "audience": "vault"}}]}}

    claims = payload_of(volume, POD, SOURCES)["token"].text.split(".")[1]
    read = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()

    assert '"aud": ["vault"]' in read
    assert '"sub": "system:serviceaccount:space:default"' in read


def test_what_a_volume_shows_is_known_by_kind_and_name() -> None:
    volume = {"projected": {"sources": [{"configMap": {"name": "a"}}, {"secret": {"name": "b"}}]}}

    assert references(volume) == {("configmap", "a"), ("secret", "b")}
    assert references({"secret": {"secretName": "c"}}) == {("secret", "c")}
    assert references({"emptyDir": {}}) == frozenset()
