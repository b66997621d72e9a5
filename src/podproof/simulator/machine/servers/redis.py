"""Redis as far as a pod spec needs it: it listens, answers PING, keeps strings. Inline commands and RESP arrays.

Source: redis src/networking.c (processInlineBuffer), https://redis.io/docs/latest/develop/reference/protocol-spec.
"""

import errno

from podproof.errors import NotModelledError
from podproof.simulator.machine.dns import is_address
from podproof.simulator.machine.effects import Connect, Listen, Process, Resolve, Running, Write
from podproof.simulator.machine.servers.idle import INT, TERM, until_stopped

PORT = 6379


def redis_server(process: Process) -> Running:
    """Serve on 6379, or on the port given by --port."""
    port = _port(process)
    kept: dict[str, str] = {}
    try:
        yield Listen(port, lambda request, client: "".join(_reply(kept, words) for words in _commands(request)))
    except OSError as refused:
        if refused.errno != errno.EADDRINUSE:
            raise
        where, tag = f"TCP listening socket *:{port}", f"{process.pid}:M #"
        yield Write(1, f"{tag} Warning: Could not create server {where}: bind: Address already in use\n")
        yield Write(1, f"{tag} Failed listening on port {port} (tcp), aborting.\n")
        return 1
    yield Write(1, f"{process.pid}:M * Ready to accept connections tcp\n")
    yield from until_stopped(process, (INT, TERM))
    yield Write(1, f"{process.pid}:signal-handler Received SIGTERM scheduling shutdown...\n")
    return 0


def redis_cli(process: Process) -> Running:
    """Send one command: `redis-cli [-h host] [-p port] COMMAND…`."""
    host, port, words = "127.0.0.1", PORT, list(process.argv[1:])
    while len(words) > 1 and words[0] in ("-h", "-p"):
        option, value = words.pop(0), words.pop(0)
        host, port = (value, port) if option == "-h" else (host, int(value))
    if not words:
        raise NotModelledError("redis-cli without a command", "redis-cli")
    if not is_address(host):
        found = yield Resolve(host)
        if not found.addresses:
            yield Write(2, f"Could not connect to Redis at {host}:{port}: Name or service not known\n")
            return 1
        host = found.addresses[0]
    try:
        reply = yield Connect(host, port, " ".join(words) + "\r\n")
    except OSError as failed:
        yield Write(2, f"Could not connect to Redis at {host}:{port}: {failed.strerror}\n")
        return 1
    yield Write(1, _shown(reply))
    return 0


def _port(process: Process) -> int:
    options = process.argv[1:]
    if not options:
        return PORT
    if len(options) == 2 and options[0] == "--port" and options[1].isdigit():
        return int(options[1])
    raise NotModelledError(f"redis-server with the options {' '.join(options)}", "redis-server")


def _commands(request: str) -> list[list[str]]:
    lines = [line for line in request.split("\r\n") if line]
    if not lines or not lines[0].startswith("*"):
        return [line.split() for line in lines]
    commands: list[list[str]] = []
    for line in lines:
        if line.startswith("*"):
            commands.append([])
        elif not line.startswith("$"):
            commands[-1].append(line)
    return commands


def _reply(kept: dict[str, str], words: list[str]) -> str:
    name, arguments = words[0].upper(), words[1:]
    if name == "PING":
        return _bulk(arguments[0]) if arguments else "+PONG\r\n"
    if name == "ECHO" and len(arguments) == 1:
        return _bulk(arguments[0])
    if name == "SET" and len(arguments) == 2:
        kept[arguments[0]] = arguments[1]
        return "+OK\r\n"
    if name == "GET" and len(arguments) == 1:
        return _bulk(kept.get(arguments[0]))
    if name == "DEL":
        return f":{sum(kept.pop(key, None) is not None for key in arguments)}\r\n"
    raise NotModelledError(f"the redis command {' '.join(words)}", "redis-server")


def _bulk(text: str | None) -> str:
    return "$-1\r\n" if text is None else f"${len(text.encode())}\r\n{text}\r\n"


def _shown(reply: str) -> str:
    """Return a reply as redis-cli prints it where its output is no terminal."""
    kind, rest = reply[:1], reply[1:]
    if kind == "$":
        length, _, text = rest.partition("\r\n")
        return "\n" if length == "-1" else text.removesuffix("\r\n") + "\n"
    return rest.removesuffix("\r\n") + "\n"
