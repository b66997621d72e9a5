"""From the bytes of a request to a value, with the API server's words for what cannot be read.

What Go's decoder lets pass, passes: bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD. Two limits are
of the machine's making and nearer than Go's: how deep a body may be nested, and how many digits a number may have.
Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go, limitedReadBody, transformDecodeError,
summarizeData; sigs.k8s.io/json, scanner.go; encoding/json, decode.go.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from math import isinf
from typing import Any, NamedTuple, NoReturn

from podproof.errors import PodproofError
from podproof.simulator.api import statuses
from podproof.simulator.kernel.requests import ApiError

LARGEST = 3 * 1024 * 1024
"""Bytes. Source: staging/src/k8s.io/apiserver/pkg/server/config.go, MaxRequestBodyBytes."""
DEEPEST = 100
"""How many collections may stand in one another; Go's limit is 10,000."""
END = "unexpected end of JSON input"
TOO_DEEP = "exceeded max depth"

_LONGEST_NUMBER = 400
_SHOWN = 30
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
_PLACES = {
    "Expecting value": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Extra data": "after top-level value",
    "Invalid control character at": "in string literal",
    "Invalid control character": "in string literal",
    "Invalid \\escape": "in string escape code",
    "Invalid \\uXXXX escape": "in \\u hexadecimal character escape",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Illegal trailing comma before end of array": "looking for beginning of value",
}
"""What Python's decoder says, and where Go's says the character stands."""


_TRAILING = tuple(each for each in _PLACES if each.startswith("Illegal trailing comma"))


class Body(NamedTuple):
    """A body's value, None where it was empty; `faults` are what strict decoding holds against how it was written."""

    value: Any
    faults: tuple[str, ...] = ()


class UnreadableError(PodproofError, ValueError):
    """Text that is no JSON; `reason` is Go's own sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_size(data: bytes) -> None:
    """Refuse a body that is too large.

    Raises:
        ApiError: 413.
    """
    if len(data) > LARGEST:
        message = f"Request entity too large: limit is {LARGEST}"
        raise statuses.failure(413, "RequestEntityTooLarge", message)


def json_body(data: bytes, kind: str = "") -> Body:
    """Return what a body of JSON says; `kind` is what it should be, "" where it is no object of the API (a patch).

    Raises:
        ApiError: 413 for what is too large, 400 for what is no JSON.
    """
    check_size(data)
    if not data.strip():
        return Body(None)
    try:
        found = parsed(data)
    except UnreadableError as error:
        raise unreadable(error.reason, kind, data) from None
    return found._replace(value={}) if kind and found.value is None else found


def unreadable(reason: str, kind: str, data: bytes) -> ApiError:
    """Return the refusal of a body whose kind cannot be found; the message shows how it begins."""
    if not kind:
        return statuses.bad_request(reason)
    seen = f"couldn't get version/kind; json parse error: {reason} ({_summary(data)})"
    return statuses.bad_request(f"the object provided is unrecognized (must be of type {kind}): {seen}")


def _summary(data: bytes) -> str:
    if not data:
        return "<empty>"
    more = " ..." if len(data) > _SHOWN else ""
    if data.startswith(b"{"):
        return data[:_SHOWN].decode(errors="replace") + more
    return data[:_SHOWN].hex() + more


def parsed(data: bytes) -> Body:
    """Return what JSON says, and which fields it says twice; the last one counts.

    Raises:
        UnreadableError: it is no JSON.
    """
    text = data.decode(errors="replace")
    twice: dict[int, list[str]] = {}
    try:
        value = json.loads(
            text,
            object_pairs_hook=_collector(twice),
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(_reason(text, error)) from None
    except RecursionError:
        raise UnreadableError(TOO_DEEP) from None
    if is_too_deep(value):
        raise UnreadableError(TOO_DEEP)
    faults = tuple(f'duplicate field "{path}"' for path in _paths(value, twice, "")) if twice else ()
    return Body(_without_halves(value) if _SURROGATE.search(data) else value, faults)


def _collector(twice: dict[int, list[str]]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return what builds an object and notes in `twice`, by the object's identity, the keys it met again."""

    def built(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice[id(found)] = [key for key, count in counts.items() if count > 1]
        return found

    return built


def _paths(value: Any, twice: dict[int, list[str]], path: str) -> Iterator[str]:
    if isinstance(value, dict):
        dot = "." if path else ""
        yield from (f"{path}{dot}{key}" for key in twice.get(id(value), ()))
        for key, item in value.items():
            yield from _paths(item, twice, f"{path}{dot}{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, twice, f"{path}[{index}]")


def is_too_deep(value: Any) -> bool:
    """Say whether collections stand in one another deeper than the limit. It does not recurse."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(item for item in each.values() if isinstance(item, (dict, list)))
            elif isinstance(each, list):
                inner.extend(item for item in each if isinstance(item, (dict, list)))
        if not inner:
            return False
        level = inner
    return True


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise UnreadableError(f"json: cannot unmarshal number {digits[:_SHOWN]}... into Go value of type float64")
    return int(digits)


def _fraction(digits: str) -> float:
    found = float(digits)
    if isinf(found):
        raise UnreadableError(f"json: cannot unmarshal number {digits[:_SHOWN]} into Go value of type float64")
    return found


def _no_constant(text: str) -> NoReturn:
    wrong, place = ("I", "in numeric literal") if text[0] == "-" else (text[0], "looking for beginning of value")
    raise UnreadableError(f"invalid character '{wrong}' {place}")


def _reason(text: str, error: json.JSONDecodeError) -> str:
    said, place = error.msg, error.pos
    if said.startswith("Unterminated string") or not text[place:].strip():
        return END
    if said.startswith("Invalid \\"):
        place += 1
    if said in _TRAILING:  # which Python names from 3.13 on, at the comma
        place += 1 + len(text[place + 1 :]) - len(text[place + 1 :].lstrip())
    if said == "Expecting ',' delimiter":
        where = "after array element" if _in_array(text[:place]) else "after object key:value pair"
    else:
        where = _PLACES.get(said, "looking for beginning of value")
    return f"invalid character {_shown(text[place : place + 1])} {where}"


def _in_array(before: str) -> bool:
    """Say whether the innermost collection that is open is an array."""
    opened: list[str] = []
    for mark in re.findall(r'"(?:\\.|[^"\\])*"|[\[\]{}]', before):
        if mark in "[{":
            opened.append(mark)
        elif mark in "]}" and opened:
            opened.pop()
    return opened[-1:] == ["["]


def _shown(character: str) -> str:
    """Return a character as Go's scanner shows it: it reads bytes, so of one outside ASCII it shows the first byte.

    Source: encoding/json, scanner.go, quoteChar; strconv.Quote.
    """
    byte = character.encode(errors="replace")[0]
    if byte in _ESCAPES:
        return f"'{_ESCAPES[byte]}'"
    if byte < 0x20 or byte == 0x7F:
        return rf"'\x{byte:02x}'"
    return rf"'\u{byte:04x}'" if 0x80 <= byte <= 0xA0 or byte == 0xAD else f"'{chr(byte)}'"


_ESCAPES = {ord("'"): r"\'", ord("\\"): r"\\", 7: r"\a", 8: r"\b", 9: r"\t", 10: r"\n", 11: r"\v", 12: r"\f", 13: r"\r"}


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_HALF.sub("\ufffd", key): _without_halves(item) for key, item in value.items()}
    return value
