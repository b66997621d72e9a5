"""Where an HTTP request goes by the Ingresses of one class: a pure function of host and path.

Source: staging/src/k8s.io/api/networking/v1/types.go, PathType, IngressRule.Host, IngressSpec.DefaultBackend. Of two
Ingresses with the same host and path the older one counts, as ingress-nginx has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from podproof.simulator.model.objects import Object, at

CLASS_NOTE = "kubernetes.io/ingress.class"
EXACT = "Exact"


class Backend(NamedTuple):
    """The port of a Service that requests go to; `port` is a name or a number."""

    namespace: str
    service: str
    port: str | int


class Path(NamedTuple):
    """One path of a rule."""

    path: str
    type: str
    backend: Backend | None

    @property
    def weight(self) -> tuple[int, bool]:
        """What decides between paths that fit: the longer one, then the exact one."""
        return len(self.path.rstrip("/")), self.type == EXACT

    def fits(self, path: str) -> bool:
        """Say whether a request's path is meant: Exact letter by letter, else element by element from the front."""
        if self.type == EXACT:
            return path == self.path
        prefix = self.path.rstrip("/")
        return path == self.path or path.rstrip("/") == prefix or path.startswith(f"{prefix}/")


class Routes:
    """The rules of all Ingresses of a class."""

    def __init__(self, ingresses: Iterable[Object]) -> None:
        self._hosts: dict[str, list[Path]] = {}
        self._defaults: dict[str, Backend | None] = {}
        self._secrets: dict[str, tuple[str, str]] = {}
        for each in sorted(ingresses, key=_age):
            self._take(each)

    def find(self, host: str, path: str) -> Backend | None:
        """Return where a request goes, None where no rule and no default is for it."""
        known = self._host(host.partition(":")[0].lower(), self._hosts)
        fitting = [each for each in self._hosts.get(known or "", ()) if each.fits(path)]
        if fitting:
            return max(fitting, key=lambda each: each.weight).backend
        return self._defaults.get(known or "", self._defaults.get(""))

    def secret(self, host: str) -> tuple[str, str] | None:
        """Return the namespace and name of the Secret whose certificate a host shows, None where none is named."""
        name = self._host(host.lower(), self._secrets)
        return None if name is None else self._secrets[name]

    def _take(self, item: Object) -> None:
        namespace, spec = item["metadata"]["namespace"], item["spec"]
        default = _backend(namespace, spec.get("defaultBackend"))
        rules: Sequence[Object] = spec.get("rules") or ()
        if default is not None and not rules:
            self._defaults.setdefault("", default)
        for rule in rules:
            host = rule.get("host", "")
            if default is not None:
                self._defaults.setdefault(host, default)
            known = self._hosts.setdefault(host, [])
            for row in at(rule, "http", "paths") or ():
                path = Path(row.get("path") or "/", row["pathType"], _backend(namespace, row["backend"]))
                if not any(each[:2] == path[:2] for each in known):
                    known.append(path)
        for row in spec.get("tls") or ():
            for host in row.get("hosts") or ("",):
                if row.get("secretName"):
                    self._secrets.setdefault(host, (namespace, row["secretName"]))

    @staticmethod
    def _host(host: str, known: Mapping[str, object]) -> str | None:
        """Return the rule's host that a request's host is of: itself, the wildcard in its place, or any."""
        wildcard = f"*.{host.partition('.')[2]}"
        return next((each for each in (host, wildcard, "") if each in known), None)


def is_of_class(item: Object, classes: Iterable[Object], controller: str) -> bool:
    """Say whether an Ingress is for a controller: by its class, or by the annotation that was there before."""
    names = {each["metadata"]["name"] for each in classes if at(each, "spec", "controller") == controller}
    note = (item["metadata"].get("annotations") or {}).get(CLASS_NOTE)
    return (note if note is not None else item["spec"].get("ingressClassName")) in names


def _age(item: Object) -> tuple[str, str, str]:
    meta = item["metadata"]
    return meta.get("creationTimestamp", ""), meta["namespace"], meta["name"]


def _backend(namespace: str, backend: Object | None) -> Backend | None:
    service = at(backend, "service")
    if service is None:
        return None
    port = service.get("port") or {}
    return Backend(namespace, service["name"], port.get("name") or port.get("number") or 0)
