"""conntrack: what a host remembers of a connection it translated, so that answers find their way back.

Source: linux net/netfilter/nf_conntrack_core.c (the tuples of both directions), nf_nat_core.c.
"""

from dataclasses import dataclass, field, replace

from podproof.simulator.network.packet import Packet

_NEW, _ESTABLISHED = frozenset({"NEW"}), frozenset({"ESTABLISHED"})

Tuple = tuple[str, str, str, int, int]


@dataclass(slots=True)
class Conntrack:
    """The connections one host has seen: by the tuple of the first packet, and by that of its answer."""

    _seen: dict[Tuple, Packet] = field(default_factory=dict)
    _answers: dict[Tuple, tuple[Packet, Packet]] = field(default_factory=dict)

    def note(self, original: Packet, translated: Packet) -> None:
        """Remember a connection: what its first packet was, and what it became here."""
        self._seen[_tuple(original)] = translated
        answer, entry = translated.answer(), (original, translated)
        self._answers[_tuple(answer)] = entry
        self._answers[_tuple(_sent_to(answer, original))] = entry

    def known(self, packet: Packet) -> bool:
        """Say whether a packet's connection is known here, in either direction."""
        return _tuple(packet) in self._seen or _tuple(packet) in self._answers

    def states(self, packet: Packet) -> frozenset[str]:
        """Return the states of a packet's connection, as the match `conntrack` knows them."""
        entry = self._answers.get(_tuple(packet))
        if entry is None:
            return _NEW
        original, translated = entry
        names = {"DNAT"} if original.to != translated.to else set()
        return _ESTABLISHED | names | ({"SNAT"} if original.from_ != translated.from_ else set())

    def destined(self, packet: Packet) -> Packet:
        """Return an answer for who asked: where its question got another source here, it goes there (PREROUTING)."""
        entry = self._answers.get(_tuple(packet))
        return packet if entry is None else _sent_to(packet, entry[0])

    def sourced(self, packet: Packet) -> Packet:
        """Return an answer from whom was asked: where its question got another destination here (POSTROUTING)."""
        entry = self._answers.get(_tuple(packet))
        return packet if entry is None else replace(packet, source=entry[0].destination, source_port=entry[0].port)


def _sent_to(answer: Packet, asked: Packet) -> Packet:
    return replace(answer, destination=asked.source, port=asked.source_port)


def _tuple(packet: Packet) -> Tuple:
    return packet.source, packet.destination, packet.protocol, packet.source_port, packet.port
