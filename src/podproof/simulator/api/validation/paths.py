"""Checks of paths inside volumes.

Source: pkg/apis/core/validation/validation.go, validateLocalDescendingPath, ValidateLocalNonReservedPath.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid


def descending_path_faults(path: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a path is absolute or climbs."""
    if path.startswith("/"):
        yield invalid(field, path, "must be a relative path")
    yield from backstep_faults(path, field)


def backstep_faults(path: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a path climbs."""
    if ".." in path.split("/"):
        yield invalid(field, path, "must not contain '..'")


def reserved_path_faults(path: str, field: str) -> Iterator[Fault]:
    """Yield a fault where a path is absolute, climbs, or begins like the names the kubelet keeps for itself."""
    yield from descending_path_faults(path, field)
    if path.startswith("..") and not path.startswith("../"):
        yield invalid(field, path, "must not start with '..'")


def mode_faults(mode: int | None, field: str) -> Iterator[Fault]:
    """Yield a fault where a file's permissions are none."""
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(field, mode, "must be a number between 0 and 0777 (octal), both inclusive")
