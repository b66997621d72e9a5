"""Which names the API server takes, and its own words for those that it refuses.

Every function returns the faults of a text, none when it is good.
Source: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go.
"""

import re
from typing import NamedTuple

Faults = tuple[str, ...]

LONGEST_LABEL = 63
LONGEST_SUBDOMAIN = 253
LONGEST_PORT_NAME = 15
_LARGEST_PORT = 65535

_ALPHANUMERIC_ENDS = "and must start and end with an alphanumeric character"


class _Form(NamedTuple):
    """A regular expression with the sentence and the examples that go with it."""

    sentence: str
    pattern: str
    examples: tuple[str, ...]

    def faults(self, text: str, lead: str = "") -> Faults:
        return () if re.fullmatch(self.pattern, text, re.ASCII) else (lead + self.refusal(),)

    def refusal(self) -> str:
        examples = " or ".join(f"'{example}', " for example in self.examples)
        return f"{self.sentence} (e.g. {examples}regex used for validation is '{self.pattern}')"


_LABEL_PATTERN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED_PATTERN = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

_LABEL = _Form(
    f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {_ALPHANUMERIC_ENDS}",
    _LABEL_PATTERN,
    ("my-name", "123-abc"),
)
_OLD_LABEL = _Form(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character",
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    ("my-name", "abc-123"),
)
_SUBDOMAIN = _Form(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    + _ALPHANUMERIC_ENDS,
    rf"{_LABEL_PATTERN}(\.{_LABEL_PATTERN})*",
    ("example.com",),
)
_WILDCARD = _Form(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    rf"\*\.{_LABEL_PATTERN}(\.{_LABEL_PATTERN})*",
    ("*.example.com",),
)
_UNDERSCORED_SUBDOMAIN = _Form(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
    + _ALPHANUMERIC_ENDS,
    r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
    ("example.com",),
)
_QUALIFIED = _Form(
    f"must consist of alphanumeric characters, '-', '_' or '.', {_ALPHANUMERIC_ENDS}",
    _QUALIFIED_PATTERN,
    ("MyName", "my.name", "123-abc"),
)
_VALUE = _Form(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    + _ALPHANUMERIC_ENDS,
    f"({_QUALIFIED_PATTERN})?",
    ("MyValue", "my_value", "12345"),
)
_CONFIG_KEY = _Form(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    "[-._a-zA-Z0-9]+",
    ("key.name", "KEY_NAME", "key-name"),
)


def _too_long(text: str, longest: int, lead: str = "") -> Faults:
    return (f"{lead}must be no more than {longest} characters",) if len(text.encode()) > longest else ()


def dns_label(text: str) -> Faults:
    """Return the faults of an RFC 1123 label (containers, volumes, namespaces)."""
    faults = _LABEL.faults(text)
    if faults and not _SUBDOMAIN.faults(text):
        faults = ("must not contain dots",)
    return _too_long(text, LONGEST_LABEL) + faults


def dns_1035_label(text: str) -> Faults:
    """Return the faults of an RFC 1035 label."""
    return _too_long(text, LONGEST_LABEL) + _OLD_LABEL.faults(text)


def dns_subdomain(text: str) -> Faults:
    """Return the faults of an RFC 1123 subdomain (most objects)."""
    return _too_long(text, LONGEST_SUBDOMAIN) + _SUBDOMAIN.faults(text)


def wildcard_subdomain(text: str) -> Faults:
    """Return the faults of a domain whose first part is a star (hosts of an Ingress)."""
    return _too_long(text, LONGEST_SUBDOMAIN) + _WILDCARD.faults(text)


def dns_search(text: str) -> Faults:
    """Return the faults of a search domain, which may have underscores; a single dot and a closing dot are good."""
    if text == ".":
        return ()
    bare = text.removesuffix(".")
    return _too_long(bare, LONGEST_SUBDOMAIN) + _UNDERSCORED_SUBDOMAIN.faults(bare)


def qualified_name(text: str) -> Faults:
    """Return the faults of a label's or annotation's key: a name with an optional `prefix/`."""
    parts = text.split("/")
    if len(parts) > 2:
        tail = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return (f"a valid label key {_QUALIFIED.refusal()}{tail}",)
    faults: Faults = ()
    if len(parts) == 2 and not parts[0]:
        faults += ("prefix part must be non-empty",)
    elif len(parts) == 2:
        faults += tuple(f"prefix part {fault}" for fault in dns_subdomain(parts[0]))
    name = parts[-1]
    faults += () if name else ("name part must be non-empty",)
    return faults + _too_long(name, LONGEST_LABEL, "name part ") + _QUALIFIED.faults(name, "name part ")


def label_value(text: str) -> Faults:
    """Return the faults of a label's value."""
    return _too_long(text, LONGEST_LABEL) + _VALUE.faults(text)


def environment_name(text: str) -> Faults:
    """Return the faults of the name of an environment variable."""
    if not text:
        return ("environment variable name must be non-empty",)
    if all(" " <= letter <= "~" and letter != "=" for letter in text):
        return ()
    return ("a valid environment variable name must consist only of printable ASCII characters other than '='",)


def config_key(text: str) -> Faults:
    """Return the faults of a key of a ConfigMap or Secret."""
    faults = _too_long(text, LONGEST_SUBDOMAIN) + _CONFIG_KEY.faults(text)
    if text in (".", ".."):
        return (*faults, f"must not be '{text}'")
    return (*faults, "must not start with '..'") if text.startswith("..") else faults


def port_name(text: str) -> Faults:
    """Return the faults of the name of a container's port."""
    faults = _too_long(text, LONGEST_PORT_NAME)
    if not re.fullmatch("[-a-z0-9]+", text, re.ASCII):
        faults += ("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",)
    if not re.search("[a-z]", text):
        faults += ("must contain at least one letter (a-z)",)
    if "--" in text:
        faults += ("must not contain consecutive hyphens",)
    if text.startswith("-") or text.endswith("-"):
        faults += ("must not begin or end with a hyphen",)
    return faults


def port_number(port: int) -> Faults:
    """Return the faults of the number of a port."""
    return () if 1 <= port <= _LARGEST_PORT else (f"must be between 1 and {_LARGEST_PORT}, inclusive",)


def path_segment(text: str) -> Faults:
    """Return the faults of a name that becomes a part of a URL.

    Source: staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go, IsValidPathSegmentName.
    """
    if text in (".", ".."):
        return (f"may not be '{text}'",)
    return tuple(f"may not contain '{mark}'" for mark in "/%" if mark in text)


def generated(prefix: str) -> str:
    """Return what a generateName is judged by: its closing dash stands for the random part.

    Source: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go, maskTrailingDash.
    """
    return f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix
