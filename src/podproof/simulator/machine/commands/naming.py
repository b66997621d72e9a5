"""Commands that ask name servers: nslookup.

Source: busybox networking/nslookup.c (1.28 and 1.35).
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.machine.commands.calling import Command, CommandError
from podproof.simulator.machine.dns import Resolver
from podproof.simulator.machine.effects import Process, Resolve, Resolved, Running, Write
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.texts import version_of
from podproof.simulator.model.dns_records import NOERROR, SILENT, Record, is_address, reverse_name

_OWN_RESOLVER = (1, 29)
"""From this version on nslookup asks the server itself instead of the C library."""
_KINDS = ("SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "PTR", "SRV", "ANY")
_SETTINGS = ("port", "retry", "debug", "timeout", "t")


def nslookup(process: Process, arguments: tuple[str, ...]) -> Running:
    """Ask a name server for a name, or for the name of an address."""
    settings = [argument for argument in arguments if argument.startswith("-")]
    operands = [argument for argument in arguments if not argument.startswith("-")]
    if not operands or len(operands) > 2:
        return (yield from _usage(process))
    if version_of(process.version) < _OWN_RESOLVER:
        return (yield from _through_library(process, operands))
    kinds = list(_kinds(settings))
    return (yield from _usage(process)) if None in kinds else (yield from _asking(process, operands, kinds))


def _usage(process: Process) -> Running:
    yield Write(2, f"BusyBox v{process.version} multi-call binary.\n\nUsage: nslookup HOST [DNS_SERVER]\n")
    return 1


def _kinds(settings: list[str]) -> Iterator[str | None]:
    """Yield the types of record that are asked for; None is for an option that does not exist.

    Raises:
        CommandError: a type that does not exist.
    """
    for setting in settings:
        word, _, value = setting[1:].partition("=")
        if word and ("type".startswith(word) or "querytype".startswith(word)) and word != "t":
            if value.upper() not in _KINDS:
                raise CommandError(f'invalid query type "{value}"')
            yield value.upper()
        elif not any(each.startswith(word) for each in _SETTINGS):
            yield None


def _through_library(process: Process, operands: list[str]) -> Running:
    """Ask as getaddrinfo(3) does: the first name of the search list that answers counts; addresses tell their names."""
    name = operands[0]
    answer: Resolved = yield Resolve(name)
    server = operands[1] if len(operands) > 1 else answer.server
    called = yield from _name_of(server)
    yield Write(1, f"Server:    {server}\n{f'Address 1: {server} {called}'.rstrip()}\n\n")
    if not answer.addresses:
        raise CommandError(f"can't resolve '{name}'")
    lines = [f"Name:      {name}"]
    for place, address in enumerate(answer.addresses, start=1):
        called = yield from _name_of(address)
        lines.append(f"Address {place}: {address} {called}".rstrip())
    yield Write(1, "\n".join(lines) + "\n")
    return 0


def _name_of(address: str) -> Steps[str]:
    if ":" in address:
        return ""
    answer: Resolved = yield Resolve(reverse_name(address), kind="PTR")
    return next((each.data for each in answer.reply.records if each.type == "PTR"), "")


def _asking(process: Process, operands: list[str], kinds: list[str | None]) -> Running:
    """Ask for each type, A and AAAA where none is given, and for each name of the search list.

    A name that does not exist makes the status 1, even where another one of the list does.
    """
    resolver = read_resolver(process)
    server, name = operands[1] if len(operands) > 1 else resolver.server, operands[0]
    status, head = 0, f"Server:\t\t{server}\nAddress:\t{server}:53\n\n"
    for asked, kind in _questions(name, resolver.search, [kind for kind in kinds if kind]):
        answer: Resolved = yield Resolve(asked, kind=kind, server=server)
        if answer.reply.code == SILENT:
            yield Write(1, ";; connection timed out; no servers could be reached\n\n")
            return 1
        if head:
            yield Write(1, head)
            head = ""
        if answer.reply.code != NOERROR:
            status = 1
            yield Write(1, f"** server can't find {asked}: {answer.reply.code}\n\n")
            continue
        doubt = "" if answer.reply.authoritative else "Non-authoritative answer:\n"
        yield Write(1, doubt + "".join(map(_line, answer.reply.records)) + "\n")
    return status


def _questions(name: str, search: Sequence[str], kinds: list[str]) -> Iterator[tuple[str, str]]:
    if not kinds and is_address(name) and ":" not in name:
        yield reverse_name(name), "PTR"
        return
    for kind in kinds or ["A", "AAAA"]:
        if "." in name or not search or kind == "PTR":
            yield name.rstrip("."), kind
        else:
            yield from ((f"{name}.{domain}", kind) for domain in search)


def _line(record: Record) -> str:
    match record.type:
        case "A" | "AAAA":
            return f"Name:\t{record.name}\nAddress: {record.data}\n"
        case "CNAME":
            return f"{record.name}\tcanonical name = {record.data}\n"
        case "PTR":
            return f"{record.name}\tname = {record.data}\n"
        case "SRV":
            return f"{record.name}\tservice = {record.data}\n"
        case "TXT":
            return f"{record.name}\ttext = {record.data}\n"
    return ""


def read_resolver(process: Process) -> Resolver:
    """Return what /etc/resolv.conf says; without a server the machine itself is asked."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    options: list[str] = []
    if process.files.is_file("/etc/resolv.conf"):
        for line in process.files.read("/etc/resolv.conf").splitlines():
            word, *values = line.split() or [""]
            servers += values[:1] if word == "nameserver" else []
            search = tuple(values) if word == "search" else search
            options += values if word == "options" else []
    return Resolver(tuple(servers) or ("127.0.0.1",), search, tuple(options))


COMMANDS: Mapping[str, Command] = {"nslookup": nslookup}
