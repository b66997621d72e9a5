"""Real clients: the kubernetes client with its dynamic client and its watch, and an operator written with kopf."""

import asyncio
import importlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podproof.serving import kubeconfig
from podproof.serving.credentials import Demands
from tests.serving.conftest import PATIENCE, Serve, Served, pod


def _config(served: Served) -> Path:
    path = served.folder / "kubeconfig"
    kubeconfig.write(path, served.serving.kubeconfig())
    return path


@pytest.fixture
def client(serve: Serve) -> Iterator[Any]:
    """The kubernetes client of a cluster whose time leaps, over HTTPS with a token."""
    kubernetes = pytest.importorskip("kubernetes", reason="the kubernetes client is not installed")
    served = serve(pace="max", demands=Demands(auth="token"))
    made = kubernetes.config.new_client_from_config(str(_config(served)))
    yield made
    made.rest_client.pool_manager.clear()
    made.close()


def test_the_typed_client_writes_and_watches(client: Any) -> None:
    from kubernetes.client import CoreV1Api

    phases: list[str] = []
    core: Any = CoreV1Api(client)
    watch = importlib.import_module("kubernetes.watch").Watch()
    core.create_namespaced_pod("default", pod("foo", "echo", "hello", restartPolicy="Never"))
    for event in watch.stream(core.list_namespaced_pod, "default", timeout_seconds=PATIENCE):
        phases.append(event["object"].status.phase)
        if phases[-1] == "Succeeded":
            watch.stop()

    assert phases[0] == "Pending"
    assert core.read_namespaced_pod_log("foo", "default") == "hello\n"


def test_the_typed_client_executes(client: Any) -> None:
    from kubernetes.client import CoreV1Api
    from kubernetes.stream import stream

    core: Any = CoreV1Api(client)
    core.create_namespaced_pod("default", pod("foo", "sleep", "1000000"))
    while core.read_namespaced_pod("foo", "default").status.phase != "Running":
        pass
    call, command = core.connect_get_namespaced_pod_exec, ["sh", "-c", "echo hello; exit 3"]
    session = stream(call, "foo", "default", command=command, stdout=True, _preload_content=False)
    session.run_forever(PATIENCE)
    said = session.read_stdout()
    session.sock.shutdown()

    assert (said, session.returncode) == ("hello\n", 3)


def test_the_dynamic_client_finds_kinds_by_discovery(client: Any) -> None:
    dynamic: Any = importlib.import_module("kubernetes.dynamic")
    kinds = dynamic.DynamicClient(client).resources
    maps = kinds.get(api_version="v1", kind="ConfigMap")
    maps.create(body={"metadata": {"name": "foo"}, "data": {"a": "b"}}, namespace="default")
    patch = {"data": {"c": "d"}}
    patched = maps.patch(body=patch, name="foo", namespace="default", content_type="application/merge-patch+json")

    assert patched.data.to_dict() == {"a": "b", "c": "d"}
    assert [each.metadata.name for each in maps.get(namespace="default").items] == ["foo", "kube-root-ca.crt"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_operator_written_with_kopf_reconciles(serve: Serve) -> None:
    kopf = pytest.importorskip("kopf", reason="kopf is not installed")
    served = serve(pace="realtime")
    registry, stop, ready = kopf.OperatorRegistry(), threading.Event(), threading.Event()

    @kopf.on.login(registry=registry)  # type: ignore[untyped-decorator]
    def login(**_: Any) -> Any:
        return kopf.ConnectionInfo(server=served.url)

    @kopf.on.create("v1", "configmaps", registry=registry)  # type: ignore[untyped-decorator]
    def made(name: str, patch: Any, **_: Any) -> None:
        patch.metadata.labels["seen"] = name

    operator = threading.Thread(
        target=lambda: asyncio.run(
            kopf.operator(registry=registry, namespaces=["default"], standalone=True, stop_flag=stop, ready_flag=ready)
        )
    )
    operator.start()
    assert ready.wait(PATIENCE)
    served.call("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "foo"}})
    connection = served.connection()
    connection.request("GET", "/api/v1/namespaces/default/configmaps?watch=true&labelSelector=seen")
    answer = connection.getresponse()
    seen = answer.readline().decode()
    answer.close()
    connection.close()
    stop.set()
    operator.join(PATIENCE)

    assert '"seen":"foo"' in seen
