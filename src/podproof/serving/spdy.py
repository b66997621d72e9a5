"""SPDY/3.1 as kubectl speaks it inside a websocket: bytes in, what they say out; nothing here waits or sends.

Streams have no windows, as in the library that kubectl uses.
Source: SPDY protocol, draft 3.1; github.com/moby/spdystream, spdy/read.go, spdy/write.go, connection.go (pings).
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, TypeAlias

from podproof.errors import PodproofError

_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING = 1, 2, 3, 6
_FIN: Final = 1
_HEAD: Final = 8
_CONTROL, _VERSION = 0x80000000, 3
_CHUNK: Final = 32 * 1024


class SpdyError(PodproofError, ValueError):
    """What came is no SPDY/3.1."""


class Opened(NamedTuple):
    """A stream begins; header names are in lower case."""

    stream: int
    headers: Mapping[str, str]


class Said(NamedTuple):
    """Bytes of a stream; `last` says that the other side has no more."""

    stream: int
    data: bytes
    last: bool


class Dropped(NamedTuple):
    """The other side wants to hear no more of a stream."""

    stream: int


Happening: TypeAlias = Opened | Said | Dropped


class Connection:
    """The server's end of one connection. `answers` are bytes that are due whatever becomes of the streams."""

    def __init__(self) -> None:
        self.answers = b""
        self._rest = b""
        self._inflate, self._deflate = zlib.decompressobj(zdict=_dictionary()), zlib.compressobj(zdict=_dictionary())

    def received(self, data: bytes) -> Iterator[Happening]:
        """Take bytes in, wherever they were cut, and yield what they say.

        Raises:
            SpdyError: they say nothing.
        """
        self._rest += data
        while len(self._rest) >= _HEAD:
            first, length = int.from_bytes(self._rest[:4]), int.from_bytes(self._rest[5:8])
            if len(self._rest) < _HEAD + length:
                return
            flags, body, self._rest = self._rest[4], self._rest[_HEAD : _HEAD + length], self._rest[_HEAD + length :]
            if not first & _CONTROL:
                yield Said(first, body, bool(flags & _FIN))
            elif (first & ~_CONTROL) >> 16 != _VERSION:
                raise SpdyError(f"version {(first & ~_CONTROL) >> 16} of SPDY, where 3 is spoken")
            else:
                yield from self._controlled(first & 0xFFFF, flags, body)

    def accepted(self, stream: int) -> bytes:
        """Return what tells that a stream is taken."""
        block = self._deflate.compress(bytes(4)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return _control(_SYN_REPLY, stream.to_bytes(4) + block)

    def said(self, stream: int, data: bytes, last: bool = False) -> bytes:
        """Return what says something on a stream; `last` ends our side of it."""
        chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)] or [b""]
        ends = [*([0] * (len(chunks) - 1)), _FIN if last else 0]
        return b"".join(
            stream.to_bytes(4) + bytes((end,)) + len(chunk).to_bytes(3) + chunk
            for chunk, end in zip(chunks, ends, strict=True)
        )

    def _controlled(self, kind: int, flags: int, body: bytes) -> Iterator[Happening]:
        if kind == _SYN_STREAM:
            stream = int.from_bytes(body[:4]) & ~_CONTROL
            yield Opened(stream, self._headers(body[10:]))
            if flags & _FIN:
                yield Said(stream, b"", last=True)
        elif kind == _RST_STREAM:
            yield Dropped(int.from_bytes(body[:4]) & ~_CONTROL)
        elif kind == _PING and int.from_bytes(body) % 2:  # an even one answers a ping of ours
            self.answers += _control(_PING, body)

    def _headers(self, block: bytes) -> dict[str, str]:
        try:
            plain = self._inflate.decompress(block)
        except zlib.error as error:
            raise SpdyError(f"headers that cannot be read: {error}") from None
        found, place = {}, 4
        for _ in range(int.from_bytes(plain[:4])):
            pair = []
            for _ in range(2):
                length = int.from_bytes(plain[place : place + 4])
                pair.append(plain[place + 4 : place + 4 + length].decode(errors="replace"))
                place += 4 + length
            found[pair[0].lower()] = pair[1]
        return found


def _control(kind: int, body: bytes) -> bytes:
    return (_CONTROL | _VERSION << 16 | kind).to_bytes(4) + len(body).to_bytes(4) + body


@cache
def _dictionary() -> bytes:
    row: Mapping[str, Any] = json.loads((files(__package__) / "spdy.json").read_text(encoding="utf-8"))
    words: list[str] = row["words"]
    return b"".join(len(word).to_bytes(4) + word.encode() for word in words) + str(row["rest"]).encode()
