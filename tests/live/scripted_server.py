"""An API server that answers as a script says: one answer for each list, one for each watch of the pods."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """What is sent: a status, headers, lines; then it ends, is cut in the middle of a line, or is held (until told)."""

    lines: Sequence[Any] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    then: str = "end"


class ScriptedServer:
    """Answers on a free port. `asked` are the parameters of all calls, in order."""

    def __init__(self, lists: Sequence[Answer], watches: Sequence[Answer]) -> None:
        self.asked: list[dict[str, str]] = []
        self._lists, self._watches = [*lists], [*watches]
        self._over, self.go_on = Event(), Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                script.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def config(self) -> dict[str, Any]:
        """The kubeconfig that leads here."""
        server = {"server": f"http://127.0.0.1:{self._server.server_address[1]}"}
        return {
            "current-context": "x",
            "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
            "clusters": [{"name": "x", "cluster": server}],
            "users": [{"name": "x", "user": {}}],
        }

    def stop(self) -> None:
        """Answer no more."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, http: BaseHTTPRequestHandler) -> None:
        """Send the next answer; after the last one, nothing comes."""
        params = {key: each[0] for key, each in parse_qs(urlsplit(http.path).query).items()}
        self.asked.append(params)
        script = self._watches if "watch" in params else self._lists
        found = script.pop(0) if script else Answer(then="hold")
        http.send_response(found.status)
        for key, value in {"Content-Type": "application/json", "Transfer-Encoding": "chunked", **found.headers}.items():
            http.send_header(key, value)
        http.end_headers()
        for line in found.lines:
            data = json.dumps(line).encode() + b"\n"
            http.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self._finish(http, found.then)

    def _finish(self, http: BaseHTTPRequestHandler, then: str) -> None:
        if then == "hold":
            self._over.wait(30)
        if then == "hold until told":
            self.go_on.wait(30)
        if then == "cut":
            http.wfile.write(b'ff\r\n{"type": "MODI')
            http.close_connection = True
            return
        http.wfile.write(b"0\r\n\r\n")
