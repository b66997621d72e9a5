"""A rule: what it asks of a packet, and what it does with those that fit."""

from dataclasses import dataclass

from podproof.simulator.network.addresses import ANYWHERE, block
from podproof.simulator.network.iptables.matches import Comment, Match, Passing, Ports
from podproof.simulator.network.iptables.targets import Target, name_of, words_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Addresses are ranges ("10.244.0.0/16"), interfaces may end in "+"; "! " in front of either negates it.

    "" asks for nothing. Source: linux include/uapi/linux/netfilter_ipv4/ip_tables.h, struct ipt_ip.
    """

    target: Target
    source: str = ""
    destination: str = ""
    incoming: str = ""
    outgoing: str = ""
    protocol: str = ""
    matches: tuple[Match, ...] = ()

    def fits(self, passing: Passing) -> bool:
        """Say whether a packet is one this rule is for."""
        packet = passing.packet
        return (
            (not self.protocol or _is(self.protocol, packet.protocol))
            and (not self.destination or _within(self.destination, packet.destination))
            and (not self.source or _within(self.source, packet.source))
            and (not self.incoming or _names(self.incoming, passing.incoming))
            and (not self.outgoing or _names(self.outgoing, passing.outgoing))
            and all(match.fits(passing) for match in self.matches)
        )

    @property
    def comment(self) -> str:
        """What its comment says."""
        return next((match.text for match in self.matches if isinstance(match, Comment)), "")

    @property
    def place(self) -> tuple[str, int]:
        """The one destination and the one port it is for; "" and 0 where it is for more than one."""
        alone = self.destination if self.destination and self.destination[0] != "!" else ""
        found = block(alone) if alone else None
        address = found.address(0) if found is not None and found.size == 1 else ""
        ways = (each.destination for each in self.matches if isinstance(each, Ports) and each.destination)
        return address, next((way.first for way in ways if way.first == way.last and not way.negated), 0)

    @property
    def saved(self) -> str:
        """As iptables-save writes it after the chain's name."""
        asked = (
            ("-s", _whole(self.source)), ("-d", _whole(self.destination)), ("-i", self.incoming),
            ("-o", self.outgoing), ("-p", self.protocol),
        )  # fmt: skip
        words = [_option(option, text) for option, text in asked if text]
        return " ".join(filter(None, [*words, *(match.saved for match in self.matches), self.target.saved]))

    @property
    def listed(self) -> str:
        """As `iptables -L -n -v` writes it after the counters.

        Source: iptables iptables/iptables.c, print_firewall.
        """
        negated, protocol = _parted(self.protocol or "all")
        ways = "".join(f"{''.join(_parted(way)):<6} " for way in (self.incoming or "*", self.outgoing or "*"))
        ends = "".join(_end(text) for text in (self.source or ANYWHERE, self.destination or ANYWHERE))
        told = [match.listed for match in self.matches] + [words_of(self.target)]
        rest = "".join(f" {each}" for each in told if each)
        return f"{name_of(self.target):<9} {negated or ' '}{protocol:<5}--  {ways}{ends}{rest}"


def _is(wanted: str, seen: str) -> bool:
    return wanted[2:] != seen if wanted[0] == "!" else wanted == seen


def _within(wanted: str, address: str) -> bool:
    return not block(wanted[2:]).has(address) if wanted[0] == "!" else block(wanted).has(address)


def _names(wanted: str, interface: str) -> bool:
    if wanted[0] == "!":
        return not _names(wanted[2:], interface)
    return interface.startswith(wanted[:-1]) if wanted[-1] == "+" else interface == wanted


def _whole(text: str) -> str:
    """Return a range with its length, as iptables-save always writes it."""
    if not text:
        return ""
    return f"! {block(text[2:])}" if text[0] == "!" else str(block(text))


def _option(option: str, text: str) -> str:
    return f"! {option} {text[2:]}" if text[0] == "!" else f"{option} {text}"


def _parted(text: str) -> tuple[str, str]:
    """Return the sign of a negation and what stands behind it."""
    return ("!", text[2:]) if text[0] == "!" else ("", text)


def _end(text: str) -> str:
    negated, cidr = _parted(text)
    shown = str(block(cidr)).removesuffix("/32").removesuffix("/128")
    return f"{negated or ' '}{shown:<19} "
