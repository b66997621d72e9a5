"""What a container gets of its pod's volumes: whole ones, or a path below one.

Source: pkg/kubelet/kubelet_pods.go, makeMounts; pkg/kubelet/container/helpers.go, ExpandContainerVolumeMounts.
"""

from collections.abc import Mapping

from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.volumes.payloads import KINDS
from podproof.simulator.machine.containers import Mount
from podproof.simulator.machine.nodes import Directory, File, Link, Node
from podproof.simulator.model.expansion import expand
from podproof.simulator.model.objects import Object

Shown = Mapping[str, Directory | File]
"""The volumes of a pod by name."""
_LINKS_FOLLOWED = 40


def mounts_of(pod: Object, container: Object, volumes: Shown, env: Mapping[str, str]) -> tuple[Mount, ...]:
    """Return a container's mounts.

    Raises:
        SourceError: a path below a volume cannot be had.
    """
    written = {each["name"] for each in pod["spec"].get("volumes") or () if _is_read_only(each)}
    made = []
    for mount in container.get("volumeMounts") or ():
        source = volumes[mount["name"]]
        below = _sub_path(mount, env)
        if below:
            source = _below(source, below, mount["name"], container["name"])
        made.append(Mount(mount["mountPath"], source, bool(mount.get("readOnly")) or mount["name"] in written))
    return tuple(made)


def _is_read_only(volume: Object) -> bool:
    """Say whether nobody in the pod may write a volume: the kubelet does, or its claim is only to be read."""
    return any(kind in volume for kind in KINDS) or bool((volume.get("persistentVolumeClaim") or {}).get("readOnly"))


def _sub_path(mount: Object, env: Mapping[str, str]) -> str:
    expression = mount.get("subPathExpr")
    path = _expanded(expression, env) if expression else str(mount.get("subPath", ""))
    if path.startswith("/"):
        raise SourceError(f"error SubPath `{path}` must not be an absolute path")
    if ".." in path.split("/"):
        raise SourceError(f"unable to provision SubPath `{path}`: must not contain '..'")
    return path


def _expanded(expression: str, env: Mapping[str, str]) -> str:
    """Return a subPathExpr with its variables; all that are missing or empty are named."""
    missing: set[str] = set()

    class Noted(dict[str, str]):
        def __contains__(self, name: object) -> bool:
            if not env.get(str(name)):
                missing.add(str(name))
            return True

        def __missing__(self, name: str) -> str:
            return env.get(name, "")

    made = expand(expression, Noted())
    if missing:
        raise SourceError(f"missing value for {', '.join(sorted(missing))}")
    return made


def _below(volume: Directory | File, path: str, name: str, container: str) -> Directory | File:
    """Return what is at a path of a volume, a new directory where nothing is.

    A file is held as it is now: a volume that is written anew later does not show through.
    """
    cannot = SourceError(f'failed to prepare subPath for volumeMount "{name}" of container "{container}"')
    todo = [part for part in reversed(path.split("/")) if part not in ("", ".")]
    here: Node = volume
    links = 0
    while todo:
        if not isinstance(here, Directory):
            raise cannot
        part = todo.pop()
        found = here.entries.get(part)
        if found is None:
            found = here.entries[part] = Directory(mode=here.mode)
        if isinstance(found, Link):
            links += 1
            if found.target.startswith("/") or ".." in found.target.split("/") or links > _LINKS_FOLLOWED:
                raise cannot
            todo.extend(each for each in reversed(found.target.split("/")) if each)
            continue
        here = found
    if not isinstance(here, Directory | File):
        raise cannot
    return here
