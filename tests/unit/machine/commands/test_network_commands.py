"""nslookup, wget, nc and ping: what they say to a cluster that has one service, db, and one server, the test's own."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.simulator.machine.commands.bind import VERSION
from podproof.simulator.machine.http import HttpResponse, parse_request

Box = Callable[..., Any]

OLD_MISS = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n"
NEW = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
MISSES = "** server can't find db.svc.cluster.local: NXDOMAIN\n\n** server can't find db.cluster.local: NXDOMAIN\n\n"
LOOKUPS = {
    "1.28 finds a service": ("1.28", "db", 0, (
        "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n"
        "Name:      db\nAddress 1: 10.96.0.7 db.default.svc.cluster.local\n")),
    "1.28 misses one": ("1.28", "myservice", 1, OLD_MISS + "nslookup: can't resolve 'myservice'\n"),
    "1.35 finds a service, but not in all of the search list": ("1.35", "db", 1, (
        NEW + "Name:\tdb.default.svc.cluster.local\nAddress: 10.96.0.7\n\n" + MISSES + "\n" + MISSES)),
    "1.35 finds a whole name": ("1.35", "db.default.svc.cluster.local", 0, (
        NEW + "Name:\tdb.default.svc.cluster.local\nAddress: 10.96.0.7\n\n\n")),
    "1.35 misses a whole name": ("1.35", "a.b", 1, NEW + "** server can't find a.b: NXDOMAIN\n\n" * 2),
}  # fmt: skip


@pytest.mark.parametrize(("version", "name", "status", "written"), LOOKUPS.values(), ids=LOOKUPS.keys())
def test_nslookup_by_version(box: Box, version: str, name: str, status: int, written: str) -> None:
    container = box("nslookup", name, version=version).go_on(5)

    assert (container.ended[0][0], container.log()) == (status, written)


ASKED = {
    "dig tells the address": ("dig +short db.default.svc.cluster.local", 0, "10.96.0.7\n"),
    "dig knows no search list": ("dig +short db", 0, ""),
    "unless it is asked to": ("dig +search +short db", 0, "10.96.0.7\n"),
    "dig tells the answer": (
        "dig +noall +answer db.default.svc.cluster.local", 0, "db.default.svc.cluster.local.\t30\tIN\tA\t10.96.0.7\n"),
    "dig tells the name of an address": ("dig -x 10.96.0.7 +short", 0, "db.default.svc.cluster.local.\n"),
    "dig tells the status": ("dig @10.96.0.10 nobody TXT | grep -o 'status: [A-Z]*'", 0, "status: NXDOMAIN\n"),
    "dig tells all": ("dig db.default.svc.cluster.local | grep -v id: ", 0, (
        f"\n; <<>> DiG {VERSION} <<>> db.default.svc.cluster.local\n;; global options: +cmd\n;; Got answer:\n"
        ";; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n"
        ";db.default.svc.cluster.local.\t\tIN\tA\n\n;; ANSWER SECTION:\n"
        "db.default.svc.cluster.local.\t30\tIN\tA\t10.96.0.7\n\n;; Query time: 1 msec\n"
        ";; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)\n;; WHEN: Tue Nov 14 22:13:20 UTC 2023\n"
        ";; MSG SIZE  rcvd: 62\n\n")),
    "host tells the address": ("host db", 0, "db.default.svc.cluster.local has address 10.96.0.7\n"),
    "host tells the name": (
        "host 10.96.0.7", 0, "7.0.96.10.in-addr.arpa domain name pointer db.default.svc.cluster.local.\n"),
    "host finds none": ("host nobody", 1, "Host nobody not found: 3(NXDOMAIN)\n"),
    "BIND's nslookup finds a name": ("bind-nslookup db", 0, (
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
        "Name:\tdb.default.svc.cluster.local\nAddress: 10.96.0.7\n\n")),
    "BIND's nslookup finds none": ("bind-nslookup nobody", 1, (
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n** server can't find nobody: NXDOMAIN\n\n")),
    "BIND's nslookup finds the name of an address": ("bind-nslookup 10.96.0.7", 0, (
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
        "7.0.96.10.in-addr.arpa\tname = db.default.svc.cluster.local.\n\n")),
}  # fmt: skip


@pytest.mark.parametrize(("script", "status", "written"), ASKED.values(), ids=ASKED.keys())
def test_tools_of_bind(box: Box, script: str, status: int, written: str) -> None:
    container = box("sh", "-c", script).go_on(5)

    assert (container.log(), container.ended[0][0]) == (written, status)


def _serve(request: str, client: str) -> str:
    asked = parse_request(request)
    if asked is None:
        return f"you said {request}"
    if asked.path == "/moved":
        return HttpResponse(302, "", {"location": "/"}).text()
    return (HttpResponse(200, f"{asked.method} {asked.target} by {asked.headers['user-agent']}\n") if asked.path == "/"
            else HttpResponse(404, "no\n")).text()  # fmt: skip


REQUESTS = {
    "wget to standard output": ("wget -q -O - localhost:80/?a=b", 0, "GET /?a=b by Wget\n"),
    "wget follows": ("wget -qO- http://localhost/moved", 0, "GET / by Wget\n"),
    "wget says where it goes": (
        "wget -O f localhost:80 && cat f", 0,
        "Connecting to localhost:80 (127.0.0.1:80)\nsaving to 'f'\n"
        "f                    100% |********************************|    14  0:00:00 ETA\n'f' saved\nGET / by Wget\n"),
    "wget is refused a page": (
        "wget -q -O- http://localhost/x", 1, "wget: server returned error: HTTP/1.1 404 Not Found\n"),
    "wget only looks": ("wget -q --spider http://localhost/", 0, ""),
    "wget posts": ("wget -q -O- --post-data=x=1 --header 'X-A: b' http://localhost/", 0, "POST / by Wget\n"),
    "curl writes the page": ("curl -s localhost", 0, "GET / by curl/7.88.1\n"),
    "curl shows how it goes": (
        "curl localhost >/dev/null", 0,
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "                                 Dload  Upload   Total   Spent    Left  Speed\n"
        "\r100    21  100    21    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"),
    "curl tells the status": ("curl -s -o /dev/null -w '%{http_code}\\n' http://localhost/x", 0, "404\n"),
    "curl fails if it is asked to": (
        "curl -sSf localhost/x", 22, "curl: (22) The requested URL returned error: 404\n"),
    "curl is quiet about it": ("curl -sf localhost/x", 22, ""),
    "curl follows": ("curl -sL localhost/moved", 0, "GET / by curl/7.88.1\n"),
    "curl does not": ("curl -s -o /dev/null -w '%{http_code}' localhost/moved", 0, "302"),
    "curl shows the headers": ("curl -sI localhost", 0, "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n"),
    "curl says what it does": ("curl -sv localhost 2>&1 | grep '^[*>]'", 0, (
        "*   Trying 127.0.0.1:80...\n* Connected to localhost (127.0.0.1) port 80 (#0)\n"
        "> GET / HTTP/1.1\n> Host: localhost\n> User-Agent: curl/7.88.1\n> Accept: */*\n> \n")),
    "curl posts": ("curl -s -d x=1 -d y=2 -A me localhost", 0, "POST / by me\n"),
    "curl knows no such host": ("curl -sS nobody", 6, "curl: (6) Could not resolve host: nobody\n"),
    "curl is refused": (
        "curl -sS localhost:81", 7,
        "curl: (7) Failed to connect to localhost port 81 after 0 ms: Couldn't connect to server\n"),
    "curl waits no longer than it may": (
        "curl -sS -m 2 192.0.2.1", 28, "curl: (28) Connection timed out after 2000 milliseconds\n"),
    "nor to connect": (
        "curl -sS --connect-timeout 2 192.0.2.1", 28,
        "curl: (28) Failed to connect to 192.0.2.1 port 80 after 2000 ms: Timeout was reached\n"),
    "curl without a URL": (
        "curl", 2, "curl: try 'curl --help' or 'curl --manual' for more information\n"),
    "curl speaks TLS to who does not": (
        "curl -sS https://localhost:80", 35,
        "curl: (35) OpenSSL/3.0: error:0A00010B:SSL routines::wrong version number\n"),
    "nc asks": ("echo hello | nc localhost 80", 0, "you said hello\n"),
    "nc only looks": ("nc -z localhost 80 && echo open", 0, "open\n"),
    "nc is refused": (
        "nc -z -w 1 localhost 81", 1, "nc: can't connect to remote host (127.0.0.1): Connection refused\n"),
    "ping comes back": ("ping -c 2 localhost | grep transmitted", 0,
                        "2 packets transmitted, 2 packets received, 0% packet loss\n"),
    "ping is lost": ("ping -c 2 -W 1 10.244.0.99 | grep loss", 0,
                     "2 packets transmitted, 0 packets received, 100% packet loss\n"),
    "the shell waits for a server of its own": (
        "(sleep 3; echo pong | nc -l -p 9000) & until nc -z localhost 9000; do sleep 1; done 2>/dev/null; echo up", 0,
        "up\n"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "status", "written"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_to_the_pod_itself(box: Box, script: str, status: int, written: str) -> None:
    container = box("sh", "-c", script)
    container.namespace.listen(80, _serve)
    container.go_on(60)

    assert (container.ended[0][0], container.log()) == (status, written)


def test_nc_serves_one_connection(box: Box) -> None:
    container = box("sh", "-c", "echo pong | nc -l -p 9000; echo closed").go_on(5)
    listener = container.namespace.listener("10.244.0.1", 9000, "TCP")

    assert listener is not None
    assert listener.serve("ping\n", "10.244.0.9") == "pong\n"
    assert container.go_on(1).log() == "ping\nclosed\n"
