"""What Helm and kustomize make, applied; a scenario is skipped where those programs are not."""

from pathlib import Path

from podproof.cluster import Cluster
from podproof.manifests import rendering
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('the chart "{name}"')
def the_chart(cluster: Cluster, scene: Scene, name: str) -> None:
    """A chart is a folder beside the feature file or above it; its release has the folder's name. Hooks do not run."""
    manifest = rendering.chart(_folder(scene, name), cluster.namespace)
    settle(scene, f'the chart "{name}"', cluster.apply(manifest))


@says('the chart "{name}" rendered with values:')
def the_chart_with_values(cluster: Cluster, scene: Scene, name: str, docstring: str) -> None:
    """The values are YAML, as in a file that Helm is given."""
    manifest = rendering.chart(_folder(scene, name), cluster.namespace, docstring)
    settle(scene, f'the chart "{name}"', cluster.apply(manifest))


@says('the kustomization "{name}"')
def the_kustomization(cluster: Cluster, scene: Scene, name: str) -> None:
    """A kustomization is a folder beside the feature file or above it."""
    settle(scene, f'the kustomization "{name}"', cluster.apply(rendering.kustomization(_folder(scene, name))))


def _folder(scene: Scene, name: str) -> Path:
    """Return the nearest folder of a name, from the feature file's own up to the project's."""
    beside = scene.file.parent
    above = [each for each in (beside, *beside.parents) if each.is_relative_to(scene.rootdir)]
    return next((each / name for each in above if (each / name).is_dir()), scene.rootdir / name)
