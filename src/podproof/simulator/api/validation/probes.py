"""Checks of probes and lifecycle hooks.

Source: pkg/apis/core/validation/validation.go, validateProbe, validateHandler, validateLifecycle.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.model.names import port_name, port_number
from podproof.simulator.model.objects import Object

NEGATIVE = "must be greater than or equal to 0"
_COUNTS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_SCHEMES = ("HTTP", "HTTPS")
_HEADER_NAME = re.compile(r"[-A-Za-z0-9]+", re.ASCII)
_NO_HEADER = (
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', "
    "regex used for validation is '[-A-Za-z0-9]+')"
)


def probe_faults(probe: Object, kind: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a probe; `kind` is the name of its field."""
    yield from _handler_faults(probe, ("exec", "httpGet", "tcpSocket", "grpc"), None, field)
    for count in _COUNTS:
        if probe.get(count, 0) < 0:
            yield invalid(f"{field}.{count}", probe[count], NEGATIVE)
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        yield invalid(f"{field}.terminationGracePeriodSeconds", grace, "must be greater than 0")
    if kind == "readinessProbe" and grace is not None:
        yield invalid(f"{field}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes")
    if kind != "readinessProbe" and probe.get("successThreshold") != 1:
        yield invalid(f"{field}.successThreshold", probe.get("successThreshold"), "must be 1")


def lifecycle_faults(lifecycle: Object, grace: int | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the hooks of a container."""
    for hook in ("postStart", "preStop"):
        if hook in lifecycle:
            handlers = ("exec", "httpGet", "tcpSocket", "sleep")
            yield from _handler_faults(lifecycle[hook], handlers, grace, f"{field}.{hook}")


def _handler_faults(holder: Object, kinds: tuple[str, ...], grace: int | None, field: str) -> Iterator[Fault]:
    found = [kind for kind in kinds if kind in holder]
    if not found:
        yield required(field, "must specify a handler type")
        return
    yield from _action_faults(found[0], holder[found[0]], grace, f"{field}.{found[0]}")
    for kind in found[1:]:
        yield forbidden(f"{field}.{kind}", "may not specify more than 1 handler type")


def _action_faults(kind: str, action: Object, grace: int | None, field: str) -> Iterator[Fault]:
    if kind == "exec" and not action.get("command"):
        yield required(f"{field}.command")
    elif kind == "httpGet":
        yield from _http_faults(action, field)
    elif kind in ("tcpSocket", "grpc"):
        yield from port_reference_faults(action.get("port", 0), f"{field}.port")
    elif kind == "sleep" and grace is not None and not 0 <= action.get("seconds", 0) <= grace:
        detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        yield invalid(field, action.get("seconds", 0), detail)


def _http_faults(action: Object, field: str) -> Iterator[Fault]:
    if not action.get("path"):
        yield required(f"{field}.path")
    yield from port_reference_faults(action.get("port", 0), f"{field}.port")
    if action.get("scheme") not in _SCHEMES:
        yield unsupported(f"{field}.scheme", action.get("scheme", ""), _SCHEMES)
    for header in action.get("httpHeaders") or ():
        if not _HEADER_NAME.fullmatch(header.get("name", "")):
            yield invalid(f"{field}.httpHeaders", header.get("name", ""), _NO_HEADER)


def port_reference_faults(port: int | str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a port given by number or by name."""
    for detail in port_name(port) if isinstance(port, str) else port_number(port):
        yield invalid(field, port, detail)
