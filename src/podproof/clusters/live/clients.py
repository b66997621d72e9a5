"""What pods of a real cluster ask of its network: asked by a container that joins the pod for one question."""

import re
import shlex
from collections.abc import Callable
from itertools import count
from typing import NoReturn
from urllib.parse import urlsplit

from podproof.cluster import Cluster, Exchange, NameAnswer
from podproof.proof import NotSoError
from podproof.simulator.machine import http
from podproof.simulator.model.dns_records import NOERROR
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import seconds

IMAGE = "busybox:1.28"
"""Its nslookup asks as programs do, by the search list; later ones do not."""
_PATIENCE_S = 15
_LOOKS = 90
_HTTP = 80
_FOUND = re.compile(r"^Address \d+: (\S+)", re.MULTILINE)
_FAILED = re.compile(r"^nc: (?:can't connect to remote host \(\S+\): )?(.+)$", re.MULTILINE)
_WORDS = {"timed out": "Connection timed out"}


class LiveClients:
    """Asks by ephemeral containers. `lack` raises the error of a capability that is missing."""

    def __init__(self, cluster: Cluster, lack: Callable[[str], NoReturn]) -> None:
        self._cluster, self._lack, self._numbers = cluster, lack, count(1)

    def resolve(self, pod: str, name: str) -> NameAnswer:
        """Ask a pod's resolver for the addresses of a name; why there are none it does not tell (the code is "")."""
        _, text = self._asked(Ref("Pod", self._cluster.namespace, pod), f"nslookup {shlex.quote(name)} 2>&1")
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
        code, text = self._asked(asker, f"printf {shlex.quote(asked)} | nc -w {_PATIENCE_S} {there} 2>&1")
        response = http.parse_response(text)
        if response is not None:
            return Exchange(response.status, response.body)
        failed = _FAILED.search(text)
        why = failed[1] if failed else f"nc ended with {code}" if code else "the answer is not HTTP"
        return Exchange(0, "" if failed else text, error=_WORDS.get(why, why))

    def rules(self, node: str, table: str) -> tuple[str, ...]:
        """Not to be had: a cluster's machines are nobody's to enter."""
        self._lack("network-clients")

    def _asked(self, pod: Ref, script: str) -> tuple[int, str]:
        """Run a script in a container that joins a pod; return its exit code and its log."""
        name = f"ask-{next(self._numbers)}"
        added = {"name": name, "image": IMAGE, "command": ["sh", "-c", script]}
        done = self._cluster.patch(pod, {"spec": {"ephemeralContainers": [added]}}, "ephemeralcontainers")
        if done.refusal is not None:
            raise NotSoError(f'pod "{pod.name}" can ask the network', done.refusal.message, subjects=(pod,))
        code = self._ended(pod, name)
        said = self._cluster.logs(pod.name, name)
        if not isinstance(said, str):
            raise NotSoError(f'pod "{pod.name}" can ask the network', said.message, subjects=(pod,))
        return code, said

    def _ended(self, pod: Ref, name: str) -> int:
        for _ in range(_LOOKS):
            statuses = at(self._cluster.get(pod), "status", "ephemeralContainerStatuses") or ()
            mine = next((each for each in statuses if each["name"] == name), None)
            ended = at(mine, "state", "terminated")
            if ended:
                return int(ended["exitCode"])
            self._cluster.pass_time(seconds(1))
        seen = at(mine, "state", "waiting", "message") or at(mine, "state") or "its container never began"
        raise NotSoError(f'pod "{pod.name}" can ask the network', str(seen), subjects=(pod,))
