"""curl, as people use it in pods to ask a Service.

Source: curl 7.88 (Debian 12): src/tool_getparam.c for options, src/tool_writeout.c for -w, lib/connect.c, lib/http.c
and lib/strerror.c for the words, curl(1) for the exit codes.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from podproof.errors import NotModelledError
from podproof.simulator.machine import http, tls
from podproof.simulator.machine.commands.calling import Command, Options, absolute, options
from podproof.simulator.machine.effects import Connect, Process, Resolve, Resolved, Running, Write
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.model.dns_records import is_address
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

VERSION = "7.88.1"
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = 50
_TIMEOUT = Nanos(300 * SECOND)
"""Source: lib/connect.h, DEFAULT_CONNECT_TIMEOUT."""
_CONNECT = "\N{COMBINING DOT ABOVE}"
"""Stands for an option that has no letter."""
_LONG = {
    "silent": "s", "show-error": "S", "fail": "f", "output": "o", "write-out": "w", "head": "I", "include": "i",
    "location": "L", "max-time": "m", "connect-timeout": _CONNECT, "request": "X", "data": "d", "header": "H",
    "verbose": "v", "insecure": "k", "remote-name": "O", "user-agent": "A", "ipv4": "4", "no-buffer": "N",
}  # fmt: skip
_METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)


class _Failure(Exception):  # noqa: N818 (it never leaves this module)
    """What ends a transfer: the exit code and what curl says."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


@dataclass(slots=True)
class _Transfer:
    """One URL being fetched, and what -w tells of it."""

    found: Options
    began: Nanos
    address: str = ""
    status: int = 0
    received: int = 0
    told: list[str] = field(default_factory=list)
    """What -v says."""


def curl(process: Process, arguments: tuple[str, ...]) -> Running:
    """Fetch each URL; the exit code is that of the last one."""
    found = options(
        process, arguments, flags="sSfIiLvkO4N", valued=f"owmXdHA{_CONNECT}", refused="uFTxbcCEGKnrtyYz", long=_LONG
    )
    if not found.operands:
        yield Write(2, "curl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    code = 0
    for url in found.operands:
        code = yield from _fetched(process, _Transfer(found, process.now()), url)
    return code


def _fetched(process: Process, transfer: _Transfer, url: str) -> Steps[int]:
    found, code = transfer.found, 0
    try:
        response = yield from _followed(process, transfer, url)
        yield from _verbose(transfer)
        if "f" in found and response.status >= 400:
            raise _Failure(22, f"The requested URL returned error: {response.status}")
        yield from _meter(transfer)
        yield from _save(process, found, url, response)
    except _Failure as failure:
        yield from _verbose(transfer)
        code = failure.code
        if "s" not in found or "S" in found:
            yield Write(2, f"curl: ({code}) {failure.text}\n")
    if "w" in found:
        yield Write(1, _written(transfer, found.value("w"), process.now()))
    return code


def _followed(process: Process, transfer: _Transfer, url: str) -> Steps[http.HttpResponse]:
    for _ in range(_REDIRECTS):
        place = urlsplit(url if "://" in url else f"http://{url}")
        response = yield from _exchange(process, transfer, place)
        if "L" not in transfer.found or response.status // 100 != 3 or "location" not in response.headers:
            return response
        url = urljoin(place.geturl(), response.headers["location"])
    raise _Failure(47, f"Maximum ({_REDIRECTS}) redirects followed")


def _exchange(process: Process, transfer: _Transfer, place: SplitResult) -> Steps[http.HttpResponse]:
    if place.scheme not in _PORTS:
        raise _Failure(1, f'Protocol "{place.scheme}" not supported or disabled in libcurl')
    host, port = place.hostname or "", place.port or _PORTS[place.scheme]
    transfer.address = yield from _address(host)
    transfer.told.append(f"*   Trying {transfer.address}:{port}...")
    request = _request(transfer.found, place)
    text = request.text() if place.scheme == "http" else tls.asked(host, request.text())
    reply = yield from _connected(process, transfer, (host, port), text)
    transfer.told.append(f"* Connected to {host} ({transfer.address}) port {port} (#0)")
    if place.scheme == "https":
        reply = _decrypted(transfer, host, port, reply)
    response = http.parse_response(reply)
    if response is None:
        raise _Failure(1, "Received HTTP/0.9 when not allowed") if reply else _Failure(52, "Empty reply from server")
    transfer.told += _lines(">", request.text()) + _lines("<", reply)
    transfer.status, transfer.received = response.status, len(response.body.encode())
    return response


def _address(host: str) -> Steps[str]:
    if is_address(host):
        return host
    answer: Resolved = yield Resolve(host)
    if not answer.addresses:
        raise _Failure(6, f"Could not resolve host: {host}")
    return answer.addresses[0]


def _connected(process: Process, transfer: _Transfer, place: tuple[str, int], text: str) -> Steps[str]:
    host, port = place
    given = [transfer.found.value(each) for each in ("m", _CONNECT) if each in transfer.found]
    begun, limits = process.now(), [Nanos(int(float(each) * SECOND)) for each in given]
    try:
        reply: str = yield Connect(transfer.address, port, text, min([*limits, _TIMEOUT]))
    except OSError as error:
        waited = (process.now() - begun) // MILLISECOND
        if error.errno == errno.ETIMEDOUT and "m" in transfer.found:
            raise _Failure(28, f"Connection timed out after {waited} milliseconds") from None
        begin = f"Failed to connect to {host} port {port} after {waited} ms: "
        if error.errno == errno.ETIMEDOUT and _CONNECT in transfer.found:
            raise _Failure(28, begin + "Timeout was reached") from None
        transfer.told.append(f"* connect to {transfer.address} port {port} failed: {os.strerror(error.errno or 0)}")
        raise _Failure(28 if error.errno == errno.ETIMEDOUT else 7, begin + "Couldn't connect to server") from None
    return reply


def _decrypted(transfer: _Transfer, host: str, port: int, reply: str) -> str:
    """Return what came over TLS. Nobody here vouches for a certificate: without -k none is good."""
    told = tls.read(reply)
    if told is None:
        raise _Failure(35, "OpenSSL/3.0: error:0A00010B:SSL routines::wrong version number")
    if "k" not in transfer.found:
        why = "self-signed certificate" if told[0] == tls.OWN else "unable to get local issuer certificate"
        raise _Failure(60, f"SSL certificate problem: {why}\nMore details here: https://curl.se/docs/sslcerts.html")
    return told[1]


def _request(found: Options, place: SplitResult) -> http.HttpRequest:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    headers = {"host": place.netloc, "user-agent": found.value("A", f"curl/{VERSION}"), "accept": "*/*"}
    body = "&".join(found.values.get("d", ()))
    if "d" in found:
        headers |= {"content-length": str(len(body.encode())), "content-type": "application/x-www-form-urlencoded"}
    for line in found.values.get("H", ()):
        key, _, value = line.partition(":")
        headers[key.strip().lower()] = value.strip()
    method = "HEAD" if "I" in found else "POST" if "d" in found else "GET"
    return http.HttpRequest(found.value("X", method), target, headers, body)


def _save(process: Process, found: Options, url: str, response: http.HttpResponse) -> Steps[None]:
    head = response.text().partition("\r\n\r\n")[0] + "\r\n\r\n" if "I" in found or "i" in found else ""
    text = head + ("" if "I" in found else response.body)
    name = found.value("o") or (url.rpartition("/")[2] if "O" in found else "")
    if name in ("", "-"):
        yield Write(1, text)
    elif name != "/dev/null":
        process.files.write(absolute(process, name), text)


def _meter(transfer: _Transfer) -> Steps[None]:
    """Show how it went, as curl does where its output is no terminal. Approximated: no speeds."""
    if "s" not in transfer.found:
        size = transfer.received
        times = "--:--:-- --:--:-- --:--:--     0"
        yield Write(2, f"{_METER}\r100 {size:>5}  100 {size:>5}    0     0      0      0 {times}\n")


def _verbose(transfer: _Transfer) -> Steps[None]:
    if "v" in transfer.found:
        yield Write(2, "".join(f"{line}\n" for line in transfer.told))


def _lines(sign: str, text: str) -> list[str]:
    return [f"{sign} {line}" for line in text.partition("\r\n\r\n")[0].split("\r\n")] + [f"{sign} "]


def _written(transfer: _Transfer, form: str, now: Nanos) -> str:
    """Return what -w asks for.

    Raises:
        NotModelledError: a variable that is not modelled.
    """
    values = {
        "http_code": f"{transfer.status:03}", "response_code": f"{transfer.status:03}", "remote_ip": transfer.address,
        "size_download": str(transfer.received), "time_total": f"{(now - transfer.began) / SECOND:.6f}",
    }  # fmt: skip
    for name, value in values.items():
        form = form.replace(f"%{{{name}}}", value)
    if "%{" in form:
        raise NotModelledError(f"curl -w {form[form.index('%{') :]}", "curl")
    return form.replace("\\n", "\n").replace("\\t", "\t").replace("%%", "%")


COMMANDS: Mapping[str, Command] = {"curl": curl}
