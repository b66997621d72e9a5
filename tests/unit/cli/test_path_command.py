"""`podproof explain pod/NAME pod/OTHER:PORT`: the way of a packet between pods of some manifests."""

from pathlib import Path

import pytest

from podproof.cli import main

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: web, image: "nginx:1.14"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b}
spec: {containers: [{name: web, image: "nginx:1.14"}]}
"""


@pytest.fixture(autouse=True)
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(PODS, encoding="utf-8")


OUTSIDE = "lost: router outside: nobody out there has 203.0.113.7"
WAYS = {
    "to a pod": (["pod/b:80"], "node1 cni0: bridged", "delivered"),
    "to a port nobody has": (["pod/b:81"], "b eth0: refused", "refused: b: nobody listens on 10.244.0.3:81"),
    "to an address": (["203.0.113.7:80"], "node1 cni0: translated", OUTSIDE),
    "to a node": (["node/node1:22"], "node1 cni0: delivered", "refused: node1: nobody listens on 192.168.0.10:22"),
    "in another network": (["pod/b:80", "--network", "calico"], "node1 cali", "delivered"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "hop", "end"), WAYS.values(), ids=WAYS.keys())
def test_the_way_is_printed(words: list[str], hop: str, end: str, capsys: pytest.CaptureFixture[str]) -> None:
    target, *options = words

    assert main(["explain", "pod/a", target, "two.yaml", *options]) == 0

    printed = capsys.readouterr().out
    assert hop in printed
    assert printed.splitlines()[-1] == end


FAULTS = {
    "the target is not there": (["pod/a", "pod/c:80", "two.yaml"], "there is no such pod"),
    "the pod is not there": (["pod/c", "pod/a:80", "two.yaml"], "the manifests make no such pod"),
    "no manifest": (["pod/a", "pod/b:80"], "name the manifests it is in"),
    "no such network": (["pod/a", "pod/b:80", "two.yaml", "--network", "weave"], 'there is no network kind "weave"'),
}


@pytest.mark.parametrize(("words", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_what_cannot_be_explained_is_said(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words]) == 2
    assert told in capsys.readouterr().err
