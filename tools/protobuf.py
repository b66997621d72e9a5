"""Write `src/podproof/serving/protobuf.json`: how Kubernetes numbers the fields of its kinds in protobuf.

    python tools/protobuf.py $(command -v kubectl)

The facts are read from the file descriptors that every kubectl up to 1.33 carries, gzipped, in its binary. A field's
notation is `name type`: `[]` marks a list, `map:` a map by text, `!` what is written even where it is zero. A field
without a name is embedded: in JSON its fields are those of the struct around it.
"""

import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from podproof.serving.protobuf import Wire, wire
from podproof.simulator.model.schema import fields_of

TARGET = Path(__file__).parents[1] / "src/podproof/serving/protobuf.json"
WANTED = re.compile(
    r"k8s\.io/(api/\w+/(v1|v2)|apimachinery/pkg/(apis/meta/v1|api/resource|util/intstr|runtime))/generated\.proto"
)
GZIP = b"\x1f\x8b\x08\x00"
LONGEST = 400_000
TYPES = {1: "double", 3: "int", 5: "int", 8: "bool", 9: "string", 12: "bytes"}
NULLABLE = 65001
"""gogoproto.nullable"""
MAP_ENTRY = 7


def descriptors(binary: bytes) -> Iterator[list[Wire]]:
    """Yield the file descriptors in a binary."""
    for place in re.finditer(re.escape(GZIP), binary):
        try:
            text = zlib.decompressobj(31).decompress(binary[place.start() : place.start() + LONGEST])
            found = list(wire(text))
        except (zlib.error, ValueError, IndexError):
            continue
        if found and found[0].number == 1 and WANTED.fullmatch(str(found[0].value, "utf-8", "replace")):
            yield found


def short(name: str) -> str:
    """Return a type's name without what they all share: `core.v1.Pod`."""
    parts = name.strip(".").split(".")
    place = next(index for index, part in enumerate(parts) if part in ("api", "pkg"))
    return ".".join(part for part in parts[place + 1 :] if part != "apis")


def first(message: bytes) -> dict[int, Any]:
    """Return the first value of each field."""
    found: dict[int, Any] = {}
    for each in wire(message):
        found.setdefault(each.number, each.value)
    return found


def structs(package: str, message: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield a message's name and its fields by number."""
    name = first(message)[1].decode()
    entries = {
        f".{package}.{name}.{first(each.value)[1].decode()}": each.value for each in wire(message) if each.number == 3
    }
    fields = [first(each.value) for each in wire(message) if each.number == 2]
    yield short(f"{package}.{name}"), {str(field[3]): notation(field, entries) for field in fields}


def notation(field: Mapping[int, Any], entries: Mapping[str, bytes]) -> str:
    """Return `name type` of a field."""
    name, kind = field[1].decode(), field.get(6, b"").decode()
    if kind in entries:
        value = next(
            first(each.value) for each in wire(entries[kind]) if each.number == 2 and first(each.value)[3] == 2
        )
        return f"{name} map:{type_of(value)}"
    if field[4] == 3:
        return f"{name} []{type_of(field)}"
    always = first(field.get(8, b"")).get(NULLABLE) == 0
    return f"{name} {'!' if always else ''}{type_of(field)}"


def type_of(field: Mapping[int, Any]) -> str:
    """Return a scalar's word or a message's name."""
    return TYPES[field[5]] if field[5] in TYPES else short(field[6].decode())


def with_embedded(types: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return the table with the names of embedded fields taken away."""

    def named(struct: str, field: str) -> str:
        name, _, kind = field.partition(" ")
        known, inner = fields_of(struct.rpartition(".")[2]), types.get(kind.lstrip("!"), {})
        below = {each.partition(" ")[0] for each in inner.values()}
        embedded = kind.startswith("!") and known and name not in known and below and below <= known.keys()
        return f" {kind}" if embedded else field

    return {
        struct: {number: named(struct, field) for number, field in fields.items()} for struct, fields in types.items()
    }


def main() -> None:
    """Write the table."""
    types: dict[str, dict[str, str]] = {}
    for found in descriptors(Path(sys.argv[1]).read_bytes()):
        package = next(each.value for each in found if each.number == 2).decode()
        for each in found:
            if each.number == 4:
                types |= structs(package, each.value)
    types = with_embedded(types)
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(types[name])}" for name in sorted(types))
    source = "file descriptors of kubectl v1.33: k8s.io/api, k8s.io/apimachinery, generated.pb.go"
    TARGET.write_text(f'{{"source": {json.dumps(source)}, "types": {{\n{rows}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
