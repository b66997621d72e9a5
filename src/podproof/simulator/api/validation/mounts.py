"""Checks of what a container mounts.

Source: pkg/apis/core/validation/validation.go, ValidateVolumeMounts, ValidateVolumeDevices.
"""

from collections.abc import Iterator, Mapping

from podproof.simulator.api.faults import Fault, forbidden, invalid, not_found, required, unsupported
from podproof.simulator.api.validation.paths import backstep_faults, descending_path_faults
from podproof.simulator.model.objects import Object, at

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_RECURSIONS = ("Disabled", "Enabled", "IfPossible")


def mount_faults(container: Object, volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with the mounts; some fields are told without their index, as the real server does."""
    devices = {device.get("name", ""): device.get("devicePath", "") for device in container.get("volumeDevices") or ()}
    paths: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        place, name, path = f"{field}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required(f"{place}.name")
        if name not in volumes:
            yield not_found(f"{place}.name", name)
        if not path:
            yield required(f"{place}.mountPath")
        if path in paths:
            yield invalid(f"{place}.mountPath", path, "must be unique")
        paths.add(path)
        if name in devices:
            yield invalid(f"{place}.name", name, "must not already exist in volumeDevices")
        if path in devices.values():
            yield invalid(f"{place}.mountPath", path, "must not already exist as a path in volumeDevices")
        yield from _sub_path_faults(mount, field, place)
        yield from _propagation_faults(mount, container, f"{field}.mountPropagation")
        yield from _recursion_faults(mount, f"{field}.recursiveReadOnly")


def _sub_path_faults(mount: Object, field: str, place: str) -> Iterator[Fault]:
    path, expression = mount.get("subPath", ""), mount.get("subPathExpr", "")
    if path:
        yield from descending_path_faults(path, f"{field}.subPath")
    if expression:
        if path:
            yield invalid(f"{place}.subPathExpr", expression, "subPathExpr and subPath are mutually exclusive")
        yield from descending_path_faults(expression, f"{field}.subPathExpr")


def _propagation_faults(mount: Object, container: Object, field: str) -> Iterator[Fault]:
    wanted = mount.get("mountPropagation")
    if wanted is None:
        return
    if wanted not in _PROPAGATIONS:
        yield unsupported(field, wanted, _PROPAGATIONS)
    if wanted == "Bidirectional" and not at(container, "securityContext", "privileged"):
        yield forbidden(field, "Bidirectional mount propagation is available only to privileged containers")


def _recursion_faults(mount: Object, field: str) -> Iterator[Fault]:
    wanted = mount.get("recursiveReadOnly")
    if wanted in ("Enabled", "IfPossible"):
        if not mount.get("readOnly"):
            yield forbidden(field, "may only be specified when readOnly is true")
        if mount.get("mountPropagation", "None") != "None":
            yield forbidden(field, "may only be specified when mountPropagation is None or not specified")
    elif wanted not in (None, "Disabled"):
        yield unsupported(field, wanted, _RECURSIONS)


def device_faults(container: Object, volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with the block devices."""
    mounts = {mount.get("name", ""): mount.get("mountPath", "") for mount in container.get("volumeMounts") or ()}
    names: set[str] = set()
    paths: set[str] = set()
    for index, device in enumerate(container.get("volumeDevices") or ()):
        place, name, path = f"{field}[{index}]", device.get("name", ""), device.get("devicePath", "")
        yield from _device_name_faults(name, names, volumes, f"{place}.name")
        if not path:
            yield required(f"{place}.devicePath")
        if path in paths:
            yield invalid(f"{place}.devicePath", path, "must be unique")
        if path and any(backstep_faults(path, "")):
            yield invalid(f"{place}.devicePath", path, "can not contain backsteps ('..')")
        else:
            paths.add(path)
        if name in mounts:
            yield invalid(f"{place}.name", name, "must not already exist in volumeMounts")
        if path in mounts.values():
            yield invalid(f"{place}.devicePath", path, "must not already exist as a path in volumeMounts")
        names.add(name)


def _device_name_faults(name: str, names: set[str], volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    if not name:
        yield required(field)
    if name and name in names:
        yield invalid(field, name, "must be unique")
    if name not in volumes:
        yield not_found(field, name)
    elif "persistentVolumeClaim" not in volumes[name] and "ephemeral" not in volumes[name]:
        detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        yield invalid(field, name, detail)
