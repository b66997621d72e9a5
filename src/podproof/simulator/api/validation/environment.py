"""Checks of a container's environment.

Source: pkg/apis/core/validation/validation.go, ValidateEnv, ValidateEnvFrom.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, invalid, not_found, required, unsupported
from podproof.simulator.api.validation.paths import reserved_path_faults
from podproof.simulator.model.names import config_key, dns_subdomain, environment_name, generated, qualified_name
from podproof.simulator.model.objects import Object

ENVIRONMENT_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_KNOWN_FIELDS = (
    *ENVIRONMENT_FIELDS,
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
    "spec.hostNetwork",
    "spec.host",
)
_CONTAINER_RESOURCES = tuple(
    f"{side}.{name}" for side in ("limits", "requests") for name in ("cpu", "ephemeral-storage", "memory")
)
_HUGE_PAGES = ("requests.hugepages-", "limits.hugepages-")
_SIZES = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_SUBSCRIPTED = re.compile(r"(.*)\['(.*)'\]")


def environment_faults(variables: Sequence[Object], volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with the variables a container names one by one."""
    for index, variable in enumerate(variables):
        place, name = f"{field}[{index}]", variable.get("name", "")
        if not name:
            yield required(f"{place}.name")
        else:
            for detail in environment_name(name):
                yield invalid(f"{place}.name", name, detail)
        if "valueFrom" in variable:
            yield from _value_faults(variable, volumes, f"{place}.valueFrom")


def environment_source_faults(sources: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with the ConfigMaps and Secrets a container takes whole."""
    for index, source in enumerate(sources):
        place = f"{field}[{index}]"
        if prefix := source.get("prefix", ""):
            for detail in environment_name(prefix):
                yield invalid(f"{place}.prefix", prefix, detail)
        found = [kind for kind in ("configMapRef", "secretRef") if kind in source]
        for kind in found:
            yield from _reference_faults(source[kind].get("name", ""), f"{place}.{kind}.name")
        if not found:
            yield invalid(field, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(found) > 1:
            yield invalid(field, "", "may not have more than one field specified at a time")


def _reference_faults(name: str, field: str) -> Iterator[Fault]:
    if not name:
        yield required(field)
        return
    for detail in dns_subdomain(generated(name)):
        yield invalid(field, name, detail)


def _value_faults(variable: Object, volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    source = variable["valueFrom"]
    found = [kind for kind in _SOURCES if kind in source]
    for kind in found:
        yield from _source_faults(kind, source[kind], volumes, f"{field}.{kind}")
    if not found:
        listed = ", ".join(f"`{kind}`" for kind in _SOURCES[:-1])
        yield invalid(field, "", f"must specify one of: {listed} or `{_SOURCES[-1]}`")
    elif variable.get("value"):
        yield invalid(field, "", "may not be specified when `value` is not empty")
    elif len(found) > 1:
        yield invalid(field, "", "may not have more than one field specified at a time")


def _source_faults(kind: str, source: Object, volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    if kind == "fieldRef":
        yield from field_ref_faults(source, ENVIRONMENT_FIELDS, field)
    elif kind == "resourceFieldRef":
        yield from resource_ref_faults(source, field, in_volume=False)
    elif kind == "fileKeyRef":
        yield from _file_key_faults(source, volumes, field)
    else:
        yield from _key_faults(source, field)


def _key_faults(source: Object, field: str) -> Iterator[Fault]:
    name, key = source.get("name", ""), source.get("key", "")
    for detail in dns_subdomain(name):
        yield invalid(f"{field}.name", name, detail)
    if not key:
        yield required(f"{field}.key")
    else:
        for detail in config_key(key):
            yield invalid(f"{field}.key", key, detail)


def _file_key_faults(source: Object, volumes: Mapping[str, Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with a variable that is read from a file.

    Source: validation.go, validateFileKeySelector (1.34 and later).
    """
    key, volume, path = source.get("key", ""), source.get("volumeName", ""), source.get("path", "")
    if not key:
        yield required(f"{field}.key")
    else:
        for detail in environment_name(key):
            yield invalid(f"{field}.key", key, detail)
    if not volume:
        yield required(f"{field}.volumeName")
    elif volume not in volumes:
        yield not_found(f"{field}.volumeName", volume)
    if not path:
        yield required(f"{field}.path")
    else:
        yield from reserved_path_faults(path, f"{field}.path")


def field_ref_faults(reference: Object, supported: Sequence[str], field: str) -> Iterator[Fault]:
    """Yield what is wrong with a reference to a field of the pod.

    Source: validation.go, validateObjectFieldSelector; pkg/apis/core/pods/helpers.go, ConvertDownwardAPIFieldLabel.
    """
    version, path = reference.get("apiVersion", ""), reference.get("fieldPath", "")
    if not version:
        yield required(f"{field}.apiVersion")
        return
    if not path:
        yield required(f"{field}.fieldPath")
        return
    subscripted = _SUBSCRIPTED.fullmatch(path)
    known = subscripted[1] in ("metadata.annotations", "metadata.labels") if subscripted else path in _KNOWN_FIELDS
    if version != "v1":
        yield invalid(f"{field}.fieldPath", path, f"error converting fieldPath: unsupported pod version: {version}")
    elif subscripted and not known:
        detail = f"error converting fieldPath: field label does not support subscript: {path}"
        yield invalid(f"{field}.fieldPath", path, detail)
    elif subscripted:
        key = subscripted[2].lower() if subscripted[1] == "metadata.annotations" else subscripted[2]
        for detail in qualified_name(key):
            yield invalid(field, key, detail)
    elif not known:
        yield invalid(f"{field}.fieldPath", path, f"error converting fieldPath: field label not supported: {path}")
    elif path not in supported:
        yield unsupported(f"{field}.fieldPath", path, sorted(supported))


def resource_ref_faults(reference: Object, field: str, *, in_volume: bool) -> Iterator[Fault]:
    """Yield what is wrong with a reference to a container's resources.

    Source: validation.go, validateContainerResourceFieldSelector, validateContainerResourceDivisor.
    """
    resource = reference.get("resource", "")
    if in_volume and not reference.get("containerName"):
        yield required(f"{field}.containerName")
    elif not resource:
        yield required(f"{field}.resource")
    elif resource not in _CONTAINER_RESOURCES and not resource.startswith(_HUGE_PAGES):
        yield unsupported(f"{field}.resource", resource, _CONTAINER_RESOURCES)
    yield from _divisor_faults(resource, str(reference.get("divisor", "0")), f"{field}.divisor")


def _divisor_faults(resource: str, divisor: str, field: str) -> Iterator[Fault]:
    if divisor == "0":
        return
    kind = "hugepages" if resource.startswith(_HUGE_PAGES) else resource.partition(".")[2]
    words = {"cpu": "cpu", "memory": "memory", "ephemeral-storage": "local ephemeral storage", "hugepages": "hugepages"}
    if kind not in words:
        return
    sizes = ("1m", "1") if kind == "cpu" else _SIZES
    if divisor not in sizes:
        listed = "1m and 1" if kind == "cpu" else ", ".join(_SIZES)
        yield invalid(field, resource, f"only divisor's values {listed} are supported with the {words[kind]} resource")
