"""Images: what a reference means on a node, from the rows of `data/images.yaml` and a project's own rows.

A tag exists when a row's releases, aliases and variants say so. A row's `set` is the tree of commands it is built on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from podproof.simulator.data import rows
from podproof.simulator.machine.image_rows import Row, check_rows
from podproof.simulator.machine.nodes import Directory, File, Link, Unmodelled, devices
from podproof.simulator.model.image_names import ImageName, parse
from podproof.simulator.model.quantities import parse as parse_quantity

IDLE = "podproof-idle"
"""The program of an image nobody declared: it keeps running, and ends with 0 at TERM."""

Unknown = Literal["absent", "run"]


class Image(NamedTuple):
    """One image. `shell` is the flavour of its sh, `version` the version of its shell and tools; `size` in bytes.

    `known` is False for an image without a row: nothing is known of what it runs. `idles` then says that it may run
    all the same, doing nothing. `uses` is how much of which resource a container uses, as its row says.
    """

    name: ImageName
    root: Directory
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    working_dir: str = "/"
    user: str = ""
    exposed_ports: tuple[str, ...] = ()
    size: int = 0
    shell: str = ""
    version: str = ""
    stop_signal: int = 15
    known: bool = True
    idles: bool = False
    uses: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """The digest of its manifest: given by the reference, else derived from it."""
        return self.name.digest or _derived_digest(self.name)

    @property
    def repo_digest(self) -> str:
        """What a container's imageID shows: repository@digest."""
        return f"{self.name.repository}@{self.digest}"


class ImageTable:
    """All images somebody has described. Built-in rows come last: a project's own row for a name wins."""

    def __init__(self, described: Iterable[Row], unknown: Unknown = "absent") -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in described:
            self._rows.setdefault(row.repository, []).append(row)
        self.unknown = unknown
        self._images: dict[str, Image] = {}

    @classmethod
    def load(cls, extra: Sequence[Mapping[str, Any]] = (), unknown: Unknown = "absent") -> "ImageTable":
        """Return the built-in rows and a project's own.

        Raises:
            ImageRowsError: rows that do not hold, all their faults at once.
        """
        builtin = _builtin()
        return cls((*check_rows(extra, builtin), *builtin), unknown)

    def exists(self, reference: str) -> bool:
        """Say whether a row describes this very tag. Raises ImageNameError."""
        name = parse(reference)
        return self._row(name) is not None

    def image(self, reference: str) -> Image:
        """Return what a reference means: by its row, else by another row of its repository, else an unknown image.

        Raises:
            ImageNameError: the reference does not parse.
        """
        name = parse(reference)
        found = self._images.get(str(name))
        if found is None:
            found = self._images[str(name)] = self._built(name)
        return found

    def uses(self, reference: str) -> Mapping[str, int]:
        """Return how many thousandths of which resource a container of an image uses, as its row says."""
        return {resource: parse_quantity(amount).milli_value for resource, amount in self.image(reference).uses}

    def _row(self, name: ImageName) -> Row | None:
        held = self._rows.get(name.repository, ())
        return next((row for row in held if not name.tag or name.tag in row.tags()), None)

    def _built(self, name: ImageName) -> Image:
        row = self._row(name) or next(iter(self._rows.get(name.repository, ())), None)
        if row is None:
            return _unknown(name)._replace(idles=self.unknown == "run")
        return _image(name, row)


class ImageStore:
    """The images that are on one node."""

    def __init__(self, table: ImageTable) -> None:
        self._table = table
        self._present: dict[str, Image] = {}
        self.on_change: Callable[[], None] = lambda: None
        """Called when an image came or went."""

    def add(self, reference: str) -> Image:
        """Put an image on the node (it was pulled, or was there from the start). Raises ImageNameError."""
        image = self._table.image(reference)
        if str(image.name) not in self._present:
            self._present[str(image.name)] = image
            self.on_change()
        return image

    def get(self, reference: str) -> Image | None:
        """Return a present image by tag or by digest, None where it is absent. Raises ImageNameError."""
        name = parse(reference)
        found = self._present.get(str(name))
        if found is None and name.digest:
            return next((image for image in self._present.values() if image.repo_digest == _repo_digest(name)), None)
        return found

    def present(self) -> list[Image]:
        """Return the images on the node, in the order in which they came."""
        return list(self._present.values())

    def remove(self, image: Image) -> None:
        """Take an image away."""
        if self._present.pop(str(image.name), None) is not None:
            self.on_change()


@lru_cache(maxsize=1024)
def _derived_digest(name: ImageName) -> str:
    return f"sha256:{sha256(str(name).encode()).hexdigest()}"


def _repo_digest(name: ImageName) -> str:
    return f"{name.repository}@{name.digest}"


@lru_cache(maxsize=1)
def _builtin() -> tuple[Row, ...]:
    return tuple(Row.of(row) for row in rows("images")["images"])


def _image(name: ImageName, row: Row) -> Image:
    release, variant = row.release_of(name.tag)
    tree = row.variant(variant)
    return Image(
        name,
        _root(tree.set_name, tree.programs, tree.files),
        row.entrypoint,
        row.cmd,
        tuple((key, value.replace("$release", release)) for key, value in row.env),
        row.working_dir,
        row.user,
        row.exposed_ports,
        tree.size,
        _shell(tree.set_name),
        tree.version.replace("$release", release),
        row.stop_signal,
        uses=row.uses,
    )


@lru_cache(maxsize=256)
def _unknown(name: ImageName) -> Image:
    return Image(name, _root("busybox", (), ()), (IDLE,), shell=_shell("busybox"), version="1.37", known=False)


def _shell(set_name: str) -> str:
    return str(rows("images")["sets"][set_name]["shell"])


@lru_cache(maxsize=256)
def _root(set_name: str, programs: tuple[tuple[str, str], ...], files: tuple[tuple[str, str], ...]) -> Directory:
    """Return an image's tree: the set's commands, then the image's own programs and files."""
    root = Directory({name: Directory() for name in ("etc", "home", "root", "run", "tmp", "usr", "var")})
    root.entries.update(dev=devices(), proc=Unmodelled("/proc"), sys=Unmodelled("/sys"))
    root.plant("/tmp", _sticky())
    built_on = rows("images")["sets"][set_name]
    for path, target in built_on.get("links", {}).items():
        root.plant(path, Link(target))
    for directory, names in built_on.get("commands", {}).items():
        for command in names.split():
            root.plant(f"{directory}/{command}", File(mode=0o755, runs=command))
    for path, text in (*built_on.get("files", {}).items(), *files):
        root.plant(path, File(text, mode=0o755 if text.startswith("#!") else 0o644))
    for path, program in programs:
        root.plant(path, File(mode=0o755, runs=program))
    return root.seal()


def _sticky() -> Directory:
    directory = Directory()
    directory.mode = 0o1777
    return directory
