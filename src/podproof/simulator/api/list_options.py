"""What a list or a watch is asked with: from which version, how much at a time, with or without what is there.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions;
staging/src/k8s.io/apiserver/pkg/storage/{continue.go, etcd3/store.go, api_object_versioner.go}.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from podproof.simulator.api import statuses
from podproof.simulator.api.faults import Fault, forbidden, unsupported
from podproof.simulator.kernel.requests import Request

EXACT, NOT_OLDER = "Exact", "NotOlderThan"
_TOKEN_VERSION = "meta.k8s.io/v1"


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
    params = request.params
    _check(request, watching=False)
    version, limit = _version(params.get("resourceVersion", "")), _number(params.get("limit", ""))
    if token := params.get("continue", ""):
        if version:
            raise statuses.bad_request("specifying resource version is not allowed when using continue")
        at, start = decoded_token(token)
        return ListOptions(at, at is not None, limit, start)
    match = params.get("resourceVersionMatch", "")
    exact = match == EXACT or (bool(limit) and not match and bool(version))
    return ListOptions(version, exact, limit)


def watch_version(request: Request) -> int | None:
    """Return the version a watch starts after, None where it starts with what is there.

    Raises:
        ApiError: 400 or 422, its options are none.
    """
    _check(request, watching=True)
    return _version(request.params.get("resourceVersion", "")) or None


def _version(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise statuses.bad_request(f'invalid resource version "{text}": {why}')
    return int(text)


def _number(text: str) -> int:
    if text and not text.lstrip("-").isdecimal():
        raise statuses.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return max(int(text or "0"), 0)


def _check(request: Request, *, watching: bool) -> None:
    params = request.params
    match, version = params.get("resourceVersionMatch", ""), params.get("resourceVersion", "")
    faults: list[Fault] = []
    if watching or params.get("sendInitialEvents", "") not in ("", "false"):
        faults += _initial_faults(params.get("sendInitialEvents", ""), match, watching=watching)
    elif match:
        faults += _match_faults(match, version, continued=bool(params.get("continue")))
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


def _initial_faults(initial: str, match: str, *, watching: bool) -> "list[Fault]":
    if not watching:
        return [forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")]
    if not initial:
        why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        return [forbidden("resourceVersionMatch", why)] if match else []
    if match == NOT_OLDER:
        return []
    why = f"sendInitialEvents requires setting resourceVersionMatch to {NOT_OLDER}"
    faults = [forbidden("resourceVersionMatch", why)]
    return [*faults, unsupported("resourceVersionMatch", match, (NOT_OLDER,))] if match else faults


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
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        version, start = found["rv"], found["start"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise statuses.bad_request("continue key is not valid: illegal base64 data") from None
    if found.get("v") != _TOKEN_VERSION or not isinstance(version, int) or not isinstance(start, str):
        raise statuses.bad_request(f"continue key is not valid: server does not recognize this encoded version "
                                   f'"{found.get("v")}"')  # fmt: skip
    return (None if version < 0 else version), start
