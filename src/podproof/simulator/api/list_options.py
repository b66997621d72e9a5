"""What a list or a watch is asked with: from which version, how much at a time, with or without what is there.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions;
staging/src/k8s.io/apiserver/pkg/storage/{continue.go, etcd3/store.go, api_object_versioner.go}.
"""

import base64
import json
import posixpath
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.bodies import UnreadableError, parsed
from podproof.simulator.api.faults import Fault, forbidden, invalid, quoted, unsupported
from podproof.simulator.kernel.requests import ApiError, Request
from podproof.simulator.model.schema import noun

EXACT, NOT_OLDER = "Exact", "NotOlderThan"
_TOKEN_VERSION = "meta.k8s.io/v1"
_BASE64 = frozenset(string.ascii_letters + string.digits + "-_")
_DIGITS, _WHOLE = re.compile(r"[0-9]+", re.ASCII), re.compile(r"[-+]?[0-9]+", re.ASCII)
_LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class ListOptions:
    """`version` is None where any is good enough; `exact` asks for that very one; `limit` is 0 where there is none."""

    version: int | None
    exact: bool
    limit: int
    start: str = ""
    """Where a list goes on: the key (namespace and name) of its first object, "" at the beginning."""


def list_options(request: Request) -> ListOptions:
    """Return the options of a list.

    Raises:
        ApiError: 400 or 422, they are none.
    """
    params, said = request.params, request.params.get("resourceVersion", "")
    limit = max(number(params.get("limit")), 0)
    _check(request, watching=False)
    if token := params.get("continue", ""):
        at, start = decoded_token(token)
        if said not in ("", "0"):
            raise statuses.bad_request("specifying resource version is not allowed when using continue")
        return ListOptions(at, at is not None, limit, start)
    match = params.get("resourceVersionMatch", "")
    version, wrong = _version(said)
    if wrong:
        raise statuses.bad_request(f"invalid resource version: {wrong}")
    exact = match == EXACT or (bool(limit) and not match and bool(version))
    return ListOptions(version, exact, limit)


def watch_version(request: Request) -> int | None:
    """Return the version a watch starts after, None where it starts with what is there.

    Raises:
        ApiError: 400 or 422, its options are none.
    """
    _check(request, watching=True)
    return least_version(request) or None


def least_version(request: Request) -> int | None:
    """Return the version that is wanted at least; the real server calls one that is none an error of its own.

    Raises:
        ApiError: 500, it is none.
    """
    version, wrong = _version(request.params.get("resourceVersion", ""))
    if wrong:
        raise statuses.failure(500, "", wrong)
    return version


def _version(text: str) -> tuple[int | None, str]:
    """Return the version that is asked for, None where any is good enough, and what is wrong with the text.

    Source: api_object_versioner.go, ParseResourceVersion.
    """
    if text in ("", "0"):
        return (0 if text else None), ""
    reason = _unparsed(text, _DIGITS, 1 << 64)
    if not reason:
        return int(text), ""
    return None, str(invalid("resourceVersion", text, f"strconv.ParseUint: parsing {quoted(text)}: {reason}"))


def number(text: str | None) -> int:
    """Return the whole number that an option is, 0 where it is not set.

    Raises:
        ApiError: 400, it is none.
    """
    if text is None:
        return 0
    if reason := _unparsed(text, _WHOLE, 1 << 63):
        raise statuses.bad_request(f"strconv.ParseInt: parsing {quoted(text)}: {reason}")
    return int(text)


def _unparsed(text: str, shape: re.Pattern[str], end: int) -> str:
    if not shape.fullmatch(text):
        return "invalid syntax"
    return "" if len(text) <= _LONGEST_NUMBER and -end <= int(text) < end else "value out of range"


def _check(request: Request, *, watching: bool) -> None:
    """Refuse options that do not go together; `sendInitialEvents` counts where it is said, even if it says false."""
    params = request.params
    match, initial = params.get("resourceVersionMatch", ""), "sendInitialEvents" in params
    continued, faults = bool(params.get("continue")), list[Fault]()
    if watching:
        faults += _watch_faults(match, initial=initial, continued=continued)
    else:
        faults += _match_faults(match, params.get("resourceVersion", ""), continued=continued) if match else ()
        faults += [forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")] if initial else ()
    if faults:
        raise statuses.invalid_options("ListOptions", faults)


def _match_faults(match: str, version: str, *, continued: bool) -> "list[Fault]":
    field, faults = "resourceVersionMatch", list[Fault]()
    if not version:
        faults.append(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if continued:
        faults.append(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
    if match not in (EXACT, NOT_OLDER):
        faults.append(unsupported(field, match, (EXACT, NOT_OLDER, "")))
    if match == EXACT and version == "0":
        faults.append(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    return faults


def _watch_faults(match: str, *, initial: bool, continued: bool) -> Iterator[Fault]:
    """Source: validateWatchOptions."""
    field = "resourceVersionMatch"
    if initial and match != NOT_OLDER:
        yield forbidden(field, f"sendInitialEvents requires setting resourceVersionMatch to {NOT_OLDER}")
    if match and not initial:
        yield forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    if match and match != NOT_OLDER:
        yield unsupported(field, match, (NOT_OLDER,))
    if match and continued:
        yield forbidden(field, "resourceVersionMatch is forbidden when continue is provided")


def token(version: int, start: str) -> str:
    """Return the text by which a list goes on: at a version (-1: at any), from a key.

    Source: storage/continue.go, EncodeContinue.
    """
    plain = json.dumps({"v": _TOKEN_VERSION, "rv": version, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decoded_token(text: str) -> tuple[int | None, str]:
    """Return the version (None: any) and the key that a token means.

    Raises:
        ApiError: 400, it is none.
    Source: storage/continue.go, DecodeContinue.
    """
    found = _token_read(text)
    version, start = found.get("rv") or 0, found.get("start") or ""
    if found.get("v") != _TOKEN_VERSION:
        raise _no_token(f": server does not recognize this encoded version {found.get('v') or ''}")
    if not version:
        raise _no_token(f": incorrect encoded start resourceVersion (version {_TOKEN_VERSION})")
    if not start:
        raise _no_token(f": encoded start key empty (version {_TOKEN_VERSION})")
    key = start if start.startswith("/") else f"/{start}"
    if posixpath.normpath(key) != key or key.startswith("//"):
        raise _no_token(f": {start}")
    return (None if version < 0 else version), key[1:]


def _token_read(text: str) -> dict[str, Any]:
    """Return the fields of a token."""
    wrong = next((place for place, each in enumerate(text) if each not in _BASE64), None)
    if wrong is None and len(text) % 4 == 1:
        wrong = len(text) - 1
    if wrong is not None:
        raise _no_token(f": illegal base64 data at input byte {wrong}")
    try:
        found = parsed(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).value
    except UnreadableError as error:
        raise _no_token(f": {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _no_token(f": json: cannot unmarshal {noun(found)} into Go value of type storage.continueToken")
    for key, kind, form in (("v", str, "string"), ("rv", int, "int64"), ("start", str, "string")):
        value = found.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            said = f"number {value}" if key == "rv" and isinstance(value, float) else noun(value)
            field = f"continueToken.{key} of type {form}"
            raise _no_token(f": json: cannot unmarshal {said} into Go struct field {field}")
    return found


def _no_token(why: str) -> ApiError:
    return statuses.bad_request(f"invalid continue token: continue key is not valid{why}")
