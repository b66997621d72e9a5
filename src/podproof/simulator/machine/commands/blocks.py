"""Commands on bytes: dd, the checksums, base64. A character stands for a byte."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping

from podproof.simulator.machine.commands.calling import (
    CHUNK_TURNS,
    Command,
    CommandError,
    Source,
    absolute,
    can_not,
    is_busybox,
    number,
    options,
    sized,
    slurp,
    sources,
)  # fmt: skip
from podproof.simulator.machine.effects import Compute, Process, Running, Write
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.redirects import free_descriptor


def dd(process: Process, arguments: tuple[str, ...]) -> Running:
    """Copy blocks."""
    values = dict(argument.partition("=")[::2] for argument in arguments)
    for name in values:
        if name not in ("if", "of", "bs", "count", "skip", "seek", "conv", "status", "ibs", "obs", "oflag", "iflag"):
            raise CommandError(f"unrecognized operand '{name}'" if not is_busybox(process) else "invalid argument")
    size, count = sized(values.get("bs", "512")), values.get("count")
    source = Source(process, values.get("if", "-"))
    target = 1
    if "of" in values:
        description = process.open(absolute(process, values["of"]), "w" if values.get("conv") != "notrunc" else "r+")
        target = free_descriptor(process)
        process.fds[target] = description
    for _ in range(int(values.get("skip", "0"))):
        yield from source.chunk(size)
    full, partial, total = yield from _blocks(source, target, size, None if count is None else sized(count))
    if values.get("status") != "none":
        yield Write(2, f"{full}+{partial} records in\n{full}+{partial} records out\n")
        yield Write(2, f"{total} bytes ({total / 1e6:.1f}MB) copied, 0.001000 seconds, {total / 1e6 / 0.001:.1f}MB/s\n")
    return 0


def _blocks(source: Source, target: int, size: int, count: int | None) -> Steps[tuple[int, int, int]]:
    full = partial = total = 0
    effort = costs.Effort()
    while count is None or full + partial < count:
        block = yield from source.chunk(size)
        if not block:
            break
        full, partial, total = full + (len(block) == size), partial + (len(block) < size), total + len(block)
        effort.turn(CHUNK_TURNS)
        effort.charge(costs.BUILTIN)
        yield Compute(effort.settle())
        yield Write(target, block)
    return full, partial, total


def _digest(kind: str) -> Command:
    def digest(process: Process, arguments: tuple[str, ...]) -> Running:
        found = options(process, arguments, flags="bt", refused="csw")
        texts, status = yield from sources(process, found.operands, can_not(process, "can't open '{}'", "{}"))
        for path, text in texts:
            data = text.encode(errors="surrogateescape")
            yield Write(1, f"{hashlib.new(kind, data, usedforsecurity=False).hexdigest()}  {path}\n")
        return status

    return digest


def base64(process: Process, arguments: tuple[str, ...]) -> Running:
    """Encode, or with -d decode."""
    found = options(process, arguments, flags="di", valued="w", long={"decode": "d", "wrap": "w"})
    text = yield from slurp(process, found.operands[0] if found.operands else "-")
    if "d" in found:
        try:
            yield Write(1, b64decode("".join(text.split()), validate=True).decode(errors="surrogateescape"))
        except ValueError:
            raise CommandError("truncated input" if is_busybox(process) else "invalid input") from None
        return 0
    encoded = b64encode(text.encode(errors="surrogateescape")).decode()
    width = number(found.value("w", "76"))
    yield Write(1, (re.sub(f"(.{{{width}}})", r"\1\n", encoded).rstrip("\n") + "\n") if width else encoded)
    return 0


COMMANDS: Mapping[str, Command] = {
    "base64": base64, "dd": dd, "md5sum": _digest("md5"), "sha1sum": _digest("sha1"), "sha256sum": _digest("sha256"),
    "sha512sum": _digest("sha512"),
}  # fmt: skip
