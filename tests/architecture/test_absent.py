"""What is absent is refused by name, and listed in docs/fidelity.md."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from podproof.errors import NotModelledError
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

ROOT = Path(__file__).parents[2]
ROWS = yaml.safe_load((ROOT / "src/podproof/simulator/data/absent.yaml").read_text(encoding="utf-8"))["rows"]
FIDELITY = (ROOT / "docs/fidelity.md").read_text(encoding="utf-8").partition("## Absent")[2]

PODS = {
    "a hook that connects": {"containers": [{"lifecycle": {"preStop": {"tcpSocket": {"port": 80}}}}]},
    "the host's processes": {"hostPID": True},
}


def _pod(change: dict[str, Any]) -> dict[str, Any]:
    """Return a plain pod whose first container and spec are changed."""
    container = {"name": "app", "image": "busybox:1.28"} | change.get("containers", [{}])[0]
    spec = change | {"containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


@pytest.mark.parametrize("change", PODS.values(), ids=PODS.keys())
def test_a_pod_that_asks_for_it_is_refused_by_the_name_of_the_field(change: dict[str, Any]) -> None:
    with pytest.raises(NotModelledError) as refusal:
        World().handle(Request("create", "pods", "default", body=_pod(change)))

    assert refusal.value.where == "pod p"
    assert set(re.findall(r"\w+", refusal.value.what)) & _keys(change)


def _keys(change: Any) -> set[str]:
    if isinstance(change, list):
        return {key for each in change for key in _keys(each)}
    return set(change) | {key for each in change.values() for key in _keys(each)} if isinstance(change, dict) else set()


def test_all_that_is_met_is_named_at_once() -> None:
    with pytest.raises(NotModelledError, match=r"tty.*hostPID|hostPID.*tty"):
        World().handle(
            Request("create", "pods", "default", body=_pod({"containers": [{"tty": True}], "hostPID": True}))
        )


@pytest.mark.parametrize("path", [row["path"] for row in ROWS])
def test_the_field_is_listed(path: str) -> None:
    assert f"`{path}`" in FIDELITY


def test_nothing_is_listed_that_is_not_refused() -> None:
    listed = set(re.findall(r"`(spec\.[^`]+)`", FIDELITY))

    assert sorted(listed - {row["path"] for row in ROWS}) == []


def test_a_definition_that_converts_by_a_webhook_is_named() -> None:
    named = {"plural": "crontabs", "singular": "crontab", "kind": "CronTab"}
    schema = {"openAPIV3Schema": {"type": "object"}}
    webhook = {"clientConfig": {"url": "https://example.com/convert"}, "conversionReviewVersions": ["v1"]}
    spec = {
        "group": "stable.example.com",
        "scope": "Namespaced",
        "names": named,
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        "conversion": {"strategy": "Webhook", "webhook": webhook},
    }
    body = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "crontabs.stable.example.com"},
        "spec": spec,
    }

    with pytest.raises(NotModelledError, match="conversion by a webhook"):
        World().handle(Request("create", "customresourcedefinitions.apiextensions.k8s.io", body=body))


def test_a_kind_that_kubernetes_has_is_named() -> None:
    with pytest.raises(NotModelledError, match="certificatesigningrequests"):
        World().handle(Request("list", "certificatesigningrequests.certificates.k8s.io"))


def test_a_command_that_the_image_has_is_named() -> None:
    world = World()
    world.handle(Request("create", "pods", "default", body=_pod({"containers": [{"command": ["sh", "-c", "vi x"]}]})))

    with pytest.raises(NotModelledError, match="the command vi"):
        world.agenda.run_until(Nanos(world.now + seconds(30)))
