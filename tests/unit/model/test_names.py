"""Names that the API server takes or refuses, in its own words."""

from collections.abc import Callable

import pytest

from podproof.simulator.model import names

LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
QUALIFIED_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)

Rule = Callable[[str], tuple[str, ...]]

CASES: dict[str, tuple[Rule, str, tuple[str, ...]]] = {
    "a label": (names.dns_label, "my-name", ()),
    "a label in capitals": (names.dns_label, "My", (LABEL_RULE,)),
    "a label that ends in a dash": (names.dns_label, "a-", (LABEL_RULE,)),
    "no label at all": (names.dns_label, "", (LABEL_RULE,)),
    "a label of 64 letters": (names.dns_label, "a" * 64, ("must be no more than 63 characters",)),
    "a label with a line break": (names.dns_label, "a\n", (LABEL_RULE,)),
    "a subdomain": (names.dns_subdomain, "a.b-c.d", ()),
    "a subdomain with an empty part": (names.dns_subdomain, "a..b", (SUBDOMAIN_RULE,)),
    "a subdomain that is too long and wrong": (
        names.dns_subdomain,
        "A" * 254,
        ("must be no more than 253 characters", SUBDOMAIN_RULE),
    ),
    "a search domain may be a dot": (names.dns_search, ".", ()),
    "a search domain may have underscores": (names.dns_search, "_tcp.example.com.", ()),
    "a DNS-1035 label may not start with a digit": (
        names.dns_1035_label,
        "1a",
        (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        ),
    ),
    "a key": (names.qualified_name, "App_1", ()),
    "a key with a prefix": (names.qualified_name, "example.com/App", ()),
    "a key with an empty prefix": (names.qualified_name, "/a", ("prefix part must be non-empty",)),
    "a key with a wrong prefix": (names.qualified_name, "Www.a/b", (f"prefix part {SUBDOMAIN_RULE}",)),
    "a key with an empty name": (
        names.qualified_name,
        "a/",
        ("name part must be non-empty", f"name part {QUALIFIED_RULE}"),
    ),
    "a key of three parts": (
        names.qualified_name,
        "a/b/c",
        (
            f"a valid label key {QUALIFIED_RULE}"
            " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        ),
    ),
    "an empty value": (names.label_value, "", ()),
    "a value with a space": (
        names.label_value,
        "b c",
        (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
            "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
            "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
    ),
    "an environment variable may be called almost anything": (names.environment_name, "my var.1!", ()),
    "but not with an equals sign": (
        names.environment_name,
        "=abc",
        ("a valid environment variable name must consist only of printable ASCII characters other than '='",),
    ),
    "a config key": (names.config_key, "a.B_c-1", ()),
    "a config key of two dots": (names.config_key, "..", ("must not be '..'",)),
    "a config key that starts with two dots": (names.config_key, "..a", ("must not start with '..'",)),
    "a port's name": (names.port_name, "http-2", ()),
    "a port's name with every fault": (
        names.port_name,
        "-1--234567890123-_",
        (
            "must be no more than 15 characters",
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
            "must contain at least one letter (a-z)",
            "must not contain consecutive hyphens",
            "must not begin or end with a hyphen",
        ),
    ),
    "a part of a path": (names.path_segment, "a/b%", ("may not contain '/'", "may not contain '%'")),
    "a part of a path that is a dot": (names.path_segment, ".", ("may not be '.'",)),
}


@pytest.mark.parametrize(("rule", "text", "faults"), CASES.values(), ids=CASES.keys())
def test_names(rule: Rule, text: str, faults: tuple[str, ...]) -> None:
    assert rule(text) == faults


@pytest.mark.parametrize(("port", "is_good"), [(0, False), (1, True), (65535, True), (65536, False)])
def test_port_numbers(port: int, is_good: bool) -> None:
    assert names.port_number(port) == (() if is_good else ("must be between 1 and 65535, inclusive",))


def test_the_dash_before_a_random_part_is_good() -> None:
    assert names.dns_label(names.generated("web-")) == ()
