"""The container runtime: what the kubelet asks of it and what it shows."""

from collections.abc import Sequence

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.containers import (
    ContainerConfig,
    ContainerState,
    ContainerStatus,
    CreateError,
    Mount,
    SandboxConfig,
    StartError,
)  # fmt: skip
from podproof.simulator.machine.dns import NameTable
from podproof.simulator.machine.files import Directory, File
from podproof.simulator.machine.http import get
from podproof.simulator.machine.images import ImageTable
from podproof.simulator.machine.network import Namespace, Network
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos, moment, seconds, timestamp

START = moment("2026-11-21T02:25:13Z")
NO_PROCESS = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: exec: "
)
PAUSE, AGNHOST = "registry.k8s.io/pause:3.10", "registry.k8s.io/e2e-test-images/agnhost:2.47"


class Node:
    """One node's runtime, and one pod's sandbox on it."""

    def __init__(self, images: Sequence[str] = ("busybox:1.28", "nginx:1.14", "nginx:1.29", PAUSE, AGNHOST)) -> None:
        self.agenda = Agenda(START)
        self.network = Network(NameTable({"web.default.svc.cluster.local": ("10.96.0.7",)}))
        self.table = ImageTable.load()
        self.runtime = Runtime(self.agenda, self.network, self.table, Chance("test"))
        self.changes: list[str] = []
        self.runtime.on_change = self.changes.append
        for image in images:
            self.runtime.images.add(image)
        self.sandbox = self.new_sandbox("uid-1")

    def new_sandbox(self, pod_uid: str) -> str:
        search = ("default.svc.cluster.local", "svc.cluster.local", "cluster.local")
        return self.runtime.run_sandbox(SandboxConfig(pod_uid, "default", "p", "p", search=search)).id

    def create(self, image: str = "nginx:1.14", *command: str, **changed: object) -> str:
        config = ContainerConfig("app", 0, image, command=command or None, **changed)  # type: ignore[arg-type]
        return self.runtime.create_container(self.sandbox, config)

    def run(self, image: str = "nginx:1.14", *command: str, **changed: object) -> str:
        identity = self.create(image, *command, **changed)
        self.runtime.start_container(identity)
        return identity

    def pass_time(self, span_s: float) -> None:
        self.agenda.run_until(Nanos(self.agenda.now + seconds(span_s)))

    def status(self, identity: str) -> ContainerStatus:
        return next(status for status in self.runtime.containers("uid-1") if status.id == identity)

    def ask(self, port: int, path: str = "/") -> str:
        address = self.runtime.sandboxes("uid-1")[0].address
        delivery = self.network.deliver(Namespace("192.168.0.10"), address, port)
        assert delivery.serve is not None
        return delivery.serve(get("localhost", path).text(), delivery.client)


@pytest.fixture
def node() -> Node:
    return Node()


def test_a_shell_script_runs_in_a_sandbox(node: Node) -> None:
    identity = node.run("busybox:1.28", "sh", "-c", "echo hi; sleep 5; exit 3")
    node.pass_time(1)
    running = node.status(identity)
    node.pass_time(10)
    ended = node.status(identity)

    assert (running.state, running.started_at, running.exit_code) == (ContainerState.RUNNING, START, None)
    assert (ended.state, ended.exit_code, ended.reason) == (ContainerState.EXITED, 3, "Error")
    assert ended.finished_at is not None
    assert 5000 <= (ended.finished_at - START) // MILLISECOND <= 5050
    assert node.runtime.log(identity).text() == "hi\n"


def test_a_sandbox_has_an_address_of_the_nodes_range(node: Node) -> None:
    second = node.new_sandbox("uid-2")

    assert [sandbox.address for sandbox in node.runtime.sandboxes("uid-1")] == ["10.244.0.2"]
    assert [(sandbox.id, sandbox.address) for sandbox in node.runtime.sandboxes("uid-2")] == [(second, "10.244.0.3")]


def test_containers_are_listed_oldest_first(node: Node) -> None:
    first, second = node.create(), node.create()

    assert [status.id for status in node.runtime.containers("uid-1")] == [first, second]


def test_a_created_container_has_not_started(node: Node) -> None:
    status = node.status(node.create())

    assert (status.state, status.created_at, status.started_at) == (ContainerState.CREATED, START, None)
    assert status.image == "docker.io/library/nginx:1.14"
    assert status.image_id.startswith("docker.io/library/nginx@sha256:")


def test_every_change_is_told(node: Node) -> None:
    node.changes.clear()

    identity = node.run(PAUSE)
    node.runtime.stop_container(identity, seconds(30))
    node.pass_time(1)
    node.runtime.remove_container(identity)

    assert node.changes == ["uid-1"] * 4


NOT_RUNNABLE = {
    "a command that is nowhere": (("nosuchbinary",), '"nosuchbinary": executable file not found in $PATH'),
    "a path that is nowhere": (("/bin/nosuch",), '"/bin/nosuch": stat /bin/nosuch: no such file or directory'),
    "a file that is no program": (("/etc/passwd",), '"/etc/passwd": permission denied'),
    "a directory": (("/etc",), '"/etc": is a directory'),
}


@pytest.mark.parametrize(("command", "text"), NOT_RUNNABLE.values(), ids=NOT_RUNNABLE.keys())
def test_what_cannot_be_run(node: Node, command: tuple[str, ...], text: str) -> None:
    identity = node.create("busybox:1.28", *command)

    with pytest.raises(StartError) as refused:
        node.runtime.start_container(identity)

    status = node.status(identity)
    assert refused.value.message == status.message == f"{NO_PROCESS}{text}: unknown"
    assert (status.state, status.exit_code, status.reason) == (ContainerState.EXITED, 128, "StartError")
    assert status.started_at is not None
    assert timestamp(status.started_at) == "1970-01-01T00:00:00Z"
    assert status.finished_at == START


def test_an_image_without_a_shell_has_no_sh(node: Node) -> None:
    with pytest.raises(StartError, match='exec: "sh": executable file not found'):
        node.run(PAUSE, "sh", "-c", "sleep 1")


def test_nothing_to_run_is_refused_at_creation(node: Node) -> None:
    node.table = ImageTable.load([{"name": "empty", "from": "registry.k8s.io/pause:3.10", "entrypoint": []}])
    runtime = Runtime(node.agenda, node.network, node.table, Chance("x"))
    runtime.images.add("empty")
    sandbox = runtime.run_sandbox(SandboxConfig("u", "default", "p", "p"))

    with pytest.raises(CreateError, match="no command specified"):
        runtime.create_container(sandbox.id, ContainerConfig("app", 0, "empty"))


def test_an_absent_image_cannot_be_created(node: Node) -> None:
    with pytest.raises(CreateError, match='failed to get image from containerd "redis:7": not found'):
        node.create("redis:7")


def test_an_image_nobody_described_is_refused_by_name(node: Node) -> None:
    node.runtime.images.add("shop:1")

    with pytest.raises(NotModelledError, match=r"what the image docker\.io/library/shop:1 runs: no row"):
        node.run("shop:1")


def test_an_image_nobody_described_runs_where_the_project_wants_it(node: Node) -> None:
    node.table.unknown = "run"
    node.runtime.images.add("shop:1")

    identity = node.run("shop:1", "/app/server", "--port=80")
    node.pass_time(3600)
    running = node.status(identity).state
    node.runtime.stop_container(identity, seconds(30))
    node.pass_time(1)

    assert running is ContainerState.RUNNING
    assert (node.status(identity).exit_code, node.status(identity).reason) == (0, "Completed")


MERGED = {
    "nothing given": ({}, ("/agnhost", "pause")),
    "args replace cmd": ({"args": ("netexec",)}, ("/agnhost", "netexec")),
    "command replaces both": ({"command": ("/agnhost",), "args": ("pause",)}, ("/agnhost", "pause")),
}


@pytest.mark.parametrize(("given", "argv"), MERGED.values(), ids=MERGED.keys())
def test_entrypoint_and_cmd(node: Node, given: dict[str, tuple[str, ...]], argv: tuple[str, ...]) -> None:
    from podproof.simulator.machine.launch import launch

    config = ContainerConfig("app", 0, AGNHOST, **given)  # type: ignore[arg-type]

    assert launch(node.table.image(AGNHOST), config, "p").argv == argv


def test_command_alone_drops_the_images_cmd(node: Node) -> None:
    node.run(AGNHOST, "/agnhost")

    with pytest.raises(NotModelledError, match="the simulator does not model agnhost "):
        node.pass_time(1)


def test_pid_1_without_a_handler_lives_until_its_grace_is_over(node: Node) -> None:
    identity = node.run("busybox:1.28", "sleep", "3600")
    node.pass_time(10)

    node.runtime.stop_container(identity, seconds(30))
    node.pass_time(29)
    before = node.status(identity).state
    node.pass_time(2)
    after = node.status(identity)

    assert before is ContainerState.RUNNING
    assert (after.exit_code, after.reason, after.finished_at) == (137, "Error", START + 40 * SECOND)


def test_without_grace_it_is_killed_at_once(node: Node) -> None:
    identity = node.run()

    node.runtime.stop_container(identity, Nanos(0))

    assert node.status(identity).exit_code == 137


def test_a_late_kill_does_not_meet_the_next_container(node: Node) -> None:
    first = node.run()
    node.pass_time(1)
    node.runtime.stop_container(first, seconds(30))
    node.pass_time(1)
    second = node.run()
    node.pass_time(60)

    assert node.status(first).exit_code == 0
    assert node.status(second).state is ContainerState.RUNNING


@pytest.mark.parametrize("image", ["nginx:1.14", "nginx:1.29", PAUSE])
def test_servers_end_at_their_images_stop_signal(node: Node, image: str) -> None:
    identity = node.run(image)
    node.pass_time(1)

    node.runtime.stop_container(identity, seconds(30))
    node.pass_time(1)

    assert (node.status(identity).exit_code, node.status(identity).reason) == (0, "Completed")


@pytest.mark.parametrize(("stdin", "state"), [(False, ContainerState.EXITED), (True, ContainerState.RUNNING)])
def test_a_shell_ends_with_its_input_and_waits_while_that_is_kept_open(
    node: Node, stdin: bool, state: ContainerState
) -> None:
    identity = node.run("busybox:1.28", "sh", stdin=stdin)
    node.pass_time(10)

    assert node.status(identity).state is state


def test_memory_over_the_limit(node: Node) -> None:
    identity = node.run("busybox:1.28", "sh", "-c", "sleep 2; tail /dev/zero", memory_limit=32 << 20)
    node.pass_time(10)

    assert (node.status(identity).exit_code, node.status(identity).reason) == (137, "OOMKilled")


def test_a_stopped_sandbox_takes_its_containers_along(node: Node) -> None:
    identity = node.run()
    node.runtime.stop_sandbox(node.sandbox)

    assert node.status(identity).exit_code == 137
    assert [sandbox.ready for sandbox in node.runtime.sandboxes("uid-1")] == [False]
    with pytest.raises(CreateError):
        node.create()


def test_a_removed_sandbox_leaves_nothing(node: Node) -> None:
    identity = node.run()
    node.runtime.remove_sandbox(node.sandbox)

    assert node.runtime.containers("uid-1") == ()
    assert node.runtime.sandboxes("uid-1") == ()
    with pytest.raises(KeyError):
        node.runtime.log(identity)


def test_siblings_share_one_network_and_clash_on_a_port(node: Node) -> None:
    node.run("nginx:1.14")
    second = node.run("nginx:1.14")
    node.pass_time(10)

    status = node.status(second)
    bind = "2026/11/21 02:25:13 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)\n"
    log = node.runtime.log(second).text()

    assert (status.exit_code, status.finished_at and (status.finished_at - START) // MILLISECOND) == (1, 2525)
    assert log.startswith(bind)
    assert log.count("failed (98: Address already in use)") == 5
    assert log.endswith("[emerg] 1#1: still could not bind()\n")


def test_a_volume_is_shared_by_containers(node: Node) -> None:
    volume = Directory({"index.html": File("from the volume\n")})
    node.run("nginx:1.14", mounts=(Mount("/usr/share/nginx/html", volume),))
    node.pass_time(1)

    assert node.ask(80).endswith("\r\n\r\nfrom the volume\n")


def test_nginx_answers_and_logs(node: Node) -> None:
    identity = node.run("nginx:1.14")
    node.pass_time(1)

    assert "<h1>Welcome to nginx!</h1>" in node.ask(80)
    assert "<title>404 Not Found</title>" in node.ask(80, "/nope")
    assert node.runtime.log(identity).text().splitlines()[1] == (
        '192.168.0.10 - - [21/Nov/2026:02:25:14 +0000] "GET /nope HTTP/1.1" 404 169 "-" "-" "-"'
    )


def test_two_nodes_with_one_seed_are_alike() -> None:
    first, second = Node(), Node()

    assert first.run() == second.run()
    assert first.sandbox == second.sandbox


def test_a_pod_that_sleeps_costs_nothing_while_it_sleeps(node: Node) -> None:
    node.run()
    node.pass_time(1)

    assert node.agenda.peek() is None
