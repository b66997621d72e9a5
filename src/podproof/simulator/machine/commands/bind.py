"""BIND's tools, in images for looking at DNS: dig, host and nslookup as its authors have it.

Source: bind9 bin/dig/dig.c, printmessage; bin/dig/nslookup.c, printsection, printrdata; bin/dig/dighost.c,
start_lookup.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import Command
from podproof.simulator.machine.commands.naming import read_resolver
from podproof.simulator.machine.effects import Process, Resolve, Resolved, Running, Write
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.model.dns_records import NOERROR, SILENT, Record, Reply, is_address, reverse_name
from podproof.simulator.model.times import SECOND

VERSION = "9.18.37"
_KINDS = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "ANY")
_NOBODY = ";; connection timed out; no servers could be reached\n\n"
_SWITCHES = ("short", "search", "nosearch", "noall", "answer", "all", "tcp", "notcp", "recurse", "norecurse", "cmd")


@dataclass(slots=True)
class _Question:
    """What dig is asked."""

    name: str = ""
    kind: str = "A"
    server: str = ""
    switches: list[str] = field(default_factory=list)


def dig(process: Process, arguments: tuple[str, ...]) -> Running:
    """Ask a name server; the search list counts only with +search."""
    asked, words = _Question(), list(arguments)
    while words:
        _take(asked, words.pop(0), words, process)
    resolver = read_resolver(process)
    asked.server = asked.server or resolver.server
    names = resolver.candidates(asked.name) if "search" in asked.switches else (asked.name.rstrip("."),)
    name, answer = yield from _first(names, asked.kind, asked.server)
    if answer.reply.code == SILENT:
        yield Write(1, _NOBODY)
        return 9
    if "short" in asked.switches:
        yield Write(1, "".join(f"{_data(each)}\n" for each in answer.reply.records))
    elif "noall" in asked.switches:
        answers = answer.reply.records if "answer" in asked.switches else ()
        yield Write(1, "".join(f"{_line(each)}\n" for each in answers))
    else:
        yield Write(1, _message(process, asked, name, answer.reply, " ".join(arguments)))
    return 0


def _take(asked: _Question, word: str, rest: list[str], process: Process) -> None:
    if word.startswith("@"):
        asked.server = word[1:]
    elif word.startswith("+"):
        if word[1:] not in _SWITCHES:
            raise NotModelledError(f"dig {word}", " ".join(process.argv))
        asked.switches.append(word[1:])
    elif word == "-x" and rest:
        asked.name, asked.kind = reverse_name(rest.pop(0)), "PTR"
    elif word in ("-t", "-q") and rest:
        value = rest.pop(0)
        asked.name, asked.kind = (value, asked.kind) if word == "-q" else (asked.name, value.upper())
    elif word.startswith("-"):
        raise NotModelledError(f"dig {word}", " ".join(process.argv))
    elif word.upper() in _KINDS:
        asked.kind = word.upper()
    elif word.upper() != "IN":
        asked.name = word


def nslookup(process: Process, arguments: tuple[str, ...]) -> Running:
    """Ask for A and AAAA of the first name of the search list that exists, or for one type of record."""
    kinds = [word.partition("=")[2].upper() for word in arguments if word.startswith(("-type=", "-q=", "-query="))]
    operands = [word for word in arguments if not word.startswith("-")]
    if not operands:
        return (yield from _usage("nslookup", process))
    resolver = read_resolver(process)
    server, typed = operands[1] if len(operands) > 1 else resolver.server, operands[0]
    is_reverse = is_address(typed) and not kinds
    names = (reverse_name(typed),) if is_reverse else resolver.candidates(typed)
    asked = kinds or (["PTR"] if is_reverse else ["A", "AAAA"])
    name, answer = yield from _first(names, asked[0], server)
    if answer.reply.code == SILENT:
        yield Write(1, _NOBODY)
        return 1
    yield Write(1, f"Server:\t\t{server}\nAddress:\t{server}#53\n\n")
    if answer.reply.code != NOERROR:
        shown = name if is_reverse else typed
        yield Write(1, f"** server can't find {shown}: {answer.reply.code}\n\n")
        return 1
    records = answer.reply.records
    for kind in asked[1:]:
        more: Resolved = yield Resolve(name, kind=kind, server=server)
        records += tuple(each for each in more.reply.records if each not in records)
    doubt = "" if answer.reply.authoritative else "Non-authoritative answer:\n"
    told = "".join(map(_told, records)) or f"*** Can't find {typed}: No answer\n"
    yield Write(1, f"{doubt}{told}\n")
    return 0


def host(process: Process, arguments: tuple[str, ...]) -> Running:
    """Tell the addresses of a name, or the name of an address, in sentences."""
    operands = [word for word in arguments if not word.startswith("-")]
    if not operands:
        return (yield from _usage("host", process))
    if len(operands) != len(arguments):
        raise NotModelledError(f"host {' '.join(arguments)}", " ".join(process.argv))
    resolver = read_resolver(process)
    server, typed = operands[1] if len(operands) > 1 else resolver.server, operands[0]
    is_reverse = is_address(typed)
    names = (reverse_name(typed),) if is_reverse else resolver.candidates(typed)
    name, answer = yield from _first(names, "PTR" if is_reverse else "A", server)
    if answer.reply.code == SILENT:
        yield Write(1, _NOBODY)
        return 1
    if answer.reply.code != NOERROR:
        yield Write(1, f"Host {name if is_reverse else typed} not found: 3({answer.reply.code})\n")
        return 1
    words = {"A": "has address", "CNAME": "is an alias for", "PTR": "domain name pointer"}
    lines = (f"{each.name} {words.get(each.type, each.type)} {_data(each)}\n" for each in answer.reply.records)
    yield Write(1, "".join(lines))
    return 0


def _usage(name: str, process: Process) -> Running:
    """Say how a tool is used. Approximated: an interactive nslookup is not modelled, and ends here."""
    yield Write(2, f"Usage: {name} NAME [SERVER]\n")
    return 1


def _first(names: tuple[str, ...], kind: str, server: str) -> Steps[tuple[str, Resolved]]:
    """Return the first name that has a record of a type, with the answer; else the last one."""
    for name in names:
        answer: Resolved = yield Resolve(name, kind=kind, server=server)
        if answer.reply.records or answer.reply.code == SILENT:
            break
    return name, answer


def _message(process: Process, asked: _Question, name: str, reply: Reply, line: str) -> str:
    """Return all that dig prints. Approximated: no options, and the size of the message is a guess."""
    flags = "qr aa rd" if reply.authoritative else "qr rd ra"
    answers = "".join(f"{_line(each)}\n" for each in reply.records)
    section = f";; ANSWER SECTION:\n{answers}\n" if answers else ""
    when = datetime.fromtimestamp(process.now() // SECOND, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    size = 12 + len(name) + 6 + 16 * len(reply.records)
    return (
        f"\n; <<>> DiG {VERSION} <<>> {line}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: {reply.code}, id: {process.random(1 << 16)}\n"
        f";; flags: {flags}; QUERY: 1, ANSWER: {len(reply.records)}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        f";; QUESTION SECTION:\n;{name}.\t\tIN\t{asked.kind}\n\n{section}"
        f";; Query time: 1 msec\n;; SERVER: {asked.server}#53({asked.server}) (UDP)\n"
        f";; WHEN: {when}\n;; MSG SIZE  rcvd: {size}\n\n"
    )


def _line(record: Record) -> str:
    return f"{record.name}.\t{record.ttl}\tIN\t{record.type}\t{_data(record)}"


def _data(record: Record) -> str:
    return f"{record.data}." if record.type in ("CNAME", "PTR", "SRV", "NS", "MX") else record.data


def _told(record: Record) -> str:
    words = {"CNAME": "canonical name", "PTR": "name", "SRV": "service", "TXT": "text"}
    if record.type in words:
        return f"{record.name}\t{words[record.type]} = {_data(record)}\n"
    return f"Name:\t{record.name}\nAddress: {record.data}\n"


COMMANDS: Mapping[str, Command] = {"dig": dig, "host": host, "bind-nslookup": nslookup}
