"""What `kubectl describe pod` says of volumes.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeVolumes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from podproof.errors import NotModelledError
from podproof.simulator.model.objects import Object

_Rows = tuple[tuple[str, object], ...]


def volumes(rows: Sequence[Object], indent: str = "") -> Iterator[str]:
    """Yield the section of the volumes of a pod or (indented) of a template.

    Raises:
        NotModelledError: the words for a kind of volume are not known.
    """
    yield f"{indent}Volumes:" if rows else f"{indent}Volumes:\t<none>"
    for row in rows:
        yield f"  {' ' if indent else ''}{row['name']}:"
        kind = next((key for key in row if key != "name"), "emptyDir")
        if kind not in _KINDS:
            raise NotModelledError(f"the description of {kind} volumes", "kubectl describe pod")
        words, details = _KINDS[kind]
        yield f"    Type:\t{words}"
        yield from (f"    {label}:\t{_text(value)}" for label, value in details(row.get(kind) or {}))


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _optional(source: Object) -> bool:
    return bool(source.get("optional"))


def _projected(source: Object) -> _Rows:
    return tuple(pair for each in source.get("sources") or () for pair in _projection(each))


def _projection(source: Object) -> Iterator[tuple[str, object]]:
    if "secret" in source:
        yield "SecretName", source["secret"].get("name", "")
        yield "Optional", _optional(source["secret"])
    elif "configMap" in source:
        yield "ConfigMapName", source["configMap"].get("name", "")
        yield "Optional", _optional(source["configMap"])
    elif "downwardAPI" in source:
        yield "DownwardAPI", True
    elif "serviceAccountToken" in source:
        yield "TokenExpirationSeconds", source["serviceAccountToken"].get("expirationSeconds", 3600)


_KINDS: Mapping[str, tuple[str, Callable[[Object], _Rows]]] = {
    "emptyDir": (
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        lambda source: (("Medium", source.get("medium", "")), ("SizeLimit", source.get("sizeLimit", "<unset>"))),
    ),
    "configMap": (
        "ConfigMap (a volume populated by a ConfigMap)",
        lambda source: (("Name", source.get("name", "")), ("Optional", _optional(source))),
    ),
    "secret": (
        "Secret (a volume populated by a Secret)",
        lambda source: (("SecretName", source.get("secretName", "")), ("Optional", _optional(source))),
    ),
    "hostPath": (
        "HostPath (bare host directory volume)",
        lambda source: (("Path", source.get("path", "")), ("HostPathType", source.get("type", ""))),
    ),
    "projected": ("Projected (a volume that contains injected data from multiple sources)", _projected),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        lambda source: (("ClaimName", source.get("claimName", "")), ("ReadOnly", bool(source.get("readOnly")))),
    ),
    "downwardAPI": (
        "DownwardAPI (a volume populated by information about the pod)",
        lambda source: tuple(
            ("Items", f"{(each.get('fieldRef') or {}).get('fieldPath', '')} -> {each['path']}")
            for each in source.get("items") or ()
        ),
    ),
}
