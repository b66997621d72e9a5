"""Commands about the container: printenv, hostname, id, whoami, date, nproc, sync."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import Command, CommandError, is_busybox, options
from podproof.simulator.machine.effects import Process, Running, Write
from podproof.simulator.model.times import SECOND, Nanos


def printenv(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the environment, or the values of some variables."""
    if not arguments:
        yield Write(1, "".join(f"{name}={value}\n" for name, value in process.env.items()))
        return 0
    shown = [process.env[name] for name in arguments if name in process.env]
    yield Write(1, "".join(value + "\n" for value in shown))
    return int(len(shown) < len(arguments))


def hostname(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the name of the host."""
    found = options(process, arguments, flags="sfid")
    text = process.hostname
    if "i" in found:
        hosts = process.files.read("/etc/hosts") if process.files.is_file("/etc/hosts") else ""
        own = (line.split()[0] for line in hosts.splitlines() if process.hostname in line.split()[1:])
        text = next(own, "127.0.0.1")
    elif "d" in found:
        text = process.hostname.partition(".")[2]
    elif "s" in found:
        text = process.hostname.partition(".")[0]
    yield Write(1, text + "\n")
    return 0


def identity(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the user: `id`."""
    found = options(process, arguments, flags="ugnGr")
    user = _named(process.user, user_name(process))
    groups = [_named(each, group_name(process, each)) for each in process.groups or (process.group,)]
    group = _named(process.group, group_name(process, process.group))
    for flag, shown in (("u", [user]), ("g", [group]), ("G", groups)):
        if flag in found.given:
            yield Write(1, " ".join(each[1] if "n" in found else each[0] for each in shown) + "\n")
            return 0
    texts = [number if number == name else f"{number}({name})" for number, name in (user, group, *groups)]
    yield Write(1, f"uid={texts[0]} gid={texts[1]} groups={','.join(texts[2:])}\n")
    return 0


def _named(number: int, name: str) -> tuple[str, str]:
    return str(number), name or str(number)


def user_name(process: Process) -> str:
    """Return the name of the process's user, "" where /etc/passwd has none."""
    return name_of(process, "/etc/passwd", process.user)


def group_name(process: Process, group: int) -> str:
    """Return the name of a group, "" where /etc/group has none."""
    return name_of(process, "/etc/group", group)


def name_of(process: Process, table: str, number: int) -> str:
    """Return the name that a table like /etc/passwd has for a number, "" where it has none."""
    if process.files.is_file(table):
        for line in process.files.read(table).splitlines():
            name, _, rest = line.partition(":")
            if rest.split(":")[1:2] == [str(number)]:
                return name
    return "root" if number == 0 else ""


def whoami(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the user's name."""
    name = user_name(process)
    if not name:
        raise CommandError(
            f"unknown uid {process.user}"
            if is_busybox(process)
            else f"cannot find name for user ID {process.user}: No such file or directory"
        )
    yield Write(1, name + "\n")
    return 0


def date(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the (virtual) time, or the one given with -d @SECONDS."""
    found = options(process, arguments, flags="uR", valued="dD", refused="srI", long={"date": "d", "utc": "u"})
    moment = process.now()
    if "d" in found:
        moment = _moment(process, found.value("d"))
    layout = found.operands[0] if found.operands else "+%a %b %e %H:%M:%S UTC %Y"
    if "R" in found:
        layout = "+%a, %d %b %Y %H:%M:%S +0000"
    if not layout.startswith("+"):
        raise NotModelledError("setting the clock", " ".join(process.argv))
    yield Write(1, _formatted(layout[1:], moment) + "\n")
    return 0


def _moment(process: Process, text: str) -> Nanos:
    if re.fullmatch(r"@\d+", text):
        return Nanos(int(text[1:]) * SECOND)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"invalid date '{text}'") from None
    return Nanos(int(parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp()) * SECOND)


def _formatted(layout: str, moment: Nanos) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment // SECOND)

    def piece(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter == "s":
            return str(moment // SECOND)
        if letter == "N":
            return f"{moment % SECOND:09d}"
        own = {
            "e": f"{at.day:>2}",
            "k": f"{at.hour:>2}",
            "F": f"{at:%Y-%m-%d}",
            "T": f"{at:%H:%M:%S}",
            "Z": "UTC",
            "z": "+0000",
            "n": "\n",
            "t": "\t",
            "D": f"{at:%m/%d/%y}",
            "R": f"{at:%H:%M}",
            "%": "%",
        }
        return (
            own[letter]
            if letter in own
            else at.strftime("%" + letter)
            if letter in "aAbBcdHIjmMpSuUwWxXyYhCGgV"
            else found.group()
        )

    return re.sub(r"%([A-Za-z%])", piece, layout)


def nproc(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show how many processors there are (approximated: 2)."""
    yield Write(1, "2\n")
    return 0


def nothing(process: Process, arguments: tuple[str, ...]) -> Running:
    """Do what has no effect here (`sync`)."""
    yield from ()
    return 0


COMMANDS: Mapping[str, Command] = {
    "date": date, "hostname": hostname, "id": identity, "nproc": nproc, "printenv": printenv, "sync": nothing,
    "whoami": whoami,
}  # fmt: skip
