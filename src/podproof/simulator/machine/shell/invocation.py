"""How `sh` is called: its options, and where its script comes from."""

from dataclasses import dataclass, field

from podproof.simulator.machine.effects import Process, Program, Read, Running, Write
from podproof.simulator.machine.shell.grammar import parse
from podproof.simulator.machine.shell.interpreter import Shell
from podproof.simulator.machine.shell.state import State, Variables
from podproof.simulator.machine.shell.texts import Voice, version_of

_LETTERS = frozenset("abefhlmnuvxCEisc")
_LONG = {
    "allexport": "a",
    "errexit": "e",
    "noglob": "f",
    "nounset": "u",
    "verbose": "v",
    "xtrace": "x",
    "noexec": "n",
    "noclobber": "C",
    "monitor": "m",
    "notify": "b",
    "pipefail": "pipefail",
}
_OPTIMAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ALWAYS_BASH = frozenset({"bash", "rbash"})


@dataclass(slots=True)
class _Call:
    """What the arguments say: options, the operands left, and what is wrong with them."""

    options: set[str] = field(default_factory=set)
    operands: tuple[str, ...] = ()
    fault: str = ""


def option(name: str) -> str | None:
    """Return the letter of a long option (`-o errexit`), None where there is no such."""
    return _LONG.get(name)


def shell(process: Process) -> Running:
    """Be a shell: `sh [-options] [-c script [name args…] | file args… | -s args…]`."""
    called = _read_arguments(process.argv[1:])
    name = process.argv[0].rpartition("/")[2] if process.shell == "bash" else process.argv[0]
    voice = Voice(_flavour(process), version_of(process.version), name)
    if called.fault:
        yield Write(2, _illegal(voice, called.fault))
        return 2
    if "c" in called.options:
        if not called.operands:
            yield Write(2, _no_script(voice))
            return 2
        script, *rest = called.operands
        zero, *positional = rest or [process.argv[0]]
        return (yield from _run(process, voice, called, zero, tuple(positional), script, last=True))
    if called.operands and "s" not in called.options:
        path, *positional = called.operands
        return (yield from _file(process, voice, called, path, tuple(positional)))
    return (yield from _standard_input(process, voice, called))


def script_program(path: str) -> Program:
    """Return the program of a file the kernel could not run: the shell takes it for a script."""

    def run(process: Process) -> Running:
        process.argv = ("sh", path, *process.argv[1:])
        return shell(process)

    return run


def _flavour(process: Process) -> str:
    called = process.argv[0].lstrip("-").rpartition("/")[2]
    if called in _ALWAYS_BASH:
        return "bash"
    return called if called in ("ash", "dash") else process.shell or "ash"


def _read_arguments(arguments: tuple[str, ...]) -> _Call:
    called = _Call()
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument in ("-", "--") or argument[:1] not in ("-", "+") or argument == "+":
            at += argument in ("-", "--")
            break
        at += 1
        if argument.startswith("--"):
            called.fault = called.fault or ("" if argument in ("--login", "--norc", "--posix", "--noprofile") else "-")
            continue
        for letter in argument[1:]:
            if letter == "o" and at < len(arguments):
                at += _take_long(called, argument[0], arguments[at])
            elif letter not in _LETTERS:
                called.fault = called.fault or letter
            else:
                (called.options.add if argument[0] == "-" else called.options.discard)(letter)
    called.operands = arguments[at:]
    return called


def _take_long(called: _Call, sign: str, name: str) -> int:
    letter = option(name)
    if letter is None:
        called.fault = called.fault or f"o {name}"
    else:
        (called.options.add if sign == "-" else called.options.discard)(letter)
    return 1


def _illegal(voice: Voice, letter: str) -> str:
    if voice.shell == "bash":
        return f"{voice.name}: -{letter}: invalid option\n"
    return (
        f"{voice.name}: 0: Illegal option -{letter}\n"
        if voice.shell == "dash"
        else (f"{voice.name}: illegal option -{letter}\n")
    )


def _no_script(voice: Voice) -> str:
    return {
        "dash": f"{voice.name}: 0: -c requires an argument\n",
        "bash": f"{voice.name}: -c: option requires an argument\n",
    }.get(voice.shell, f"{voice.name}: -c requires an argument\n")


def _state(process: Process, called: _Call, name: str, positional: tuple[str, ...]) -> State:
    # Only dash drops what is no name for a variable; the others hand it on to their children unseen.
    values = {key: value for key, value in process.env.items() if process.shell != "dash" or key.isidentifier()}
    exported = set(values)
    values.setdefault("PATH", _OPTIMAL_PATH)
    values |= {"PWD": process.cwd, "PPID": str(process.parent), "OPTIND": "1", "IFS": " \t\n"}
    if "HOSTNAME" not in values and process.shell != "dash":
        values["HOSTNAME"] = process.hostname
    options = called.options - set("csil")
    return State(name, Variables(values, exported), positional, options=options, shell_pid=process.pid)


def _run(
    process: Process,
    voice: Voice,
    called: _Call,
    name: str,
    positional: tuple[str, ...],
    script: str,
    last: bool = False,
) -> Running:
    """Run a script from a text."""
    state = _state(process, called, name, positional)
    running = Shell(process, state, Voice(voice.shell, voice.version, name, voice.is_file))
    return (yield from running.main(lambda: running.block(parse(script, voice.shell), last=last)))


def _file(process: Process, voice: Voice, called: _Call, path: str, positional: tuple[str, ...]) -> Running:
    try:
        script = process.files.read(process.files.resolve(process.cwd, path))
    except OSError as error:
        message, status = voice.no_script(path, error)
        yield Write(2, message)
        return status
    as_file = Voice(voice.shell, voice.version, path, is_file=True)
    return (yield from _run(process, as_file, called, path, positional, script))


def _standard_input(process: Process, voice: Voice, called: _Call) -> Running:
    """Read the script from standard input, to its end (a real shell reads line by line: approximated)."""
    chunks = []
    while chunk := (yield Read(0)):
        chunks.append(chunk)
    return (yield from _run(process, voice, called, voice.name, called.operands, "".join(chunks)))
