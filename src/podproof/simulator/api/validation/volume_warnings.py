"""Warnings about volumes: sources that have gone out of use, files that hide a token.

Source: pkg/api/pod/warnings.go, warningsForPodSpecAndMeta.
"""

from collections.abc import Iterator, Mapping

from podproof.simulator.api.faults import quoted
from podproof.simulator.api.validation.storage_warnings import claim_spec_warnings
from podproof.simulator.model.objects import Object, at

_DEPRECATED_SOURCES = {
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
}
_SOURCES_OF_FILES: Mapping[str, str] = {"configMap": "configMap", "secret": "secrets", "downwardAPI": "downwardAPI"}
"""The sources that list their files, and what the server calls each of them."""


def volume_warnings(spec: Object) -> Iterator[str]:
    """Yield what the real server warns of in the volumes of a pod."""
    volumes = spec.get("volumes") or ()
    for index, volume in enumerate(volumes):
        for kind, text in _DEPRECATED_SOURCES.items():
            if kind in volume:
                yield f"spec.volumes[{index}].{kind}: {text}"
        claim = at(volume, "ephemeral", "volumeClaimTemplate", "spec")
        if claim is not None:
            yield from claim_spec_warnings(claim, f"spec.volumes[{index}].ephemeral.volumeClaimTemplate.spec")
        if "projected" in volume and not any(volume["projected"].get("sources") or ()):
            yield f'volume "{volume.get("name", "")}" (Projected) has no sources provided'
    sources = [
        (index, source) for index, each in enumerate(volumes) for source in at(each, "projected", "sources") or ()
    ]
    tokens = {at(source, "serviceAccountToken", "path") for _, source in sources} - {None}
    for index, source in sources:
        for place, path in _files(source):
            if path in tokens:
                told = f"has duplicated path with ServiceAccountToken {quoted(path)}"
                yield f"spec.volumes[{index}].projected.sources.{place}: {told}"


def _files(source: Object) -> Iterator[tuple[str, str]]:
    """Yield every file that a source lists, with the place the server tells of."""
    for kind, word in _SOURCES_OF_FILES.items():
        for index, item in enumerate(at(source, kind, "items") or ()):
            yield f"{word}[{index}]", item.get("path", "")
    if "clusterTrustBundle" in source:
        yield "ClusterTrustBundle", source["clusterTrustBundle"].get("path", "")
