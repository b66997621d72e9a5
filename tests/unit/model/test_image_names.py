"""Image references."""

import pytest

from podproof.simulator.model.image_names import (
    ImageNameError,
    default_pull_policy,
    normalised,
    parse,
    with_default_tag,
)

DIGEST = "sha256:" + "ab" * 32

FULL = {
    "a bare name is an official image of Docker's registry": ("nginx", "docker.io/library/nginx:latest"),
    "a name with a user is not official": ("me/app:1", "docker.io/me/app:1"),
    "a dot in the first part makes it a registry": ("gcr.io/p/app", "gcr.io/p/app:latest"),
    "so does a port": ("reg:5000/app", "reg:5000/app:latest"),
    "so does localhost": ("localhost/app", "localhost/app:latest"),
    "without a slash what follows the colon is a tag": ("reg:5000", "docker.io/library/reg:5000"),
    "the old name of the registry is the new one": ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
    "a digest needs no tag": (f"app@{DIGEST}", f"docker.io/library/app@{DIGEST}"),
    "a tag beside a digest stays": (f"app:1@{DIGEST}", f"docker.io/library/app:1@{DIGEST}"),
    "an IPv6 registry": ("[::1]:5000/x:y", "[::1]:5000/x:y"),
}


@pytest.mark.parametrize(("reference", "full"), FULL.values(), ids=FULL.keys())
def test_the_full_name(reference: str, full: str) -> None:
    assert normalised(reference) == full


WRONG = {
    "capital letters": ("ROOT", "invalid reference format: repository name (library/ROOT) must be lowercase"),
    "a scheme": ("http://root", "invalid reference format"),
    "an empty tag": ("img:", "invalid reference format"),
    "a space": ("nginx ", "invalid reference format"),
    "an empty part": ("a//b", "invalid reference format"),
    "a short digest": (f"app@sha256:{'ab' * 17}", "invalid checksum digest length"),
    "an unknown digest": (f"app@md5:{'ab' * 16}", "unsupported digest algorithm"),
    "64 hexadecimal digits are an identifier": (
        "ab" * 32,
        f"invalid repository name ({'ab' * 32}), cannot specify 64-byte hexadecimal strings",
    ),
    "a name too long": ("a" * 250, "repository name must not be more than 255 characters"),
}


@pytest.mark.parametrize(("reference", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_parse_is_refused_in_the_kubelets_words(reference: str, reason: str) -> None:
    with pytest.raises(ImageNameError) as refused:
        parse(reference)

    assert str(refused.value) == f'couldn\'t parse image name "{reference}": {reason}'


POLICIES = {
    "no tag": ("nginx", "Always"),
    "latest": ("nginx:latest", "Always"),
    "latest beside a digest": (f"nginx:latest@{DIGEST}", "Always"),
    "a tag": ("nginx:1.14", "IfNotPresent"),
    "a digest": (f"nginx@{DIGEST}", "IfNotPresent"),
    "no name at all": ("NGINX", "IfNotPresent"),
}


@pytest.mark.parametrize(("reference", "policy"), POLICIES.values(), ids=POLICIES.keys())
def test_the_default_pull_policy(reference: str, policy: str) -> None:
    assert default_pull_policy(reference) == policy


PULLED = {
    "the tag is added, the registry is not": ("nginx", "nginx:latest"),
    "a port is no tag": ("reg:5000/app", "reg:5000/app:latest"),
    "a digest needs none": (f"app@{DIGEST}", f"app@{DIGEST}"),
}


@pytest.mark.parametrize(("reference", "pulled"), PULLED.values(), ids=PULLED.keys())
def test_what_the_node_pulls(reference: str, pulled: str) -> None:
    assert with_default_tag(reference) == pulled
