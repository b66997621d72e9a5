"""`podproof trace --informers`: what the informers did in a run, drawn."""

from pathlib import Path

import pytest

from podproof.cli import main

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
DRAWN = """\
The informer of configmaps

  API server
      │  one watch, all along, 1 event
      ▼
  Reflector        ADDED default/settings at 19
      ▼
  DeltaFIFO        1 key handed on, 0 of them with several deltas
      │
      ├──▶ Indexer 5 known
      ▼
  ring             nothing waits
      ▼
  handlers         kubelets 1, root-ca-cert-publisher 1, QuotaController 1, GarbageCollector 1
      ▼
  work queues      no key was added

    +0.000 s  configmaps              Reflector  ADDED default/settings at 19
    +0.001 s  configmaps              DeltaFIFO  default/settings: Added
              configmaps              Indexer    add default/settings (5 known)
              configmaps              ring       default/settings: kubelets, root-ca-cert-publisher, \
QuotaController, GarbageCollector
              configmaps              handler    OnAdd default/settings: kubelets, root-ca-cert-publisher, \
QuotaController, GarbageCollector
"""
FEATURE = """\
Feature: Settings
  Scenario: They are known
    When the configmap "settings" is created
    And 1 second passes
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "settings.yaml"
    file.write_text(MANIFEST, encoding="utf-8")
    return file


def test_the_run_of_a_manifest_is_drawn(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "--informers", "--for", "1s", str(file)]) == 0

    assert capsys.readouterr().out == DRAWN


def test_an_informer_that_is_asked_for_is_drawn_without_news(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "--informers", "--of", "secrets", str(file)]) == 0

    assert capsys.readouterr().out.splitlines()[3] == "      │  one watch, all along, 0 events"


FAULTS = {
    "no such informer": (["--of", "gadgets", "settings.yaml"], 'there is no informer of "gadgets"'),
    "no such manifest": (["none.yaml"], "none.yaml"),
    "no such feature": (["none.feature"], "none.feature: there is no such file"),
    "no duration": (["--for", "long", "settings.yaml"], "long"),
}


@pytest.mark.parametrize(("words", "told"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.usefixtures("file")
def test_what_cannot_be_drawn_is_said(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "--informers", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_manifest_that_is_refused_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(MANIFEST.replace("settings", "Settings"), encoding="utf-8")

    assert main(["trace", "--informers", str(file)]) == 2
    assert "settings.yaml: it is refused: ConfigMap" in capsys.readouterr().err
