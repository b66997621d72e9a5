"""Who the processes of a container are to be, from the security contexts of the container and its pod.

Source: pkg/securitycontext/util.go, DetermineEffectiveSecurityContext; pkg/kubelet/kuberuntime/security_context.go,
determineEffectiveSecurityContext, verifyRunAsNonRoot; kuberuntime_container.go, getImageUser.
"""

from typing import Any, NamedTuple

from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.model.objects import Object


class Rights(NamedTuple):
    """A container's user and group (None: the image's own), its further groups; `read_only` are its image's files."""

    user: int | None = None
    group: int | None = None
    groups: tuple[int, ...] = ()
    read_only: bool = False


def rights_of(pod: Object, container: Object) -> Rights:
    """Return what a container is allowed to be; what it says itself comes before what its pod says."""
    of_pod, own = pod["spec"].get("securityContext") or {}, container.get("securityContext") or {}
    group = of_pod.get("fsGroup")
    groups = (*(of_pod.get("supplementalGroups") or ()), *([] if group is None else [group]))
    return Rights(
        _first(own, of_pod, "runAsUser"),
        _first(own, of_pod, "runAsGroup"),
        tuple(groups),
        bool(own.get("readOnlyRootFilesystem")),
    )


def refuse_root(pod: Object, container: Object, image_user: str) -> None:
    """Refuse a container that must not run as root and would, or whose image does not tell.

    Raises:
        SourceError: with the kubelet's own words.
    """
    of_pod, own = pod["spec"].get("securityContext") or {}, container.get("securityContext") or {}
    if not _first(own, of_pod, "runAsNonRoot"):
        return
    asked, meta = _first(own, of_pod, "runAsUser"), pod["metadata"]
    full_name = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
    where = f'(pod: "{full_name}", container: {container["name"]})'
    if asked == 0:
        raise SourceError(f"container's runAsUser breaks non-root policy {where}")
    if asked is not None:
        return
    name = image_user.partition(":")[0]
    if name and not name.isdigit():
        told = f"container has runAsNonRoot and image has non-numeric user ({name})"
        raise SourceError(f"{told}, cannot verify user is non-root {where}")
    if int(name or 0) == 0:
        raise SourceError(f"container has runAsNonRoot and image will run as root {where}")


def _first(own: Object, of_pod: Object, key: str) -> Any:
    return own[key] if own.get(key) is not None else of_pod.get(key)
