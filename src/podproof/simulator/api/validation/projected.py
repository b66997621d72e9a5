"""Checks of the files that volumes make of ConfigMaps, Secrets, fields and tokens.

Source: pkg/apis/core/validation/validation.go, validateKeyToPath, validateDownwardAPIVolumeFile,
validateProjectionSources.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid, required
from podproof.simulator.api.validation.environment import field_ref_faults, resource_ref_faults
from podproof.simulator.api.validation.paths import mode_faults, reserved_path_faults
from podproof.simulator.model.objects import Object

_VOLUME_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "metadata.uid",
)
_SHORTEST_TOKEN, _LONGEST_TOKEN = 10 * 60, 2**32


def key_faults(item: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a key that becomes a file."""
    if not item.get("key"):
        yield required(f"{field}.key")
    if not item.get("path"):
        yield required(f"{field}.path")
    yield from reserved_path_faults(item.get("path", ""), f"{field}.path")
    yield from mode_faults(item.get("mode"), f"{field}.mode")


def file_faults(item: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a field of the pod that becomes a file; told without an index, as the real one is."""
    if not item.get("path"):
        yield required(f"{field}.path")
    yield from reserved_path_faults(item.get("path", ""), f"{field}.path")
    if "fieldRef" in item:
        yield from field_ref_faults(item["fieldRef"], _VOLUME_FIELDS, f"{field}.fieldRef")
        if "resourceFieldRef" in item:
            yield invalid(field, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
    elif "resourceFieldRef" in item:
        yield from resource_ref_faults(item["resourceFieldRef"], f"{field}.resourceFieldRef", in_volume=True)
    else:
        yield required(field, "one of fieldRef and resourceFieldRef is required")
    yield from mode_faults(item.get("mode"), f"{field}.mode")


def projected_faults(source: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a volume that projects several sources into one directory."""
    yield from mode_faults(source.get("defaultMode"), f"{field}.defaultMode")
    paths: set[str] = set()
    for index, each in enumerate(source.get("sources") or ()):
        place = f"{field}.sources[{index}]"
        for kind in ("secret", "configMap"):
            if kind in each:
                yield from _named_faults(each[kind], paths, f"{place}.{kind}", field)
        if "downwardAPI" in each:
            for item in each["downwardAPI"].get("items") or ():
                yield from file_faults(item, f"{place}.downwardAPI")
                yield from _taken_faults(item.get("path", ""), item.get("path", ""), paths, field)
        if "serviceAccountToken" in each:
            yield from _token_faults(each["serviceAccountToken"], f"{place}.serviceAccountToken", field)
        if len(each) > 1:
            yield forbidden(place, "may not specify more than 1 volume type per source")


def _named_faults(source: Object, paths: set[str], place: str, field: str) -> Iterator[Fault]:
    name = source.get("name", "")
    if not name:
        yield required(f"{place}.name")
    for index, item in enumerate(source.get("items") or ()):
        yield from key_faults(item, f"{place}.items[{index}]")
        yield from _taken_faults(item.get("path", ""), name, paths, field)


def _taken_faults(path: str, shown: str, paths: set[str], field: str) -> Iterator[Fault]:
    if path and path in paths:
        yield invalid(field, shown, "conflicting duplicate paths")
    paths.add(path)


def _token_faults(token: Object, place: str, field: str) -> Iterator[Fault]:
    span, path = token.get("expirationSeconds", 0), token.get("path", "")
    if span < _SHORTEST_TOKEN:
        yield invalid(f"{place}.expirationSeconds", span, "may not specify a duration less than 10 minutes")
    if span > _LONGEST_TOKEN:
        yield invalid(f"{place}.expirationSeconds", span, "may not specify a duration larger than 2^32 seconds")
    if not path:
        yield required(f"{field}.path")
    else:
        yield from reserved_path_faults(path, f"{field}.path")
