"""A server in a thread of its own, and ways to speak to it."""

import asyncio
import http.client
import json
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from podproof.serving import kubeconfig
from podproof.serving.running import Options, Serving
from podproof.simulator.world import World

PATIENCE = 30
"""Seconds after which a test that waits has failed."""


@dataclass
class Answer:
    """What came back."""

    code: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Served:
    """A world that is served."""

    serving: Serving
    loop: asyncio.AbstractEventLoop
    folder: Path
    stop: Callable[[], None] = field(default=lambda: None)

    @property
    def url(self) -> str:
        return self.serving.url

    def connection(self) -> http.client.HTTPConnection:
        where = urlsplit(self.url)
        assert where.hostname
        if where.scheme == "http":
            return http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
        return http.client.HTTPSConnection(where.hostname, where.port, timeout=PATIENCE, context=self.trust())

    def trust(self) -> ssl.SSLContext:
        """Trust the server's authority, and nobody else."""
        return ssl.create_default_context(cadata=self.serving.credentials.authority.decode())

    def call(
        self, method: str, path: str, body: Any = None, connection: http.client.HTTPConnection | None = None,
        **headers: str,
    ) -> Answer:  # fmt: skip
        """Make one call; a body that is no bytes is sent as JSON, and a header's name is written with underscores."""
        used = connection or self.connection()
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        said = {"User-Agent": "test"} | ({} if body is None else {"Content-Type": "application/json"})
        used.request(method, path, data, {**said, **{key.replace("_", "-"): each for key, each in headers.items()}})
        answer = used.getresponse()
        text = answer.read().decode()
        if connection is None:
            used.close()
        return Answer(answer.status, dict(answer.headers), text)

    def advance(self, span: str) -> Any:
        """Let the cluster's time pass."""
        answer = self.call("POST", "/podproof/clock", {"advance": span})
        assert answer.code == 200, answer.text
        return answer.json

    def kubectl(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the real kubectl on this server; skips where there is none."""
        return subprocess.run(
            [kubectl_path(), *arguments], input=stdin, env=self.kubectl_environment(), cwd=self.folder,
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip

    def kubectl_environment(self) -> dict[str, str]:
        path = self.folder / "kubeconfig"
        if not path.exists():
            kubeconfig.write(path, self.serving.kubeconfig())
        return {**os.environ, "KUBECONFIG": str(path), "HOME": str(self.folder)}

    def on_loop(self, action: Callable[[], Any]) -> Any:
        """Do something in the server's own thread."""

        async def done() -> Any:
            return action()

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(PATIENCE)


def kubectl_path() -> str:
    """Where kubectl is."""
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("no kubectl on PATH")
    return found


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a world (pace manual unless told otherwise), as often as called."""
    started: list[Served] = []

    def start(world: World | None = None, **options: Any) -> Served:
        started.append(_served(world or World(), Options(**{"pace": "manual", **options}), tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def served(serve: Serve) -> Served:
    """A new cluster whose time passes only when told to."""
    return serve()


def _served(world: World, options: Options, folder: Path) -> Served:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = asyncio.run_coroutine_threadsafe(Serving(world, options).__aenter__(), loop).result(PATIENCE)

    def stop() -> None:
        if loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(serving.__aexit__(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()

    return Served(serving, loop, folder, stop)


def pod(name: str, *command: str, **spec: Any) -> dict[str, Any]:
    """A pod of one busybox container, which sleeps unless told otherwise."""
    container = {"name": "app", "image": "busybox:1.36", "command": [*command] or ["sleep", "3600"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}
