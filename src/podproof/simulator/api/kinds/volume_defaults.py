"""What a volume leaves out and the API server fills in. Drafts are changed in place.

Source: pkg/apis/core/v1/defaults.go, SetDefaults_Volume and its kin.
"""

from collections.abc import Mapping
from typing import Any

from podproof.simulator.api.rules import Draft
from podproof.simulator.model.image_names import default_pull_policy

_FILE_MODE = 0o644
_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "secret": {"defaultMode": _FILE_MODE},
    "configMap": {"defaultMode": _FILE_MODE},
    "downwardAPI": {"defaultMode": _FILE_MODE},
    "projected": {"defaultMode": _FILE_MODE},
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4", "readOnly": False},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
_TOKEN_SECONDS = 3600
_GATED_PROJECTIONS = ("clusterTrustBundle", "podCertificate")
"""Behind gates that are off: dropped as if they were not there. Source: pkg/api/pod/util.go, dropDisabledFields."""


def default_volume(volume: Draft) -> None:
    """Complete a volume; one without a source is an empty directory."""
    if not any(key != "name" for key in volume):
        volume["emptyDir"] = {}
        return
    default_source(volume)
    if "image" in volume:
        volume["image"].setdefault("pullPolicy", default_pull_policy(volume["image"].get("reference", "")))
    if "volumeClaimTemplate" in volume.get("ephemeral", {}):
        claim = volume["ephemeral"]["volumeClaimTemplate"]
        claim.setdefault("metadata", {})
        claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    _default_items(volume.get("downwardAPI", {}))
    for each in volume.get("projected", {}).get("sources") or ():
        for gated in _GATED_PROJECTIONS:
            each.pop(gated, None)
        _default_items(each.get("downwardAPI", {}))
        if "serviceAccountToken" in each:
            each["serviceAccountToken"].setdefault("expirationSeconds", _TOKEN_SECONDS)


def default_source(holder: Draft) -> None:
    """Complete the sources that a volume, or the spec of a persistent one, has."""
    for source, values in _SOURCES.items():
        if source in holder:
            for key, value in values.items():
                holder[source].setdefault(key, value)


def _default_items(source: Draft) -> None:
    for item in source.get("items") or ():
        if "fieldRef" in item:
            item["fieldRef"].setdefault("apiVersion", "v1")
        if "resourceFieldRef" in item:
            item["resourceFieldRef"].setdefault("divisor", "0")
