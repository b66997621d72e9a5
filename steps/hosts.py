"""What happens on the nodes themselves, past the API: sandboxes that die, and files of static pods."""

from pathlib import Path

from podproof import manifests
from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Object
from podproof.steps import kinds
from podproof.steps.manifests import manifest_file
from podproof.steps.phrases import says
from podproof.steps.scene import Scene


@says('the sandbox of pod "{name}" dies')
def the_sandbox_dies(cluster: Cluster, name: str) -> None:
    """As if the pause container of the pod were killed on its node."""
    if not cluster.hosts.kill_sandbox(name):
        ref = kinds.pod(cluster, name)
        seen = "there is no such pod" if cluster.get(ref) is None else "it has none (yet, or any more)"
        raise NotSoError(f'pod "{name}" has a sandbox that can die', seen, subjects=(ref,))


@says('the node has the static pod file "{name}"')
@says('node "{node}" has the static pod file "{name}"')
def the_node_has_a_static_pod(cluster: Cluster, scene: Scene, name: str, node: str = "") -> None:
    _write(cluster, Path(name).name, _only_pod(scene, name), node)


@says('the static pod file "{file}" is replaced by "{name}"')
@says('the static pod file "{file}" of node "{node}" is replaced by "{name}"')
def the_static_pod_is_replaced(cluster: Cluster, scene: Scene, file: str, name: str, node: str = "") -> None:
    """The file on the node keeps its name; what it says is another manifest."""
    _write(cluster, Path(file).name, _only_pod(scene, name), node)


@says('the static pod file "{file}" is removed')
@says('the static pod file "{file}" of node "{node}" is removed')
def the_static_pod_is_removed(cluster: Cluster, file: str, node: str = "") -> None:
    _write(cluster, Path(file).name, None, node)


def _only_pod(scene: Scene, name: str) -> Object:
    documents = manifests.read(manifest_file(scene, name)).documents
    kinds_found = [document.object["kind"] for document in documents]
    if kinds_found != ["Pod"]:
        advice = "Give every static pod a file of its own."
        raise NotSoError(f'"{name}" is the manifest of one pod', f"it holds {', '.join(kinds_found)}", advice)
    return documents[0].object


def _write(cluster: Cluster, file: str, manifest: Object | None, node: str) -> None:
    faults = cluster.hosts.write_static_pod(file, manifest, node)
    if faults:
        raise NotSoError(f'the kubelet takes the static pod file "{file}"', "\n".join(faults))
