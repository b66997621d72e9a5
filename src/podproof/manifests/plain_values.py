"""YAML text as plain JSON values, each with its place.

Rules for editing: nothing is expanded before it is counted, so that a small text cannot become a large one; what is
wrong is added to a list, so that all of it is reported at once.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from podproof.manifests.faults import Fault

_MOST_NODES = 200_000
_DEEPEST = 100
_INTEGER = re.compile(r"[-+]?(0b[0-1_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$")
_OPENING = re.compile(r"^[ \t\ufeff\-?:]+", re.MULTILINE)
"""What stands before the last block that opens on a line."""
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "binary"))
_TOO_DEEP = f"this is nested deeper than {_DEEPEST} levels"


def documents(text: str, faults: list[Fault]) -> Iterator[tuple[Any, Any]]:
    """Yield the value and the node of each document that is not empty; whatever is wrong is added to `faults`."""
    import yaml

    try:
        _check_depth(text)
        loader = _loader_type()(text)
        while loader.check_node():
            node = loader.get_node()
            value = _Reading(loader, faults).value(node)
            if value is not None:
                yield value, node
    except yaml.MarkedYAMLError as error:
        faults.append(_yaml_fault(error, text))
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        faults.append(Fault(line, column, f"this is no YAML: the character #x{error.character:04x} is not allowed"))
    except _TooDeep as error:
        faults.append(Fault(error.args[0].line + 1, error.args[0].column + 1, _TOO_DEEP))


class _TooDeep(Exception):  # noqa: N818 (it never leaves this module)
    """A collection opens too deep; its argument is the mark."""


def _check_depth(text: str) -> None:
    """Refuse text that is nested too deep: libyaml's composer recurses, and would take the process down with it."""
    import yaml

    if 2 * max(map(len, _OPENING.findall(text)), default=0) + text.count("[") + text.count("{") < _DEEPEST:
        return  # a block within a block stands further right, but for a list in a mapping
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _TooDeep(event.start_mark)


def _yaml_fault(error: Any, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or "it cannot be parsed"
    here = text.splitlines()[line - 1 : line]
    if "tab character" in problem or (here and here[0][column - 1 : column] == "\t"):
        return Fault(line, column, "there is a tab here: YAML indents with spaces")
    context = f", {error.context}" if error.context else ""
    return Fault(line, column, f"this is no YAML: {problem}{context}")


class _Reading:
    """Turns one document's nodes into plain values; each node once, so that aliases share their value."""

    def __init__(self, loader: Any, faults: list[Fault]) -> None:
        self._loader, self._faults = loader, faults
        self._values: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def value(self, node: Any) -> Any:
        """Return a document's value, None where it is empty or may not be expanded."""
        value, size = self._sized(node, 0)
        if size > _MOST_NODES:
            told = f"its aliases stand for more than {_MOST_NODES:,} values: refused before they are expanded"
            self._fault(node, told)
            return None
        return value

    def _sized(self, node: Any, depth: int) -> tuple[Any, int]:
        """Return a node's value, and how many values it would be without sharing."""
        known = self._values.get(id(node))
        if known is not None:
            return known
        if id(node) in self._open or depth > _DEEPEST:
            self._fault(node, "this alias contains itself" if id(node) in self._open else _TOO_DEEP)
            return None, 1
        self._open.add(id(node))
        found = self._values[id(node)] = self._built(node, depth)
        self._open.discard(id(node))
        return found

    def _built(self, node: Any, depth: int) -> tuple[Any, int]:
        if node.id == "scalar":
            return self._scalar(node), 1
        if node.id == "sequence":
            rows = [self._sized(item, depth + 1) for item in node.value]
            return [value for value, _ in rows], 1 + sum(size for _, size in rows)
        return self._mapping(node, depth)

    def _mapping(self, node: Any, depth: int) -> tuple[Any, int]:
        built: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        lines: dict[str, int] = {}
        total = 1
        for key_node, value_node in node.value:
            value, size = self._sized(value_node, depth + 1)
            total += size
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged |= self._merged(value, key_node)
                continue
            key = self._key(key_node)
            if key in lines:
                self._fault(key_node, f'the key "{key}" is here twice: first on line {lines[key]}')
            lines[key] = key_node.start_mark.line + 1
            built[key] = value
        return {**merged, **built}, total

    def _merged(self, value: Any, node: Any) -> dict[str, Any]:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            self._fault(node, "<< merges mappings only")
            return {}
        return {key: part[key] for part in reversed(parts) for key in part}

    def _key(self, node: Any) -> str:
        if node.id != "scalar":
            self._fault(node, "a key must be a text, not a list or a mapping")
            return ""
        if node.tag != "tag:yaml.org,2002:str":
            self._fault(node, f'the key {node.value} is no text: write "{node.value}"')
        return str(node.value)

    def _scalar(self, node: Any) -> Any:
        if node.tag not in _TAGS:
            self._fault(node, f"a manifest holds plain values, nothing tagged {node.tag}")
            return None
        try:
            return self._loader.construct_object(node)
        except ValueError as error:
            self._fault(node, f"this value cannot be read: {error}")
            return None

    def _fault(self, node: Any, text: str) -> None:
        self._faults.append(Fault(node.start_mark.line + 1, node.start_mark.column + 1, text))


@lru_cache(maxsize=1)
def _loader_type() -> Any:
    """Return a loader whose plain scalars are JSON's: no dates, and `80:80` is a text.

    Source: sigs.k8s.io/yaml (goyaml.v2/resolve.go), which resolves neither timestamps nor sexagesimals for JSON.
    """
    import yaml

    class Loader(yaml.CSafeLoader):
        pass

    kept = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}
    resolvers = yaml.CSafeLoader.yaml_implicit_resolvers
    Loader.yaml_implicit_resolvers = {
        first: [row for row in rows if row[0] in kept] for first, rows in resolvers.items()
    }
    Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))
    return Loader
