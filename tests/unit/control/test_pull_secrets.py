"""With which credentials a pod's images are pulled, and who may use what was pulled."""

import base64
from typing import Any, cast

from podproof.simulator.control.kubelet.pull_secrets import PulledImages, PullSecrets
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.model.registry_credentials import Credential, Entry, docker_config

ANN, BOB, NODE = Credential("ann", "1"), Credential("bob", "2"), Credential("node", "3")
IMAGE = "a.io/shop:1"


def secret(credential: Credential) -> dict[str, Any]:
    data = base64.b64encode(docker_config("a.io", credential).encode()).decode()
    return {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": data}}


SECRETS = {"ann": secret(ANN), "bob": secret(BOB)}


def pod(*names: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "s"}, "spec": {"imagePullSecrets": [{"name": name} for name in names]}}


class Said(list[str]):
    """A recorder that keeps what is said."""

    def emit(self, about: object, kind: str, reason: str, message: str) -> None:
        """Keep a message."""
        self.append(f"{kind} {reason}: {message}")


def pull_secrets(said: Said, *logins: Entry) -> PullSecrets:
    sources = Sources(lambda pod: {}, lambda s, n: None, lambda s, n: SECRETS.get(n) if s == "s" else None, {}, logins)
    return PullSecrets(sources, cast(Any, said))


def test_the_pods_secrets_come_before_the_nodes_own() -> None:
    found = pull_secrets(Said(), Entry.of("a.io", NODE)).of_pod(pod("bob", "ann"), IMAGE)

    assert list(found.items()) == [(BOB, False), (ANN, False), (NODE, True)]


def test_a_registry_nobody_has_credentials_for_is_asked_without() -> None:
    assert not pull_secrets(Said()).of_pod(pod("ann"), "b.io/shop:1")


def test_secrets_that_are_missing_are_named_together() -> None:
    said = Said()

    pull_secrets(said).tell_missing(pod("x", "ann", "y"))

    assert said == [
        "Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (x, y); "
        "attempting to pull the image may not succeed."
    ]


def test_nothing_is_said_where_none_is_missing() -> None:
    said = Said()

    pull_secrets(said).tell_missing(pod("ann", ""))

    assert said == []


def test_an_image_that_was_there_from_the_start_is_for_everybody() -> None:
    assert PulledImages().accessible(IMAGE, {})


def test_an_image_pulled_without_credentials_is_for_everybody() -> None:
    pulled = PulledImages()
    pulled.record(IMAGE, None, own=False)

    assert pulled.accessible(IMAGE, {})


def test_an_image_pulled_with_a_secret_is_for_who_has_it() -> None:
    pulled = PulledImages()
    pulled.record(IMAGE, ANN, own=False)

    assert pulled.accessible(IMAGE, {ANN: False})
    assert not pulled.accessible(IMAGE, {BOB: False})
    assert not pulled.accessible(IMAGE, {})


def test_an_image_pulled_with_the_nodes_credentials_is_for_everybody() -> None:
    pulled = PulledImages()
    pulled.record(IMAGE, ANN, own=False)
    pulled.record(IMAGE, NODE, own=True)

    assert pulled.accessible(IMAGE, {})
