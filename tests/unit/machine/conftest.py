"""One container without a runtime round it, for tests of what runs in it."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.commands import PROGRAMS
from podproof.simulator.machine.dns import NameTable, Resolver
from podproof.simulator.machine.files import Directory, FileSystem
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.nodes import File, devices
from podproof.simulator.machine.permissions import ROOT
from podproof.simulator.machine.pidspace import PidNamespace
from podproof.simulator.machine.process import Identity
from podproof.simulator.machine.programs import named
from podproof.simulator.model.times import SECOND, Nanos, seconds

BEGIN = Nanos(1_700_000_000 * SECOND)
NAMES = NameTable(
    {"db.default.svc.cluster.local": ("10.96.0.7",), "kube-dns.kube-system.svc.cluster.local": ("10.96.0.10",)}
)
RESOLV = "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
SEARCH = ("default.svc.cluster.local", "svc.cluster.local", "cluster.local")


def _root(files: Mapping[str, str]) -> Directory:
    root = Directory({"dev": devices(), "tmp": Directory(), "root": Directory()})
    for name in PROGRAMS:
        root.plant(f"/bin/{name}", File("", 0o755, name))
    for path, text in {"/etc/hosts": "127.0.0.1\tlocalhost\n", "/etc/resolv.conf": RESOLV, **files}.items():
        root.plant(path, File(text, 0o755 if text.startswith("#!") else 0o644))
    return root


@pytest.fixture
def box() -> Callable[..., Any]:
    """Start a command line in a new container; `go_on(s)` lets time pass, `signal(n)` sends one from outside."""

    def start(
        *argv: str, shell: str = "ash", version: str = "1.36.1", files: Mapping[str, str] | None = None,
        memory: int = 1 << 40, env: Mapping[str, str] | None = None,
    ) -> Any:  # fmt: skip
        agenda = Agenda(BEGIN)
        log = Log(lambda: agenda.now)
        network = Network(lambda name, kind: NAMES(name, kind)._replace(authoritative=True))
        namespace = network.join("10.244.0.0/24")
        ended: list[tuple[int, bool, float]] = []
        processes = PidNamespace(
            agenda, Identity("pod", "busybox", version, shell, ROOT),
            FileSystem(_root(files or {}), now=lambda: agenda.now), log, network, namespace,
            Resolver(("10.96.0.10",), SEARCH), Chance("box"), memory,
            lambda code, oom: ended.append((code, oom, (agenda.now - BEGIN) / SECOND)),
        )  # fmt: skip
        this = SimpleNamespace(agenda=agenda, processes=processes, namespace=namespace, ended=ended, steps=0)

        def go_on(for_s: float) -> Any:
            until = Nanos(agenda.now + seconds(for_s))
            while not ended and (due := agenda.peek()) is not None and due <= until:
                agenda.step()
                this.steps += 1
            if not ended:
                agenda.now = until
            return this

        this.go_on, this.log = go_on, log.text
        this.signal = lambda number: processes.signal(1, number, from_outside=True)
        whole = {"PATH": "/bin", "HOME": "/root", **(env or {})}
        processes.start(named(argv[0].rpartition("/")[2]), argv, whole, "/tmp")
        return this

    return start


@pytest.fixture
def sh(box: Callable[..., Any]) -> Callable[..., tuple[int | None, str]]:
    """Run a script for at most an hour; the result is its exit status (None: it still runs) and what it wrote."""

    def run(script: str, for_s: float = 3600, **about: Any) -> tuple[int | None, str]:
        container = box("sh", "-c", script, **about).go_on(for_s)
        return container.ended[0][0] if container.ended else None, container.log()

    return run
