"""Which credentials are offered for an image: the entries of docker configurations whose registry is the image's.

Source: pkg/credentialprovider/keyring.go, BasicDockerKeyring.Add, Lookup, URLsMatch; config.go, DockerConfigEntry.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from podproof.simulator.model.objects import Object

_DEFAULT_HOSTS = ("docker.io", "index.docker.io")
_KEYS = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}


class Credential(NamedTuple):
    """A user name and password."""

    user: str
    password: str


class Entry(NamedTuple):
    """One entry of a docker configuration: the host and path it is for, and the credential."""

    place: str
    credential: Credential

    @classmethod
    def of(cls, key: str, credential: Credential) -> "Entry":
        """Return the entry a configuration's key makes: `https://index.docker.io/v1/` is for index.docker.io."""
        bare = key.removeprefix("https://").removeprefix("http://")
        host, _, path = bare.partition("/")
        if path.startswith(("v1/", "v2/")):
            path = path[3:]
        return cls(f"{host}/{path}" if path else host, credential)


def entries_of_secret(secret: Object) -> tuple[Entry, ...]:
    """Return what a pull secret holds; a secret of another type or without sense holds nothing.

    Source: pkg/credentialprovider/secrets/secrets.go, MakeDockerKeyring.
    """
    kind = str(secret.get("type", ""))
    held = (secret.get("data") or {}).get(_KEYS.get(kind, ""))
    if held is None:
        return ()
    try:
        parsed = json.loads(base64.b64decode(held))
    except ValueError:
        return ()
    auths = parsed.get("auths") or {} if kind.endswith("dockerconfigjson") else parsed
    return tuple(Entry.of(key, _credential(value)) for key, value in auths.items())


def offered(entries: Iterable[Entry], repository: str) -> tuple[Credential, ...]:
    """Return the credentials for a repository given in full, the most particular place first, each once."""
    ordered = sorted(entries, key=lambda entry: entry.place, reverse=True)
    if not ordered:
        return ()
    found = [entry.credential for entry in ordered if _matches(entry.place, repository)]
    if not found and repository.partition("/")[0] in _DEFAULT_HOSTS:
        found = [entry.credential for entry in ordered if entry.place == "index.docker.io"]
    return tuple(dict.fromkeys(found))


def docker_config(registry: str, credential: Credential) -> str:
    """Return the docker configuration that `kubectl create secret docker-registry` writes."""
    user, password = credential
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    return json.dumps({"auths": {registry: {"username": user, "password": password, "auth": auth}}})


def _credential(value: Mapping[str, Any]) -> Credential:
    if value.get("auth"):
        user, _, password = base64.b64decode(value["auth"]).decode(errors="replace").partition(":")
        return Credential(user, password)
    return Credential(str(value.get("username", "")), str(value.get("password", "")))


def _matches(place: str, repository: str) -> bool:
    host, _, path = place.partition("/")
    wanted_host, _, wanted_path = repository.partition("/")
    parts, wanted = host.split("."), wanted_host.split(".")
    alike = len(parts) == len(wanted) and all(fnmatchcase(*pair) for pair in zip(wanted, parts, strict=True))
    return alike and wanted_path.startswith(path)
