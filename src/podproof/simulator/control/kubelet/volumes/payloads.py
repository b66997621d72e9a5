"""The files that a configMap, secret, downwardAPI or projected volume shows: a pure function of its sources."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from podproof.simulator.control.kubelet.fields import field_of_pod, resource_of_pod
from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.model.objects import Object

FILE_MODE = 0o644
_MISSING_KEY = {
    "configmap": "configmap references non-existent config key: {}",
    "secret": "references non-existent secret key: {}",
}
_KIND = {"configMap": "configmap", "secret": "secret"}
KINDS = ("configMap", "secret", "downwardAPI", "projected")
"""The volumes whose files the kubelet writes; containers only read them."""


class Projected(NamedTuple):
    """One file of a volume."""

    text: str
    mode: int = FILE_MODE


Payload = dict[str, Projected]
"""By path below the volume."""


def payload_of(volume: Object, pod: Object, sources: Sources) -> Payload:
    """Return the files of a volume of one of `KINDS`.

    Raises:
        SourceError: a source or a key that must be there is not.
    Source: pkg/volume/configmap/configmap.go, secret/secret.go, downwardapi/downwardapi.go, projected/projected.go.
    """
    kind = next(each for each in KINDS if each in volume)
    source = volume[kind]
    mode = source.get("defaultMode", FILE_MODE)
    if kind == "projected":
        return _of_all(source.get("sources") or (), pod, sources, mode)
    return _of_one(kind, source, pod, sources, mode)


def references(volume: Object) -> frozenset[tuple[str, str]]:
    """Return the ConfigMaps and Secrets a volume shows, as (kind, name)."""
    parts = [volume, *((volume.get("projected") or {}).get("sources") or ())]
    return frozenset((_KIND[field], _name(part[field])) for part in parts for field in _KIND if field in part)


def _of_all(parts: Sequence[Object], pod: Object, sources: Sources, mode: int) -> Payload:
    """Return what all parts of a projected volume show; a later part wins, and all that is missing is said at once."""
    made: Payload = {}
    faults: list[str] = []
    for part in parts:
        try:
            kind = next(iter(part))
            made.update(_of_one(kind, part[kind], pod, sources, mode))
        except SourceError as error:
            faults.append(str(error))
    if faults:
        distinct = list(dict.fromkeys(faults))
        raise SourceError(distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]")
    return made


def _of_one(kind: str, source: Object, pod: Object, sources: Sources, mode: int) -> Payload:
    if kind == "downwardAPI":
        return {each["path"]: Projected(_told(each, pod, sources), each.get("mode", mode)) for each in source["items"]}
    if kind == "serviceAccountToken":
        return {source["path"]: Projected(_token(pod, source), mode)}
    return _of_object(_KIND[kind], source, pod, sources, mode)


def _of_object(kind: str, source: Object, pod: Object, sources: Sources, mode: int) -> Payload:
    """Return the keys of a ConfigMap or Secret as files, or those that `items` name, under the paths they name."""
    optional = bool(source.get("optional"))
    held = sources.files(kind, pod["metadata"]["namespace"], _name(source), optional) or {}
    if not source.get("items"):
        return {key: Projected(text, mode) for key, text in held.items()}
    made: Payload = {}
    for item in source["items"]:
        if item["key"] in held:
            made[item["path"]] = Projected(held[item["key"]], item.get("mode", mode))
        elif not optional:
            raise SourceError(_MISSING_KEY[kind].format(item["key"]))
    return made


def _name(source: Object) -> str:
    return str(source.get("secretName") or source.get("name", ""))


def _told(item: Object, pod: Object, sources: Sources) -> str:
    if "fieldRef" in item:
        return field_of_pod(pod, item["fieldRef"]["fieldPath"], {})
    return resource_of_pod(pod, None, item["resourceFieldRef"], sources.allocatable)


def _token(pod: Object, source: Object) -> str:
    """Return a token's three parts. Approximated: it is not signed, nobody checks it, and it does not run out."""
    meta, account = pod["metadata"], pod["spec"].get("serviceAccountName", "default")
    claims: Mapping[str, object] = {
        "aud": [source.get("audience") or "https://kubernetes.default.svc.cluster.local"],
        "iss": "https://kubernetes.default.svc.cluster.local",
        "kubernetes.io": {"namespace": meta["namespace"], "pod": {"name": meta["name"], "uid": meta["uid"]}},
        "sub": f"system:serviceaccount:{meta['namespace']}:{account}",
    }
    parts = ({"alg": "none"}, claims)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, ""])
