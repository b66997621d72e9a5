"""Checks of a pod's volumes: names, and exactly one source each.

Source: pkg/apis/core/validation/validation.go, ValidateVolumes, validateVolumeSource.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required
from podproof.simulator.api.validation.volume_sources import ORDER, source_faults
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import parse

_TOLD_AS = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""How a second source is named in its fault where that differs from the field: the real server's own slips."""
_LONGEST_PORTAL = 64


def volume_faults(pod: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the volumes of a pod."""
    names: set[str] = set()
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        place, name = f"{field}[{index}]", volume.get("name", "")
        wrong = list(_source_faults(volume, place, pod["metadata"].get("name", "")))
        if not name:
            wrong.append(required(f"{place}.name"))
        else:
            wrong.extend(invalid(f"{place}.name", name, detail) for detail in dns_label(name))
        if name in names:
            wrong.append(duplicate(f"{place}.name", name))
        yield from wrong
        names.add(name)


def _source_faults(volume: Object, field: str, pod_name: str) -> Iterator[Fault]:
    found = [kind for kind in ORDER if kind in volume]
    if not found:
        yield required(field, "must specify a volume type")
        return
    if found[0] == "emptyDir":
        limit = volume["emptyDir"].get("sizeLimit")
        if limit is not None and parse(limit).nano < 0:
            yield forbidden(f"{field}.emptyDir.sizeLimit", "SizeLimit field must be a valid resource quantity")
    else:
        yield from source_faults(found[0], volume[found[0]], f"{field}.{found[0]}")
        yield from _name_faults(volume, found[0], field, pod_name)
    for kind in found[1:]:
        yield forbidden(f"{field}.{_TOLD_AS.get(kind, kind)}", "may not specify more than 1 volume type")


def _name_faults(volume: Object, kind: str, field: str, pod_name: str) -> Iterator[Fault]:
    """Yield what is wrong with a name because of the source it has."""
    name, source = volume.get("name", ""), volume[kind]
    portal = f"{name}:{source.get('targetPortal', '')}"
    if kind == "iscsi" and "initiatorName" in source and len(portal) > _LONGEST_PORTAL:
        detail = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters "
            "if iscsi.initiatorName is specified."
        )
        yield invalid(f"{field}.name", name, detail)
    if kind == "ephemeral" and pod_name and name:
        claim = f"{pod_name}-{name}"
        for detail in dns_subdomain(claim):
            yield invalid(f"{field}.name", name, f'PVC name "{claim}": {detail}')
