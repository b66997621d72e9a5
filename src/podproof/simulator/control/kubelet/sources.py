"""What a kubelet reads besides its own pods: Services, ConfigMaps, Secrets, and what its node has to give."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from podproof.simulator.control.kubelet.lookups import Find, SourceError
from podproof.simulator.control.kubelet.volumes.claimed import ClaimedStorage
from podproof.simulator.model.objects import Object
from podproof.simulator.model.registry_credentials import Entry

ServiceEnvironment = Callable[[Object], Mapping[str, str]]
"""The service variables of a pod, as its kubelet's cache of Services gives them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The caches of one kubelet; `allocatable` is what its node can give to pods, `logins` its own to registries.

    `node` gives the node itself, None while the cache does not have it yet.
    """

    services: ServiceEnvironment
    config_maps: Find
    secrets: Find
    allocatable: Mapping[str, str] = field(default_factory=dict)
    logins: Sequence[Entry] = ()
    node: Callable[[], Object | None] = lambda: None
    storage: ClaimedStorage | None = None
    """The volumes of claims, None where a node has none."""

    def texts(self, kind: str, namespace: str, name: str, optional: bool) -> Mapping[str, str] | None:
        """Return the texts of a ConfigMap or Secret ("configmap", "secret"); None where it may be and is missing.

        Raises:
            SourceError: it must not be missing and is.
        """
        item = (self.config_maps if kind == "configmap" else self.secrets)(namespace, name)
        if item is None:
            if optional:
                return None
            raise SourceError(f'{kind} "{name}" not found')
        return item.get("data") or {} if kind == "configmap" else decoded(item.get("data"))

    def files(self, kind: str, namespace: str, name: str, optional: bool) -> Mapping[str, str] | None:
        """Return all that a ConfigMap or Secret can be as files, its binary data too.

        Raises:
            SourceError: it must not be missing and is.
        """
        texts = self.texts(kind, namespace, name, optional)
        if texts is None or kind == "secret":
            return texts
        return {**texts, **decoded((self.config_maps(namespace, name) or {}).get("binaryData"))}


def decoded(data: Mapping[str, str] | None) -> dict[str, str]:
    """Return base64 values as text; bytes that are no UTF-8 survive as surrogates."""
    return {key: base64.b64decode(value).decode(errors="surrogateescape") for key, value in (data or {}).items()}
