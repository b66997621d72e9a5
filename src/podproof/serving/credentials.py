"""Who may call: everybody who reaches the socket, whoever shows the token, or whoever shows a certificate of ours.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go (401);
pkg/kubeapiserver/authorizer/config.go (what needs no credentials is what system:public-info-viewer may read).
"""

import hmac
import secrets
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from podproof.errors import PodproofError
from podproof.serving.kubeconfig import Identity
from podproof.simulator.api import statuses
from podproof.simulator.model.times import Nanos

Auth = Literal["none", "token", "certificate"]

USER, GROUPS = "podproof-admin", ("system:masters", "system:authenticated")
"""Who a client is that may call."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_OPEN = ("/healthz", "/livez", "/readyz", "/version")


class OpenDoorError(PodproofError, ValueError):
    """A server would let everybody in who reaches its address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address

    def __str__(self) -> str:
        return (
            f"{self.address} can be reached from outside: say who may call, with --auth token or --auth certificate, "
            "or --auth none where everybody may"
        )


@dataclass(frozen=True, slots=True)
class Demands:
    """What is asked of a client; who must show something is spoken to by HTTPS.

    `lifetime` (ns of the cluster's time; None: no end) is how long a token is good. `names` are what the server is
    called besides its address, for its certificate.
    """

    tls: bool = False
    auth: Auth | None = None
    token: str = ""
    lifetime: Nanos | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Credentials:
    """What a server shows, what it asks for, and what the kubeconfig it writes shows."""

    auth: Auth
    now: Callable[[], Nanos]
    authority: bytes = b""
    context: ssl.SSLContext | None = None
    identity: Identity = field(default_factory=Identity)
    expires: Nanos | None = None

    @property
    def scheme(self) -> str:
        """http or https."""
        return "http" if self.context is None else "https"

    def check(self, http: web.BaseRequest) -> None:
        """Let a call through.

        Raises:
            ApiError: 401, it does not show what is asked for.
        """
        if self.auth == "none" or http.path.startswith(_OPEN):
            return
        known = self._has_token(http) if self.auth == "token" else self._has_certificate(http)
        if not known:
            raise statuses.failure(401, "Unauthorized", "Unauthorized")

    def _has_token(self, http: web.BaseRequest) -> bool:
        kind, _, shown = http.headers.get("Authorization", "").partition(" ")
        fresh = self.expires is None or self.now() < self.expires
        return fresh and kind.lower() == "bearer" and hmac.compare_digest(shown.strip(), self.identity.token)

    def _has_certificate(self, http: web.BaseRequest) -> bool:
        """The handshake has refused what another authority vouches for."""
        return http.transport is not None and bool(http.transport.get_extra_info("peercert"))


def credentials(demands: Demands, address: str, now: Callable[[], Nanos]) -> Credentials:
    """Return what a server at an address shows and asks for; keys and tokens are new each time.

    Raises:
        OpenDoorError: it would let everybody in.
    """
    if demands.auth is None and address not in _LOOPBACK:
        raise OpenDoorError(address)
    auth = demands.auth or "none"
    made = Credentials(auth, now)
    if auth == "token":
        made.identity = Identity(token=demands.token or secrets.token_urlsafe(24))
        made.expires = None if demands.lifetime is None else Nanos(now() + demands.lifetime)
    if demands.tls or auth != "none":
        _certify(made, (address, *demands.names))
    if made.identity == Identity() and made.context is not None:
        made.identity = Identity(token="nobody-asks")  # kubectl asks its user for a password where HTTPS has none
    return made


def _certify(made: Credentials, called: Sequence[str]) -> None:
    """Make an authority, and certificates for the server and, where they are asked for, its client."""
    import trustme

    authority = trustme.CA(organization_name="podproof")
    names = dict.fromkeys(("127.0.0.1", "localhost", "::1", "kubernetes", "kubernetes.default.svc", *called))
    server = authority.issue_cert(*(name for name in names if name not in ("0.0.0.0", "::")))
    made.authority = authority.cert_pem.bytes()
    made.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.configure_cert(made.context)
    if made.auth == "certificate":
        authority.configure_trust(made.context)
        made.context.verify_mode = ssl.CERT_OPTIONAL
        client = authority.issue_cert(common_name=USER, organization_name=GROUPS[0])
        chain = b"".join(each.bytes() for each in client.cert_chain_pems)
        made.identity = Identity(certificate=chain, key=client.private_key_pem.bytes())
