"""What a project says about its runs."""

from pathlib import Path
from typing import Any

import pytest

from podproof.clusters.worlds import world_of
from podproof.configuration import Configuration, ConfigurationError, check, find
from podproof.simulator.model.times import seconds
from podproof.simulator.network.facts import NodeFact


def test_a_project_that_says_nothing_gets_the_default(tmp_path: Path) -> None:
    assert find(tmp_path) == Configuration()


def test_podproof_yaml_is_read(tmp_path: Path) -> None:
    (tmp_path / "podproof.yaml").write_text("unknown-images: run\ntimeout: 2 minutes\nnodes:\n- {name: n1, cpu: 2}\n")

    found = find(tmp_path)

    assert (found.unknown_images, found.timeout, found.nodes) == ("run", seconds(120), ({"name": "n1", "cpu": "2"},))


def test_pyproject_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.podproof]\nseed = "x"\nimages = [{name = "shop/web"}]\n')

    found = find(tmp_path)

    assert (found.seed, found.images) == ("x", ({"name": "shop/web"},))


def test_podproof_yaml_wins(tmp_path: Path) -> None:
    (tmp_path / "podproof.yaml").write_text("seed: yaml\n")
    (tmp_path / "pyproject.toml").write_text('[tool.podproof]\nseed = "toml"\n')

    assert find(tmp_path).seed == "yaml"


def test_operators_are_read() -> None:
    given = {"operators": {"a": {"command": "kopf run 'a b.py'"}, "b": {"command": ["./b"], "folder": "bin"}}}

    found = check(given, "podproof.yaml").operators

    assert [(each.words, str(each.folder)) for each in found.values()] == [
        (("kopf", "run", "a b.py"), "."),
        (("./b",), "bin"),
    ]


BAD: dict[str, tuple[object, str]] = {
    "operators that are no mapping": ({"operators": []}, "operators: this must be a mapping of names to operators"),
    "an operator without a command": ({"operators": {"a": {}}}, "operators: a.command must be a command line"),
    "an operator whose command is none": ({"operators": {"a": {"command": "'x"}}}, "a.command must be a command line"),
    "an operator's field that is none": (
        {"operators": {"a": {"command": "x", "comand": "y"}}},
        "a.comand is no field of an operator: did you mean 'com",
    ),
    "an operator's environment of numbers": (
        {"operators": {"a": {"command": "x", "environment": {"K": 1}}}},
        "a.environment must be a mapping of texts",
    ),
    "an option that is none, though nearly one": ({"unknown-image": "run"}, "did you mean 'unknown-images'?"),
    "an option that is none": ({"xyz": 1}, "'xyz' is no option; there are images, unknown-images"),
    "a choice that is none": ({"unknown-images": "maybe"}, "unknown-images: 'maybe' must be 'absent' or 'run'"),
    "a duration that is none": ({"timeout": "soon"}, "timeout: 'soon' is no duration"),
    "a timeout of nothing": ({"timeout": 0}, "timeout: 0 must be a text"),
    "images that are no rows": ({"images": ["nginx"]}, "images: this must be a list of rows"),
    "a seed that is a number": ({"seed": 5}, "seed: 5 must be a text"),
    "a node without a name": ({"nodes": [{"cpu": "2"}]}, "nodes: [0].name is missing"),
    "two nodes of one name": ({"nodes": [{"name": "a"}, {"name": "a"}]}, "the name 'a' is used twice"),
    "a node with an amount that is none": ({"nodes": [{"name": "a", "cpu": "much"}]}, "'much' is no quantity"),
    "a node without an address": (
        {"nodes": [{"name": "a", "address": "here"}]},
        "'here' is no IP address, as 10.168.0.2",
    ),
    "a node whose range is none": ({"nodes": [{"name": "a", "pod-cidr": "1.2.3.4/8"}]}, "'1.2.3.4/8' is no range"),
    "a network of no kind": ({"network": "weave"}, 'there is no network kind "weave"'),
    "a node that never pulls": ({"nodes": [{"name": "a", "pulls": 0}]}, "0 is no number of pulls at a time"),
    "a node with a field that is none": ({"nodes": [{"name": "a", "memry": "1"}]}, "did you mean 'memory'?"),
    "no node at all": ({"nodes": []}, "a cluster needs a node"),
    "a list": ([], "this must be a mapping of options"),
}


@pytest.mark.parametrize(("given", "said"), BAD.values(), ids=BAD.keys())
def test_bad_configuration_is_told(given: object, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check(given, "podproof.yaml")

    assert said in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check({"xyz": 1, "timeout": "soon", "nodes": [{}]}, "podproof.yaml")

    assert len(caught.value.faults) == 3


def test_a_file_that_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "podproof.yaml").write_text("a:\n\tb: c\n")

    with pytest.raises(ConfigurationError, match="2:1: there is a tab here"):
        find(tmp_path)


def test_a_file_that_is_no_toml_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.podproof\n")

    with pytest.raises(ConfigurationError, match="line 1, column"):
        find(tmp_path)


DNS: dict[str, tuple[Any, Any]] = {
    "an address": ({"a.example": "192.0.2.1"}, {"a.example": ("192.0.2.1",)}),
    "several": ({"a.example": ["192.0.2.1", "192.0.2.2"]}, {"a.example": ("192.0.2.1", "192.0.2.2")}),
    "another name": ({"a.example": "b.example"}, {"a.example": ("b.example",)}),
}


@pytest.mark.parametrize(("given", "wanted"), DNS.values(), ids=DNS.keys())
def test_names_outside(given: Any, wanted: Any) -> None:
    assert check({"dns": given}, "x").dns == wanted


@pytest.mark.parametrize("given", [["a"], {"a": []}, {"a": ["b", "192.0.2.1"]}])
def test_names_outside_that_cannot_be(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="dns: "):
        check({"dns": given}, "x")


def test_a_project_says_what_network_its_clusters_have() -> None:
    nodes = [{"name": "a", "address": "10.170.2.2", "pod-cidr": "100.96.1.0/24", "segment": "left"}]
    config = check({"network": "Calico  IPIP always", "nodes": nodes}, "x")
    world = world_of(config)

    assert config.network == "calico ipip always"
    assert world.network.nodes["10.170.2.2"] == NodeFact("a", "10.170.2.2", "100.96.1.0/24", "left")
    assert world.network.paths.kind.mtu == 1480
