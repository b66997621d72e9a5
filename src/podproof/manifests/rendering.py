"""Manifests that other programs write: Helm's out of a chart, kustomize's out of a kustomization.

Rules for editing: a program is asked for the manifest of a folder and for nothing else; what it says of a fault is told
as it is.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from podproof.errors import LackingError
from podproof.manifests.faults import Fault, Manifest, ManifestError
from podproof.manifests.reading import load

PATIENCE_SECONDS: Final = 120
"""How long a program may take, in our time."""
_CHARTS = ("Chart.yaml",)
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""Source: kubernetes-sigs/kustomize, api/konfig/general.go, RecognizedKustomizationFileNames."""
_BUILDERS = (("kustomize", "build"), ("kubectl", "kustomize"))


def chart(folder: Path, namespace: str, values: str = "") -> Manifest:
    """Return what `helm install` would create of a chart, as a release of the chart's own name; `values` are YAML.

    Definitions of custom resources come too; hooks do not: Helm runs them one by one and waits for each.

    Raises:
        LackingError: there is no helm.
        ManifestError: there is no such chart, or it cannot be rendered.
    """
    _check(folder, "chart", _CHARTS)
    given = ["--values", "-"] if values else []
    options = ["--namespace", namespace, "--include-crds", "--no-hooks", *given]
    return _written(folder, ["helm", "template", folder.name, str(folder), *options], values)


def kustomization(folder: Path) -> Manifest:
    """Return what kustomize builds of a folder: by itself or, where it is not there, as a part of kubectl.

    Raises:
        LackingError: there is neither kustomize nor kubectl.
        ManifestError: there is no such kustomization, or it cannot be built.
    """
    _check(folder, "kustomization", _KUSTOMIZATIONS)
    command = next((each for each in _BUILDERS if shutil.which(each[0])), _BUILDERS[0])
    return _written(folder, [*command, str(folder)])


def _check(folder: Path, what: str, marks: Sequence[str]) -> None:
    if not any((folder / each).is_file() for each in marks):
        seen = "it is a folder without one" if folder.is_dir() else "there is no such folder"
        raise ManifestError(str(folder), (Fault(0, 0, f"a {what} is a folder with a {marks[0]}: {seen}"),))


def _written(folder: Path, command: Sequence[str], text: str = "") -> Manifest:
    """Return the manifest that a command prints for a folder; `text` is what it can read."""
    program = shutil.which(command[0])
    if program is None:
        raise LackingError(f"there is no {command[0]} on this machine, which renders {folder.name}")
    told = f"{folder} ({' '.join(command[:2])})"
    try:
        done = subprocess.run(
            [program, *command[1:]], input=text.encode(), capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ManifestError(told, (Fault(0, 0, f"no manifest came within {PATIENCE_SECONDS} s"),)) from None
    except OSError as error:
        raise ManifestError(told, (Fault(0, 0, f"{program} cannot be run: {error.strerror}"),)) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"it ended with status {done.returncode}"
        raise ManifestError(told, (Fault(0, 0, said),))
    return load(done.stdout.decode(errors="replace"), told)
