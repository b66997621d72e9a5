"""Kubernetes' own functions of CEL, by what they mean.

Source: staging/src/k8s.io/apiserver/pkg/cel/library/{regex.go, lists.go, urls.go, quantity.go}.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from podproof.simulator.model import quantities


def declared(cel: Any) -> Any:
    """Return the functions as an extension of the library."""
    kinds = cel.Type
    many = kinds.List(kinds.DYN)

    def member(name: str, result: Any, takes: list[Any], does: Any) -> Any:
        return cel.FunctionDecl(name, [cel.Overload(f"k8s_{name}", result, takes, True, does)])

    def plain(name: str, result: Any, takes: list[Any], does: Any) -> Any:
        return cel.FunctionDecl(name, [cel.Overload(f"k8s_{name}", result, takes, False, does)])

    return cel.CelExtension(
        "kubernetes",
        [
            member("find", kinds.STRING, [kinds.STRING, kinds.STRING], _find),
            member("findAll", kinds.List(kinds.STRING), [kinds.STRING, kinds.STRING], _find_all),
            member("isSorted", kinds.BOOL, [many], lambda items: list(items) == sorted(items)),
            member("sum", kinds.DYN, [many], sum),
            member("min", kinds.DYN, [many], min),
            member("max", kinds.DYN, [many], max),
            plain("isURL", kinds.BOOL, [kinds.STRING], _is_url),
            plain("isQuantity", kinds.BOOL, [kinds.STRING], _is_quantity),
        ],
    )


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found.group(0) if found else ""


def _find_all(text: str, pattern: str) -> list[str]:
    return [found.group(0) for found in re.finditer(pattern, text)]


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme) or text.startswith("/")


def _is_quantity(text: str) -> bool:
    try:
        quantities.parse(text)
    except quantities.QuantityError:
        return False
    return True
