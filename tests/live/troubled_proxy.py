"""A network that does not behave, between a client and a served simulator: calls pass but for some troubles."""

import http.client
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

Which = Callable[[str, str], bool]
"""Of a call, its method and path with parameters: whether it is troubled."""


@dataclass
class Trouble:
    """What becomes of the next `times` calls that are meant.

    They are answered with `status` and headers, or wait (s) first, or are cut after so many bytes of their answer.
    """

    which: Which = lambda method, path: True
    times: int = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: int = -1


class TroubledProxy:
    """Listens on a free port of its own. `met` counts the calls that were troubled."""

    def __init__(self, upstream: str) -> None:
        self.met = 0
        self.down = False
        """Whether every call is cut at once."""
        self._upstream = urlsplit(upstream)
        self._troubles: list[Trouble] = []
        self._lock, self._over = Lock(), Event()
        self._open: set[socket.socket] = set()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with suppress(OSError, http.client.HTTPException):
                    proxy.pass_on(self)
                    return
                self.close_connection = True

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 (as http.server calls them)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def trouble(self, *troubles: Trouble) -> None:
        """Let these happen from now on."""
        with self._lock:
            self._troubles += troubles

    def cut_all(self) -> None:
        """Cut every connection there is, in the middle of whatever it says."""
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def leading_here(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return a kubeconfig of the simulator that leads through here."""
        text = json.dumps(config)
        return dict(json.loads(text.replace(self._upstream.netloc, f"127.0.0.1:{self._server.server_address[1]}")))

    def stop(self) -> None:
        """Listen no more."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self.cut_all()

    def pass_on(self, call: BaseHTTPRequestHandler) -> None:
        """Pass a call on, and its answer back, as far as no trouble is in the way."""
        if self.down:
            raise ConnectionResetError
        body = call.rfile.read(int(call.headers.get("Content-Length", 0)))
        trouble = self._trouble_of(call.command, call.path)
        self._over.wait(trouble.wait)
        if trouble.status:
            self._answer(call, trouble)
            return
        connection = http.client.HTTPConnection(self._upstream.netloc, timeout=30)
        try:
            kept = {key: each for key, each in call.headers.items() if key.lower() != "host"}
            connection.request(call.command, call.path, body or None, kept)
            used = (connection.sock, call.connection)
            self._open.update(used)
            try:
                self._back(call, connection.getresponse(), trouble.cut)
            finally:
                self._open.difference_update(used)
        finally:
            connection.close()

    def _trouble_of(self, method: str, path: str) -> Trouble:
        with self._lock:
            for each in self._troubles:
                if each.times and each.which(method, path):
                    each.times -= 1
                    self.met += 1
                    return each
        return Trouble()

    def _answer(self, call: BaseHTTPRequestHandler, trouble: Trouble) -> None:
        status = {"kind": "Status", "code": trouble.status, "message": "trouble", "reason": "Trouble"}
        data = json.dumps(status).encode()
        call.send_response(trouble.status)
        for key, value in {**trouble.headers, "Content-Type": "application/json", "Content-Length": len(data)}.items():
            call.send_header(key, str(value))
        call.end_headers()
        call.wfile.write(data)

    def _back(self, call: BaseHTTPRequestHandler, answer: http.client.HTTPResponse, cut: int) -> None:
        call.send_response(answer.status)
        for key, value in answer.headers.items():
            if key.lower() not in ("connection", "transfer-encoding", "content-length"):
                call.send_header(key, value)
        call.send_header("Transfer-Encoding", "chunked")
        call.end_headers()
        left = cut
        while data := answer.read1(65536):
            if cut >= 0:
                data, left = data[:left], left - len(data)
            call.wfile.write(b"%x\r\n%b\r\n" % (len(data), data) if data else b"")
            if cut >= 0 and left <= 0:
                call.close_connection = True
                return
        call.wfile.write(b"0\r\n\r\n")
