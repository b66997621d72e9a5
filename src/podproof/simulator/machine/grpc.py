"""The gRPC health protocol as this network carries it: one line asked, one line answered. Approximated: no HTTP/2.

Source: grpc/grpc-proto grpc/health/v1/health.proto.
"""

SERVING, NOT_SERVING, SERVICE_UNKNOWN = "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"
_METHOD = "grpc.health.v1.Health/Check"


def health_request(service: str) -> str:
    """Return what a client sends to ask for a service's health; "" is the server's own."""
    return f"{_METHOD} {service}\n"


def parse_health_request(text: str) -> str | None:
    """Return the service a client asks for, None where it asks for something else."""
    method, separator, service = text.rstrip("\n").partition(" ")
    return service if separator and method == _METHOD else None


def health_reply(status: str) -> str:
    """Return what a server answers."""
    return f"{_METHOD} {status}\n"


def parse_health_reply(text: str) -> str | None:
    """Return the status a server has answered, None where it does not speak the protocol."""
    return parse_health_request(text)
