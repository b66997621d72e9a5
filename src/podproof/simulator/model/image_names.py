"""Image references: what a name means, what the node pulls, and when it pulls it."""

import re
from functools import lru_cache
from typing import NamedTuple

from podproof.errors import PodproofError

_SEPARATED = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_NAME = rf"(?:{_DOMAIN}/)?{_SEPARATED}(?:/{_SEPARATED})*"
_REFERENCE = re.compile(rf"({_NAME})(?::({_TAG}))?(?:@({_DIGEST}))?", re.ASCII)
_ANCHORED_NAME = re.compile(rf"(?:({_DOMAIN})/)?({_SEPARATED}(?:/{_SEPARATED})*)", re.ASCII)
_HEXADECIMAL_ID = re.compile(r"[a-f0-9]{64}")
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

_LONGEST_NAME = 255
_DEFAULT_DOMAIN, _OLD_DOMAIN, _OFFICIAL = "docker.io", "index.docker.io", "library"

ALWAYS, IF_NOT_PRESENT = "Always", "IfNotPresent"


class ImageNameError(PodproofError, ValueError):
    """A reference that does not parse; the text is the kubelet's own."""

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(reference, reason)
        self.reference, self.reason = reference, reason

    def __str__(self) -> str:
        return f'couldn\'t parse image name "{self.reference}": {self.reason}'


class ImageName(NamedTuple):
    """A parsed reference: `repository` in full ("docker.io/library/nginx"); tag and digest are "" where absent.

    The tag is "latest" where the reference names neither a tag nor a digest.
    """

    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


@lru_cache(maxsize=4096)
def parse(reference: str) -> ImageName:
    """Return what a reference names.

    Raises:
        ImageNameError: with the kubelet's own text.
    Source: pkg/util/parsers/parsers.go, ParseImageName; github.com/distribution/reference, ParseNormalizedNamed.
    """
    if _HEXADECIMAL_ID.fullmatch(reference):
        raise ImageNameError(
            reference, f"invalid repository name ({reference}), cannot specify 64-byte hexadecimal strings"
        )
    domain, remainder = _split_domain(reference)
    path = remainder.partition(":")[0].partition("@")[0]
    if path.lower() != path:
        raise ImageNameError(reference, f"invalid reference format: repository name ({path}) must be lowercase")
    found = _REFERENCE.fullmatch(f"{domain}/{remainder}")
    if found is None:
        raise ImageNameError(reference, "invalid reference format")
    _check_name(reference, found[1])
    _check_digest(reference, found[3])
    tag = found[2] or ("" if found[3] else "latest")
    return ImageName(found[1], tag, found[3] or "")


def _split_domain(reference: str) -> tuple[str, str]:
    head, slash, rest = reference.partition("/")
    named = bool(slash) and (any(mark in head for mark in ".:") or head == "localhost" or head.lower() != head)
    domain, remainder = (head, rest) if named else (_DEFAULT_DOMAIN, reference)
    if domain == _OLD_DOMAIN:
        domain = _DEFAULT_DOMAIN
    if domain == _DEFAULT_DOMAIN and "/" not in remainder:
        remainder = f"{_OFFICIAL}/{remainder}"
    return domain, remainder


def _check_name(reference: str, name: str) -> None:
    anchored = _ANCHORED_NAME.fullmatch(name)
    path = anchored[2] if anchored else name
    if len(path) > _LONGEST_NAME:
        raise ImageNameError(reference, f"repository name must not be more than {_LONGEST_NAME} characters")


def _check_digest(reference: str, digest: str | None) -> None:
    if digest is None:
        return
    algorithm, _, value = digest.partition(":")
    if algorithm not in _DIGEST_LENGTHS:
        raise ImageNameError(reference, "unsupported digest algorithm")
    if len(value) != _DIGEST_LENGTHS[algorithm]:
        raise ImageNameError(reference, "invalid checksum digest length")
    if value != value.lower():
        raise ImageNameError(reference, "invalid checksum digest format")


def normalised(reference: str) -> str:
    """Return the one full spelling of a reference: `nginx` is `docker.io/library/nginx:latest`.

    Raises:
        ImageNameError: the reference does not parse.
    """
    return str(parse(reference))


def with_default_tag(reference: str) -> str:
    """Return what the kubelet asks the runtime to pull: the reference, with `:latest` if it has neither tag nor digest.

    Raises:
        ImageNameError: the reference does not parse.
    Source: pkg/kubelet/images/image_manager.go, applyDefaultImageTag.
    """
    parse(reference)
    path = reference.rpartition("/")[2]
    return reference if ":" in path or "@" in path else f"{reference}:latest"


def default_pull_policy(reference: str) -> str:
    """Return the imagePullPolicy of a container that states none; a name that does not parse gets IfNotPresent.

    Source: pkg/apis/core/v1/defaults.go, SetDefaults_Container.
    """
    try:
        tag = parse(reference).tag
    except ImageNameError:
        return IF_NOT_PRESENT
    return ALWAYS if tag == "latest" else IF_NOT_PRESENT
