"""Checks of a pod's volumes: names, and exactly one source each.

Source: pkg/apis/core/validation/validation.go, ValidateVolumes, validateVolumeSource.
"""

from collections.abc import Iterator, Mapping

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required
from podproof.simulator.api.validation.volume_sources import ORDER, source_faults
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse

_TOLD_AS = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""How a second source is named in its fault where that differs from the field: the real server's own slips."""
_LONGEST_PORTAL = 64


def checked_volumes(pod: Object, field: str) -> tuple[dict[str, Object], list[Fault]]:
    """Return the volumes that are sound, by name (containers find no others), and what is wrong with the rest."""
    sound: dict[str, Object] = {}
    faults: list[Fault] = []
    pod_name, volumes = pod["metadata"].get("name", ""), pod["spec"].get("volumes") or ()
    made = {f"{pod_name}-{volume.get('name', '')}" for volume in volumes if pod_name and "ephemeral" in volume}
    for index, volume in enumerate(volumes):
        place, name = f"{field}[{index}]", volume.get("name", "")
        wrong = list(_source_faults(volume, place, pod_name))
        wrong.extend(_own_name_faults(name, sound, f"{place}.name"))
        faults.extend(wrong)
        if not wrong:
            sound[name] = volume
        claim = at(volume, "persistentVolumeClaim", "claimName")
        if claim in made:
            detail = "must not reference a PVC that gets created for an ephemeral volume"
            faults.append(invalid(f"{place}.persistentVolumeClaim.claimName", claim, detail))
    return sound, faults


def _own_name_faults(name: str, sound: Mapping[str, Object], field: str) -> Iterator[Fault]:
    if not name:
        yield required(field)
    else:
        yield from (invalid(field, name, detail) for detail in dns_label(name))
    if name in sound:
        yield duplicate(field, name)


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
