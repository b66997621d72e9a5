"""The pod's resolver: which names it asks for, in which order; and a table of names for what is outside.

Source of the rules: resolv.conf(5), search and ndots; pkg/kubelet/network/dns/dns.go, defaultDNSOptions (ndots:5).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from podproof.simulator.machine.effects import Resolved
from podproof.simulator.model.dns_records import (
    NO_SUCH_NAME,
    NOERROR,
    NXDOMAIN,
    SERVFAIL,
    Record,
    Reply,
    address_record,
    is_address,
    reversed_address,
)

Lookup = Callable[[str, str], Reply]
"""Answers a fully qualified name (without the closing dot) and a type of record, as a name server does."""

NDOTS = 5
_NDOTS_UNSET = 1
_LONGEST_CHAIN = 8
_WEIGHT = (NOERROR, SERVFAIL, NXDOMAIN)
"""What a search that found nothing ends with, if any of its questions did. Source: glibc resolv/res_query.c, search."""


class NameTable:
    """Names outside of the cluster, each with addresses or with the name it stands for; any other does not exist.

    While it does not answer, each question fails.
    """

    def __init__(self, names: Mapping[str, Sequence[str]] | None = None) -> None:
        self._names = {name.lower(): tuple(found) for name, found in (names or {}).items()}
        self.answers = True

    def put(self, name: str, found: Sequence[str]) -> None:
        """Let a name have these addresses from now on, or be another name for one."""
        self._names[name.lower().rstrip(".")] = tuple(found)

    def __call__(self, name: str, kind: str) -> Reply:
        """Return the answer for a full name."""
        if not self.answers:
            return Reply(SERVFAIL, authoritative=False)
        name = name.lower().rstrip(".")
        if (address := reversed_address(name)) is not None:
            return self._pointer(name, address, kind)
        records: list[Record] = []
        asked = name
        for _ in range(_LONGEST_CHAIN):
            found = self._names.get(asked)
            if found is None:
                return Reply(NOERROR if records else NXDOMAIN, tuple(records), authoritative=False)
            if is_address(found[0]):
                rows = (address_record(asked, each) for each in found)
                return Reply(records=(*records, *(row for row in rows if row.type == kind)), authoritative=False)
            records.append(Record(asked, "CNAME", found[0]))
            asked = found[0].lower()
        return Reply(SERVFAIL, authoritative=False)

    def _pointer(self, name: str, address: str, kind: str) -> Reply:
        owners = [owner for owner, found in self._names.items() if address in found]
        if not owners:
            return NO_SUCH_NAME._replace(authoritative=False)
        found = tuple(Record(name, "PTR", owner) for owner in owners) if kind == "PTR" else ()
        return Reply(records=found, authoritative=False)


class Resolver(NamedTuple):
    """A pod's resolv.conf. The first server is asked; the others are for when it is silent."""

    servers: tuple[str, ...]
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = (f"ndots:{NDOTS}",)

    @property
    def server(self) -> str:
        """The first of its servers, "" where it has none."""
        return self.servers[0] if self.servers else ""

    @property
    def ndots(self) -> int:
        """How many dots a name must have to be asked for as it is at once."""
        values = [option.partition(":")[2] for option in self.options if option.startswith("ndots:")]
        return int(values[-1]) if values and values[-1].isdigit() else _NDOTS_UNSET

    def text(self) -> str:
        """Return /etc/resolv.conf as the CRI writes it."""
        search = f"search {' '.join(self.search)}\n" if self.search else ""
        servers = "".join(f"nameserver {server}\n" for server in self.servers)
        options = f"options {' '.join(self.options)}\n" if self.options else ""
        return f"{search}{servers}{options}"

    def candidates(self, name: str) -> tuple[str, ...]:
        """Return the names to ask for, in order."""
        return candidates(name, self.search, self.ndots)

    def resolve(self, name: str, lookup: Lookup) -> Resolved:
        """Return the answer for `name`, asking the candidates in order until one has an address.

        A name without one, and a server that fails, do not end the search.
        """
        tried: list[str] = []
        worst = NXDOMAIN
        for candidate in self.candidates(name):
            tried.append(candidate)
            replies = lookup(candidate, "A"), lookup(candidate, "AAAA")
            if found := tuple(address for reply in replies for address in reply.addresses):
                return Resolved(name, self.server, candidate, found, tuple(tried))
            worst = min(worst, *(reply.code for reply in replies), key=_WEIGHT.index)
        return Resolved(name, self.server, None, (), tuple(tried), Reply(worst))

    def ask(self, name: str, kind: str, lookup: Lookup) -> Resolved:
        """Return the answer for one full name and one type of record."""
        reply = lookup(name.rstrip("."), kind)
        return Resolved(name, self.server, name, reply.addresses, (name,), reply)


def candidates(name: str, search: Sequence[str], ndots: int = NDOTS) -> tuple[str, ...]:
    """Return the names to ask for: as it is first where it has `ndots` dots, last where it has fewer.

    A name that ends in a dot is asked for as it is, and only so.
    """
    if name.endswith("."):
        return (name.rstrip("."),)
    suffixed = tuple(f"{name}.{domain}" for domain in search)
    return (name, *suffixed) if name.count(".") >= ndots else (*suffixed, name)


def from_hosts(name: str, hosts: str) -> tuple[str, ...]:
    """Return the addresses /etc/hosts has for a name, in the order of its lines."""
    lines = (line.partition("#")[0].split() for line in hosts.splitlines())
    return tuple(words[0] for words in lines if name in words[1:])


__all__ = ["Lookup", "NameTable", "Resolver", "candidates", "from_hosts", "is_address"]
