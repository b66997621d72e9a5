"""What a row of `data/images.yaml` says, and what a project's own row may say; every fault of all rows at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from podproof.errors import PodproofError
from podproof.simulator.machine import behaviours
from podproof.simulator.machine.behaviours import Behaviour
from podproof.simulator.model.image_names import ImageNameError, parse

SIGNALS = {
    "SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGUSR2": 12, "SIGTERM": 15, "SIGWINCH": 28,
}  # fmt: skip

_OWN_KEYS = {
    "name": str, "from": str, "entrypoint": list, "cmd": list, "script": str, "env": dict, "files": dict,
    "working-dir": str, "user": str, "exposed-ports": list, "size": int, "stop-signal": str,
    **dict.fromkeys(behaviours.KEYS, object),
}  # fmt: skip

Pairs = tuple[tuple[str, str], ...]


class ImageRowsError(PodproofError, ValueError):
    """A project's image rows that do not hold; `faults` are sentences, one for each fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "images: " + "\n  ".join(self.faults)


class Tree(NamedTuple):
    """What a variant of an image is built on: a set of commands at a version, its own programs and files."""

    set_name: str
    version: str
    size: int
    programs: Pairs = ()
    files: Pairs = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One repository's images.

    `releases` are (minor, last patch or None), `aliases` (tag, release), `trees` (suffix of the tag, tree).
    """

    repository: str
    releases: tuple[tuple[str, int | None], ...]
    aliases: Pairs
    trees: tuple[tuple[str, Tree], ...]
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: Pairs = ()
    working_dir: str = "/"
    user: str = ""
    exposed_ports: tuple[str, ...] = ()
    stop_signal: int = 15
    uses: Pairs = ()
    """How much of which resource a container of it uses."""
    _tags: dict[str, tuple[str, str]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Row":
        """Return a row of `data/images.yaml`."""
        variants = row.get("variants") or {"": {}}
        return cls(
            row["repository"],
            tuple((str(release), patch) for release, patch in row.get("releases", {}).items()),
            tuple((str(tag), str(release)) for tag, release in row.get("aliases", {}).items()),
            tuple((suffix, _tree(row, changed)) for suffix, changed in variants.items()),
            tuple(row.get("entrypoint", ())),
            tuple(row.get("cmd", ())),
            _pairs(row.get("env", {})),
            row.get("working-dir", "/"),
            str(row.get("user", "")),
            tuple(row.get("exposed-ports", ())),
            SIGNALS[row.get("stop-signal", "SIGTERM")],
        )

    def tags(self) -> Mapping[str, tuple[str, str]]:
        """Return every tag with its release and variant."""
        if not self._tags:
            for suffix, _ in self.trees:
                for tag, release in self._plain_tags():
                    self._tags[f"{tag}{suffix}"] = (release, suffix)
                if suffix and any(tag == "latest" for tag, _ in self.aliases):
                    self._tags[suffix.removeprefix("-")] = self._tags[f"latest{suffix}"]
        return self._tags

    def release_of(self, tag: str) -> tuple[str, str]:
        """Return the release and variant of a tag; those of the newest where the row does not have the tag."""
        newest = self._newest(self.releases[-1][0]) if self.releases else tag
        return self.tags().get(tag) or (newest, self.trees[0][0])

    def variant(self, suffix: str) -> Tree:
        """Return what a variant is built on."""
        return next(tree for name, tree in self.trees if name == suffix)

    def _plain_tags(self) -> list[tuple[str, str]]:
        plain = []
        for release, patch in self.releases:
            plain.append((release, self._newest(release)))
            plain.extend((f"{release}.{n}", f"{release}.{n}") for n in range((patch if patch is not None else -1) + 1))
        return plain + [(tag, self._newest(release)) for tag, release in self.aliases]

    def _newest(self, release: str) -> str:
        patch = dict(self.releases).get(release)
        return release if patch is None else f"{release}.{patch}"


def check_rows(extra: Sequence[Mapping[str, Any]], builtin: Sequence[Row]) -> tuple[Row, ...]:
    """Return a project's own rows; `builtin` are what `from` may name.

    Raises:
        ImageRowsError: with every fault of every row.
    """
    faults: list[str] = []
    checked = [_own_row(row, f"images[{i}]", builtin, faults) for i, row in enumerate(extra)]
    if faults:
        raise ImageRowsError(tuple(faults))
    return tuple(row for row in checked if row is not None)


def _own_row(row: object, where: str, builtin: Sequence[Row], faults: list[str]) -> Row | None:
    if not isinstance(row, Mapping):
        faults.append(f"{where}: wanted a mapping with a name, seen {row!r}")
        return None
    before = len(faults)
    faults.extend(_wrong_keys(row, where))
    faults.extend(behaviours.faults_of(row, where))
    named = _parsed(row.get("name"), f"{where}.name", faults)
    if "script" in row and ("entrypoint" in row or "cmd" in row):
        faults.append(f"{where}: script is the whole command: write script, or entrypoint and cmd, not both")
    signal = row.get("stop-signal", "SIGTERM")
    if isinstance(signal, str) and signal not in SIGNALS:
        faults.append(f"{where}.stop-signal: wanted one of {', '.join(SIGNALS)}, seen {signal!r}")
    base = _base(row.get("from", "busybox"), f"{where}.from", builtin, faults)
    if len(faults) > before or named is None or base is None:
        return None
    return _own(row, named, *base)


def _own(row: Mapping[str, Any], named: tuple[str, str], base: Row, tree: Tree, release: str) -> Row:
    files = dict(tree.files) | {str(path): str(text) for path, text in row.get("files", {}).items()}
    version = tree.version.replace("$release", release)
    signal = SIGNALS[row["stop-signal"]] if "stop-signal" in row else base.stop_signal
    behaves = any(key in row for key in behaviours.KEYS)
    programs = dict(tree.programs)
    if behaves:
        files[behaviours.SCRIPT] = Behaviour.of(row, signal).script()
        programs[behaviours.INTERPRETER] = behaviours.PROGRAM
    own = tree._replace(
        files=_pairs(files), programs=_pairs(programs), size=row.get("size", tree.size), version=version
    )
    described = behaves or any(key in row for key in ("entrypoint", "cmd", "script"))
    script = ("/bin/sh", "-c", row["script"]) if "script" in row else (behaviours.SCRIPT,) if behaves else ()
    return Row(
        named[0],
        (),
        ((named[1], release),),
        (("", own),),
        script or tuple(map(str, row.get("entrypoint", () if described else base.entrypoint))),
        tuple(map(str, row.get("cmd", () if described else base.cmd))),
        _pairs(dict(base.env) | {str(key): str(value) for key, value in row.get("env", {}).items()}),
        row.get("working-dir", base.working_dir),
        str(row.get("user", base.user)),
        tuple(map(str, row.get("exposed-ports", base.exposed_ports))),
        signal,
        tuple((key, str(row[key])) for key in behaviours.USES if key in row),
    )


def _wrong_keys(row: Mapping[str, Any], where: str) -> list[str]:
    from difflib import get_close_matches

    faults = [f"{where}: wanted a name, such as myapp:1.0; seen none"] if "name" not in row else []
    for key, value in row.items():
        wanted = _OWN_KEYS.get(key)
        if wanted is None:
            near = get_close_matches(str(key), _OWN_KEYS, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(_OWN_KEYS)}"
            faults.append(f"{where}: there is no key {key!r}{hint}")
        elif not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            faults.append(f"{where}.{key}: wanted a {_WORDS[wanted]}, seen {value!r}")
    return faults


_WORDS = {str: "text", list: "list", dict: "mapping", int: "number of bytes"}


def _parsed(name: object, where: str, faults: list[str]) -> tuple[str, str] | None:
    if not isinstance(name, str):
        return None
    try:
        parsed = parse(name)
    except ImageNameError as error:
        faults.append(f"{where}: {error}")
        return None
    return parsed.repository, parsed.tag


def _base(name: object, where: str, builtin: Sequence[Row], faults: list[str]) -> tuple[Row, Tree, str] | None:
    named = _parsed(name, where, faults)
    if named is None:
        return None
    repository, tag = named
    for row in builtin:
        if row.repository == repository and tag in row.tags():
            release, suffix = row.tags()[tag]
            return row, row.variant(suffix), release
    known = sorted({row.repository.removeprefix("docker.io/library/") for row in builtin})
    faults.append(f"{where}: there is no built-in image {name!r} to start from; known are tags of {', '.join(known)}")
    return None


def _tree(row: Mapping[str, Any], changed: Mapping[str, Any]) -> Tree:
    whole = {**row, **changed}
    programs, files = whole.get("programs", {}), whole.get("files", {})
    return Tree(whole["set"], str(whole["version"]), whole["size"], _pairs(programs), _pairs(files))


def _pairs(mapping: Mapping[str, Any]) -> Pairs:
    return tuple((str(key), str(value)) for key, value in mapping.items())
