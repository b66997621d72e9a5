"""The program of an image whose row says what it does: starts, takes memory, listens, fails, ends in its own way."""

from podproof.simulator.machine.behaviours import Behaviour
from podproof.simulator.machine.effects import Allocate, Interrupted, Listen, Process, Running, Sleep, Write
from podproof.simulator.machine.http import HttpResponse, parse_request
from podproof.simulator.machine.servers.idle import INT, QUIT, TERM
from podproof.simulator.machine.servers.static import without_body
from podproof.simulator.model.times import Nanos

_FAILED = 1


def declared(process: Process) -> Running:
    """Do what the script says that the process is given."""
    does = Behaviour.read(process.files.read(process.argv[1]))
    begun = process.now()
    _hear(process, does, "ignore" if does.on_term is None else "interrupt")
    try:
        status = yield from _living(process, does, begun)
    except Interrupted:
        _hear(process, does, "ignore")
        if does.on_term:
            yield Sleep(does.on_term)
        return 0
    return status


def _hear(process: Process, does: Behaviour, handler: str) -> None:
    for signal in {INT, QUIT, TERM, does.signal}:
        process.on_signal(signal, handler)


def _living(process: Process, does: Behaviour, begun: Nanos) -> Running:
    """Start and go on until it fails; the result is the exit code."""
    fails = does.fails_after
    if fails is None or fails > does.starts_in:
        if does.starts_in:
            yield Sleep(does.starts_in)
        if not (yield from _started(process, does)):
            return _FAILED
    yield Sleep(None if fails is None else Nanos(max(begun + fails - process.now(), 0)))
    yield Write(2, "failed, as its row in podproof.yaml says by fails-after\n")
    return _FAILED


def _started(process: Process, does: Behaviour) -> Running:
    """Take memory and listen; the result is 1 where that went well."""
    if does.memory:
        yield Allocate(does.memory)
    for port in does.listens:
        try:
            yield Listen(port, _answer)
        except OSError as refused:
            yield Write(2, f"cannot listen on port {port}: {refused.strerror or refused}\n")
            return 0
    return 1


def _answer(request: str, _client: str) -> str:
    """Answer any request over HTTP with "ok"."""
    asked = parse_request(request)
    if asked is None:
        return HttpResponse(400).text()
    return without_body(asked, HttpResponse(200, "ok\n", {"content-type": "text/plain"}))
