"""Registries that a scenario changes: images that come, go, and are private."""

import pytest

from podproof.simulator.machine.images import ImageTable
from podproof.simulator.machine.registry import PullError, Registry, pull_with
from podproof.simulator.model.registry_credentials import Credential

ANN, BOB = Credential("ann", "sesame"), Credential("bob", "guess")
HUB, OWN = "busybox:1.28", "registry.example.com/shop:7"


@pytest.fixture
def registry() -> Registry:
    return Registry(ImageTable.load())


def test_an_image_that_appears_can_be_pulled(registry: Registry) -> None:
    registry.put(OWN)

    assert str(registry.pull(OWN).name) == OWN


def test_an_image_that_disappears_is_not_found(registry: Registry) -> None:
    registry.remove(HUB)

    with pytest.raises(PullError, match=r"docker.io/library/busybox:1.28: not found"):
        registry.pull(HUB)


def test_it_may_come_back(registry: Registry) -> None:
    registry.remove(HUB)
    registry.put("docker.io/library/busybox:1.28")

    assert registry.pull(HUB).known


REFUSALS: dict[str, tuple[str, Credential | None, str]] = {
    "the Hub without credentials": (HUB, None, "server message: insufficient_scope: authorization failed"),
    "another registry without credentials": (OWN, None, "authorization failed: no basic auth credentials"),
    "the Hub with the wrong ones": (HUB, BOB, "failed to fetch oauth token: unexpected status from GET request"),
    "another registry with the wrong ones": (
        OWN,
        BOB,
        "HEAD request to https://registry.example.com/v2/shop/manifests/7: 401 Unauthorized",
    ),
}


@pytest.mark.parametrize(("reference", "credential", "text"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_private_image_is_refused_to(
    registry: Registry, reference: str, credential: Credential | None, text: str
) -> None:
    registry.put(reference)
    registry.close(reference, ANN)

    with pytest.raises(PullError) as refused:
        registry.pull(reference, credential)

    assert text in refused.value.message


def test_whether_a_private_image_exists_is_not_told(registry: Registry) -> None:
    registry.close("registry.example.com/shop:8", ANN)

    with pytest.raises(PullError, match="pull access denied"):
        registry.pull("registry.example.com/shop:8")


def test_the_right_credential_opens_it(registry: Registry) -> None:
    registry.close(HUB, ANN)

    assert pull_with(registry, HUB, (BOB, ANN)) == (registry.pull(HUB, ANN), ANN)


def test_any_credential_opens_what_is_private_to_nobody_in_particular(registry: Registry) -> None:
    registry.close(HUB)

    assert registry.pull(HUB, BOB).known


def test_what_several_credentials_are_told_is_told_once(registry: Registry) -> None:
    registry.close(HUB, ANN)

    with pytest.raises(PullError) as refused:
        pull_with(registry, HUB, (BOB, Credential("eve", "x")))

    assert refused.value.message.count("401 Unauthorized") == 1
