"""Checks of single values that many kinds share: numbers, names, quantities, what may not change.

Source: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go; pkg/apis/core/validation/validation.go.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.api.faults import Fault, invalid, required, too_long
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.model.names import Faults, dns_subdomain, qualified_name
from podproof.simulator.model.quantities import canonical, parse

NOT_NEGATIVE = "must be greater than or equal to 0"
LARGEST_INT32 = 2**31 - 1
_LONGEST_DRIVER = 63
_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"


def under(prefix: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield faults of an object as faults of what it is embedded in: `spec.x` becomes `<prefix>.spec.x`."""
    for fault in faults:
        yield fault._replace(field=f"{prefix}.{fault.field}" if fault.field else prefix)


def named(value: str, rule: Callable[[str], Faults], field: str) -> Iterator[Fault]:
    """Yield what a naming rule says against a value."""
    for detail in rule(value):
        yield invalid(field, value, detail)


def required_name(value: str, rule: Callable[[str], Faults], field: str) -> Iterator[Fault]:
    """Yield a fault where a name is missing, or what its rule says against it."""
    if not value:
        yield required(field)
    else:
        yield from named(value, rule, field)


def not_negative(value: int | None, field: str) -> Iterator[Fault]:
    """Yield a fault where a number is below zero; none is a good one."""
    if value is not None and value < 0:
        yield invalid(field, value, NOT_NEGATIVE)


def greater(value: int | None, than: int, field: str) -> Iterator[Fault]:
    """Yield a fault where a number is not above another; none is a good one."""
    if value is not None and value <= than:
        yield invalid(field, value, f"must be greater than {than}")


def positive_quantity(value: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a quantity is zero or less.

    Source: validation.go, ValidatePositiveQuantityValue.
    """
    amount = parse(value)
    if amount.nano <= 0:
        yield invalid(field, canonical(amount), "must be greater than zero")


def not_negative_quantity(value: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a quantity is less than zero.

    Source: validation.go, ValidateNonnegativeQuantity.
    """
    amount = parse(value)
    if amount.nano < 0:
        yield invalid(field, canonical(amount), NOT_NEGATIVE)


def basic_quantity(value: str, field: str) -> Iterator[Fault]:
    """Yield a fault where an amount of a resource is less than zero.

    Source: validation.go, validateBasicResource.
    """
    amount = parse(value)
    if amount.nano < 0:
        yield invalid(field, amount.value, "must be a valid resource quantity")


def unchanged(new: Any, old: Any, field: str, shown: Any = None) -> Iterator[Fault]:
    """Yield a fault where a value changed that may not; `shown` is how the new one is printed.

    Source: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go, ValidateImmutableField.
    """
    if (new or None) != (old or None):
        yield invalid(field, new if shown is None else shown, IMMUTABLE)


def driver_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a CSI driver.

    Source: validation.go, ValidateCSIDriverName.
    """
    if not name:
        yield required(field)
    if len(name) > _LONGEST_DRIVER:
        yield too_long(field, _LONGEST_DRIVER)
    for detail in dns_subdomain(name.lower()):
        yield invalid(field, name, detail)


def qualified_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a name that may have a domain before it.

    Source: validation.go, ValidateQualifiedName.
    """
    yield from named(name, qualified_name, field)


def domain_path_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a path that has a domain before it, like `acme.io/foo`.

    Source: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go, IsDomainPrefixedPath.
    """
    host, _, path = text.partition("/")
    if not text:
        yield required(field)
    elif not host or not path:
        yield invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')
    else:
        yield from named(host, dns_subdomain, field)
        if not re.fullmatch(_PATH, path, re.ASCII):
            yield invalid(field, path, f"Invalid path (regex used for validation is '{_PATH}')")


def distinct(values: Sequence[str]) -> bool:
    """Say whether no value is there twice."""
    return len(set(values)) == len(values)
