"""Which cluster may be touched: only one that the user has named."""

import base64
from pathlib import Path
from typing import Any

import pytest

from podproof.clusters.live.contexts import ContextError, load, target

CONFIG: dict[str, Any] = {
    "current-context": "work",
    "contexts": [
        {"name": "work", "context": {"cluster": "prod", "user": "me"}},
        {"name": "play", "context": {"cluster": "kind", "user": "me"}},
        {"name": "torn", "context": {"cluster": "nowhere", "user": "me"}},
    ],
    "clusters": [
        {"name": "prod", "cluster": {"server": "https://prod"}},
        {"name": "kind", "cluster": {"server": "https://127.0.0.1:1"}},
    ],
    "users": [{"name": "me", "user": {"token": "t"}}],
}

REFUSED = {
    "the current context is not touched because it is current": ("", (), "nobody said .* 'work' .* --kube-context"),
    "nor if other ones are allowed": ("", ("play",), "nobody said"),
    "a named one must be allowed where some are": ("work", ("play",), "not among allowed-contexts"),
    "one that is not there": ("home", (), "no context 'home'; the kubeconfig has work, play, torn"),
    "one whose cluster is not there": ("torn", (), "no cluster 'nowhere'"),
}


@pytest.mark.parametrize(("named", "allowed", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_contexts_that_are_refused(named: str, allowed: tuple[str, ...], told: str) -> None:
    with pytest.raises(ContextError, match=told):
        target(CONFIG, named, allowed)


def test_a_named_context_is_pinned_alone() -> None:
    found = target(CONFIG, "play")

    assert str(found) == "play at https://127.0.0.1:1"
    assert [each["name"] for each in found.config["clusters"]] == ["kind"]
    assert (found.config["current-context"], len(found.config["contexts"])) == ("play", 1)


def test_the_current_context_may_be_allowed() -> None:
    assert target(CONFIG, "", ("work",)).context == "work"


def test_files_are_merged_as_kubectl_does_and_certificates_taken_in(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(b"CA")
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("clusters: [{name: c, cluster: {server: https://one, certificate-authority: ca.crt}}]")
    second.write_text(
        "current-context: x\n"
        "clusters: [{name: c, cluster: {server: https://two}}]\n"
        "contexts: [{name: x, context: {cluster: c}}]"
    )

    found = target(load({"KUBECONFIG": f"{first}:{second}:{tmp_path / 'none'}"}, tmp_path), "x")

    cluster = found.config["clusters"][0]["cluster"]
    data = base64.b64encode(b"CA").decode()
    assert cluster == {"server": "https://one", "certificate-authority-data": data}


def test_without_a_kubeconfig_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match="the kubeconfig has no context"):
        target(load({}, tmp_path), "x")


POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """What a pod has mounted of its service account."""
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    (folder / "ca.crt").write_bytes(b"CA")
    (folder / "token").write_text("abc")
    return folder


def test_a_pod_may_name_the_cluster_that_it_runs_in(tmp_path: Path, account: Path) -> None:
    found = target(load(POD, tmp_path, account), "in-cluster")

    assert str(found) == "in-cluster at https://10.96.0.1:443"
    assert found.config["users"][0]["user"] == {"tokenFile": str(account / "token")}
    ca = found.config["clusters"][0]["cluster"]["certificate-authority-data"]
    assert base64.b64decode(ca) == b"CA"


def test_nor_is_that_one_touched_unless_it_is_named(tmp_path: Path, account: Path) -> None:
    with pytest.raises(ContextError, match="nobody said"):
        target(load(POD, tmp_path, account))


def test_an_address_of_six_bytes_and_ten_more_stands_in_brackets(tmp_path: Path, account: Path) -> None:
    six = {**POD, "KUBERNETES_SERVICE_HOST": "fd00::1"}

    assert target(load(six, tmp_path, account), "in-cluster").server == "https://[fd00::1]:443"


def test_outside_of_a_pod_there_is_no_such_context(tmp_path: Path, account: Path) -> None:
    with pytest.raises(ContextError, match="no context 'in-cluster'; the kubeconfig has no context"):
        target(load({}, tmp_path, account), "in-cluster")


def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("{")

    with pytest.raises(ContextError, match="bad cannot be read"):
        load({"KUBECONFIG": str(tmp_path / "bad")}, tmp_path)
