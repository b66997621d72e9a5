"""What a name server says: records, and the code of an answer. Values only."""

from typing import Final, NamedTuple

CLUSTER_DOMAIN: Final = "cluster.local"
CLUSTER_DNS: Final = "10.96.0.10"
NODE_DNS: Final = "192.168.0.1"
"""Approximated: the resolver of the node's own network, which knows the names outside of the cluster and no others."""
TTL: Final = 30
"""Seconds. Source: cmd/kubeadm/app/phases/addons/dns/manifests.go, CoreDNSConfigMap (ttl 30)."""

NOERROR, NXDOMAIN, SERVFAIL = "NOERROR", "NXDOMAIN", "SERVFAIL"
SILENT: Final = "SILENT"
"""No code of a name server: there was no answer at all."""
NODATA: Final = "NODATA"
"""No code of a name server: how people call NOERROR without records."""


class Record(NamedTuple):
    """One resource record; names are without their closing dot. `data` is as zone files write it."""

    name: str
    type: str
    data: str
    ttl: int = TTL


class Reply(NamedTuple):
    """An answer: NOERROR without records means that the name exists, and has none of the type asked for."""

    code: str = NOERROR
    records: tuple[Record, ...] = ()
    authoritative: bool = True

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses among the records."""
        return tuple(each.data for each in self.records if each.type in ("A", "AAAA"))


NO_SUCH_NAME: Final = Reply(NXDOMAIN)
NO_DATA: Final = Reply()


def address_record(name: str, address: str) -> Record:
    """Return the record of an address: A or AAAA."""
    return Record(name, "AAAA" if ":" in address else "A", address)


def reverse_name(address: str) -> str:
    """Return the name that the owner of an IPv4 address is asked by."""
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def reversed_address(name: str) -> str | None:
    """Return the IPv4 address that a name of in-addr.arpa stands for, None for any other name."""
    head, found, rest = name.partition(".in-addr.arpa")
    parts = head.split(".")
    if not found or rest or len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        return None
    return ".".join(reversed(parts))


def is_address(text: str) -> bool:
    """Say whether a text is an IP address itself."""
    parts = text.split(".")
    if len(parts) == 4:
        return all(part.isdigit() and int(part) < 256 for part in parts)
    return ":" in text and set(text.lower()) <= set("0123456789abcdef:.")
