"""What is sent to a client as it happens, with a bound on what it has not read yet.

Rules for editing: whoever offers a line never waits. A client that does not read fills its own buffer, and is cut.
"""

import asyncio

from podproof.serving.pace import Clients, Open

LIMIT = 8 * 1024 * 1024
"""Bytes that may wait for one client, besides what its socket holds and what was there when it came."""


class Stream(Open):
    """Lines on their way to one client, each a chunk of its own: they go straight to its transport, and wait there."""

    def __init__(
        self, clients: Clients, transport: asyncio.WriteTransport, chunked: bool = True, limit: int = LIMIT
    ) -> None:
        self._clients, self._transport, self._chunked, self._limit = clients, transport, chunked, limit
        self._ended = asyncio.Event()

    @property
    def unread(self) -> bool:
        """Whether something waits to be sent."""
        return self._transport.get_write_buffer_size() > 0

    def offer(self, line: bytes) -> None:
        """Send a line; a client that is too far behind gets no more, and its connection is cut."""
        if self._ended.is_set():
            return
        self._clients.words += 1
        self._clients.told += 1
        self._transport.write(b"%x\r\n%b\r\n" % (len(line), line) if self._chunked else line)
        if self._transport.get_write_buffer_size() > self._limit:
            self.cut()

    def begun(self) -> None:
        """Say that what waits now was there before: it does not count as lag."""
        self._limit += self._transport.get_write_buffer_size()

    def end(self) -> None:
        """There is no more to come."""
        self._ended.set()

    def cut(self) -> None:
        """There is no more to come, nor an end."""
        self.end()
        self._transport.abort()

    async def until_end(self) -> None:
        """Wait for the end."""
        with self._clients.open(self):
            await self._ended.wait()
