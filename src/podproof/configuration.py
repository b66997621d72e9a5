"""What a project says about its runs: `podproof.yaml`, or `[tool.podproof]` in pyproject.toml; all faults at once."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, Literal

from podproof import durations
from podproof.cluster import Command
from podproof.errors import FaultsError
from podproof.simulator.model.times import Nanos, seconds

DEFAULT_TIMEOUT: Final = seconds(60)
DEFAULT_PATIENCE: Final = seconds(30)
_FILE = "podproof.yaml"
_UNKNOWN_IMAGES = ("absent", "run")
_OPERATOR_KEYS = ("command", "folder", "environment")
_NODE_NETWORK = {"address": "address", "pod-cidr": "pod_cidr", "segment": "segment"}
_NODE_KEYS = ("name", "cpu", "memory", "pods", "pulls", "labels", *_NODE_NETWORK)


class ConfigurationError(FaultsError):
    """The configuration cannot be used; `faults` are all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How scenarios run. `images` are rows as of `data/images.yaml`; `nodes` rows with name, cpu, memory, pods, labels,
    pulls, how many images a node pulls at a time, address, pod-cidr and segment. `network` is the kind of the network.

    `registry` lists what can be pulled (None: every image that is known), `images_on_node` what is on every node
    from the start. `timeout` is how long a step waits that names no limit.
    `dns` are the names that exist outside of the cluster, each with its addresses or another name.
    `operators` are how operators are started, by name; their folders are relative to the project's.
    `operator_patience` is how long (of our time) they may work while a step waits.
    `allowed_contexts` are the contexts of the kubeconfig whose clusters may be touched. `k3s_image` is what
    `--cluster k3s` starts ("": the image that podproof pins).
    """

    images: tuple[Mapping[str, Any], ...] = ()
    unknown_images: Literal["absent", "run"] = "absent"
    registry: tuple[str, ...] | None = None
    images_on_node: tuple[str, ...] = ()
    timeout: Nanos = DEFAULT_TIMEOUT
    seed: str = "podproof"
    nodes: tuple[Mapping[str, Any], ...] = ()
    network: str = ""
    allowed_contexts: tuple[str, ...] = ()
    k3s_image: str = ""
    dns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    operators: Mapping[str, Command] = field(default_factory=dict)
    operator_patience: Nanos = DEFAULT_PATIENCE
    source: str = field(default="", compare=False)


def find(rootdir: Path) -> Configuration:
    """Return the configuration of a project: podproof.yaml wins over pyproject.toml; without either, the default one.

    Raises:
        ConfigurationError: it cannot be used.
    """
    own = rootdir / _FILE
    if own.is_file():
        return check(_yaml(own), str(own))
    project = rootdir / "pyproject.toml"
    if project.is_file():
        return check(_toml(project).get("tool", {}).get("podproof", {}), f"{project} [tool.podproof]")
    return Configuration()


def check(given: Any, source: str) -> Configuration:
    """Return what a mapping says.

    Raises:
        ConfigurationError: it says something that cannot be.
    """
    if given is None:
        return Configuration(source=source)
    if not isinstance(given, Mapping):
        raise ConfigurationError(source, ("this must be a mapping of options",))
    faults = [f"{key!r} is no option{_near(str(key))}" for key in given if key not in _OPTIONS]
    found: dict[str, Any] = {}
    for key, (name, read) in _OPTIONS.items():
        if key in given:
            try:
                found[name] = read(given[key])
            except _NotThis as error:
                faults.extend(f"{key}: {each}" for each in error.args)
    if faults:
        raise ConfigurationError(source, tuple(faults))
    return Configuration(**found, source=source)


def _near(key: str) -> str:
    near = get_close_matches(key, _OPTIONS, n=1, cutoff=0.5)
    return f": did you mean {near[0]!r}?" if near else f"; there are {', '.join(_OPTIONS)}"


class _NotThis(Exception):  # noqa: N818 (it never leaves this module)
    """A value is not what its option takes; the arguments are the complaints."""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _NotThis(f"{value!r} must be a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _NotThis("this must be a list of texts")
    return tuple(value)


def _rows(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _NotThis("this must be a list of rows")
    return tuple(value)


def _images(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return rows of images with their durations read; the images they begin from must be known."""
    from podproof.simulator.machine.image_rows import ImageRowsError
    from podproof.simulator.machine.images import ImageTable

    faults: list[str] = []
    rows = tuple(_with_spans(row, f"[{place}]", faults) for place, row in enumerate(_rows(value)))
    try:
        ImageTable.load(rows)
    except ImageRowsError as error:
        faults.extend(each.removeprefix("images") for each in error.faults)
    if faults:
        raise _NotThis(*faults)
    return rows


def _with_spans(row: Mapping[str, Any], where: str, faults: list[str]) -> Mapping[str, Any]:
    from podproof.simulator.machine.behaviours import IGNORES, SPANS

    read = dict(row)
    for key in SPANS:
        if key in row and (key, row[key]) != ("on-term", IGNORES):
            try:
                read[key] = _duration(row[key])
            except _NotThis as error:
                faults.append(f"{where}.{key}: {error}")
                del read[key]
    return read


def _image_names(value: Any) -> tuple[str, ...]:
    from podproof.simulator.model.image_names import ImageNameError, parse

    faults: list[str] = []
    for place, name in enumerate(_texts(value)):
        try:
            parse(name)
        except ImageNameError as error:
            faults.append(f"[{place}]: {error}")
    if faults:
        raise _NotThis(*faults)
    return _texts(value)


def _duration(value: Any) -> Nanos:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return seconds(value)
    try:
        return durations.parse(_text(value))
    except durations.DurationError as error:
        raise _NotThis(str(error)) from None


def _names(value: Any) -> Mapping[str, tuple[str, ...]]:
    """Return names with what each resolves to: an address, addresses, or one other name."""
    from podproof.simulator.model.dns_records import is_address

    if not isinstance(value, Mapping):
        raise _NotThis("this must be a mapping of names to addresses")
    rows = {str(name): tuple(map(str, found if isinstance(found, list) else [found])) for name, found in value.items()}
    wrong = [name for name, found in rows.items() if not found or (len(found) > 1 and not all(map(is_address, found)))]
    if wrong:
        raise _NotThis(*(f"{name}: several answers must all be addresses, and one there must be" for name in wrong))
    return rows


def _unknown_images(value: Any) -> str:
    if value not in _UNKNOWN_IMAGES:
        raise _NotThis(f"{value!r} must be {' or '.join(map(repr, _UNKNOWN_IMAGES))}")
    return str(value)


def _nodes(value: Any) -> tuple[Mapping[str, Any], ...]:
    rows = _rows(value)
    faults = [fault for place, row in enumerate(rows) for fault in _node_faults(place, row)]
    names = [row.get("name") for row in rows]
    faults.extend(f"the name {name!r} is used twice" for name in dict.fromkeys(names) if names.count(name) > 1)
    if not rows:
        faults.append("a cluster needs a node")
    if faults:
        raise _NotThis(*faults)
    return tuple(
        {_NODE_NETWORK.get(key, key): each if key == "labels" else str(each) for key, each in row.items()}
        for row in rows
    )


def _network(value: Any) -> str:
    from podproof.simulator.network.kinds import UnknownKindError, kind

    try:
        return kind(_text(value)).name
    except UnknownKindError as error:
        raise _NotThis(str(error)) from None


def _node_faults(place: int, row: Mapping[str, Any]) -> Iterator[str]:
    from podproof.simulator.model.quantities import QuantityError, parse

    for key in row:
        if key not in _NODE_KEYS:
            near = get_close_matches(str(key), _NODE_KEYS, n=1)
            yield f"[{place}].{key} is no field of a node" + (f": did you mean {near[0]!r}?" if near else "")
    if not isinstance(row.get("name"), str):
        yield f"[{place}].name is missing"
    if not str(row.get("pulls", 1)).isdecimal() or int(row.get("pulls", 1)) < 1:
        yield f"[{place}].pulls: {row['pulls']!r} is no number of pulls at a time, as 1 or 3"
    yield from _address_faults(place, row)
    for key in ("cpu", "memory", "pods"):
        try:
            parse(str(row.get(key, "1")))
        except QuantityError:
            yield f"[{place}].{key}: {row[key]!r} is no quantity, as 2, 500m or 4Gi"


def _address_faults(place: int, row: Mapping[str, Any]) -> Iterator[str]:
    try:
        ip_address(str(row.get("address", "192.168.0.10")))
    except ValueError:
        yield f"[{place}].address: {row['address']!r} is no IP address, as 10.168.0.2"
    try:
        ip_network(str(row.get("pod-cidr", "10.244.0.0/24")))
    except ValueError:
        yield f"[{place}].pod-cidr: {row['pod-cidr']!r} is no range, as 100.96.1.0/24"


def _operators(value: Any) -> Mapping[str, Command]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _NotThis("this must be a mapping of names to operators")
    faults = [fault for name, row in value.items() for fault in _operator_faults(name, row)]
    if faults:
        raise _NotThis(*faults)
    return {name: _command(row) for name, row in value.items()}


def _operator_faults(name: str, row: Any) -> Iterator[str]:
    if not isinstance(row, Mapping):
        yield f"{name}: {row!r} must be a mapping with a command"
        return
    for key in row:
        if key not in _OPERATOR_KEYS:
            near = get_close_matches(str(key), _OPERATOR_KEYS, n=1)
            yield f"{name}.{key} is no field of an operator" + (f": did you mean {near[0]!r}?" if near else "")
    if not _words(row.get("command")):
        yield f"{name}.command must be a command line, or a list of its words"
    if not isinstance(row.get("folder", ""), str):
        yield f"{name}.folder: {row['folder']!r} must be a path"
    given = row.get("environment", {})
    if not isinstance(given, Mapping) or not all(isinstance(each, str) for pair in given.items() for each in pair):
        yield f"{name}.environment must be a mapping of texts to texts"


def _words(value: Any) -> tuple[str, ...]:
    """Return the words of a command, none of what is no command."""
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return ()
    return tuple(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else ()


def _command(row: Mapping[str, Any]) -> Command:
    return Command(_words(row["command"]), Path(row.get("folder", ".")), row.get("environment", {}))


_OPTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "images": ("images", _images),
    "unknown-images": ("unknown_images", _unknown_images),
    "registry": ("registry", _image_names),
    "images-on-node": ("images_on_node", _image_names),
    "timeout": ("timeout", _duration),
    "seed": ("seed", _text),
    "nodes": ("nodes", _nodes),
    "network": ("network", _network),
    "dns": ("dns", _names),
    "allowed-contexts": ("allowed_contexts", _texts),
    "k3s-image": ("k3s_image", _text),
    "operators": ("operators", _operators),
    "operator-patience": ("operator_patience", _duration),
}


def _yaml(path: Path) -> Any:
    from podproof.manifests.faults import Fault
    from podproof.manifests.plain_values import documents

    faults: list[Fault] = []
    found = [value for value, _ in documents(path.read_text(encoding="utf-8"), faults)]
    if len(found) > 1:
        faults.append(Fault(1, 1, "one document is wanted here, not several"))
    if faults:
        raise ConfigurationError(str(path), tuple(f"{each.line}:{each.column}: {each.text}" for each in faults))
    return found[0] if found else None


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(path), (str(error),)) from None
