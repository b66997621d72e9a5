"""What can be pulled: the registries of the world, as far as a scenario lets them exist."""

from collections.abc import Collection

from podproof.simulator.machine.images import Image, ImageTable, Unknown
from podproof.simulator.model.image_names import normalised, parse


class PullError(Exception):
    """An image could not be pulled; `message` is the runtime's own."""

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
        self._unknown = table.unknown if unknown is None else unknown
        table.unknown = self._unknown

    def pull(self, reference: str) -> Image:
        """Return an image that exists.

        Raises:
            PullError: with containerd's text.
            ImageNameError: the reference does not parse.
        Source: containerd client/pull.go, Client.fetch, and core/remotes/docker/resolver.go, Resolve (not found).
        """
        if not self._exists(reference):
            full = str(parse(reference))
            unpack = f'failed to pull and unpack image "{full}"'
            raise PullError(
                f'rpc error: code = NotFound desc = {unpack}: failed to resolve reference "{full}": {full}: not found'
            )
        return self._table.image(reference)

    def _exists(self, reference: str) -> bool:
        if self._present is not None:
            return normalised(reference) in self._present or self._by_digest(reference)
        return self._table.exists(reference) or (self._unknown == "run" and not self._table.image(reference).known)

    def _by_digest(self, reference: str) -> bool:
        name = parse(reference)
        wanted = f"{name.repository}@{name.digest}"
        return bool(name.digest) and any(
            self._table.image(present).repo_digest == wanted for present in sorted(self._present or ())
        )
