"""Manifests that are applied, from files and from the feature itself, and images that are changed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from podproof import manifests
from podproof.cluster import Cluster
from podproof.manifests import Manifest
from podproof.proof import NotSoError
from podproof.simulator.model.objects import at
from podproof.steps import kinds
from podproof.steps.phrases import Phrase, says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene

_VALUES = Phrase("with the values:")
_PATHS = {"Pod": ("spec",), "CronJob": ("spec", "jobTemplate", "spec", "template", "spec")}
"""Where a kind has its containers, if not in the template of its spec."""


@says('the manifest "{name}"')
@says('the manifest "{name}" is applied')
def the_manifest_is_applied(cluster: Cluster, scene: Scene, name: str) -> None:
    _apply(cluster, scene, f'the manifest "{name}"', partial(manifests.read, manifest_file(scene, name)))


@says('the manifest "{name}" with the values:')
@says('the manifest "{name}" is applied with the values:')
def the_manifest_is_applied_with(cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]]) -> None:
    manifest = manifests.read(manifest_file(scene, name), _values(datatable))
    settle(scene, f'the manifest "{name}"', cluster.apply(manifest))


@says("the manifest:")
@says("the manifest is applied:")
def this_manifest_is_applied(cluster: Cluster, scene: Scene, docstring: str) -> None:
    """The text begins two lines below the step: the step's own and the opening quotes come before it."""
    read = partial(manifests.load, docstring, str(scene.file), first_line=scene.line + 2)
    _apply(cluster, scene, "the manifest", read)


@says(_VALUES.name)
def with_the_values(cluster: Cluster, scene: Scene, datatable: Sequence[Sequence[str]]) -> None:
    if scene.pending is None:
        advice = 'Write it right below: Given the manifest "…"'
        raise NotSoError("with the values: fills in the manifest of the step before", "there is no such step", advice)
    pending, scene.pending = scene.pending, None
    settle(scene, "the manifest", cluster.apply(pending(_values(datatable))))


@says('the image of container "{container}" in {kind:kind} "{name}" is changed to "{image}"')
def the_image_is_changed(cluster: Cluster, scene: Scene, container: str, kind: str, name: str, image: str) -> None:
    """As `kubectl set image` does: of a pod itself, or of the template that a workload makes its pods of."""
    ref = kinds.ref(cluster, kind, name)
    item = cluster.get(ref)
    action = f'the image of container "{container}" in {kind} "{name}" is changed to "{image}"'
    if item is None:
        raise NotSoError(action, f"there is no such {kind}")
    path = _PATHS.get(ref.kind, ("spec", "template", "spec"))
    spec = at(item, *path) or {}
    group = next((each for each in ("containers", "initContainers") if container in _names(spec, each)), None)
    if group is None:
        every = [*_names(spec, "initContainers"), *_names(spec, "containers")]
        raise NotSoError(action, f"the {kind} has no such container; it has {', '.join(every) or 'none'}")
    body: dict[str, Any] = {group: [{"name": container, "image": image}]}
    for part in reversed(path):
        body = {part: body}
    settle(scene, action, [cluster.patch(ref, body)])


def _names(spec: Mapping[str, Sequence[Mapping[str, str]]], group: str) -> list[str]:
    return [each["name"] for each in spec.get(group) or ()]


def _apply(cluster: Cluster, scene: Scene, action: str, read: Callable[..., Manifest]) -> None:
    """Apply a manifest at once, or leave it to the next step when that one brings its values."""
    if _VALUES.is_matching(scene.following):
        scene.pending = lambda values: read(values=values)
        return
    settle(scene, action, cluster.apply(read()))


def _values(datatable: Sequence[Sequence[str]]) -> Mapping[str, str]:
    """Return a table's values: one name and its value in each row, with a heading or without."""
    wrong = [row for row in datatable if len(row) != 2]
    if wrong:
        raise NotSoError("a table of values has two columns, a name and its value", f"a row has {len(wrong[0])}")
    rows = datatable[1:] if [cell.lower() for cell in datatable[0]] == ["name", "value"] else datatable
    return {name.removeprefix("$"): value for name, value in rows}


def manifest_file(scene: Scene, name: str) -> Path:
    """Return the file that a manifest's name in this scenario means."""
    return manifests.find(name, scene.file, scene.rootdir)
