"""How the processes of a run find its cluster; no Docker is needed for that."""

import json
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("testcontainers", reason="the extra k3s is not installed")

from filelock import FileLock

from podproof.clusters.k3s import installed
from podproof.clusters.k3s.containers import Started, default_image
from podproof.clusters.k3s.faults import OwnerGoneError, StartFailedError
from podproof.clusters.k3s.sharing import taken
from podproof.clusters.live.contexts import MissingExtraError

STARTED = Started({"clusters": []}, {"node1": "abc"}, "an-image")


def test_whoever_asks_waits_until_the_owner_lets_go(tmp_path: Path) -> None:
    found: list[Started] = []
    waiting = Thread(target=lambda: found.append(taken(tmp_path)))
    with FileLock(tmp_path / "lock"):
        waiting.start()
        before = list(found)
        (tmp_path / "cluster").write_text(STARTED.text())
    waiting.join(20)

    assert (before, found) == ([], [STARTED])


def test_an_owner_that_ended_without_a_word_is_told(tmp_path: Path) -> None:
    with pytest.raises(OwnerGoneError, match="podproof sweep --k3s"):
        taken(tmp_path)


def test_what_the_owner_met_is_told_by_everybody(tmp_path: Path) -> None:
    (tmp_path / "cluster").write_text(json.dumps({"error": "no luck"}))

    with pytest.raises(StartFailedError, match=r"^no luck$"):
        taken(tmp_path)


def test_the_image_is_pinned_by_tag_and_digest() -> None:
    name, _, digest = default_image().partition("@sha256:")

    assert name == "rancher/k3s:v1.36.2-k3s1"
    assert len(digest) == 64


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None if name == "testcontainers" else object())

    with pytest.raises(MissingExtraError, match=r"--cluster k3s needs testcontainers: pip install 'podproof\[k3s\]'"):
        installed.check_installed("--cluster k3s")
