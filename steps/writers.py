"""Writers that change what they have read: each puts the whole object back, in the version that it knows."""

from copy import deepcopy
from typing import Any

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.steps import kinds, paths
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('writer "{writer}" reads {kind:kind} "{name}"')
def the_writer_reads(cluster: Cluster, scene: Scene, writer: str, kind: str, name: str) -> None:
    """What it reads it keeps until it reads again, whatever becomes of the object."""
    ref = kinds.ref(cluster, kind, name)
    item = cluster.get(ref)
    if item is None:
        raise NotSoError(f'writer "{writer}" reads {ref}', "there is none", subjects=(ref,))
    scene.read[writer] = (ref, item)


@says('writer "{writer}" sets "{path}" to "{value}"')
def the_writer_sets(cluster: Cluster, scene: Scene, writer: str, path: str, value: str) -> None:
    """With a PUT of what it has read: refused where somebody has written since."""
    action = f'writer "{writer}" sets "{path}" to "{value}"'
    if writer not in scene.read:
        raise NotSoError(action, "it has read nothing", f'Write before it: Given writer "{writer}" reads …')
    ref, item = scene.read[writer]
    changed = deepcopy(dict(item))
    holder, before = paths.found(changed, paths.above(path)), paths.found(changed, path)
    name = path.removeprefix(paths.above(path)).lstrip(".")
    if not isinstance(holder, dict) or before is paths.ABSENT:
        raise NotSoError(action, "what it has read has nothing there", subjects=(ref,))
    holder[name] = _like(before, value)
    settle(scene, action, [cluster.replace(ref, changed)])


def _like(before: Any, value: str) -> Any:
    """Return a value as what stood there before is written: a number stays a number."""
    return int(value) if isinstance(before, int) and value.lstrip("-").isdecimal() else value
