"""The servers that images run: what they answer, what they log, how they refuse."""

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.containers import ContainerConfig, ContainerState, SandboxConfig
from podproof.simulator.machine.http import get
from podproof.simulator.machine.images import ImageTable
from podproof.simulator.machine.network import Namespace, Network
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.times import SECOND, Nanos, moment, seconds

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.47"


class Pod:
    """A pod of one image, asked from its node."""

    def __init__(self, image: str, *args: str, files: dict[str, str] | None = None) -> None:
        self.agenda = Agenda(moment("2026-11-21T02:25:13Z"))
        self.network = Network()
        table = ImageTable.load([{"name": "tested", "from": image, "files": files}] if files else [])
        self.runtime = Runtime(self.agenda, self.network, table, Chance("test"))
        self.runtime.images.add("tested" if files else image)
        sandbox = self.runtime.run_sandbox(SandboxConfig("u", "default", "p", "p"))
        config = ContainerConfig("app", 0, "tested" if files else image, args=args or None)
        self.id = self.runtime.create_container(sandbox.id, config)
        self.runtime.start_container(self.id)
        self.agenda.run_until(Nanos(self.agenda.now + SECOND))

    def ask(self, port: int, text: str) -> str:
        address = self.runtime.sandboxes("u")[0].address
        delivery = self.network.deliver(Namespace("192.168.0.10"), address, port)
        assert delivery.serve is not None, "nobody listens"
        return delivery.serve(text, delivery.client)

    def get(self, port: int, target: str = "/") -> str:
        return self.ask(port, get("localhost", target).text())

    @property
    def log(self) -> str:
        return self.runtime.log(self.id).text()

    def stopped(self) -> int | None:
        self.runtime.stop_container(self.id, seconds(30))
        self.agenda.run_until(Nanos(self.agenda.now + SECOND))
        status = self.runtime.containers("u")[0]
        return status.exit_code if status.state is ContainerState.EXITED else None


PAGES = {
    "a page": ("/", "200 OK", "<h1>Welcome to nginx!</h1>"),
    "a file with its type": ("/data.json", "200 OK", "application/json"),
    "a missing page": ("/nope", "404 Not Found", "<center>nginx/1.25.5</center>"),
    "a directory without an index": ("/empty/", "403 Forbidden", "403 Forbidden"),
    "a directory without its slash": ("/empty", "301 Moved Permanently", "http://localhost/empty/"),
    "no way out of the root": ("/../../../etc/passwd", "404 Not Found", "404"),
    "a query": ("/?x=1", "200 OK", "Welcome"),
}


@pytest.fixture(scope="module")
def nginx() -> Pod:
    files = {"/usr/share/nginx/html/data.json": "{}", "/usr/share/nginx/html/empty/x.txt": "x"}
    return Pod("nginx:1.25", files=files)


@pytest.mark.parametrize(("target", "status", "part"), PAGES.values(), ids=PAGES.keys())
def test_nginx_serves(nginx: Pod, target: str, status: str, part: str) -> None:
    answer = nginx.get(80, target)

    assert answer.startswith(f"HTTP/1.1 {status}\r\nServer: nginx/1.25.5\r\n")
    assert part in answer


def test_nginx_gives_a_head_no_body(nginx: Pod) -> None:
    answer = nginx.ask(80, "HEAD / HTTP/1.1\r\nhost: x\r\n\r\n")

    assert answer.startswith("HTTP/1.1 200 OK")
    assert answer.endswith("\r\n\r\n")


def test_nginx_takes_no_post(nginx: Pod) -> None:
    assert nginx.ask(80, "POST / HTTP/1.1\r\n\r\nx").startswith("HTTP/1.1 405 Not Allowed")


def test_nginx_listens_where_its_configuration_says() -> None:
    pod = Pod("nginx:1.25", files={"/etc/nginx/conf.d/default.conf": "server {\n  listen 8080;\n  root /srv;\n}\n"})

    assert pod.get(8080).startswith("HTTP/1.1 404")


def test_a_directive_beyond_the_plain_ones_is_refused() -> None:
    with pytest.raises(NotModelledError, match="the nginx directive 'proxy_pass http://app;'"):
        Pod("nginx:1.25", files={"/etc/nginx/conf.d/default.conf": "server {\nlisten 80;\nproxy_pass http://app;\n}\n"})


def test_nginx_tells_its_version() -> None:
    assert Pod("nginx:1.14", "nginx", "-v").log == "nginx version: nginx/1.14.2\n"


def test_nginx_as_a_daemon_is_refused() -> None:
    with pytest.raises(NotModelledError, match="nginx with the options"):
        Pod("nginx:1.14", "nginx")


def test_httpd_serves_and_logs() -> None:
    pod = Pod("httpd:2.4")

    assert pod.get(80).endswith("<html><body><h1>It works!</h1></body></html>\n")
    assert "<h1>Not Found</h1>" in pod.get(80, "/nope")
    assert pod.log.splitlines()[0] == '192.168.0.10 - - [21/Nov/2026:02:25:14 +0000] "GET / HTTP/1.1" 200 45'
    assert pod.stopped() == 0


REDIS = {
    "a ping": ("PING\r\n", "+PONG\r\n"),
    "a ping as clients send it": ("*1\r\n$4\r\nPING\r\n", "+PONG\r\n"),
    "a string kept": ("SET a b\r\nGET a\r\n", "+OK\r\n$1\r\nb\r\n"),
    "a string nobody set": ("GET nosuch\r\n", "$-1\r\n"),
    "a key deleted": ("SET a b\r\nDEL a x\r\n", "+OK\r\n:1\r\n"),
}


@pytest.mark.parametrize(("sent", "wanted"), REDIS.values(), ids=REDIS.keys())
def test_redis_answers(sent: str, wanted: str) -> None:
    assert Pod("redis:7").ask(6379, sent) == wanted


def test_redis_ends_at_term_and_refuses_what_it_does_not_know() -> None:
    pod = Pod("redis:7")

    with pytest.raises(NotModelledError, match="the redis command LPUSH a b"):
        pod.ask(6379, "LPUSH a b\r\n")
    assert pod.stopped() == 0


def test_python_serves_its_directory() -> None:
    pod = Pod("python:3.12-slim", "python", "-m", "http.server", "8000")

    assert "Directory listing for /" in pod.get(8000)
    assert "Python/3.12.11" in pod.get(8000)
    assert pod.log.startswith("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...\n")
    assert '192.168.0.10 - - [21/Nov/2026 02:25:14] "GET / HTTP/1.1" 200 -\n' in pod.log


def test_python_ignores_term_as_pid_1() -> None:
    assert Pod("python:3.12", "python", "-m", "http.server").stopped() is None


def test_python_tells_its_version() -> None:
    assert Pod("python:3.12", "python", "--version").log == "Python 3.12.11\n"


def test_a_python_program_is_refused() -> None:
    with pytest.raises(NotModelledError, match=r"python running a program \(-c print\(1\)\)"):
        Pod("python:3.12", "python", "-c", "print(1)")


def test_agnhost_tells_its_hostname() -> None:
    assert Pod(AGNHOST, "netexec").get(8080, "/hostname").endswith("\r\n\r\np")
    assert Pod(AGNHOST, "netexec", "--http-port=80").get(80, "/clientip").endswith("192.168.0.10:32768")
    assert Pod(AGNHOST, "serve-hostname").get(9376).endswith("\r\n\r\np")


def test_agnhost_pauses() -> None:
    pod = Pod(AGNHOST)

    assert pod.log == "Paused\n"
    assert pod.stopped() == 0


def test_another_agnhost_command_is_refused() -> None:
    with pytest.raises(NotModelledError, match="agnhost dns-suffix"):
        Pod(AGNHOST, "dns-suffix")
