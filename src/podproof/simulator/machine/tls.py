"""A connection with TLS, as far as it shows: which host the client asks for, and whose certificate the server has.

Nothing is encrypted here: what is said stands behind a line that says that it would be.
Source of the first bytes: RFC 8446, 5.1 (a handshake record).
"""

_HELLO, _CERTIFICATE = "\x16\x03\x01", "\x16\x03\x03"
OWN = "the controller's own"


def asked(host: str, text: str) -> str:
    """Return a request as it goes over a connection that was opened for a host."""
    return f"{_HELLO}{host}\n{text}"


def opened(text: str) -> tuple[str, str] | None:
    """Return the host and what was said, None where the client speaks without TLS."""
    if not text.startswith(_HELLO):
        return None
    host, _, rest = text.removeprefix(_HELLO).partition("\n")
    return host, rest


def answered(certificate: str, text: str) -> str:
    """Return an answer as it comes over a connection with a certificate: a Secret's (namespace/name), or `OWN`."""
    return f"{_CERTIFICATE}{certificate}\n{text}"


def read(text: str) -> tuple[str, str] | None:
    """Return whose certificate it is and the answer, None where the server does not speak TLS."""
    if not text.startswith(_CERTIFICATE):
        return None
    certificate, _, rest = text.removeprefix(_CERTIFICATE).partition("\n")
    return certificate, rest
