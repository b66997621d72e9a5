"""What is sent to a client as it happens, with a bound on what it has not read yet.

Rules for editing: whoever offers a line never waits. A client that does not read fills its own buffer, and is cut.
"""

import asyncio
from collections.abc import Awaitable, Callable

from podproof.serving.pace import Clients

LIMIT = 8 * 1024 * 1024
"""Bytes that may wait for one client, besides what its socket holds and what was there when it came."""

Send = Callable[[bytes], Awaitable[None]]


class Stream:
    """Lines on their way to one client; `cut` ends the connection of one that is too far behind."""

    def __init__(self, clients: Clients, cut: Callable[[], None], limit: int = LIMIT) -> None:
        self._clients, self._cut, self._limit = clients, cut, limit
        self._waiting: list[bytes] = []
        self._size = 0
        self._unread = 0
        self._arrived = asyncio.Event()
        self._ended = False

    def offer(self, line: bytes) -> None:
        """Add a line; a client that is too far behind gets no more."""
        if self._ended:
            return
        if not self._waiting:
            self._count(1)
            self._arrived.set()
        self._waiting.append(line)
        self._size += len(line)
        if self._size > self._limit:
            self._waiting.clear()
            self.end()
            self._cut()

    def begun(self) -> None:
        """Say that what waits now was there before: it does not count as lag."""
        self._limit += self._size

    def end(self) -> None:
        """There is no more to come."""
        self._ended = True
        self._arrived.set()

    async def deliver(self, send: Send) -> None:
        """Send what arrives, until the end."""
        self._clients.streams += 1
        try:
            while lines := await self._next():
                await send(lines)
                self._clients.words += 1
                self._count(-1)
        finally:
            self.end()
            self._count(-self._unread)
            self._clients.streams -= 1

    async def _next(self) -> bytes:
        """Return all that waits; nothing at the end."""
        await self._arrived.wait()
        lines = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        if not self._ended:
            self._arrived.clear()
        return lines

    def _count(self, batches: int) -> None:
        self._unread += batches
        self._clients.unread += batches
