"""What can be pulled: the registries of the world, as a scenario lets them exist and changes them."""

from collections.abc import Collection, Sequence

from podproof.simulator.machine.images import Image, ImageTable, Unknown
from podproof.simulator.model.image_names import ImageName, normalised, parse
from podproof.simulator.model.registry_credentials import Credential

_HUB = "docker.io/"


class PullError(Exception):
    """An image could not be pulled; `message` is the runtime's own, without the code that gRPC puts before it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Registry:
    """`present` are the references that exist, None for every tag of the table.

    `unknown="run"` lets an image exist that no row describes.
    """

    def __init__(
        self, table: ImageTable, present: Collection[str] | None = None, unknown: Unknown | None = None
    ) -> None:
        self._table = table
        self._present = None if present is None else {normalised(reference) for reference in present}
        self._changed: dict[str, bool] = {}
        self._private: dict[str, Credential | None] = {}
        self._unknown = table.unknown if unknown is None else unknown
        table.unknown = self._unknown

    def put(self, reference: str) -> None:
        """Let an image exist from now on. Raises ImageNameError."""
        self._changed[normalised(reference)] = True

    def remove(self, reference: str) -> None:
        """Let an image exist no more. Raises ImageNameError."""
        self._changed[normalised(reference)] = False

    def close(self, reference: str, credential: Credential | None = None) -> None:
        """Make an image's repository private: only this credential opens it, or any where none is named.

        Raises ImageNameError.
        """
        self._private[parse(reference).repository] = credential

    def pull(self, reference: str, credential: Credential | None = None) -> Image:
        """Return an image that exists and that may be had.

        Raises:
            PullError: with containerd's text.
            ImageNameError: the reference does not parse.
        Source: containerd client/pull.go, Client.fetch, and core/remotes/docker/resolver.go, Resolve (not found).
        """
        name = parse(reference)
        refused = self._refusal(name, credential)
        if not refused and not self._exists(reference):
            refused = f"{name}: not found"
        if refused:
            unpack = f'failed to pull and unpack image "{name}"'
            raise PullError(f'{unpack}: failed to resolve reference "{name}": {refused}')
        return self._table.image(reference)

    def _refusal(self, name: ImageName, credential: Credential | None) -> str:
        """Return how a private repository turns away who lacks the credential, "" where it does not.

        Source: containerd core/remotes/docker/resolver.go, Resolve; authorizer.go, AddResponses.
        """
        if name.repository not in self._private:
            return ""
        wanted = self._private[name.repository]
        if credential is not None and wanted in (None, credential):
            return ""
        denied = "pull access denied, repository does not exist or may require authorization"
        if credential is None and name.repository.startswith(_HUB):
            return f"{denied}: server message: insufficient_scope: authorization failed"
        if credential is None:
            return f"{denied}: authorization failed: no basic auth credentials"
        path = name.repository.removeprefix(_HUB)
        if name.repository.startswith(_HUB):
            scope = f"scope=repository%3A{path.replace('/', '%2F')}%3Apull&service=registry.docker.io"
            asked = f"GET request to https://auth.docker.io/token?{scope}"
            return f"failed to authorize: failed to fetch oauth token: unexpected status from {asked}: 401 Unauthorized"
        host, _, rest = name.repository.partition("/")
        asked = f"https://{host}/v2/{rest}/manifests/{name.digest or name.tag}"
        return f"unexpected status from HEAD request to {asked}: 401 Unauthorized"

    def _exists(self, reference: str) -> bool:
        changed = self._changed.get(normalised(reference))
        if changed is not None:
            return changed
        if self._present is not None:
            return normalised(reference) in self._present or self._by_digest(reference)
        return self._table.exists(reference) or (self._unknown == "run" and not self._table.image(reference).known)

    def _by_digest(self, reference: str) -> bool:
        name = parse(reference)
        wanted = f"{name.repository}@{name.digest}"
        return bool(name.digest) and any(
            self._table.image(present).repo_digest == wanted for present in sorted(self._present or ())
        )


def pull_with(registry: Registry, reference: str, credentials: Sequence[Credential]) -> tuple[Image, Credential | None]:
    """Pull with the first credential that opens the registry, without any where none is offered.

    Raises:
        PullError: none does; it says so once for each that was turned away differently.
    Source: pkg/kubelet/kuberuntime/kuberuntime_image.go, PullImage.
    """
    faults: list[str] = []
    for credential in credentials or (None,):
        try:
            return registry.pull(reference, credential), credential
        except PullError as error:
            faults.append(error.message)
    distinct = list(dict.fromkeys(faults))
    raise PullError(distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]")
