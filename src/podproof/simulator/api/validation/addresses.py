"""Checks of IP addresses and address ranges.

Source: staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go.
"""

import ipaddress
import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid

_NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_LEADING = "must not have leading 0s"
_MAPPED, _MAPPED_RANGE = (
    "must not be an IPv4-mapped IPv6 address",
    "must not have an IPv4-mapped IPv6 address",
)
_LOOSE = "must not have bits set beyond the prefix length"
_NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network


def parsed_address(text: str) -> Address | None:
    """Return the address a text names, None where it names none (or one of a certain network card only)."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def address_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a text is no IP address, or one in an ambiguous form."""
    address = parsed_address(text)
    if address is None:
        yield invalid(field, text, _LEADING if parsed_address(_without_zeros(text)) else _NO_ADDRESS)
    elif address.version == 6 and address.ipv4_mapped is not None:
        yield invalid(field, text, _MAPPED)


def range_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a text is no address range, or one in an ambiguous form."""
    found = parsed_range(text)
    if found is None:
        detail = f"{_LEADING} in IP or prefix length" if parsed_range(_without_zeros(text)) else _NO_RANGE
        yield invalid(field, text, detail)
        return
    first = ipaddress.ip_address(text.partition("/")[0])
    if first.version == 6 and first.ipv4_mapped is not None:
        yield invalid(field, text, _MAPPED_RANGE)
    elif first != found.network_address:
        yield invalid(field, text, _LOOSE)


def parsed_range(text: str) -> Range | None:
    """Return the range a text names, None where it names none."""
    address, _, length = text.partition("/")
    if not re.fullmatch(r"0|[1-9][0-9]*", length, re.ASCII) or parsed_address(address) is None:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _without_zeros(text: str) -> str:
    """Return an IPv4 address or range without the leading zeros that some parsers forgive."""
    return re.sub(r"\b0+(?=[0-9])", "", text, flags=re.ASCII) if ":" not in text else text


def special_address_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield a fault where an address cannot be reached from elsewhere.

    Source: pkg/apis/core/validation/validation.go, ValidateNonSpecialIP.
    """
    address = parsed_address(text)
    if address is None:
        return
    if address.is_unspecified:
        yield invalid(field, text, f"may not be unspecified ({address})")
    if address.is_loopback:
        yield invalid(field, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if address.is_link_local:
        yield invalid(field, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if address.is_multicast and str(address).startswith(("224.0.0.", "ff02:")):
        yield invalid(field, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
