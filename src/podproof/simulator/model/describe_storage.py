"""What `kubectl describe` says of volumes, claims and storage classes.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describePersistentVolume, describePersistentVolumeClaim,
describeStorageClass.
"""

from collections.abc import Sequence

from podproof.simulator.model.describe_parts import Around, Lines, conditions, head, listed, names, notes, told, truth
from podproof.simulator.model.describe_sources import source_lines, source_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.schema import notation_of
from podproof.simulator.model.table_cells import NONE, labels, since
from podproof.simulator.model.workload_tables import access_modes, class_of, storage_of

_IS_DEFAULT = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_PROBED = (
    ("LastProbeTime", "lastProbeTime"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)


def persistent_volume_claim(item: Object, around: Around) -> Lines:
    """Yield what is said of a PersistentVolumeClaim."""
    spec, is_bound = item["spec"], bool(item["spec"].get("volumeName"))
    yield from names(item)
    yield f"StorageClass:\t{class_of(item)}"
    yield _status(item, around)
    yield f"Volume:\t{spec.get('volumeName', '')}"
    yield from notes(item)
    yield _finalizers(item)
    yield f"Capacity:\t{storage_of(at(item, 'status', 'capacity')) if is_bound else ''}"
    yield f"Access Modes:\t{access_modes(at(item, 'status', 'accessModes')) if is_bound else ''}"
    yield from told(spec, (("VolumeMode", "volumeMode"),))
    source = spec.get("dataSource")
    if source is not None:
        yield "DataSource:"
        yield from told(source, (("  APIGroup", "apiGroup"), ("  Kind", "kind"), ("  Name", "name")))
    yield from listed("Used By", [pod["metadata"]["name"] for pod in around.beside(item, "Pod") if _uses(pod, item)])
    yield from conditions(at(item, "status", "conditions") or (), _PROBED)


def _uses(pod: Object, claim: Object) -> bool:
    name = claim["metadata"]["name"]
    mounted = any(at(row, "persistentVolumeClaim", "claimName") == name for row in pod["spec"].get("volumes") or ())
    owners = claim["metadata"].get("ownerReferences") or ()
    return mounted or any(row["kind"] == "Pod" and row["uid"] == pod["metadata"].get("uid") for row in owners)


def _status(item: Object, around: Around) -> str:
    deleted = item["metadata"].get("deletionTimestamp")
    if deleted:
        return f"Status:\tTerminating (lasts {since(deleted, around.now)})"
    return f"Status:\t{at(item, 'status', 'phase') or ''}"


def _finalizers(item: Object) -> str:
    return f"Finalizers:\t[{' '.join(item['metadata'].get('finalizers') or ())}]"


def persistent_volume(item: Object, around: Around) -> Lines:
    """Yield what is said of a PersistentVolume."""
    spec = item["spec"]
    claim = spec.get("claimRef")
    yield from head(item)
    yield _finalizers(item)
    yield f"StorageClass:\t{class_of(item)}"
    yield _status(item, around)
    yield f"Claim:\t{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "Claim:\t"
    yield f"Reclaim Policy:\t{spec.get('persistentVolumeReclaimPolicy', '')}"
    yield f"Access Modes:\t{access_modes(spec.get('accessModes'))}"
    yield from told(spec, (("VolumeMode", "volumeMode"),))
    yield f"Capacity:\t{storage_of(spec.get('capacity'))}"
    yield from _node_affinity(at(spec, "nodeAffinity", "required"))
    yield f"Message:\t{at(item, 'status', 'message') or ''}"
    yield "Source:"
    yield from _source(spec)


def _node_affinity(required: Object | None) -> Lines:
    terms = (required or {}).get("nodeSelectorTerms") or ()
    yield f"Node Affinity:\t{'' if required else NONE}"
    if required:
        yield f"  Required Terms:\t{'' if terms else NONE}"
    for index, term in enumerate(terms):
        texts = [_demand(row) for row in term.get("matchExpressions") or ()]
        yield from listed(f"    Term {index}", texts)


def _demand(row: Object) -> str:
    values = f" [{', '.join(row['values'])}]" if row.get("values") else ""
    return f"{row['key']} {row['operator'].lower()}{values}"


def _source(spec: Object) -> Lines:
    kind = source_of("PersistentVolumeSpec", spec)
    yield from source_lines(notation_of("PersistentVolumeSpec", kind), spec[kind] or {}) if kind else ("  <unknown>",)


def storage_class(item: Object, around: Around) -> Lines:
    """Yield what is said of a StorageClass."""
    annotations = item["metadata"].get("annotations") or {}
    options = item.get("mountOptions") or ()
    yield from names(item)
    yield f"IsDefaultClass:\t{'Yes' if any(annotations.get(name) == 'true' for name in _IS_DEFAULT) else 'No'}"
    yield f"Annotations:\t{labels(annotations)}"
    yield f"Provisioner:\t{item.get('provisioner', '')}"
    yield f"Parameters:\t{labels(item.get('parameters'))}"
    yield f"AllowVolumeExpansion:\t{truth(item.get('allowVolumeExpansion'))}"
    yield "MountOptions:" if options else f"MountOptions:\t{NONE}"
    yield from (f"  {option}" for option in options)
    yield from told(item, (("ReclaimPolicy", "reclaimPolicy"), ("VolumeBindingMode", "volumeBindingMode")))
    yield from _topologies(item.get("allowedTopologies") or ())


def _topologies(terms: Sequence[Object]) -> Lines:
    """Yield where volumes of a class may be. Source: printAllowedTopologies."""
    if terms:
        yield "AllowedTopologies:\t"
    for index, term in enumerate(terms):
        wanted = term.get("matchLabelExpressions") or ()
        texts = [f"{row['key']} in [{', '.join(row.get('values') or ())}]" for row in wanted]
        yield from listed(f"  Term {index}", texts)
