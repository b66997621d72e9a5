"""Which storage class claims have that name none."""

from collections.abc import Iterable

from podproof.simulator.model.objects import Object, at

_DEFAULT = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def default_class(classes: Iterable[Object]) -> str | None:
    """Return the name of the default storage class: of several, the one made last, then the first by name.

    Source: pkg/volume/util/storageclass.go, GetDefaultClass.
    """
    found = [each for each in classes if any(_says(each, key) for key in _DEFAULT)]
    latest = max((each["metadata"]["creationTimestamp"] for each in found), default=None)
    names = [each["metadata"]["name"] for each in found if each["metadata"]["creationTimestamp"] == latest]
    return min(names, default=None)


def _says(item: Object, key: str) -> bool:
    return (at(item, "metadata", "annotations") or {}).get(key) == "true"
