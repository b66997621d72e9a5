"""The rules of PersistentVolumes and PersistentVolumeClaims.

Source: pkg/apis/core/v1/defaults.go; pkg/registry/core/persistentvolume{,claim}/strategy.go.
"""

from podproof.simulator.api.kinds.volume_defaults import default_source
from podproof.simulator.api.rules import Draft, Rules, Surroundings
from podproof.simulator.api.validation.claims import claim_faults, claim_update_faults
from podproof.simulator.api.validation.persistent_volumes import volume_faults, volume_update_faults
from podproof.simulator.api.validation.storage_warnings import claim_warnings, volume_warnings
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import timestamp

_SNAPSHOTS = ("snapshot.storage.k8s.io", "VolumeSnapshot")
_CLAIMS = ("", "PersistentVolumeClaim")


def _default_volume(volume: Draft) -> None:
    """Complete a volume.

    Source: SetDefaults_PersistentVolume and the defaults of each source.
    """
    volume.setdefault("status", {}).setdefault("phase", "Pending")
    spec = volume.setdefault("spec", {})
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    default_source(spec)


def _begin_volume(volume: Draft) -> None:
    volume["status"] = {"phase": "Pending"}


def _time_volume(volume: Draft, around: Surroundings) -> None:
    volume["status"]["lastPhaseTransitionTime"] = timestamp(around.now)


def default_claim_spec(spec: Draft) -> None:
    """Complete the spec of a claim.

    Source: SetDefaults_PersistentVolumeClaimSpec.
    """
    spec.setdefault("volumeMode", "Filesystem")


def _default_claim(claim: Draft) -> None:
    claim.setdefault("status", {}).setdefault("phase", "Pending")
    default_claim_spec(claim.setdefault("spec", {}))


def _begin_claim(claim: Draft) -> None:
    claim["status"] = {"phase": "Pending"}
    _settle_sources(claim["spec"], {})


def _carry_claim(claim: Draft, old: Object) -> None:
    claim["status"] = old.get("status", {})
    _settle_sources(claim["spec"], old["spec"])


def _settle_sources(spec: Draft, known: Object) -> None:
    """Drop an old-style data source that is neither a claim nor a snapshot, and keep both spellings the same.

    Source: pkg/api/persistentvolumeclaim/util.go, DropDisabledFields, EnforceDataSourceBackwardsCompatibility,
    NormalizeDataSources.
    """
    # Sources of other namespaces are behind a gate that is off.
    if (spec.get("dataSourceRef") or {}).get("namespace") and "dataSourceRef" not in known:
        spec.pop("dataSourceRef")
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    is_kept = reference or "dataSource" in known or "dataSourceRef" in known
    if source and not is_kept and (source.get("apiGroup") or "", source.get("kind")) not in (_CLAIMS, _SNAPSHOTS):
        spec.pop("dataSource")
    elif source and not reference:
        spec["dataSourceRef"] = dict(source)
    elif reference and not source and not reference.get("namespace"):
        spec["dataSource"] = dict(reference)


VOLUMES = Rules(
    default=_default_volume,
    begin=_begin_volume,
    allocate=_time_volume,
    validate=volume_faults,
    validate_update=volume_update_faults,
    warnings=volume_warnings,
    derives=True,
)
CLAIMS = Rules(
    default=_default_claim,
    begin=_begin_claim,
    carry_over=_carry_claim,
    validate=claim_faults,
    validate_update=claim_update_faults,
    warnings=claim_warnings,
    derives=True,
)
