"""Checks of where a persistent volume's data is: one source each, some of them with more than a pod's own volumes have.

Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec and one function per source.
"""

from collections.abc import Callable, Iterator, Mapping

from podproof.simulator.api.faults import Fault, forbidden, invalid, required
from podproof.simulator.api.validation.paths import backstep_faults
from podproof.simulator.api.validation.scalars import driver_name_faults, named, required_name
from podproof.simulator.api.validation.volume_sources import source_faults
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object

ORDER = (
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
)
"""The order in which the real server looks at the sources; the first one found is checked, the others are too many."""

_TOLD_AS = {"cephfs": "cephFS"}
_NEVER_TOO_MANY = "flexVolume"
"""The real server checks a flex volume whatever else there is, and never counts it as one too many."""
_SECRETS = (
    "controllerPublishSecretRef",
    "controllerExpandSecretRef",
    "nodePublishSecretRef",
    "nodeExpandSecretRef",
)
_LONGEST_INITIATOR = 64


def persistent_source_faults(spec: Object, name: str, field: str, *, affine: bool) -> Iterator[Fault]:
    """Yield what is wrong with the sources of a volume called `name`; `affine`: it says which nodes can reach it."""
    found = [kind for kind in ORDER if kind in spec]
    for index, kind in enumerate(found):
        if index and kind != _NEVER_TOO_MANY:
            yield forbidden(f"{field}.{_TOLD_AS.get(kind, kind)}", "may not specify more than 1 volume type")
            continue
        yield from _checked(kind, spec[kind], f"{field}.{kind}", name)
        if kind == "local" and not affine:
            yield required(f"{field}.nodeAffinity", "Local volume requires node affinity")
    if not found:
        yield required(field, "must specify a volume type")


def _checked(kind: str, source: Object, field: str, name: str) -> Iterator[Fault]:
    own = _OWN.get(kind)
    if own is not None:
        yield from own(source, field)
        return
    if kind == "iscsi":
        yield from _portal_faults(source, field, name)
    yield from source_faults(kind, source, field)
    more = _MORE.get(kind)
    if more is not None:
        yield from more(source, field)


def _portal_faults(source: Object, field: str, name: str) -> Iterator[Fault]:
    portal = source.get("targetPortal", "")
    if "initiatorName" in source and len(f"{name}:{portal}") > _LONGEST_INITIATOR:
        detail = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters "
            "if iscsi.initiatorName is specified."
        )
        yield invalid(f"{field}.targetportal", portal, detail)


def _secret_name_faults(source: Object, field: str) -> Iterator[Fault]:
    if "secretRef" in source and not source["secretRef"].get("name"):
        yield required(f"{field}.secretRef.name")


def _secret_space_faults(source: Object, field: str) -> Iterator[Fault]:
    if "secretRef" in source and not source["secretRef"].get("namespace"):
        yield required(f"{field}.secretRef.namespace")


def _azure_file_faults(source: Object, field: str) -> Iterator[Fault]:
    if source.get("secretNamespace") == "":
        yield required(f"{field}.secretNamespace")


def _gluster_faults(source: Object, field: str) -> Iterator[Fault]:
    space = source.get("endpointsNamespace")
    if space == "":
        detail = "if the endpointnamespace is set, it must be a valid namespace name"
        yield invalid(f"{field}.endpointsNamespace", space, detail)
    elif space is not None:
        yield from named(space, dns_label, f"{field}.endpointsNamespace")


def _local_faults(source: Object, field: str) -> Iterator[Fault]:
    path = source.get("path", "")
    if not path:
        yield required(f"{field}.path")
    else:
        yield from backstep_faults(path, f"{field}.path")


def _csi_faults(source: Object, field: str) -> Iterator[Fault]:
    yield from driver_name_faults(source.get("driver", ""), f"{field}.driver")
    if not source.get("volumeHandle"):
        yield required(f"{field}.volumeHandle")
    for key in _SECRETS:
        if key in source:
            yield from required_name(source[key].get("name", ""), dns_subdomain, f"{field}.{key}.name")
            yield from required_name(source[key].get("namespace", ""), dns_label, f"{field}.{key}.namespace")


_OWN: Mapping[str, Callable[[Object, str], Iterator[Fault]]] = {"local": _local_faults, "csi": _csi_faults}
_MORE: Mapping[str, Callable[[Object, str], Iterator[Fault]]] = {
    "iscsi": _secret_name_faults,
    "cinder": _secret_space_faults,
    "storageos": _secret_space_faults,
    "azureFile": _azure_file_faults,
    "glusterfs": _gluster_faults,
}
"""What a persistent volume's source needs besides what a pod's volume of the kind does."""
