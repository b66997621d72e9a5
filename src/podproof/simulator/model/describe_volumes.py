"""What `kubectl describe pod` says of volumes.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeVolumes, printEphemeralVolumeSource.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from podproof.simulator.model.describe_parts import annotations, pairs, told
from podproof.simulator.model.describe_sources import source_lines, source_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.schema import notation_of

_INDENT = "    "


def volumes(rows: Sequence[Object], indent: str = "") -> Iterator[str]:
    """Yield the section of the volumes of a pod or (indented) of a template."""
    yield f"{indent}Volumes:" if rows else f"{indent}Volumes:\t<none>"
    for row in rows:
        yield f"  {' ' if indent else ''}{row['name']}:"
        kind = source_of("Volume", row)
        if kind:
            yield from source_lines(notation_of("Volume", kind), _shown(kind, row[kind] or {}))
            yield from (f"{_INDENT}{line}" for line in _BESIDE.get(kind, _nothing)(row[kind] or {}))
        else:
            yield "  <unknown>"


def _shown(kind: str, source: Object) -> Object:
    """Return a source; a limit of zero is none."""
    if kind == "emptyDir" and "sizeLimit" in source and parse(source["sizeLimit"]).nano <= 0:
        return {key: value for key, value in source.items() if key != "sizeLimit"}
    return source


def _nothing(source: Object) -> Iterator[str]:
    yield from ()


def _projected(source: Object) -> Iterator[str]:
    for each in source.get("sources") or ():
        yield from _projection(each)


def _projection(source: Object) -> Iterator[str]:
    for key, label in (("secret", "SecretName"), ("configMap", "ConfigMapName")):
        if key in source:
            yield f"{label}:\t{source[key].get('name', '')}"
            yield f"Optional:\t{str(bool(source[key].get('optional'))).lower()}"
    if "downwardAPI" in source:
        yield "DownwardAPI:\ttrue"
    if "serviceAccountToken" in source:
        yield f"TokenExpirationSeconds:\t{source['serviceAccountToken'].get('expirationSeconds', 3600)}"


def _items(source: Object) -> Iterator[str]:
    yield "Items:"
    for each in source.get("items") or ():
        for key, field in (("fieldRef", "fieldPath"), ("resourceFieldRef", "resource")):
            if key in each:
                yield f"  {each[key].get(field, '')} -> {each['path']}"


def _template(source: Object) -> Iterator[str]:
    """Yield the claim that comes with the pod. Source: printPersistentVolumeClaim, not in full."""
    template = source.get("volumeClaimTemplate") or {}
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    yield f"StorageClass:\t{spec.get('storageClassName', '')}"
    yield f"Volume:\t{spec.get('volumeName', '')}"
    yield from _again(pairs("Labels", meta.get("labels") or {}))
    yield from _again(annotations(meta.get("annotations") or {}))
    yield "Capacity:\t"
    yield "Access Modes:\t"
    yield from told(spec, (("VolumeMode", "volumeMode"),))
    if spec.get("dataSource"):
        yield "DataSource:"
        yield from told(spec["dataSource"], (("  APIGroup", "apiGroup"), ("  Kind", "kind"), ("  Name", "name")))


def _again(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines of pairs; kubectl indents each piece of a line for itself."""
    for line in lines:
        label, _, text = line.partition("\t")
        yield f"{label or _INDENT}\t{_INDENT}{text}"


_BESIDE: Mapping[str, Callable[[Object], Iterator[str]]] = {
    "projected": _projected,
    "downwardAPI": _items,
    "ephemeral": _template,
}
