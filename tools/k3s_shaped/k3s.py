"""`/bin/k3s` of the image that `tools/k3s_image.py` builds: k3s's command line, with podproof's simulator behind it.

`server` serves the API at 6443 and writes /etc/rancher/k3s/k3s.yaml. `agent` joins it, and is a node for as long as it
keeps saying so: a container that is paused falls silent, and its node's kubelet stops, until it speaks again.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from podproof.serving import descriptors, kubeconfig
from podproof.serving.credentials import Demands
from podproof.serving.pace import wall_clock
from podproof.serving.running import Options, Serving
from podproof.simulator.control.nodes import NodeSpec
from podproof.simulator.machine.images import ImageTable
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import BEGINNING, SETTLED, World

PORT, JOIN_PORT = 6443, 6444
KUBECONFIG = Path("/etc/rancher/k3s/k3s.yaml")
BEAT, SILENCE = 0.1, 0.5
"""Seconds between two words of an agent, and after how many without one its node is taken for dead."""
READY = "Node controller sync successful"
"""The line that testcontainers waits for."""


class Agents:
    """The other nodes, each on a connection of its own; whoever does not know the token is not let in."""

    def __init__(self, serving: Serving, token: str) -> None:
        self._serving, self._token = serving, token

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Follow one connection to its end: an agent's, or that of `ctr` on a node."""
        said = (await reader.readline()).decode().split()
        if said[:1] == [self._token] and len(said) == 2:
            await self._follow(said[1], reader)
        elif said[:1] == [self._token]:
            self._load(said[1], said[3:])
        writer.close()

    async def _follow(self, name: str, reader: asyncio.StreamReader) -> None:
        world = self._serving.world
        world.add_node(NodeSpec(name))
        alive = True
        while True:
            try:
                line = await asyncio.wait_for(reader.readline(), SILENCE)
            except TimeoutError:
                line = None
            if line == b"":
                break
            if alive != bool(line):
                alive = bool(line)
                world.start_kubelet(name) if alive else world.nodes[name].stop()
                self._serving.pace.touched()
        world.nodes[name].stop()

    def _load(self, node: str, references: list[str]) -> None:
        for each in references:
            self._serving.world.nodes[node].kubelet._runtime.images.add(each)


async def server(names: list[str]) -> None:
    """Serve until told to stop."""
    descriptors.make_room()
    environment, stopped = os.environ, asyncio.Event()
    pace = environment.get("PODPROOF_PACE", "realtime")
    beginning = Nanos(wall_clock() - SETTLED) if pace == "realtime" else BEGINNING
    node = environment.get("K3S_NODE_NAME", "node1")
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    demands = Demands(tls=True, auth="token", names=tuple(names))
    options = Options("0.0.0.0", PORT, pace, demands)
    world = World(nodes=(NodeSpec(node),), images=ImageTable.load((), "run"), beginning=beginning)
    async with Serving(world, options) as serving:
        joined = await asyncio.start_server(Agents(serving, _token()).met, "0.0.0.0", JOIN_PORT)
        config = serving.kubeconfig()
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{PORT}"
        kubeconfig.write(KUBECONFIG, config)
        print(f'level=info msg="{READY}"', flush=True)
        await serving.until(stopped)
        joined.close()


async def agent() -> None:
    """Be a node of the server at K3S_URL until told to stop."""
    stopped, name = asyncio.Event(), os.environ["K3S_NODE_NAME"]
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    host = urlsplit(os.environ["K3S_URL"]).hostname
    _, writer = await asyncio.open_connection(host, JOIN_PORT)
    writer.write(f"{_token()} {name}\n".encode())
    print(f'level=info msg="{name} has joined"', flush=True)
    while not stopped.is_set():
        writer.write(b"\n")
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), BEAT)


def _token() -> str:
    return os.environ.get("K3S_TOKEN") or "none"


def main(arguments: list[str]) -> int:
    """Run what is asked for."""
    if arguments[:1] == ["server"]:
        asyncio.run(server([each.partition("=")[2] for each in arguments if each.startswith("--tls-san=")]))
        return 0
    if arguments[:1] == ["agent"]:
        asyncio.run(agent())
        return 0
    print("usage: k3s server|agent", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
