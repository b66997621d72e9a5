"""Rules as people write them: `-s 10.0.0.0/8 -p tcp --dport 80 -j DROP`. All faults of a rule are told at once.

Source: iptables iptables/iptables.c, do_command4, and extensions/libxt_*.c, libipt_*.c for the options.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from podproof.errors import FaultsError, NotModelledError
from podproof.simulator.network.addresses import block, number
from podproof.simulator.network.iptables import matches as ask
from podproof.simulator.network.iptables import targets as do
from podproof.simulator.network.iptables.rules import Rule

PROTOCOLS: Mapping[str, str] = {
    "6": "tcp", "17": "udp", "1": "icmp", "132": "sctp", "4": "ipencap",
    **{name: name for name in ("tcp", "udp", "icmp", "sctp", "ipencap")},
}  # fmt: skip
SERVICES: Mapping[str, int] = {"http": 80, "https": 443, "domain": 53, "ssh": 22}
"""Names of ports people use. Source: Debian's /etc/services."""
_SIMPLE: Mapping[str, do.Target] = {
    "ACCEPT": do.ACCEPT, "DROP": do.DROP, "RETURN": do.RETURN, "NOTRACK": do.Note("NOTRACK"),
}  # fmt: skip
_REJECTIONS = (
    "icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable", "icmp-port-unreachable",
    "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited", "tcp-reset",
)  # fmt: skip
_NO_WHAT = "recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'"
_STATES = ("INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT")
_WITH_PORTS = ("tcp", "udp", "sctp")
_KNOWN_MATCHES = frozenset(
    ("tcp", "udp", "sctp", "comment", "conntrack", "state", "mark", "statistic", "recent", "addrtype", "multiport")
)


class RuleError(FaultsError):
    """A rule that iptables would refuse; `faults` are in its words."""


def rule(text: str) -> Rule:
    """Return the rule a text says, without the name of its chain.

    Raises:
        RuleError: iptables does not take it.
        NotModelledError: it asks for a match, a target or an option that is not modelled.
    """
    return _Reading(text, split(text)[::-1]).read()


def split(text: str) -> list[str]:
    """Return the words of a line as a shell splits it. Raises RuleError where a quotation does not end."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise RuleError(text, (str(error),)) from error


@dataclass(slots=True)
class _Reading:
    """One rule being read; `words` are those still unread, the last first."""

    text: str
    words: list[str]
    fields: dict[str, str] = field(default_factory=dict)
    matches: list[ask.Match] = field(default_factory=list)
    target: str = ""
    goto: bool = False
    options: dict[str, str] = field(default_factory=dict)
    recent: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    negated: bool = False

    def read(self) -> Rule:
        while self.words:
            self._next()
        if "what" in self.recent:
            self.matches.insert(self.recent.pop("place"), ask.Recent(**{"name": "DEFAULT", **self.recent}))
        elif self.recent:
            self.faults.append(_NO_WHAT)
        target = self._target()
        if self.faults or target is None:
            raise RuleError(self.text, tuple(self.faults))
        return Rule(target, matches=tuple(self.matches), **self.fields)

    def _next(self) -> None:
        word = self.words.pop()
        if word == "!":
            self._negate()
            return
        reader = _READERS.get(word)
        if reader is not None:
            try:
                reader(self, word)
            except ValueError as error:
                self.faults.append(str(error))
        elif word in _TARGET_OPTIONS:
            self._option(word)
        elif word.startswith("-"):
            raise NotModelledError(f"the option {word} of iptables", f"the rule {self.text}")
        else:
            self.faults.append(f"Bad argument `{word}'")
        self.negated = False

    def _option(self, word: str) -> None:
        try:
            self.options[word] = self.value(word) if _TARGET_OPTIONS[word] else "true"
        except ValueError as error:
            self.faults.append(str(error))

    def value(self, option: str) -> str:
        """Return the word behind an option."""
        while self.words and self.words[-1] == "!":
            self.words.pop()
            self._negate()
        if not self.words:
            raise ValueError(f'option "{option}" requires an argument')
        return self.words.pop()

    def _negate(self) -> None:
        """Take the option that comes for its opposite. Source: iptables iptables/xshared.c, do_parse."""
        if self.negated:
            self.faults.append("multiple consecutive ! not allowed")
        self.negated = True

    def match(self, made: ask.Match) -> None:
        """Add a match."""
        self.matches.append(made)

    def sign(self, text: str) -> str:
        """Return a field, negated where the option was."""
        return f"! {text}" if self.negated else text

    def _target(self) -> do.Target | None:
        if not self.target:
            return do.Note()
        try:
            return next(self._made())
        except ValueError as error:
            self.faults.append(str(error))
            return None

    def _made(self) -> Iterator[do.Target]:
        if self.goto or self.target not in _TARGETS:
            if self.target in _ABSENT_TARGETS:
                raise NotModelledError(f"the target {self.target} of iptables", f"the rule {self.text}")
            yield do.Jump(self.target, self.goto)
        else:
            yield _TARGETS[self.target](self.options)


def _range(reading: _Reading, option: str) -> None:
    text = reading.value(option)
    try:
        cidr = str(block(text))
    except ValueError:
        raise ValueError(f"host/network `{text.partition('/')[0]}' not found") from None
    reading.fields["source" if option in ("-s", "--source") else "destination"] = reading.sign(cidr)


_LONGEST_NAME = 16
"""Source: linux include/uapi/linux/if.h, IFNAMSIZ."""


def _interface(reading: _Reading, option: str) -> None:
    """Read an interface's name. Source: iptables libxtables/xtables.c, xtables_parse_interface."""
    name = reading.value(option)
    if not name:
        raise ValueError("Empty interface is likely to be undesired")
    if len(name) >= _LONGEST_NAME:
        raise ValueError(f"interface name `{name}' must be shorter than {_LONGEST_NAME} characters")
    if set(name) & {" ", "/"}:
        raise ValueError(f"weird character in interface `{name}' ('/' and ' ' are not allowed by the kernel)")
    reading.fields["incoming" if option in ("-i", "--in-interface") else "outgoing"] = reading.sign(name)


def _protocol(reading: _Reading, option: str) -> None:
    text = reading.value(option)
    if text.lower() == "all":
        return
    if text.lower() not in PROTOCOLS:
        raise ValueError(f'unknown protocol "{text}" specified')
    reading.fields["protocol"] = reading.sign(PROTOCOLS[text.lower()])


def _module(reading: _Reading, option: str) -> None:
    name = reading.value(option)
    if name not in _KNOWN_MATCHES:
        raise NotModelledError(f"the match {name} of iptables", f"the rule {reading.text}")
    if name in _WITH_PORTS:
        reading.match(ask.Ports(name))


def _ports(reading: _Reading, option: str) -> None:
    protocol = reading.fields.get("protocol", "")
    text = reading.value(option)
    if protocol not in _WITH_PORTS:
        raise ValueError(f'unknown option "{option}"')
    first, colon, last = text.partition(":")
    begin = _port(first) if first else 0
    way = ask.Range(begin, (_port(last) if last else 65535) if colon else begin, reading.negated)
    known = next((each for each in reading.matches if isinstance(each, ask.Ports)), None)
    place = reading.matches.index(known) if known is not None else len(reading.matches)
    known = known or ask.Ports(protocol)
    to = option in ("--dport", "--destination-port")
    reading.matches[place : place + 1] = [replace(known, destination=way) if to else replace(known, source=way)]


def _many_ports(reading: _Reading, option: str) -> None:
    pairs = [each.partition(":") for each in reading.value(option).split(",")]
    ranges = tuple((_port(first), _port(last) if last else _port(first)) for first, _, last in pairs)
    reading.match(ask.ManyPorts(ranges, "d" if option.startswith("--d") else "s", reading.negated))


def _port(text: str) -> int:
    if text in SERVICES:
        return SERVICES[text]
    if not text.isdigit() or int(text) > 65535:
        raise ValueError(f"invalid port/service `{text}' specified")
    return int(text)


def _comment(reading: _Reading, option: str) -> None:
    reading.match(ask.Comment(reading.value(option)))


def _state(reading: _Reading, option: str) -> None:
    states = tuple(reading.value(option).split(","))
    for each in states:
        if each not in _STATES:
            raise ValueError(f'Bad ctstate "{each}"')
    reading.match(ask.State(states, reading.negated))


def _marked(reading: _Reading, option: str) -> None:
    value, mask = _bits(reading.value(option))
    reading.match(ask.Marked(value, mask, reading.negated))


def _bits(text: str) -> tuple[int, int]:
    value, _, mask = text.partition("/")
    try:
        return int(value, 0), int(mask, 0) if mask else do.ALL_BITS
    except ValueError:
        raise ValueError(f"invalid mark value `{text}'") from None


def _mode(reading: _Reading, option: str) -> None:
    mode = reading.value(option)
    if mode != "random":
        raise NotModelledError(f"the mode {mode} of iptables' statistic", f"the rule {reading.text}")


def _probability(reading: _Reading, option: str) -> None:
    text = reading.value(option)
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f'statistic: Bad value for "--probability" option: "{text}"')
    reading.match(ask.Random(share))


def _recent(reading: _Reading, option: str) -> None:
    seen = reading.recent
    seen.setdefault("place", len(reading.matches))
    name = option.removeprefix("--")
    if name in ("set", "rcheck", "update", "remove"):
        seen["what"], seen["negated"] = name, reading.negated
    elif name == "reap":
        seen["reap"] = True
    elif name == "seconds":
        text = reading.value(option)
        if not text.isdigit():
            raise ValueError(f'recent: bad value for option "--seconds", or out of range: "{text}"')
        seen["seconds"] = int(text)
    elif name in ("name", "mask"):
        text = reading.value(option)
        if name == "name":
            seen["name"] = text


def _address_type(reading: _Reading, option: str) -> None:
    kind = reading.value(option)
    if kind not in ("LOCAL", "UNICAST"):
        raise NotModelledError(f"the address type {kind} of iptables", f"the rule {reading.text}")
    reading.match(ask.AddressType(kind, option[2:5], reading.negated))


_LONGEST_TARGET = 28
"""Source: linux include/uapi/linux/netfilter/x_tables.h, XT_EXTENSION_MAXNAMELEN, less the byte that ends it."""


def _goes(reading: _Reading, option: str) -> None:
    """Read the name of a target or chain. Source: iptables iptables/xshared.c, parse_target."""
    name = reading.value(option)
    if not name:
        raise ValueError("Invalid target name (too short)")
    if len(name) > _LONGEST_TARGET:
        raise ValueError(f"Invalid target name `{name}' ({_LONGEST_TARGET} chars max)")
    if any(each.isspace() for each in name):
        raise ValueError(f"Invalid target name `{name}'")
    reading.target, reading.goto = name, option in ("-g", "--goto")


def _simple(name: str, options: Mapping[str, str]) -> do.Target:
    return _SIMPLE[name]


def _reject(options: Mapping[str, str]) -> do.Target:
    answer = options.get("--reject-with", "icmp-port-unreachable")
    if answer not in _REJECTIONS:
        raise ValueError(f'unknown reject type "{answer}"')
    return do.Reject(answer)


def _translate(kind: str, option: str) -> Callable[[Mapping[str, str]], do.Target]:
    def made(options: Mapping[str, str]) -> do.Target:
        if option not in options:
            raise ValueError(f'{kind}: option "{option}" must be specified')
        address, _, port = options[option].partition(":")
        if "-" in options[option] or not address:
            raise NotModelledError(f"ranges of {option}", f"the target {kind} of iptables")
        try:
            number(address)
        except ValueError:
            raise ValueError(f'Bad IP address "{address}"') from None
        return do.Translate(kind, address, _port(port) if port else 0)

    return made


def _mark(options: Mapping[str, str]) -> do.Target:
    if "--set-xmark" in options:
        return do.Mark(*_bits(options["--set-xmark"]))
    if "--set-mark" in options:
        value, mask = _bits(options["--set-mark"])
        return do.Mark(value, value | mask)
    if "--or-mark" in options:
        value, _ = _bits(options["--or-mark"])
        return do.Mark(value, value)
    if "--and-mark" in options:
        return do.Mark(0, ~_bits(options["--and-mark"])[0] & do.ALL_BITS)
    raise ValueError("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required")


_TARGET_OPTIONS: Mapping[str, bool] = {
    "--reject-with": True, "--to-destination": True, "--to-source": True, "--random-fully": False,
    "--set-xmark": True, "--set-mark": True, "--or-mark": True, "--and-mark": True, "--log-prefix": True,
}  # fmt: skip
"""Each option of a target: whether a word follows."""

_TARGETS: Mapping[str, Callable[[Mapping[str, str]], do.Target]] = {
    **{name: partial(_simple, name) for name in _SIMPLE},
    "REJECT": _reject,
    "DNAT": _translate("DNAT", "--to-destination"),
    "SNAT": _translate("SNAT", "--to-source"),
    "MASQUERADE": lambda options: do.Masquerade("--random-fully" in options),
    "MARK": _mark,
    "LOG": lambda options: do.Note(
        "LOG", f"--log-prefix {ask.quoted(options['--log-prefix'])}" if options.get("--log-prefix") else ""
    ),
}
_ABSENT_TARGETS = frozenset(
    ("CT", "REDIRECT", "NETMAP", "CONNMARK", "QUEUE", "NFQUEUE", "NFLOG", "TEE", "TPROXY", "TOS", "DSCP", "TTL",
     "TCPMSS", "CLASSIFY", "SECMARK", "AUDIT", "TRACE", "SET", "CHECKSUM")
)  # fmt: skip

_READERS: Mapping[str, Callable[[_Reading, str], None]] = {
    **dict.fromkeys(("-s", "--source", "-d", "--destination"), _range),
    **dict.fromkeys(("-i", "--in-interface", "-o", "--out-interface"), _interface),
    **dict.fromkeys(("-p", "--protocol"), _protocol),
    **dict.fromkeys(("-m", "--match"), _module),
    **dict.fromkeys(("--dport", "--destination-port", "--sport", "--source-port"), _ports),
    **dict.fromkeys(("--dports", "--destination-ports", "--sports", "--source-ports"), _many_ports),
    **dict.fromkeys(("--ctstate", "--state"), _state),
    **dict.fromkeys(("-j", "--jump", "-g", "--goto"), _goes),
    **dict.fromkeys(("--dst-type", "--src-type"), _address_type),
    **dict.fromkeys(
        ("--set", "--rcheck", "--update", "--remove", "--reap", "--seconds", "--name", "--mask", "--rsource"), _recent
    ),
    "--comment": _comment,
    "--mark": _marked,
    "--mode": _mode,
    "--probability": _probability,
}
