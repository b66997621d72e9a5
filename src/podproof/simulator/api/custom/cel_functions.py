"""Kubernetes' own functions of CEL, by what they mean.

What has a type of its own in Kubernetes (URLs, quantities, addresses, networks) is a text here, in one spelling for
each value, so that equal values are equal texts.
Source: staging/src/k8s.io/apiserver/pkg/cel/library/{regex.go, lists.go, urls.go, quantity.go, ip.go, cidr.go};
github.com/google/cel-go/ext/sets.go.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from podproof.simulator.model.quantities import NANO, QuantityError, parse

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MISSING = re.compile(r"\b(format\.\w+|isSemver|semver)\s*\(")
"""What Kubernetes has beside these."""


def declared(cel: Any) -> Any:
    """Return the functions as an extension of the library."""
    overloads: dict[str, list[Any]] = {}
    for name, is_member, result, takes, does in _functions(cel.Type):
        known = overloads.setdefault(name, [])
        label = f"k8s_{name.replace('.', '_')}_{len(known)}"
        known.append(cel.Overload(label, result, takes, is_member, does))
    return cel.CelExtension("kubernetes", [cel.FunctionDecl(name, found) for name, found in overloads.items()])


def _functions(of: Any) -> Iterator[tuple[str, bool, Any, list[Any], Callable[..., Any]]]:
    """Yield each function: its name, whether it is said of a value, what it gives, what it takes, and what it does."""
    many, text, whole, yes = of.List(of.DYN), of.STRING, of.INT, of.BOOL
    yield "find", True, text, [text, text], _find
    yield "findAll", True, of.List(text), [text, text], _find_all
    yield "findAll", True, of.List(text), [text, text, whole], _find_all
    yield "isSorted", True, yes, [many], lambda items: list(items) == sorted(items)
    for name, does in (("sum", sum), ("min", min), ("max", max)):
        yield name, True, of.DYN, [many], does
    yield "indexOf", True, whole, [many, of.DYN], _index
    yield "lastIndexOf", True, whole, [many, of.DYN], _last_index
    for name, says in _SETS.items():
        yield f"sets.{name}", False, yes, [many, many], says
    for name, check in (("URL", _url), ("Quantity", _quantity), ("IP", _ip), ("CIDR", _cidr)):
        yield f"is{name}", False, yes, [text], partial(_holds, check)
        yield name.lower(), False, text, [text], check
    yield "ip.isCanonical", False, yes, [text], lambda given: _ip(given) == given
    for name, gives in _OF_TEXTS.items():
        kinds = {str: text, bool: yes, int: whole, float: of.DOUBLE, dict: of.Map(text, of.List(text))}
        yield name, True, kinds[gives[0]], [text], gives[1]
    for name, compares in _OF_TWO.items():
        kind = {"compareTo": whole, "add": text, "sub": text}.get(name, yes)
        yield name, True, kind, [text, text], compares
    for name in ("add", "sub"):
        yield name, True, text, [text, whole], lambda one, other, by=_OF_TWO[name]: by(one, str(other))


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found.group(0) if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found = [each.group(0) for each in re.finditer(pattern, text)]
    return found if most < 0 else found[:most]


def _index(items: Sequence[Any], wanted: Any) -> int:
    return next((place for place, each in enumerate(items) if each == wanted), -1)


def _last_index(items: Sequence[Any], wanted: Any) -> int:
    return max((place for place, each in enumerate(items) if each == wanted), default=-1)


def _within(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(each in list(other) for each in one)


_SETS: dict[str, Callable[[Any, Any], bool]] = {
    "contains": lambda all_, some: _within(some, all_),
    "equivalent": lambda one, other: _within(one, other) and _within(other, one),
    "intersects": lambda one, other: any(each in list(other) for each in one),
}


def _holds(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except (ValueError, QuantityError):
        return False
    return True


def _url(text: str) -> str:
    if not urlsplit(text).scheme and not text.startswith("/"):
        raise ValueError(f"URL parse error during conversion from string: parse {text!r}: invalid URI for request")
    return text


def _quantity(text: str) -> str:
    return f"{parse(text).nano}n"


def _ip(text: str) -> str:
    found = ip_address(text)
    if "%" in text or (found.version == 6 and found.ipv4_mapped is not None):
        raise ValueError(f"IP Address {text!r} parse error during conversion from string")
    return str(found)


def _cidr(text: str) -> str:
    if "/" not in text:
        raise ValueError(f"network address parse error during conversion from string: {text!r}")
    ip_network(text, strict=False)
    return f"{_ip(text.partition('/')[0])}/{int(text.partition('/')[2])}"


def _network(text: str) -> Network:
    return ip_network(text, strict=False)


def _contains(network: str, other: str) -> bool:
    outer, inner = _network(network), _network(other)
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _is_global(text: str) -> bool:
    """Source: Go's net/netip, Addr.IsGlobalUnicast: private addresses too."""
    found = ip_address(text)
    special = found.is_unspecified or found.is_loopback or found.is_multicast or found.is_link_local
    return not special and text != "255.255.255.255"


def _link_local(text: str, *, many: bool) -> bool:
    found = ip_address(text)
    if many:
        return found in ip_network("224.0.0.0/24") if found.version == 4 else found in ip_network("ff02::/16")
    return found.is_link_local


_OF_TEXTS: dict[str, tuple[type, Callable[[str], Any]]] = {
    "getScheme": (str, lambda url: urlsplit(url).scheme),
    "getHost": (str, lambda url: urlsplit(url).netloc.rpartition("@")[2]),
    "getHostname": (str, lambda url: urlsplit(url).hostname or ""),
    "getPort": (str, lambda url: str(urlsplit(url).port or "")),
    "getEscapedPath": (str, lambda url: urlsplit(url).path),
    "getQuery": (dict, lambda url: parse_qs(urlsplit(url).query, keep_blank_values=True)),
    "isInteger": (bool, lambda quantity: parse(quantity).nano % NANO == 0),
    "asInteger": (int, lambda quantity: _whole(parse(quantity).nano)),
    "asApproximateFloat": (float, lambda quantity: parse(quantity).nano / NANO),
    "sign": (int, lambda quantity: (parse(quantity).nano > 0) - (parse(quantity).nano < 0)),
    "family": (int, lambda address: ip_address(address).version),
    "isUnspecified": (bool, lambda address: ip_address(address).is_unspecified),
    "isLoopback": (bool, lambda address: ip_address(address).is_loopback),
    "isLinkLocalMulticast": (bool, partial(_link_local, many=True)),
    "isLinkLocalUnicast": (bool, partial(_link_local, many=False)),
    "isGlobalUnicast": (bool, _is_global),
    "ip": (str, lambda network: network.partition("/")[0]),
    "masked": (str, lambda network: str(_network(network))),
    "prefixLength": (int, lambda network: _network(network).prefixlen),
}
_OF_TWO: dict[str, Callable[[str, str], Any]] = {
    "isGreaterThan": lambda one, other: parse(one).nano > parse(other).nano,
    "isLessThan": lambda one, other: parse(one).nano < parse(other).nano,
    "compareTo": lambda one, other: (parse(one) > parse(other)) - (parse(one) < parse(other)),
    "add": lambda one, other: f"{parse(one).nano + parse(other).nano}n",
    "sub": lambda one, other: f"{parse(one).nano - parse(other).nano}n",
    "containsIP": _contains,
    "containsCIDR": _contains,
}


def _whole(nano: int) -> int:
    if nano % NANO:
        raise ValueError("cannot convert value to integer")
    return nano // NANO
