"""What is left of a server that has ended: nothing."""

import asyncio
import socket

from podproof.serving.running import Options, Serving
from podproof.simulator.world import World


def test_a_client_that_never_reads_keeps_no_connection_open() -> None:
    """Its answers no longer fit into the socket, so that closing alone would wait for it for ever."""

    async def serve() -> bool:
        serving = Serving(World(), Options(pace="manual"))
        await serving.__aenter__()
        host, port = serving.url.removeprefix("http://").split(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(b"GET /openapi/v2 HTTP/1.1\r\nHost: x\r\n\r\n" * 30)
        while not serving._runner.server or not (held := list(serving._runner.server.connections)):
            await asyncio.sleep(0.001)
        transport = held[0].transport
        assert transport is not None
        while not transport.get_write_buffer_size():
            await asyncio.sleep(0.001)
        await serving.__aexit__()
        client.close()
        return transport.get_write_buffer_size() == 0 and transport.is_closing()

    assert asyncio.run(serve())
