"""The words for kinds of objects in a sentence, and the references they make."""

from podproof.cluster import Cluster
from podproof.errors import PodproofError
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Object, Ref
from podproof.timeline import Record

_KINDS = {
    kind.lower(): kind
    for kind in (
        "Pod",
        "Service",
        "ConfigMap",
        "Secret",
        "Namespace",
        "Node",
        "ServiceAccount",
        "Endpoints",
        "EndpointSlice",
        "Event",
        "LimitRange",
        "PriorityClass",
        "ResourceQuota",
        "Deployment",
        "ReplicaSet",
        "ReplicationController",
        "ControllerRevision",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "StorageClass",
        "VolumeAttachment",
        "CSIDriver",
        "CSINode",
        "CSIStorageCapacity",
        "Ingress",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
        "Lease",
        "CustomResourceDefinition",
    )
}
_ENDINGS = (("ss", "sses"), ("ints", "ints"), ("y", "ies"))
"""How a word that does not only take an s ends alone, and ends among many; "endpoints" are always many."""
_CLUSTER_SCOPED = frozenset((
    "Namespace", "Node", "PriorityClass", "PersistentVolume", "StorageClass", "VolumeAttachment",
    "CSIDriver", "CSINode", "CustomResourceDefinition",
))  # fmt: skip


def _many(word: str) -> str:
    for one, many in _ENDINGS:
        if word.endswith(one):
            return word.removesuffix(one) + many
    return f"{word}s"


_PLURALS = {_many(word): kind for word, kind in _KINDS.items()}


class UnknownKindError(PodproofError, ValueError):
    """A sentence speaks of a kind that the steps do not know; `known` are the words they do."""

    def __init__(self, word: str, known: tuple[str, ...]) -> None:
        super().__init__(word, known)
        self.word, self.known = word, known

    def __str__(self) -> str:
        return f"{self.word!r} is no kind the steps know: write one of {', '.join(self.known)}"


def known(word: str) -> str:
    """Return a word that names a kind, as it is.

    Raises:
        UnknownKindError: it names none.
    """
    if word.lower() not in _KINDS and not _is_custom(word):
        raise UnknownKindError(word, tuple(sorted(_KINDS)))
    return word


def plural(word: str) -> str:
    """Return the kind that a plural names: "pods" is Pod.

    Raises:
        UnknownKindError: it names none.
    """
    if word.lower() in _PLURALS:
        return _PLURALS[word.lower()]
    if not _is_custom(word):
        raise UnknownKindError(word, tuple(sorted(_PLURALS)))
    return word


def _is_custom(word: str) -> bool:
    """Say whether a word may be a kind that a definition adds: it is written as its manifests write it."""
    return word[:1].isupper()


def defined(record: Record, kind: str) -> Object | None:
    """Return the definition that adds a kind to the cluster, or did before it went; None where none ever did."""
    for each in record.refs("CustomResourceDefinition"):
        shown = [version.object for version in record.timeline(each) if version.object is not None]
        if shown and shown[-1]["spec"]["names"]["kind"] == kind:
            return shown[-1]
    return None


def ref(cluster: Cluster, word: str, name: str) -> Ref:
    """Return the reference of an object of the scenario's namespace, or of another that "namespace/name" says."""
    kind = _KINDS.get(known(word).lower())
    if kind is None:
        return _custom_ref(cluster, word, name)
    return Ref(kind, "", name) if kind in _CLUSTER_SCOPED else _placed(cluster, kind, name)


def _placed(cluster: Cluster, kind: str, name: str) -> Ref:
    namespace, slash, own = name.rpartition("/")
    return Ref(kind, namespace if slash else cluster.namespace, own)


def _custom_ref(cluster: Cluster, kind: str, name: str) -> Ref:
    definition = defined(cluster.record(), kind)
    if definition is None:
        advice = "Apply its CustomResourceDefinition first."
        raise NotSoError(f"the cluster serves the kind {kind}", "no definition adds it", advice)
    return Ref(kind, cluster.namespace if definition["spec"]["scope"] == "Namespaced" else "", name)


def pod(cluster: Cluster, name: str) -> Ref:
    """Return the reference of a pod of the scenario's namespace, or of another that "namespace/name" says."""
    return _placed(cluster, "Pod", name)
