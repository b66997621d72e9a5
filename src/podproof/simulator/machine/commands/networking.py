"""Commands that use the network: wget, nc, ping.

Source: busybox networking/wget.c, nc.c, nc_bloaty.c, ping.c.
"""

import errno
import os
from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

from podproof.errors import NotModelledError
from podproof.simulator.machine import http, tls
from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    Options,
    absolute,
    number,
    options,
    slurp,
)  # fmt: skip
from podproof.simulator.machine.effects import (
    Accept,
    Connect,
    Ping,
    Process,
    Resolve,
    Resolved,
    Running,
    Sleep,
    Write,
)  # fmt: skip
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

_TIMEOUT = Nanos(900 * SECOND)
"""Source: busybox networking/wget.c, timeout_seconds = 900."""
_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}


def _address(name: str) -> Steps[str]:
    answer: Resolved = yield Resolve(name)
    if not answer.addresses:
        raise CommandError(f"bad address '{name}'")
    return answer.addresses[0]


_LONG = {
    "spider": "s", "timeout": "T", "quiet": "q", "output-document": "O", "header": "H", "post-data": "D",
    "server-response": "S", "user-agent": "U", "tries": "t", "no-check-certificate": "p", "no-verbose": "q",
}  # fmt: skip


def wget(process: Process, arguments: tuple[str, ...]) -> Running:
    """Fetch over HTTP."""
    found = options(process, arguments, flags="qScsp", valued="OTPUYotHD", refused="b", long=_LONG)
    if not found.operands:
        raise CommandError("missing URL")
    for url in found.operands:
        yield from _fetch(process, found, url)
    return 0


def _fetch(process: Process, found: Options, url: str) -> Steps[None]:
    """Fetch one address, following redirections. Raises CommandError."""
    for _ in range(_REDIRECTS):
        place = urlsplit(url if "://" in url else f"http://{url}")
        if place.scheme in ("ftp", "ftps"):
            raise NotModelledError(f"{place.scheme} (wget {url})", " ".join(process.argv))
        if place.scheme not in _PORTS:
            raise CommandError(f"not an http or ftp url: {url}")
        response = yield from _exchange(process, found, place)
        if response.status // 100 == 3 and "location" in response.headers:
            url = urljoin(place.geturl(), response.headers["location"])
            continue
        if response.status // 100 != 2:
            raise CommandError(f"server returned error: HTTP/1.1 {response.status} {response.reason}")
        yield from _save(process, found, place, response.body)
        return
    raise CommandError("too many redirections")


def _exchange(process: Process, found: Options, place: SplitResult) -> Steps[http.HttpResponse]:
    host, port = place.hostname or "", place.port or _PORTS[place.scheme]
    address = yield from _address(host)
    if "q" not in found:
        yield Write(2, f"Connecting to {place.netloc} ({address}:{port})\n")
    span = Nanos(int(float(found.value("T")) * SECOND)) if "T" in found else _TIMEOUT
    try:
        text = _request(found, place).text()
        reply = yield Connect(address, port, tls.asked(host, text) if place.scheme == "https" else text, span)
    except TimeoutError:
        raise CommandError("download timed out") from None
    except OSError as error:
        raise CommandError(f"can't connect to remote host ({address}): {os.strerror(error.errno or 0)}") from None
    if place.scheme == "https":
        reply = yield from _decrypted(found, host, reply)
    response = http.parse_response(reply)
    if response is None:
        raise CommandError("error getting response" if not reply else f"bad response: {reply.splitlines()[0]}")
    if "S" in found:
        yield Write(2, "".join(f"  {line}\n" for line in reply.partition("\r\n\r\n")[0].splitlines()))
    return response


def _decrypted(found: Options, host: str, reply: str) -> Steps[str]:
    """Return what came over TLS; busybox looks at no certificate, and says so."""
    if "q" not in found:
        yield Write(2, "wget: note: TLS certificate validation not implemented\n")
    told = tls.read(reply)
    if told is None:
        raise CommandError(f"error getting response from {host}: TLS error")
    return told[1]


def _request(found: Options, place: SplitResult) -> http.HttpRequest:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    headers = {"host": place.netloc, "user-agent": found.value("U", "Wget"), "connection": "close"}
    for line in found.values.get("H", []):
        key, _, value = line.partition(":")
        headers[key.strip().lower()] = value.strip()
    if "D" in found:
        headers["content-type"] = "application/x-www-form-urlencoded"
        headers["content-length"] = str(len(found.value("D").encode()))
        return http.HttpRequest("POST", target, headers, found.value("D"))
    return http.HttpRequest("HEAD" if "s" in found else "GET", target, headers)


def _save(process: Process, found: Options, place: SplitResult, body: str) -> Steps[None]:
    if "s" in found:
        if "q" not in found:
            yield Write(2, "remote file exists\n")
        return
    name = found.value("O") or place.path.rpartition("/")[2] or "index.html"
    if name == "-":
        yield Write(1, body)
        if "q" not in found:
            yield Write(2, "written to stdout\n")
        return
    path = absolute(process, f"{found.value('P')}/{name}" if "P" in found else name)
    if "O" not in found and process.files.exists(path):
        raise CommandError(f"can't open '{name}': {os.strerror(errno.EEXIST)}")
    process.files.write(path, body)
    if "q" not in found:
        bar = f"{name:<20} 100% |{'*' * 32}| {len(body):>5}  0:00:00 ETA"
        yield Write(2, f"saving to '{name}'\n{bar}\n'{name}' saved\n")


def nc(process: Process, arguments: tuple[str, ...]) -> Running:
    """Open a connection, send what is read, write what comes; with -l wait for one; with -z only look."""
    found = options(process, arguments, flags="zvlknu46", valued="wpsi", refused="eofqX")
    if "l" in found:
        return (yield from _serve(process, found))
    if len(found.operands) < 2:
        raise CommandError("missing host and port")
    host, port = found.operands[0], number(found.operands[1], "port")
    address = yield from _address(host)
    payload = "" if "z" in found else (yield from slurp(process, "-"))
    span = Nanos(int(float(found.value("w")) * SECOND)) if "w" in found else None
    try:
        reply = yield Connect(address, port, payload, span, "UDP" if "u" in found else "TCP")
    except TimeoutError:
        if "w" in found:
            raise CommandError("timed out") from None
        raise CommandError(f"can't connect to remote host ({address}): {os.strerror(errno.ETIMEDOUT)}") from None
    except OSError as error:
        if "z" in found and "v" not in found and process.shell != "ash":
            return 1
        raise CommandError(f"can't connect to remote host ({address}): {os.strerror(error.errno or 0)}") from None
    if "v" in found:
        yield Write(2, f"{host} ({address}:{port}) open\n")
    if "z" not in found:
        yield Write(1, reply)
    return 0


def _serve(process: Process, found: Options) -> Running:
    port = number(found.value("p") or (found.operands[-1] if found.operands else ""), "port")
    if "v" in found:
        yield Write(2, f"listening on 0.0.0.0:{port} ...\n")
    reply = yield from slurp(process, "-")
    while True:
        try:
            received = yield Accept(port, reply, protocol="UDP" if "u" in found else "TCP")
        except OSError as error:
            raise CommandError(f"bind: {os.strerror(error.errno or 0)}") from None
        yield Write(1, received)
        if "k" not in found:
            return 0


def ping(process: Process, arguments: tuple[str, ...]) -> Running:
    """Send echoes, one a second, and say what came back. Fails where nothing did."""
    found = options(process, arguments, flags="q46", valued="cWwsiIt")
    if not found.operands:
        raise CommandError("missing host")
    host = found.operands[0]
    address = yield from _address(host)
    size, wait = found.value("s", "56"), Nanos(int(float(found.value("W", "10")) * SECOND))
    yield Write(1, f"PING {host} ({address}): {size} data bytes\n")
    count = number(found.value("c")) if "c" in found else None
    until = Nanos(process.now() + number(found.value("w")) * SECOND) if "w" in found else None
    times = yield from _echoes(process, found, address, count, until, wait)
    sent, spans = times
    lost = 100 * (sent - len(spans)) // max(sent, 1)
    text = (
        f"\n--- {host} ping statistics ---\n{sent} packets transmitted, {len(spans)} packets received, "
        f"{lost}% packet loss\n"
    )
    if spans:
        text += f"round-trip min/avg/max = {_ms(min(spans))}/{_ms(sum(spans) // len(spans))}/{_ms(max(spans))} ms\n"
    yield Write(1, text)
    return int(not spans)


def _echoes(
    process: Process, found: Options, address: str, count: int | None, until: Nanos | None, wait: Nanos
) -> Steps[tuple[int, list[int]]]:
    sent, spans = 0, []
    every = Nanos(int(float(found.value("i", "1")) * SECOND))
    while (count is None or sent < count) and (until is None or process.now() < until):
        last = count is not None and sent == count - 1
        sent += 1
        begun = process.now()
        left = wait if until is None else Nanos(min(wait, until - begun))
        span = yield Ping(address, left if last else Nanos(min(every, left)))
        if span is not None:
            spans.append(span)
            if "q" not in found:
                size = int(found.value("s", "56")) + 8
                yield Write(1, f"{size} bytes from {address}: seq={sent - 1} ttl=64 time={_ms(span)} ms\n")
        if not last:
            yield Sleep(Nanos(max(every - (process.now() - begun), 0)))
    return sent, spans


def _ms(span: int) -> str:
    return f"{span / MILLISECOND:.3f}"


COMMANDS: Mapping[str, Command] = {"nc": nc, "ping": ping, "ping6": ping, "wget": wget}
