"""The words for kinds of objects in a sentence, and the references they make."""

from podproof.cluster import Cluster
from podproof.errors import PodproofError
from podproof.simulator.model.objects import Ref

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
    )
}
_PLURALS = {word if word.endswith("s") else f"{word}s": kind for word, kind in _KINDS.items()}
_CLUSTER_SCOPED = frozenset({"Namespace", "Node", "PriorityClass"})


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
    if word.lower() not in _KINDS:
        raise UnknownKindError(word, tuple(sorted(_KINDS)))
    return word


def plural(word: str) -> str:
    """Return the kind that a plural names: "pods" is Pod.

    Raises:
        UnknownKindError: it names none.
    """
    if word.lower() not in _PLURALS:
        raise UnknownKindError(word, tuple(sorted(_PLURALS)))
    return _PLURALS[word.lower()]


def ref(cluster: Cluster, word: str, name: str) -> Ref:
    """Return the reference of an object of the scenario's namespace."""
    kind = _KINDS[known(word).lower()]
    return Ref(kind, "" if kind in _CLUSTER_SCOPED else cluster.namespace, name)


def pod(cluster: Cluster, name: str) -> Ref:
    """Return the reference of a pod of the scenario's namespace."""
    return Ref("Pod", cluster.namespace, name)
