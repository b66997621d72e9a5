"""Checks of each source a volume may have.

Source: pkg/apis/core/validation/validation.go, one function per source.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from podproof.simulator.api.faults import Fault, invalid, required, unsupported
from podproof.simulator.api.validation.claims import claim_template_faults
from podproof.simulator.api.validation.paths import backstep_faults, descending_path_faults, mode_faults
from podproof.simulator.api.validation.projected import file_faults, key_faults, projected_faults
from podproof.simulator.api.validation.scalars import driver_name_faults, named
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object

Check = Callable[[Object, str], Iterator[Fault]]

ORDER = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)
"""The order in which the real server looks at the sources; the first one found is checked, the others are too many."""

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "gitRepo": ("repository",),
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "secret": ("secretName",),
    "nfs": ("server", "path"),
    "iscsi": ("targetPortal", "iqn"),
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "flexVolume": ("driver",),
    "configMap": ("name",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "storageos": ("volumeName",),
    "scaleIO": ("gateway", "system", "volumeName"),
    "image": ("reference",),
}
_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_INITIATORS = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$"),
    "eui": re.compile(r"^eui.[A-Za-z0-9]{16}$"),
    "naa": re.compile(r"^naa.[A-Za-z0-9]{32}$"),
}
_BYTE_RANGE = "must be between 0 and 255, inclusive"
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_TOLD_UNDER = {"gcePersistentDisk": "persistentDisk"}
_MANAGED_DISK = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
_BLOB_DISK = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"


def source_faults(kind: str, source: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a volume's source."""
    if kind in _TOLD_UNDER:
        field = field.removesuffix(kind) + _TOLD_UNDER[kind]
    for key in _NEEDED.get(kind, ()):
        if not source.get(key):
            yield required(f"{field}.{key}")
    check = _CHECKS.get(kind)
    if check is not None:
        yield from check(source, field)


def _host_path_faults(source: Object, field: str) -> Iterator[Fault]:
    path = source.get("path", "")
    if not path:
        yield required(f"{field}.path")
        return
    yield from backstep_faults(path, f"{field}.path")
    if source.get("type", "") not in _HOST_PATH_TYPES:
        yield unsupported(f"{field}.type", source["type"], _HOST_PATH_TYPES)


def _git_faults(source: Object, field: str) -> Iterator[Fault]:
    yield from descending_path_faults(source.get("directory", ""), f"{field}.directory")


def _partition_faults(source: Object, field: str) -> Iterator[Fault]:
    if not 0 <= source.get("partition", 0) <= 255:
        yield invalid(f"{field}.partition", source["partition"], "must be between 1 and 255, inclusive")


def _files_faults(source: Object, field: str) -> Iterator[Fault]:
    yield from mode_faults(source.get("defaultMode"), f"{field}.defaultMode")
    for index, item in enumerate(source.get("items") or ()):
        yield from key_faults(item, f"{field}.items[{index}]")


def _nfs_faults(source: Object, field: str) -> Iterator[Fault]:
    if not source.get("path", "").startswith("/"):
        yield invalid(f"{field}.path", source.get("path", ""), "must be an absolute path")


def _iscsi_faults(source: Object, field: str) -> Iterator[Fault]:
    if name := source.get("iqn", ""):
        yield from _initiator_faults(name, f"{field}.iqn")
    if not 0 <= source.get("lun", 0) <= 255:
        yield invalid(f"{field}.lun", source["lun"], _BYTE_RANGE)
    if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and "secretRef" not in source:
        yield required(f"{field}.secretRef")
    if "initiatorName" in source:
        yield from _initiator_faults(source["initiatorName"], f"{field}.initiatorname")


def _initiator_faults(name: str, field: str) -> Iterator[Fault]:
    form = _INITIATORS.get(name[:3])
    if form is None:
        yield invalid(field, name, "must be valid format starting with iqn, eui, or naa")
    elif not form.search(name):
        yield invalid(field, name, "must be valid format")


def _flocker_faults(source: Object, field: str) -> Iterator[Fault]:
    name, uuid = source.get("datasetName", ""), source.get("datasetUUID", "")
    if not name and not uuid:
        yield required(field, "one of datasetName and datasetUUID is required")
    if name and uuid:
        yield invalid(field, "resource", "datasetName and datasetUUID can not be specified simultaneously")
    if "/" in name:
        yield invalid(f"{field}.datasetName", name, "must not contain '/'")


def _secret_ref_faults(source: Object, field: str) -> Iterator[Fault]:
    if "secretRef" in source and not source["secretRef"].get("name"):
        yield required(f"{field}.secretRef.name")


def _quobyte_faults(source: Object, field: str) -> Iterator[Fault]:
    registry, pair = source.get("registry", ""), "must be a host:port pair or multiple pairs separated by commas"
    if not registry:
        yield required(f"{field}.registry", pair)
    elif len(source.get("tenant", "")) >= 65:
        yield required(f"{field}.tenant", "must be a UUID and may not exceed a length of 64 characters")
    else:
        for each in registry.split(","):
            if each.count(":") != 1:
                yield invalid(f"{field}.registry", registry, pair)
    if not source.get("volume"):
        yield required(f"{field}.volume")


def _downward_faults(source: Object, field: str) -> Iterator[Fault]:
    yield from mode_faults(source.get("defaultMode"), f"{field}.defaultMode")
    for item in source.get("items") or ():
        yield from file_faults(item, field)


def _fibre_faults(source: Object, field: str) -> Iterator[Fault]:
    names, identities = source.get("targetWWNs") or [], source.get("wwids") or []
    if not names and not identities:
        yield required(f"{field}.targetWWNs", "must specify either targetWWNs or wwids, but not both")
    if names and identities:
        yield invalid(f"{field}.targetWWNs", names, "targetWWNs and wwids can not be specified simultaneously")
    if names and "lun" not in source:
        yield required(f"{field}.lun", "lun is required if targetWWNs is specified")
    elif names and not 0 <= source["lun"] <= 255:
        yield invalid(f"{field}.lun", source["lun"], _BYTE_RANGE)


def _flex_faults(source: Object, field: str) -> Iterator[Fault]:
    for key in sorted(source.get("options") or {}):
        domain = f".{key.partition('/')[0].lower()}"
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            yield invalid(f"{field}.options[{key}]", key, "kubernetes.io and k8s.io namespaces are reserved")


def _azure_disk_faults(source: Object, field: str) -> Iterator[Fault]:
    caching, kind, address = source.get("cachingMode"), source.get("kind"), source.get("diskURI", "")
    if caching not in (None, "None", "ReadOnly", "ReadWrite"):
        yield unsupported(f"{field}.cachingMode", caching, ("None", "ReadOnly", "ReadWrite"))
    if kind not in (None, "Dedicated", "Managed", "Shared"):
        yield unsupported(f"{field}.kind", kind, ("Dedicated", "Managed", "Shared"))
    if kind == "Managed" and not address.startswith("/subscriptions/"):
        yield unsupported(f"{field}.diskURI", address, (_MANAGED_DISK,))
    if kind not in (None, "Managed") and not address.startswith("https://"):
        yield unsupported(f"{field}.diskURI", address, (_BLOB_DISK,))


def _storageos_faults(source: Object, field: str) -> Iterator[Fault]:
    for key in ("volumeName", "volumeNamespace"):
        if source.get(key):
            for detail in dns_label(source[key]):
                yield invalid(f"{field}.{key}", source[key], detail)
    yield from _secret_ref_faults(source, field)


def _csi_faults(source: Object, field: str) -> Iterator[Fault]:
    yield from driver_name_faults(source.get("driver", ""), f"{field}.driver")
    reference = source.get("nodePublishSecretRef")
    if reference is None:
        return
    if not reference.get("name"):
        yield required(f"{field}.nodePublishSecretRef.name")
    else:
        # The real server forgets to name the reference here.
        yield from named(reference["name"], dns_subdomain, f"{field}.name")


def _ephemeral_faults(source: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the template of a claim."""
    template = source.get("volumeClaimTemplate")
    if template is None:
        yield required(f"{field}.volumeClaimTemplate")
        return
    yield from claim_template_faults(template, f"{field}.volumeClaimTemplate")


def _image_faults(source: Object, field: str) -> Iterator[Fault]:
    policy = source.get("pullPolicy", "")
    if policy not in _PULL_POLICIES:
        yield unsupported(f"{field}.pullPolicy", policy, _PULL_POLICIES)


_CHECKS: Mapping[str, Check] = {
    "hostPath": _host_path_faults,
    "gitRepo": _git_faults,
    "gcePersistentDisk": _partition_faults,
    "awsElasticBlockStore": _partition_faults,
    "secret": _files_faults,
    "configMap": _files_faults,
    "nfs": _nfs_faults,
    "iscsi": _iscsi_faults,
    "flocker": _flocker_faults,
    "cinder": _secret_ref_faults,
    "quobyte": _quobyte_faults,
    "downwardAPI": _downward_faults,
    "fc": _fibre_faults,
    "flexVolume": _flex_faults,
    "azureDisk": _azure_disk_faults,
    "storageos": _storageos_faults,
    "projected": projected_faults,
    "csi": _csi_faults,
    "ephemeral": _ephemeral_faults,
    "image": _image_faults,
}
