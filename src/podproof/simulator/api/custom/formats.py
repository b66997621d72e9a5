"""The formats of strings that the API server checks; others are only words.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go; k8s.io/kube-openapi
pkg/validation/strfmt.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from podproof.simulator.model import quantities
from podproof.simulator.model.names import dns_label, dns_subdomain

_Check = Callable[[str], object]


def format_fault(form: str, text: str) -> bool:
    """Say whether a text is none of a format."""
    check = _FORMATS.get(form.replace("-", ""))
    if check is None:
        return False
    try:
        return not check(text)
    except (ValueError, binascii.Error):
        return True


def unknown_formats(schema: Any) -> Iterator[str]:
    """Yield each format of a schema that nobody checks."""
    if isinstance(schema, (list, tuple)):
        for each in schema:
            yield from unknown_formats(each)
    if not isinstance(schema, Mapping):
        return
    form, kind = schema.get("format"), schema.get("type") or "string"
    if isinstance(form, str) and isinstance(kind, str) and not _is_known(form, kind):
        yield form
    for key in ("items", "allOf", "anyOf", "oneOf", "not", "additionalProperties"):
        yield from unknown_formats(schema.get(key))
    for each in (schema.get("properties") or {}).values():
        yield from unknown_formats(each)


def _is_known(form: str, kind: str) -> bool:
    if kind == "string":
        return form.replace("-", "") in {*_FORMATS, *_UNLOOKED}
    return form in _NUMBERS.get(kind, ())


_UNLOOKED = ("password", "isbn")
_NUMBERS: Mapping[str, tuple[str, ...]] = {"integer": ("int32", "int64"), "number": ("float", "double")}


def _is_quantity(text: str) -> bool:
    try:
        quantities.parse(text)
    except quantities.QuantityError:
        return False
    return True


def _matches(pattern: str) -> _Check:
    return re.compile(pattern, re.ASCII).fullmatch


def _address(version: int) -> _Check:
    return lambda text: ip_address(text).version == version


def _network(text: str) -> bool:
    return "/" in text and bool(ip_network(text, strict=False))


def _uri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme) or text.startswith("/")


def _moment(text: str) -> bool:
    return re.match(r"\d{4}-\d\d-\d\d[Tt ]", text) is not None and bool(datetime.fromisoformat(text))


_HEX = "[0-9a-fA-F]"
_FORMATS: Mapping[str, _Check] = {
    "bsonobjectid": _matches(f"{_HEX}{{24}}"),
    "uri": _uri,
    "email": _matches(r"[^@\s]+@[^@\s]+"),
    "hostname": _matches(r"(?=.{1,255}$)[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9][-A-Za-z0-9]{0,62})*"),
    "ipv4": _address(4),
    "ipv6": _address(6),
    "cidr": _network,
    "mac": _matches(f"{_HEX}{{2}}([:-]{_HEX}{{2}}){{5}}"),
    "uuid": _matches(f"{_HEX}{{8}}-?({_HEX}{{4}}-?){{3}}{_HEX}{{12}}"),
    "uuid3": _matches(f"{_HEX}{{8}}-?{_HEX}{{4}}-?3{_HEX}{{3}}-?{_HEX}{{4}}-?{_HEX}{{12}}"),
    "uuid4": _matches(f"{_HEX}{{8}}-?{_HEX}{{4}}-?4{_HEX}{{3}}-?[89abAB]{_HEX}{{3}}-?{_HEX}{{12}}"),
    "uuid5": _matches(f"{_HEX}{{8}}-?{_HEX}{{4}}-?5{_HEX}{{3}}-?[89abAB]{_HEX}{{3}}-?{_HEX}{{12}}"),
    "isbn10": _matches(r"(\d[- ]?){9}[\dXx]"),
    "isbn13": _matches(r"(\d[- ]?){12}\d"),
    "creditcard": _matches(r"(\d[- ]?){12,18}\d"),
    "ssn": _matches(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": _matches(f"#?({_HEX}{{3}}|{_HEX}{{6}})"),
    "rgbcolor": _matches(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)"),
    "byte": lambda text: base64.b64decode(text, validate=True) is not None,
    "date": lambda text: len(text) == len("2026-01-01") and bool(date.fromisoformat(text)),
    "duration": _matches(r"([-+]?\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w)[a-z]*\s*)+|0"),
    "datetime": _moment,
    "quantity": _is_quantity,
    "k8sshortname": lambda text: not dns_label(text),
    "k8slongname": lambda text: not dns_subdomain(text),
}
"""By name, without hyphens."""
