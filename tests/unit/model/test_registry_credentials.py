"""Which credentials are offered for an image."""

import base64
import json
from typing import Any

import pytest

from podproof.simulator.model.registry_credentials import Credential, Entry, docker_config, entries_of_secret, offered

ANN, BOB = Credential("ann", "sesame"), Credential("bob", "guess")
EXAMPLE = "registry.example.com/team/shop"

OFFERED: dict[str, tuple[list[str], str, bool]] = {
    "the registry's host": (["registry.example.com"], EXAMPLE, True),
    "another host": (["other.example.com"], EXAMPLE, False),
    "a host with a scheme": (["https://registry.example.com"], EXAMPLE, True),
    "the API's own path does not count": (["https://registry.example.com/v2/"], EXAMPLE, True),
    "the path of the team": (["registry.example.com/team"], EXAMPLE, True),
    "the path of another team": (["registry.example.com/other"], EXAMPLE, False),
    "a star for one label": (["*.example.com"], EXAMPLE, True),
    "a star is not two labels": (["*.com"], EXAMPLE, False),
    "a port must be the same": (["registry.example.com:5000"], EXAMPLE, False),
    "kubectl's default server is the Hub": (["https://index.docker.io/v1/"], "docker.io/library/nginx", True),
    "docker.io is the Hub": (["docker.io"], "docker.io/library/nginx", True),
    "the Hub's credentials are for the Hub only": (["https://index.docker.io/v1/"], EXAMPLE, False),
}


@pytest.mark.parametrize(("keys", "repository", "wanted"), OFFERED.values(), ids=OFFERED.keys())
def test_credentials_for_a_repository(keys: list[str], repository: str, wanted: bool) -> None:
    entries = [Entry.of(key, ANN) for key in keys]

    assert offered(entries, repository) == ((ANN,) if wanted else ())


def test_the_more_particular_place_comes_first_and_nothing_twice() -> None:
    entries = [Entry.of("registry.example.com", BOB), Entry.of("registry.example.com/team", ANN)]

    assert offered([*entries, *entries], EXAMPLE) == (ANN, BOB)


def secret(kind: str, key: str, content: Any) -> dict[str, Any]:
    return {"type": kind, "data": {key: base64.b64encode(json.dumps(content).encode()).decode()}}


AUTH = {"auth": base64.b64encode(b"ann:sesame").decode()}
NAMED = {"username": "ann", "password": "sesame"}
SECRETS: dict[str, tuple[dict[str, Any], tuple[Credential, ...]]] = {
    "a docker configuration": (
        secret("kubernetes.io/dockerconfigjson", ".dockerconfigjson", {"auths": {"a.io": NAMED}}),
        (ANN,),
    ),
    "the older form of it": (secret("kubernetes.io/dockercfg", ".dockercfg", {"a.io": NAMED}), (ANN,)),
    "a user and password in one": (
        secret("kubernetes.io/dockerconfigjson", ".dockerconfigjson", {"auths": {"a.io": AUTH}}),
        (ANN,),
    ),
    "another type": (secret("Opaque", ".dockerconfigjson", {"auths": {"a.io": NAMED}}), ()),
    "no JSON": ({"type": "kubernetes.io/dockercfg", "data": {".dockercfg": "e25v"}}, ()),
}


@pytest.mark.parametrize(("given", "wanted"), SECRETS.values(), ids=SECRETS.keys())
def test_what_a_pull_secret_holds(given: dict[str, Any], wanted: tuple[Credential, ...]) -> None:
    assert tuple(entry.credential for entry in entries_of_secret(given)) == wanted


def test_a_secret_made_for_a_registry_opens_it() -> None:
    made = json.loads(docker_config("registry.example.com", ANN))

    entries = entries_of_secret(secret("kubernetes.io/dockerconfigjson", ".dockerconfigjson", made))

    assert offered(entries, EXAMPLE) == (ANN,)
