"""Checks of what only Windows containers have: credentials and user names.

Source: pkg/apis/core/validation/validation.go, validateWindowsSecurityContextOptions.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.api.validation.scalars import named
from podproof.simulator.model.names import dns_subdomain
from podproof.simulator.model.objects import Object

_LARGEST_SPEC_KIB = 64
_LONGEST_DOMAIN = 256
_LONGEST_USER = 104
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NET_BIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_DNS_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS = re.compile(rf"{_DNS_PART}(?:\.{_DNS_PART})*", re.ASCII)
_UNWANTED = re.compile(r'["/\\:;|=,+*?<>@\[\]]')
_NOTHING = re.compile(r"[. ]+")


def windows_faults(options: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the Windows options of a security context; none are good ones."""
    if options is None:
        return
    if "gmsaCredentialSpecName" in options:
        name = options["gmsaCredentialSpecName"]
        yield from named(name, dns_subdomain, f"{field}.gmsaCredentialSpecName")
    if "gmsaCredentialSpec" in options:
        yield from _credential_faults(options["gmsaCredentialSpec"], f"{field}.gmsaCredentialSpec")
    if "runAsUserName" in options:
        for detail in _name_details(options["runAsUserName"]):
            yield invalid(f"{field}.runAsUserName", options["runAsUserName"], f"runAsUserName{detail}")


def _credential_faults(spec: str, field: str) -> Iterator[Fault]:
    if not spec:
        yield invalid(field, spec, "gmsaCredentialSpec cannot be an empty string")
    elif len(spec.encode()) > _LARGEST_SPEC_KIB * 1024:
        yield invalid(field, spec, f"gmsaCredentialSpec size must be under {_LARGEST_SPEC_KIB} KiB")


def _name_details(name: str) -> Iterator[str]:
    domain, backslash, user = name.rpartition("\\")
    if not name:
        yield " cannot be an empty string"
    elif _CONTROL.search(name):
        yield " cannot contain control characters"
    elif "\\" in domain:
        yield " cannot contain more than one backslash"
    else:
        if len(domain.encode()) >= _LONGEST_DOMAIN:
            yield f"'s Domain length must be under {_LONGEST_DOMAIN} characters"
        if backslash and not _NET_BIOS.fullmatch(domain) and not _DNS.fullmatch(domain):
            yield "'s Domain doesn't match the NetBios nor the DNS format"
        yield from _user_details(user)


def _user_details(user: str) -> Iterator[str]:
    if not user:
        yield "'s User cannot be empty"
    elif len(user.encode()) > _LONGEST_USER:
        yield f"'s User length must not be longer than {_LONGEST_USER} characters"
    if _NOTHING.fullmatch(user):
        yield "'s User cannot contain only periods or spaces"
    if _UNWANTED.search(user):
        yield r"""'s User cannot contain the following characters: "/\:;|=,+*?<>@[]"""
