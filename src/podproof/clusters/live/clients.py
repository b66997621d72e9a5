"""What pods of a real cluster ask of its network: asked by a container that joins the pod for one question."""

import re
import shlex
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

from podproof.cluster import Cluster, Exchange, NameAnswer
from podproof.clusters.live.joining import Joining
from podproof.simulator.machine import http
from podproof.simulator.model.dns_records import NOERROR
from podproof.simulator.model.objects import Ref

_PATIENCE_S = 15
_HTTP = 80
_FOUND = re.compile(r"^Address \d+: (\S+)", re.MULTILINE)
_FAILED = re.compile(r"^nc: (?:can't connect to remote host \(\S+\): )?(.+)$", re.MULTILINE)
_WORDS = {"timed out": "Connection timed out"}


class LiveClients:
    """Asks by `joining` pods. `lack` raises the error of a capability that is missing."""

    def __init__(self, cluster: Cluster, joining: Joining, lack: Callable[[str], NoReturn]) -> None:
        self._cluster, self._joining, self._lack = cluster, joining, lack

    def resolve(self, pod: str, name: str) -> NameAnswer:
        """Ask a pod's resolver for the addresses of a name; why there are none it does not tell (the code is "")."""
        _, text = self._joining.ask(Ref("Pod", self._cluster.namespace, pod), f"nslookup {shlex.quote(name)} 2>&1")
        found = tuple(_FOUND.findall(text.partition("\nName:")[2]))
        return NameAnswer(NOERROR if found else "", found)

    def records(self, pod: str, name: str, kind: str) -> NameAnswer:
        """Not to be had: the resolver of a pod tells addresses only."""
        self._lack("network-clients")

    def request(self, asker: Ref | None, url: str) -> Exchange:
        """GET a URL from a pod; who answered behind a Service is not to be seen."""
        place = urlsplit(url if "://" in url else f"http://{url}")
        if asker is None or asker.kind != "Pod" or place.scheme != "http":
            self._lack("network-clients")
        target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        asked = f"GET {target} HTTP/1.0\\r\\nHost: {place.netloc}\\r\\n\\r\\n"
        there = f"{shlex.quote(place.hostname or '')} {place.port or _HTTP}"
        code, text = self._joining.ask(asker, f"printf {shlex.quote(asked)} | nc -w {_PATIENCE_S} {there} 2>&1")
        response = http.parse_response(text)
        if response is not None:
            return Exchange(response.status, response.body)
        failed = _FAILED.search(text)
        why = failed[1] if failed else f"nc ended with {code}" if code else "the answer is not HTTP"
        return Exchange(0, "" if failed else text, error=_WORDS.get(why, why))

    def rules(self, node: str, table: str) -> tuple[str, ...]:
        """Not to be had: a cluster's machines are nobody's to enter."""
        self._lack("network-clients")
