"""Refusals that are found only while something is given out."""

from collections.abc import Iterable
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import resource_for
from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object


def service_refusal(service: Object, field: str, value: Any, detail: str) -> ApiError:
    """Return the refusal of a Service whose spec asks for what cannot be had."""
    return _refusal(service, [invalid(f"spec.{field}", value, detail)])


def refuse(service: Object, faults: Iterable[Fault]) -> None:
    """Refuse a Service that has faults.

    Raises:
        ApiError: 422, there are some.
    """
    if found := list(faults):
        raise _refusal(service, found)


def _refusal(service: Object, faults: list[Fault]) -> ApiError:
    return statuses.invalid(resource_for("v1", "Service"), service["metadata"].get("name", ""), faults)
