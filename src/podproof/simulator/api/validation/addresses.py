"""Checks of IP addresses and address ranges.

Source: staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go.
"""

import ipaddress
import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid

_NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_LEADING = "must not have leading 0s"
_NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parsed_address(text: str) -> Address | None:
    """Return the address a text names, None where it names none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def address_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a text is no IP address."""
    if parsed_address(text) is None:
        yield invalid(field, text, _LEADING if parsed_address(_without_zeros(text)) else _NO_ADDRESS)


def range_faults(text: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a text is no address range."""
    if not _is_range(text):
        detail = f"{_LEADING} in IP or prefix length" if _is_range(_without_zeros(text)) else _NO_RANGE
        yield invalid(field, text, detail)


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


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
